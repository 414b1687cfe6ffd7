"""Looks a graded course over: database, nbgrader's own model, notebooks, records, pages."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import nbformat
from nbgrader.utils import determine_grade, is_grade

from autograder.building.notebooks import Assignment

# each question must have no answer
NEVER = {
    "a student has two submissions": """select student_id from submitted_assignment
        group by student_id, assignment_id having count(*) > 1""",
    "a submission has not one notebook": """select sent.id from submitted_assignment as sent
        left join submitted_notebook as nb on nb.assignment_id = sent.id
        group by sent.id having count(nb.id) <> 1""",
    "a cell has two grades": """select cell_id from grade
        group by cell_id, notebook_id having count(*) > 1""",
    "a cell has two comments": """select cell_id from comment
        group by cell_id, notebook_id having count(*) > 1""",
    "a grade is missing": """select nb.id, cell.id from submitted_notebook as nb
        join base_cell as cell on cell.notebook_id = nb.notebook_id and cell.type = 'GradeCell'
        left join grade on grade.cell_id = cell.id and grade.notebook_id = nb.id
        where grade.id is null""",
    "a comment is missing": """select nb.id, cell.id from submitted_notebook as nb
        join base_cell as cell on cell.notebook_id = nb.notebook_id
            and cell.type = 'SolutionCell'
        left join comment on comment.cell_id = cell.id and comment.notebook_id = nb.id
        where comment.id is null""",
    "a grade belongs to nothing": """select grade.id from grade
        left join submitted_notebook as nb on nb.id = grade.notebook_id where nb.id is null""",
}
GRADES = """select sent.student_id, cell.name, grade.auto_score from submitted_assignment as sent
    join assignment on assignment.id = sent.assignment_id and assignment.name = ?
    join submitted_notebook as nb on nb.assignment_id = sent.id
    join grade on grade.notebook_id = nb.id join base_cell as cell on cell.id = grade.cell_id"""
COMMENTS = """select sent.student_id, cell.name, comment.auto_comment
    from submitted_assignment as sent
    join assignment on assignment.id = sent.assignment_id and assignment.name = ?
    join submitted_notebook as nb on nb.assignment_id = sent.id
    join comment on comment.notebook_id = nb.id
    join base_cell as cell on cell.id = comment.cell_id"""


def database(path: Path) -> list[str]:
    """What is wrong with the gradebook's file and with nbgrader's model in it."""
    with closing(sqlite3.connect(path)) as db:
        found = [r[0] for r in db.execute("pragma integrity_check") if r[0] != "ok"]
        found += [f"a foreign key of {r[0]} leads nowhere" for r in db.execute(FOREIGN)]
        found += [what for what, question in NEVER.items() if db.execute(question).fetchone()]
    return found


FOREIGN = "pragma foreign_key_check"


def everything(course: Path, assignment: Assignment, students: Sequence[str]) -> list[str]:
    """What is wrong with a course in which these students and no others are graded."""
    path = course / "gradebook.db"
    found = database(path)
    with closing(sqlite3.connect(path)) as db:
        grades: dict[str, dict[str, float]] = {}
        for student, cell, points in db.execute(GRADES, [assignment.name]):
            grades.setdefault(student, {})[cell] = points
        comments = {(s, c): t for s, c, t in db.execute(COMMENTS, [assignment.name])}
    if set(grades) != set(students):
        found.append(f"{len(set(grades) ^ set(students))} students too many or too few")
    for student in set(students) & set(grades):
        found += [
            f"{student}: {what}"
            for what in _submission(course, assignment, student, grades[student], comments)
        ]
    strays = [*course.glob("*-journal"), *course.glob(".*new*"), *course.glob(".staging")]
    found += [f"{p.name} was left behind" for p in strays]
    return found


def _submission(
    course: Path,
    assignment: Assignment,
    student: str,
    grades: dict[str, float],
    comments: dict[tuple[str, str], str],
) -> list[str]:
    """What does not fit together of one submission."""
    place, found = Path(student) / assignment.name, []
    try:
        book = course / "autograded" / place / f"{assignment.chapter}.ipynb"
        cells = [c for c in nbformat.read(book, as_version=4).cells if is_grade(c)]
        record = course / "records" / place / f"{assignment.chapter}.json"
        told = json.loads(record.read_text("utf-8"))["exercises"]
        page = (course / "feedback" / place / f"{assignment.chapter}.html").read_text("utf-8")
    except (OSError, ValueError) as error:
        return [f"unreadable: {type(error).__name__}"]
    shown = {
        c.metadata.nbgrader.grade_id: determine_grade(c, logging.getLogger())[0] for c in cells
    }
    if shown != grades:
        found.append("gradebook and autograded notebook differ")
    if any(grades.get(name) != e["earned"] for name, e in told.items()):
        found.append("gradebook and record differ")
    for name, e in told.items():
        comment = comments.get((student, f"{name}-code")) or ""
        if re.findall(r"(\d+) of \d+ points\.", comment) != [str(e["earned"])]:
            found.append(f"the comment on {name} does not tell the points once")
        if f'id="{name}"' not in page and name not in page:
            found.append(f"{name} is not on the feedback page")
    if not page.rstrip().endswith("</html>"):
        found.append("the feedback page is cut short")
    return found
