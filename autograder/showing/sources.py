"""nbgrader's templates, changed as they are read so that no page needs a script in its text.

The policy of the pages allows scripts from files, and those that bear a number drawn for
the response.  The number is written into the *source* of templates, so nothing that a page
shows can ever get it.  What templates put into a script becomes a JavaScript value, not
text between quotes, which a backslash would end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

INLINE = re.compile(r"<script(?: type=\"text/javascript\")?>(.*?)</script>", re.DOTALL)
QUOTED = re.compile(r'"\{\{\s*([\w.]+)\s*\}\}([^"\n]*)"')
HANDLER = re.compile(r'\son(?:click|Click)="(\w+)\((\w*)\);?"')
# what the pages need of ours, before nbgrader's own scripts
OURS = (
    '<meta name="formgrader-token" content="{{ token }}">\n'
    '<link rel="icon" href="data:,">\n'
    '<script src="{{ base_url }}/formgrader/desk/desk.js"></script>\n'
)
AFTER = '<script src="{{ base_url }}/formgrader/static/js/utils.js"></script>'
SHELL = re.compile(r'<a target="_blank" href="\{\{ base_url \}\}/terminals/1">(.*?)</a>')


def mended(source: str) -> str:
    """The source of one of nbgrader's templates without handlers and bare scripts."""
    source = INLINE.sub(_script, source)
    source = HANDLER.sub(_call, source)
    source = SHELL.sub(r"\1", source)  # there is no terminal on this server
    return source.replace(AFTER, AFTER + "\n  " + OURS)


def _script(found: re.Match[str]) -> str:
    body = QUOTED.sub(r'{{ (\1 ~ "\2") | tojson }}', found[1])
    return f'<script nonce="{{{{ nonce }}}}">{body}</script>'


def _call(found: re.Match[str]) -> str:
    given = f' data-with="{found[2]}"' if found[2] else ""
    return f' data-click="{found[1]}"{given}'


class Mended(FileSystemLoader):
    """Loads nbgrader's templates, mended."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, name, fresh = super().get_source(environment, template)
        return mended(source), name, fresh


def templates(folder: str | Path) -> Environment:
    """nbgrader's templates in ``folder``; whatever is put into them is escaped."""
    return Environment(loader=Mended(str(folder)), autoescape=True)
