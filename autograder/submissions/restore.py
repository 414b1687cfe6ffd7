"""Puts a submission's cells back into the shape that was handed out.

Cells are known by their name (``grade_id``).  What nbgrader knows of a cell comes from
the gradebook, never from the submission: points, locks, tags.  A cell handed in twice
counts once; a check that was deleted, or moved before its function, is put back.  Nothing
that a student wrote is lost: copies and additions become cells of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.building.notebooks import SCHEMA
from autograder.grading.about import tell
from autograder.grading.released import released
from autograder.hooks.answers import bring_near
from autograder.submissions.reading import TROUBLE


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


def restore(
    nb: NotebookNode, released: Sequence[HandedOut], texts: Collection[str] = ()
) -> NotebookNode:
    """Give ``nb`` the released cells' names, order and metadata; changes and returns it.

    Args:
        released: the named cells.
        texts: what the course wrote in the other cells.
    """
    by_name = {c.name: c for c in released}
    names = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in nb.cells]
    meant = _meant(nb.cells, names, by_name)
    kept: list[NotebookNode] = []
    for i, (cell, name) in enumerate(zip(nb.cells, names, strict=True)):
        cell.metadata = NotebookNode()
        spec = by_name.get(name)
        if spec is None or not (spec.locked or meant[name] == i):
            kept.append(cell)  # a copy of a cell is one of the student's own
        elif not spec.locked:
            kept.append(_known(cell, spec))
        else:
            kept += [new_code_cell(own) for own in _added(cell, spec)]
            kept += [_known(cell, spec)] if meant[name] == i else []
    nb.cells = kept
    for spec in released:
        if spec.name not in meant and (spec.locked or spec.cell_type == "markdown"):
            nb.cells.insert(_place(nb, released, spec), _known(spec.cell(), spec))
        elif spec.locked and spec.grade:
            _after_its_function(nb, spec)
    answers = [c.source for c in released if c.solution and c.cell_type == "markdown"]
    bring_near(nb, answers, texts)
    for i, cell in enumerate(nb.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id", f"own-{i}")
        cell["id"] = name.replace("_", "-")[:64]
    tell(nb, [nb.metadata[TROUBLE]] if nb.metadata.get(TROUBLE) else [])
    return nb


def _meant(
    cells: Sequence[NotebookNode], names: Sequence[str], by_name: Mapping[str, HandedOut]
) -> dict[str, int]:
    """For each name the cell that counts, where there are several copies of it.

    Of a check the last one counts.  Of a function it is what stood before its check, as it
    was when the student ran it there: a copy further down is for trying things out.
    """
    places: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        if name in by_name:
            places.setdefault(name, []).append(i)
    found = {name: at[-1] for name, at in places.items()}
    for name, at in places.items():
        spec, check = by_name[name], found.get(name.removesuffix("-code"), -1)
        if spec.solution and spec.cell_type == "code":
            found[name] = max((i for i in at if i < check), default=at[-1])
        elif spec.solution:
            written = [i for i in at if cells[i].source.strip() not in ("", spec.source.strip())]
            found[name] = (written or at)[-1]
    return found


def _added(cell: NotebookNode, spec: HandedOut) -> list[str]:
    """What a student wrote into a locked cell: a helper there would be lost without a word."""
    if cell.cell_type != "code" or spec.cell_type != "code":
        return []
    added = cell.source.replace(spec.source, "").strip()
    return [added] if added else []


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


def _place(nb: NotebookNode, released: Sequence[HandedOut], spec: HandedOut) -> int:
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


class Restore(NbGraderPreprocessor):  # type: ignore[misc]
    """nbgrader's step: :func:`restore` with what the gradebook knows."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course = resources["nbgrader"]
        with Gradebook(course["db_url"]) as gradebook:
            cells = handed_out(gradebook, course["notebook"], course["assignment"])
        texts = released(course["assignment"], course["notebook"]).texts
        return restore(nb, cells, texts), resources
