"""What a student reads beside the code, and what only the grader may read."""

from __future__ import annotations

from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.hooks.judge import RUBRIC
from autograder.walls.cells import clean_markdown


class JudgeComments(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes the explanation of each verdict as nbgrader's comment on the function's cell.

    It comes after ``SaveAutoGrades``, which resets comments, and never touches one that
    a person wrote.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course, graded = resources["nbgrader"], resources["course"]
        with Gradebook(course["db_url"]) as gradebook:
            for name, verdict in graded.verdicts.items():
                try:
                    comment = gradebook.find_comment(
                        f"{name}-code", course["notebook"], course["assignment"], course["student"]
                    )
                except MissingEntry:
                    continue
                comment.auto_comment = verdict.comment
            gradebook.db.commit()
        return nb, resources


class HideRubric(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the rubrics, and what could run in the comments, out of the feedback page."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb.cells = [c for c in nb.cells if RUBRIC not in c.metadata.get("tags", [])]
        for meta in (c.metadata.get("nbgrader", {}) for c in nb.cells):
            if meta.get("comment"):  # it quotes the student's exceptions
                meta["comment"] = clean_markdown(meta["comment"])
        return nb, resources
