"""nbgrader's step after execution: keep the record of the verdict, show the rubric."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder import reference
from autograder.judging import Graded
from autograder.paths import course_dir
from cs231n_lib.verdict import Report

RUBRIC = "rubric"


class Judge(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes down what the score rests on, and the rubric beside each free-text answer.

    The score itself already stands in the graded cells' outputs
    (:func:`autograder.judging.verdict_outputs`), where nbgrader reads it.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course, graded = resources["nbgrader"], resources["course"]
        folder = record_folder(course["assignment"], course["student"])
        write_record(folder, course["notebook"], graded)
        nb.cells = [c for cell in nb.cells for c in (cell, *_rubric(course["notebook"], cell))]
        return nb, resources


def record_folder(assignment: str, student: str) -> Path:
    """Where the records of one submission lie."""
    return course_dir() / "records" / student / assignment


def write_record(folder: Path, notebook: str, graded: Graded) -> None:
    """Seed, verdicts, inputs and raw outputs of one graded notebook."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "seed": graded.seed,
        "trouble": graded.trouble,
        "exercises": {name: summary(r) for name, r in graded.reports.items()},
    }
    for name, data in graded.records.items():
        (folder / f"{name}.safetensors").write_bytes(data)
    (folder / f"{notebook}.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def summary(report: Report) -> dict[str, Any]:
    """A report as plain data, without its arrays."""
    return {
        "earned": report.earned,
        "points": report.points,
        "groups": {g.name: [g.earned, g.points] for g in report.groups},
        "mistake": report.mistake.name if report.mistake else None,
        "problem": report.problem,
    }


def _rubric(chapter: str, cell: NotebookNode) -> list[NotebookNode]:
    meta = cell.metadata.get("nbgrader", {})
    rubric = reference.book(chapter).rubrics.get(meta.get("grade_id", ""))
    if rubric is None or cell.cell_type != "markdown":
        return []
    lines = [f"**Rubric for the grader** ({rubric.points:g} points; not shown to the student)", ""]
    lines += [f"- {points:g} point: {text}" for points, text in rubric.criteria]
    lines += ["", f"A full answer: {' '.join(rubric.answer.split())}"]
    shown = new_markdown_cell("\n".join(lines))
    shown["id"] = f"rubric-{meta['grade_id'].replace('_', '-')}"[:64]
    shown.metadata["tags"] = [RUBRIC]
    return [shown]
