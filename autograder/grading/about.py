"""The grader's own cell at the top of a graded notebook: what it has to say about all of it."""

from __future__ import annotations

from collections.abc import Sequence

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell

ABOUT = "about-this-submission"  # id of the grader's own cell; no student's has it


def tell(nb: NotebookNode, sentences: Sequence[str]) -> None:
    """Add sentences to the grader's cell, which is made with the first of them."""
    if not sentences:
        return
    about = next((c for c in nb.cells if c.get("id") == ABOUT), None)
    if about is None:
        about = new_markdown_cell("**About this submission.**")
        about["id"] = ABOUT
        nb.cells.insert(0, about)
    about.source = " ".join([about.source, *sentences])
