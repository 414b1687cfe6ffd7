"""Written answers that stand beside the place for them.

Some write in a new cell below the placeholder, some in the question's own cell.  nbgrader
gives an untouched placeholder no points and tells nobody, so the text is copied to where the
grader looks for it; the cell in which it was written stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nbformat.notebooknode import NotebookNode

COPIED = (
    "*(Nothing was written in this cell. What follows was written in a cell beside it, and was "
    "copied here by the grader.)*"
)
SHORT = 20  # characters: a released text that is shorter may stand in any answer


def bring_near(nb: NotebookNode, placeholders: Collection[str], texts: Collection[str]) -> None:
    """Copy texts beside each untouched answer into its cell; ``nb`` is changed.

    Args:
        placeholders: what stands in answers that nobody has written.
        texts: what the course wrote in cells without a name; without these nobody can tell
            whose a text is, and nothing is copied.
    """
    if not texts:
        return
    empty = {text.strip() for text in placeholders} | {""}
    theirs = {text.strip() for text in texts}
    for i, cell in enumerate(nb.cells):
        meta = cell.metadata.get("nbgrader", {})
        written = meta.get("grade") and meta.get("solution") and cell.cell_type == "markdown"
        if not written or cell.source.strip() not in empty:
            continue
        found = [*_above(nb.cells[:i], theirs), *_below(nb.cells[i + 1 :], theirs)]
        if found:
            cell.source = "\n\n".join([COPIED, *found])


def _below(cells: Sequence[NotebookNode], theirs: Collection[str]) -> list[str]:
    found = []
    for cell in cells:
        source = cell.source.strip()
        if "nbgrader" in cell.metadata or source in theirs:
            break
        if source:
            found.append(source if cell.cell_type == "markdown" else f"```\n{source}\n```")
    return found


def _above(cells: Sequence[NotebookNode], theirs: Collection[str]) -> list[str]:
    """What was added to the question, or stands between it and the place for the answer."""
    found: list[str] = []
    for cell in reversed(cells):
        source = cell.source.strip()
        if "nbgrader" in cell.metadata or cell.cell_type != "markdown" or source in theirs:
            break
        # the longest, since one released text may be the beginning of another
        asked = max((t for t in theirs if len(t) > SHORT and t in source), key=len, default="")
        added = source.replace(asked, "").strip() if asked else source
        if added:
            found.insert(0, added)
        if asked:
            break
    return found
