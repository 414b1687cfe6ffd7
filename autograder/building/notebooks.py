"""From an assignment's text to nbgrader's source notebook.

The text (``assignments/<nn-name>/<chapter>.md``) holds prose and marks; a cell tagged
``exercise`` carries only a name, and the stub, the answer and the check come from the
declaration.  Cell ids are derived from what a cell is, so that they never change.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.judging import reference
from autograder.paths import ASSIGNMENTS
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.exercises import CHAPTERS
from solutions.declare import body

SCHEMA = 3
ANSWER_HERE = "*Write your answer here, in your own words.*"

# a plain cell: nbgrader refuses a new cell that it knows once somebody has handed in
LAST_CELL = 'from cs231n_lib import sum_up\n\nsum_up("{chapter}")'
# "Run All" goes on behind a figure that cannot be drawn, because a function is not written yet
GOES_ON = "raises-exception"


class BadText(ValueError):
    """An assignment's text is not as it must be; the message says where."""


@dataclass(frozen=True)
class Assignment:
    """One chapter's assignment: its nbgrader name and its text."""

    name: str
    chapter: str

    @property
    def text(self) -> Path:
        return ASSIGNMENTS / self.name / f"{self.chapter}.md"

    @property
    def notebook(self) -> Path:
        """The student notebook beside the text, generated."""
        return self.text.with_suffix(".ipynb")


def assignments() -> list[Assignment]:
    """All assignments, in the order of the chapters."""
    return [
        Assignment(f"{i:02d}-{chapter.replace('_', '-')}", chapter)
        for i, chapter in enumerate(CHAPTERS, start=1)
    ]


def find(name: str) -> Assignment:
    """The assignment called ``name``: by its number, its chapter or in full.

    Raises:
        KeyError: when there is none.
    """
    for a in assignments():
        if name in (a.name, a.chapter, a.name[:2], str(int(a.name[:2]))):
            return a
    known = ", ".join(a.name for a in assignments())
    raise KeyError(
        f"there is no assignment or chapter {name!r}; there are {known}; `autograder list` "
        "shows them with their exercises"
    )


def source(assignment: Assignment) -> NotebookNode:
    """The solved notebook with nbgrader's metadata.

    Raises:
        BadText: for a missing file, an unknown exercise, or one placed twice or never.
    """
    if not assignment.text.exists():
        raise BadText(f"{assignment.text} is missing")
    text = jupytext.read(assignment.text, fmt="md:myst")
    cells: list[NotebookNode] = []
    for cell in text.cells:
        tags = cell.metadata.get("tags", [])
        if "exercise" in tags:
            cells += _exercise_cells(_named(assignment, cell.source.strip()))
        elif "question" in cell.metadata:
            cells += _question_cells(assignment, cell)
        elif cell.cell_type == "code" and "figure" in tags:
            cells.append(_locked(cell, f"figure-{_after(cells)}"))
        elif cell.cell_type == "code":
            cells.append(new_code_cell(cell.source))
        else:
            cells.append(new_markdown_cell(cell.source))
    cells.append(new_code_cell(LAST_CELL.format(chapter=assignment.chapter)))
    _check_complete(assignment, cells)
    nb = new_notebook(cells=cells)
    nb.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    nb.metadata["language_info"] = {"name": "python"}
    _name_cells(nb)
    return nb


def stub_cell(exercise: Exercise) -> str:
    """What a student finds: signature, docstring, and a place for the code."""
    return (
        f"{exercise.header()}\n    ### BEGIN SOLUTION\n"
        f"{body(reference.answers()[exercise.name])}\n    ### END SOLUTION"
    )


def check_cell(exercise: Exercise) -> str:
    """The graded cell."""
    return f'check("{exercise.name}", {exercise.name})'


def _exercise_cells(exercise: Exercise) -> list[NotebookNode]:
    stub = new_code_cell(stub_cell(exercise))
    stub.metadata["nbgrader"] = _meta(f"{exercise.name}-code", solution=True)
    graded = new_code_cell(check_cell(exercise))
    graded.metadata["nbgrader"] = _meta(
        exercise.name, grade=True, locked=True, points=exercise.points
    )
    return [stub, graded]


def _question_cells(assignment: Assignment, cell: NotebookNode) -> list[NotebookNode]:
    name = cell.metadata["question"]
    rubric = reference.rubrics(assignment.chapter).get(name)
    if rubric is None:
        raise BadText(f"{assignment.text}: question {name!r} has no rubric in solutions")
    answer = new_markdown_cell(rubric.answer)
    answer.metadata["nbgrader"] = _meta(name, grade=True, solution=True, points=rubric.points)
    points = f"*{rubric.points:g} points, graded by hand.*"
    return [new_markdown_cell(f"{cell.source.rstrip()}\n\n{points}"), answer]


def _locked(cell: NotebookNode, name: str) -> NotebookNode:
    figure = new_code_cell(cell.source)
    figure.metadata["nbgrader"] = _meta(name, locked=True)
    figure.metadata["tags"] = [GOES_ON]
    return figure


def _meta(
    name: str,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, object]:
    meta: dict[str, object] = {
        "grade_id": name,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        "schema_version": SCHEMA,
    }
    if points is not None:
        meta["points"] = points
    return meta


def _named(assignment: Assignment, name: str) -> Exercise:
    try:
        exercise = exercises.get(name)
    except KeyError as error:
        raise BadText(f"{assignment.text}: {error.args[0]}") from error
    if exercise.chapter != assignment.chapter:
        raise BadText(f"{assignment.text}: {name} belongs to chapter {exercise.chapter}")
    return exercise


def _after(cells: list[NotebookNode]) -> str:
    ids = [c.metadata["nbgrader"]["grade_id"] for c in cells if "nbgrader" in c.metadata]
    checks = [i for i in ids if not i.endswith("-code")]
    count = sum(i.startswith("figure-") for i in ids)
    base = next((i for i in reversed(checks) if not i.startswith("figure-")), "start")
    return f"{base}-{count + 1}"


def _check_complete(assignment: Assignment, cells: list[NotebookNode]) -> None:
    placed = [c.metadata["nbgrader"]["grade_id"] for c in cells if "nbgrader" in c.metadata]
    for exercise in exercises.chapter(assignment.chapter):
        times = placed.count(exercise.name)
        if times != 1:
            raise BadText(f"{assignment.text}: {exercise.name} is placed {times} times, not once")


def _name_cells(nb: NotebookNode) -> None:
    seen: dict[str, int] = {}
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader")
        base = meta["grade_id"] if meta else hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        seen[base] = seen.get(base, 0) + 1
        name = base if seen[base] == 1 else f"{base}-{seen[base]}"
        cell["id"] = name.replace("_", "-")[:64]
