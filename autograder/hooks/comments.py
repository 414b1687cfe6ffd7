"""What a student reads beside the code, and what only the grader may read."""

from __future__ import annotations

from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

from autograder.hooks.judge import RUBRIC


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
                # PostgreSQL keeps no zero bytes, which an exception that is quoted may hold
                comment.auto_comment = verdict.comment.replace("\0", "\N{REPLACEMENT CHARACTER}")
            gradebook.db.commit()
        return nb, resources


class Grades(GetGrades):  # type: ignore[misc]
    """nbgrader's points and comments for the feedback page, and who wrote each comment.

    An automatic comment quotes the student's exceptions, so it is no Markdown; a grader's is.
    """

    def _get_comment(self, cell: NotebookNode, resources: Any) -> None:
        comment = self.gradebook.find_comment(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        cell.metadata.nbgrader["comment"] = comment.comment
        cell.metadata.nbgrader["automatic_comment"] = comment.manual_comment is None


class HideRubric(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes the rubrics out of the feedback page."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb.cells = [c for c in nb.cells if RUBRIC not in c.metadata.get("tags", [])]
        return nb, resources
