"""The marker of a submission that is graded: which notebook it was, and what was found.

A marker goes first and comes last, so that whatever was cut short is graded again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograder.course import booked
from autograder.grading.graded import Graded
from autograder.nofollow import Linked
from autograder.paths import course_dir
from autograder.records.records import MAX_JSON, record_folder
from autograder.submissions import stamps
from autograder.submissions.submissions import Submission

Points = Mapping[str, Mapping[str, float | None]]
NAME = "graded.json"


def told(assignment: str, student: str) -> dict[str, Any]:
    """What a marker says; empty where there is none, or none that can be read."""
    try:
        with record_folder(student=student, assignment=assignment) as records:
            found = json.loads(records.read(NAME, MAX_JSON))
    except (OSError, Linked, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_done(submission: Submission, written: Points) -> bool:
    """Whether this very notebook was graded, and the gradebook still holds its points.

    It may not: a gradebook that was damaged is replaced by an older one or a new one.
    """
    name = submission.assignment.name
    page = course_dir() / "feedback" / submission.student / name
    marker = told(name, submission.student)
    held = written.get(submission.student, {})
    try:
        return (
            bool(marker["digest"] == submission.digest())
            and all(held.get(cell) == points for cell, points in marker["points"].items())
            and submission.student in written
            and (page / f"{submission.assignment.chapter}.html").exists()
        )
    except (OSError, KeyError, TypeError, AttributeError):
        return False


def is_unchanged(submission: Submission) -> bool:
    """Whether this very notebook was graded before, whatever became of its points."""
    digest = submission.digest()
    return (
        bool(digest)
        and told(submission.assignment.name, submission.student).get("digest") == digest
    )


def remark(assignment: str, student: str) -> str:
    """What was said of a submission when it was graded."""
    found = told(assignment, student).get("remark", "")
    return found if isinstance(found, str) else ""


def is_shown(submission: Submission, digest: str, when: Any) -> bool:
    """Whether page and penalty are of what the gradebook holds and of the stamp that lies there.

    Args:
        digest: of :func:`autograder.course.booked.digests`.
        when: the time that the gradebook has for it.
    """
    marker = told(submission.assignment.name, submission.student)
    stamp = stamps.time(submission.folder)
    return marker.get("shown") == digest and (stamp is None or stamp == when)


def remove(submission: Submission) -> None:
    """Take the marker away: what follows may be cut short."""
    with record_folder(
        student=submission.student, assignment=submission.assignment.name, make=True
    ) as records:
        records.remove(NAME)


def put(submission: Submission, graded: Graded) -> None:
    """Mark a submission whose points are booked and whose page is written."""
    _put(
        submission,
        {
            "digest": graded.submission,
            "points": {n: v.earned for n, v in graded.verdicts.items()},
            "remark": graded.remark,
        },
    )


def renewed(submission: Submission) -> None:
    """Note that page and penalty are of what the gradebook holds now."""
    _put(submission, told(submission.assignment.name, submission.student))


def _put(submission: Submission, marker: dict[str, Any]) -> None:
    assignment, student = submission.assignment, submission.student
    marker["shown"] = booked.digests(assignment, student).get(student, "")
    with record_folder(student=student, assignment=assignment.name, make=True) as records:
        records.put(NAME, (json.dumps(marker) + "\n").encode())
