"""Puts a submission's cells back into the shape that was handed out.

Cells are known by their name (``grade_id``).  What nbgrader knows of a cell comes from
the gradebook, never from the submission: points, locks, tags.  A cell handed in twice
counts once; a check that was deleted, or moved before its function, is put back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.hooks.reading import TROUBLE
from autograder.notebooks import SCHEMA

ABOUT = "about-this-submission"  # id of the grader's own cell; no student's has it


@dataclass(frozen=True)
class HandedOut:
    """One named cell as it was released."""

    name: str
    cell_type: str
    source: str
    checksum: str
    locked: bool
    grade: bool
    solution: bool
    points: float | None

    def metadata(self) -> dict[str, Any]:
        meta: dict[str, Any] = {
            "grade_id": self.name,
            "grade": self.grade,
            "solution": self.solution,
            "locked": self.locked,
            "task": False,
            "schema_version": SCHEMA,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        if self.points is not None:
            meta["points"] = self.points
        return meta

    def cell(self) -> NotebookNode:
        """The cell as it was handed out."""
        new = new_code_cell if self.cell_type == "code" else new_markdown_cell
        return new(self.source)


def handed_out(gradebook: Gradebook, notebook: str, assignment: str) -> list[HandedOut]:
    """The named cells of a released notebook, in order."""
    known = gradebook.find_notebook(notebook, assignment)
    points = {c.name: c.max_score for c in known.grade_cells}
    solutions = {c.name for c in known.solution_cells}
    return [
        HandedOut(
            c.name,
            c.cell_type,
            c.source,
            c.checksum,
            c.locked,
            c.name in points,
            c.name in solutions,
            points.get(c.name),
        )
        for c in known.source_cells
    ]


def restore(nb: NotebookNode, released: list[HandedOut]) -> NotebookNode:
    """Give ``nb`` the released cells' names, order and metadata; changes and returns it."""
    by_name = {c.name: c for c in released}
    kept: list[NotebookNode] = []
    taken: set[str] = set()
    for cell in reversed(nb.cells):  # of a cell copied by mistake the last one is meant
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.metadata = NotebookNode()
        if name in by_name and name not in taken:
            taken.add(name)
            kept.append(_known(cell, by_name[name]))
        elif name not in by_name or not by_name[name].locked:
            kept.append(cell)
    nb.cells = kept[::-1]
    for spec in released:
        if spec.name not in taken and (spec.locked or spec.cell_type == "markdown"):
            nb.cells.insert(_place(nb, released, spec), _known(spec.cell(), spec))
        elif spec.locked and spec.grade:
            _after_its_function(nb, spec)
    for i, cell in enumerate(nb.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id", f"own-{i}")
        cell["id"] = name.replace("_", "-")[:64]
    _tell(nb)
    return nb


def _known(cell: NotebookNode, spec: HandedOut) -> NotebookNode:
    if cell.cell_type != spec.cell_type:
        made = new_code_cell if spec.cell_type == "code" else new_markdown_cell
        cell = made(cell.source)
    if spec.locked:
        cell.source = spec.source
    cell.metadata["nbgrader"] = spec.metadata()
    return cell


def _index(nb: NotebookNode, name: str) -> int | None:
    for i, cell in enumerate(nb.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
            return i
    return None


def _place(nb: NotebookNode, released: list[HandedOut], spec: HandedOut) -> int:
    """Where a missing cell belongs.

    A check whose function's cell is gone goes to the end: the function may be anywhere.
    """
    if spec.grade and spec.locked and _index(nb, f"{spec.name}-code") is None:
        return len(nb.cells)
    order = [c.name for c in released]
    for name in reversed(order[: order.index(spec.name)]):
        at = _index(nb, name)
        if at is not None:
            return at + 1
    return len(nb.cells)


def _after_its_function(nb: NotebookNode, spec: HandedOut) -> None:
    check, code = _index(nb, spec.name), _index(nb, f"{spec.name}-code")
    if check is not None and code is not None and check < code:
        nb.cells.insert(code, nb.cells.pop(check))


def _tell(nb: NotebookNode) -> None:
    trouble = nb.metadata.get(TROUBLE)
    if trouble:
        nb.cells.insert(0, new_markdown_cell(f"**About this submission.** {trouble}"))
        nb.cells[0]["id"] = ABOUT


class Restore(NbGraderPreprocessor):  # type: ignore[misc]
    """nbgrader's step: :func:`restore` with what the gradebook knows."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course = resources["nbgrader"]
        with Gradebook(course["db_url"]) as gradebook:
            released = handed_out(gradebook, course["notebook"], course["assignment"])
        return restore(nb, released), resources
