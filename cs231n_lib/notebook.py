"""How a report is shown: with pictures in a notebook, as plain text anywhere else."""

from __future__ import annotations

import sys
from typing import Any

from cs231n_lib import failing_case, picture, sections
from cs231n_lib.judging import show
from cs231n_lib.judging.failing import failing
from cs231n_lib.judging.verdict import Report

# Jupyter's own style takes another font for what is aligned here
PRE = "font-family: var(--jp-code-font-family, monospace); line-height: 1.3; white-space: pre"


def report(found: Report) -> None:
    """Show what a check found: text, and in a notebook the same as HTML with pictures."""
    text = show.text(found)
    if found.passed:
        print(text)
        return
    text = f"{text}\n\n{sections.text(found.exercise)}"
    if not failing(found):
        print(text)
        return
    how = failing_case.how(found.exercise)
    if not in_notebook():
        print(f"{text}\n\n{how}")
        return
    page = show.html(found, picture.of).replace("<pre>", f'<pre style="{PRE}">')
    page += f"<div>{sections.html(found.exercise)}</div><div>{show.marked(how)}</div>"
    _shell().display_pub.publish({"text/plain": f"{text}\n\n{how}", "text/html": page})


def is_interactive() -> bool:
    """Whether cells are run one by one, in a notebook or at IPython's prompt."""
    return _shell() is not None


def in_notebook() -> bool:
    """Whether outputs may be HTML."""
    return hasattr(_shell(), "kernel")


def _shell() -> Any:
    # who has not imported IPython does not run in it
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
