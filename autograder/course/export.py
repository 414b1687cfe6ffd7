"""``nbgrader export``: nbgrader's own columns, quoted, and in the course folder.

nbgrader writes ``grades.csv`` where the command is given.  Here that is the root of the
repository, where ``git add .`` would publish everybody's grades.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import CsvExportPlugin

from autograder.course import private
from autograder.paths import course_dir
from autograder.course.table import cell

NAME = "exported-grades.csv"
COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class CsvExport(CsvExportPlugin):  # type: ignore[misc]
    """CSV in the course folder, unless ``--to`` names another file."""

    def export(self, gradebook: Gradebook) -> None:
        path = Path(self.to) if self.to else course_dir() / NAME
        assignments = {str(name) for name in self.assignment}
        students = {str(name) for name in self.student}
        with open(path, "w", newline="", encoding="utf-8", opener=private.opener) as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            for assignment in gradebook.assignments:
                if assignments and assignment.name not in assignments:
                    continue
                for student in gradebook.students:
                    if not students or student.id in students:
                        writer.writerow(_row(gradebook, assignment, student))
        print(f"grades exported to {path}")


def _row(gradebook: Gradebook, assignment: Any, student: Any) -> dict[str, str]:
    """One student's grade for one assignment; nothing handed in counts nothing."""
    found = {
        "assignment": assignment.name,
        "duedate": assignment.duedate,
        "timestamp": None,
        "student_id": student.id,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
        "raw_score": 0.0,
        "late_submission_penalty": 0.0,
        "score": 0.0,
        "max_score": assignment.max_score,
    }
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        pass
    else:
        penalty = submission.late_submission_penalty or 0.0
        found |= {
            "timestamp": submission.timestamp,
            "raw_score": submission.score,
            "late_submission_penalty": penalty,
            "score": max(0.0, submission.score - penalty),
        }
    return {key: "" if value is None else cell(str(value)) for key, value in found.items()}
