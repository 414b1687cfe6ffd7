"""What a feedback page and a score rest on in the gradebook, and bringing both up to date.

A person gives points and comments in formgrader, sets a due date, grants an extension, or
collects a submission again with another time stamp.  None of this needs the student's code a
second time; the late penalty and the page follow from the gradebook alone.
"""

from __future__ import annotations

import hashlib
from typing import Any

from nbformat.v4 import new_notebook
from nbgrader.api import (
    Assignment as Booked,
)
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import select

from autograder.course import course, gradebook
from autograder.submissions import receipts, stamps
from autograder.building.notebooks import Assignment
from autograder.submissions.submissions import Submission


def digests(assignment: Assignment, student: str = "") -> dict[str, str]:
    """For each student (or one) a digest of all that the gradebook says of a submission.

    Asked in three questions: nbgrader's own objects take a second per hundred students.
    """
    sent, cell = SubmittedAssignment, BaseCell.name
    dates = select(
        sent.student_id,
        sent.timestamp,
        sent.extension,
        Booked.duedate,
        SubmittedNotebook.late_submission_penalty,
    )
    points = select(sent.student_id, cell, Grade.auto_score, Grade.manual_score, Grade.extra_credit)
    words = select(sent.student_id, cell, Comment.auto_comment, Comment.manual_comment)
    questions: list[Any] = [
        dates.join(Booked, sent.assignment_id == Booked.id).join(
            SubmittedNotebook, SubmittedNotebook.assignment_id == sent.id
        )
    ]
    for question, kind in ((points, Grade), (words, Comment)):
        joined = question.join(Booked, sent.assignment_id == Booked.id)
        joined = joined.join(SubmittedNotebook, SubmittedNotebook.assignment_id == sent.id)
        joined = joined.join(kind, kind.notebook_id == SubmittedNotebook.id)
        questions.append(joined.join(BaseCell, BaseCell.id == kind.cell_id).order_by(cell))
    found: dict[str, Any] = {}
    with gradebook.opened() as book:
        for question in questions:
            asked = question.where(Booked.name == assignment.name)
            if student:
                asked = asked.where(sent.student_id == student)
            for who, *rest in book.db.execute(asked):
                digest = found.setdefault(who, hashlib.sha256())
                digest.update(repr(rest).encode("utf-8", "surrogateescape"))
    return {who: digest.hexdigest() for who, digest in found.items()}


def times(assignment: Assignment) -> dict[str, Any]:
    """For each student when the gradebook thinks that the submission was handed in."""
    sent = SubmittedAssignment
    question = select(sent.student_id, sent.timestamp).join(Booked, sent.assignment_id == Booked.id)
    with gradebook.opened() as book:
        return dict(book.db.execute(question.where(Booked.name == assignment.name)).all())


def renew(submission: Submission) -> None:
    """Book the time stamp as it is now, reckon the late penalty, and write the feedback page.

    Raises:
        CourseError: when the gradebook or nbgrader fails.
    """
    name, student = submission.assignment.name, submission.student
    stamp = stamps.time(submission.folder)
    with gradebook.opened() as book:
        if stamp is not None:
            book.find_submission(name, student).timestamp = stamp
            book.db.commit()
    where = {"notebook": submission.assignment.chapter, "assignment": name, "student": student}
    with course.quiet_log(), gradebook.telling():
        AssignLatePenalties(config=course.config()).preprocess(
            new_notebook(), {"nbgrader": {**where, "db_url": gradebook.url()}}
        )
    # the same notebook, handed in a second time: its page goes to where that is asked for
    receipts.carry(submission.folder, course.prepare() / "autograded" / student / name)
    course.feedback(name, student)
