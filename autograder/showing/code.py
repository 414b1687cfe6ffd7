"""Programs in colours: Python by its own lexer, everything else as it is.

Pygments has five hundred lexers, many of them slow on texts made to be slow; a student would
choose among them.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer

MAX_COLOURED = 20_000  # characters; what is longer is shown without colours
# of what the lexer looks through again from each place
MAX_RUN = 400
RUNS = re.compile(rf"\s{{{MAX_RUN}}}|[^\s]{{{10 * MAX_RUN}}}|(\W)\1{{{MAX_RUN}}}")
PYTHON = ("python", "python3", "py", "ipython", "ipython3", "pycon")


@cache
def _tools() -> tuple[PythonLexer, HtmlFormatter[str]]:
    return PythonLexer(stripnl=False, ensurenl=False), HtmlFormatter(nowrap=True)


def code(source: str, language: str = "python") -> str:
    """``source`` as a block; coloured if it is Python of an ordinary size."""
    coloured = language.lower() in PYTHON and len(source) <= MAX_COLOURED
    if coloured and not RUNS.search(source):
        inside = highlight(source, *_tools())
    else:
        inside = escape(source)
    return f"<pre><code>{inside}</code></pre>"


def colours(style: str, scope: str) -> str:
    """The rules of style sheets for the colours of one of Pygments' styles, below ``scope``."""
    rules = HtmlFormatter(style=style).get_style_defs(scope).splitlines()
    # the ground is the page's own; a lexer's error says nothing: magic is not of the language
    return "\n".join(r for r in rules if r.startswith(f"{scope} .") and ".err " not in r)
