"""What there is to do: submissions to grade, pages to renew, and what is to be said of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.building.notebooks import Assignment
from autograder.course import booked, course, gradebook
from autograder.course.table import told
from autograder.grading import done
from autograder.submissions.places import missing, survey
from autograder.submissions.submissions import Submission
from cs231n_lib import exercises

Say = Callable[[str], None]


@dataclass
class Summary:
    """What came of grading a class.

    Attributes:
        failed: for each submission that was not graded, why.
        slow: for each that used up its time, what took it.
        renewed: how many of those that were kept got a new page or late penalty.
        remarks: for each without a usable notebook, without a point, or found in an odd place,
            a sentence.
        stray: the same for each place below ``submitted`` that is nobody's submission.
    """

    graded: int = 0
    kept: int = 0
    renewed: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    slow: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    stray: dict[str, str] = field(default_factory=dict)


def pending(
    folder: Path, assignments: Sequence[Assignment], students: Sequence[str], force: bool
) -> tuple[list[Submission], list[Submission], Summary]:
    """The submissions that are to be graded, those that are, and the summary of the others."""
    work, kept, summary, lying = list[Submission](), list[Submission](), Summary(), survey(folder)
    every = {a: lying.of(a) for a in assignments}
    known = [
        n for found, refused in every.values() for n in [*refused, *(s.student for s in found)]
    ]
    missing(students, [*known, *map(_owner, lying.stray)], "submission", folder / "submitted")
    summary.stray = {k: v for k, v in lying.stray.items() if not students or _owner(k) in students}
    for assignment, (found, refused) in every.items():
        for name, why in refused.items():
            if not students or name in students:
                summary.failed[f"{name!r} {assignment.name}"] = why
        written = gradebook.written(assignment) if found else {}
        for submission in found:
            if students and submission.student not in students:
                continue
            if force or not done.is_done(submission, written):
                work.append(submission)
            else:
                kept.append(submission)
                points = written[submission.student]
                earned = any(points.get(e.name) for e in exercises.chapter(assignment.chapter))
                note(summary, submission, done.remark(assignment.name, submission.student), earned)
    summary.kept = len(kept)
    return work, kept, summary


def _owner(place: str) -> str:
    return place.partition("/")[0]


def note(summary: Summary, submission: Submission, remark: str, earned: bool) -> None:
    """Remember what is to be said of a submission."""
    if said := told(remark, float(earned)):
        summary.remarks[f"{submission.student} {submission.assignment.name}"] = said


def renew(kept: Sequence[Submission], copy: bool = True) -> int:
    """Bring pages and late penalties of graded submissions up to date; returns of how many.

    Args:
        copy: make a copy of the gradebook before it is changed.
    """
    stale = []
    for assignment in {s.assignment for s in kept}:
        digests, times = booked.digests(assignment), booked.times(assignment)
        for s in kept:
            if s.assignment == assignment and not done.is_shown(
                s, digests.get(s.student, ""), times.get(s.student)
            ):
                stale.append(s)
    if stale and copy:
        gradebook.keep_copy()
    for submission in stale:
        booked.renew(submission)
        done.renewed(submission)
    return len(stale)


def renew_class(assignments: Sequence[Assignment]) -> int:
    """The same for all that is graded; returns of how many.

    Raises:
        CourseError: when there is no course, another grader is at work, or nbgrader fails.
    """
    folder = course.existing()
    with course.alone(folder):
        lying = survey(folder)
        graded = []
        for assignment in assignments:
            found, _ = lying.of(assignment)
            written = gradebook.written(assignment) if found else {}
            graded += [s for s in found if done.is_done(s, written)]
        return renew(graded)
