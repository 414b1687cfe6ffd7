"""What a student reads beside the code, and what only the grader may read."""

from __future__ import annotations

from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.hooks.judge import RUBRIC
from autograder.hooks.reading import clean_markdown
from cs231n_lib import show
from cs231n_lib.verdict import Report


class JudgeComments(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes the explanation of each verdict as nbgrader's comment on the function's cell.

    It comes after ``SaveAutoGrades``, which resets comments, and never touches one that
    a person wrote.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course, graded = resources["nbgrader"], resources["course"]
        with Gradebook(course["db_url"]) as gradebook:
            for name, report in graded.reports.items():
                try:
                    comment = gradebook.find_comment(
                        f"{name}-code", course["notebook"], course["assignment"], course["student"]
                    )
                except MissingEntry:
                    continue
                comment.auto_comment = comment_text(report)
            gradebook.db.commit()
        return nb, resources


def comment_text(report: Report) -> str:
    """One paragraph: what was right, what was wrong, the mistake and its hint."""
    right = [g.name for g in report.groups if g.right]
    wrong = [g.name for g in report.groups if not g.right]
    said = [f"{report.earned} of {report.points} points."]
    if right and wrong:
        said.append(f"Right: {', '.join(right)}. Wrong: {', '.join(wrong)}.")
    elif not wrong:
        said.append("All case groups are right.")
    return " ".join(said + show.sentences(report))


class HideRubric(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the rubrics, and what could run in the comments, out of the feedback page."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb.cells = [c for c in nb.cells if RUBRIC not in c.metadata.get("tags", [])]
        for meta in (c.metadata.get("nbgrader", {}) for c in nb.cells):
            if meta.get("comment"):  # it quotes the student's exceptions
                meta["comment"] = clean_markdown(meta["comment"])
        return nb, resources
