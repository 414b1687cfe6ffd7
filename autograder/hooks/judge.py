"""nbgrader's step after execution: keep the record of the verdict, show the rubric."""

from __future__ import annotations

from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.building.notebooks import find
from autograder.judging import reference
from autograder.paths import course_dir
from autograder.records import records
from autograder.submissions.places import submitted

RUBRIC = "rubric"


class Judge(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes down what the score rests on, and the rubric beside each free-text answer.

    The score itself already stands in the graded cells' outputs
    (:func:`autograder.judging.judging.verdict_outputs`), where nbgrader reads it.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course, graded = resources["nbgrader"], resources["course"]
        student, assignment, notebook = course["student"], course["assignment"], course["notebook"]
        if graded.submission is None:  # nbgrader read it itself
            graded.submission = submitted(course_dir(), find(assignment), student).digest()
        records.write(student=student, assignment=assignment, notebook=notebook, graded=graded)
        nb.cells = [c for cell in nb.cells for c in (cell, *_rubric(notebook, cell))]
        return nb, resources


def _rubric(chapter: str, cell: NotebookNode) -> list[NotebookNode]:
    meta = cell.metadata.get("nbgrader", {})
    rubric = reference.rubrics(chapter).get(meta.get("grade_id", ""))
    if rubric is None or cell.cell_type != "markdown":
        return []
    lines = [f"**Rubric for the grader** ({rubric.points:g} points; not shown to the student)", ""]
    lines += [f"- {points:g} point: {text}" for points, text in rubric.criteria]
    lines += ["", f"A full answer: {' '.join(rubric.answer.split())}"]
    shown = new_markdown_cell("\n".join(lines))
    shown["id"] = f"rubric-{meta['grade_id'].replace('_', '-')}"[:64]
    shown.metadata["tags"] = [RUBRIC]
    return [shown]
