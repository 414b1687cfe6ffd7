"""Judges records again: the same path as grading, without any student code.

What the box wrote is in the record (:mod:`autograder.records.records`), so a score can be verified
at any time, and a corrected answer reaches everyone's score without a second execution.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.building.notebooks import Assignment
from autograder.course import course, gradebook
from autograder.grading import behind, done
from autograder.grading.grade import write_graded
from autograder.grading.graded import Graded, exercise_of, show_verdicts
from autograder.grading.released import released
from autograder.grading.work import Say
from autograder.judging.judging import draw
from autograder.judging.verdict import Verdict
from autograder.paths import course_dir
from autograder.records import records
from autograder.records.records import AGAIN, Record, Refused
from autograder.submissions import names
from autograder.submissions.choosing import choose
from autograder.submissions.places import find, missing
from autograder.submissions.restore import restore
from autograder.submissions.submissions import Submission
from autograder.walls.outputs import safe
from cs231n_lib import exercises


@dataclass(frozen=True)
class Change:
    """An exercise that is judged otherwise today; ``old`` is None where nothing was booked."""

    exercise: str
    old: float | None
    new: float
    why: str

    def text(self) -> str:
        """One line of a table."""
        old = "none" if self.old is None else f"{self.old:g}"
        return f"{self.exercise}: {old} -> {self.new:g} points ({self.why})"


@dataclass
class Outcome:
    """What came of one record: ``same``, ``changed`` or ``refused``."""

    student: str
    assignment: str
    status: str = "same"
    earned: int = 0
    points: int = 0
    changes: list[Change] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    why: str = ""

    @property
    def who(self) -> str:
        return f"{self.student} {self.assignment}"


def replay_class(
    assignments: Sequence[Assignment],
    say: Say,
    *,
    students: Sequence[str] = (),
    regrade: bool = False,
    write: bool = False,
) -> list[Outcome]:
    """Judge all records again, and compare with what they and the gradebook say.

    Args:
        regrade: take a gradebook that has other points for something to be mended; a replay
            refuses the record then.
        write: let nbgrader keep what has changed, and write a new record of it.

    Raises:
        CourseError: when the gradebook cannot be used, or there is nothing to judge.
        KeyTrouble: when there is no key to verify records with.
    """
    with course.alone(course.existing()) if write else nullcontext():
        return _replay_class(assignments, say, students, regrade, write)


def _replay_class(
    assignments: Sequence[Assignment], say: Say, students: Sequence[str], regrade: bool, write: bool
) -> list[Outcome]:
    course.existing()
    gradebook.check()
    found: list[Outcome] = []
    work = list(_graded(assignments, students))
    missing(students, [s.student for s, _ in work], "record", course_dir() / "records")
    if not work:
        raise course.CourseError(
            "there are no records to judge again: run `autograder grade` first"
        )
    for i, (submission, booked) in enumerate(work, 1):
        outcome = Outcome(submission.student, submission.assignment.name)
        try:
            record, verdicts = judge_again(submission)
            _compare(outcome, record, verdicts, booked, regrade)
            if write and outcome.changes:
                _write(submission, record, verdicts)
        except Refused as error:
            outcome.status = "refused"
            outcome.why = f"{error.exercise}: {error}" if error.exercise else str(error)
        found.append(outcome)
        told = outcome.why or f"{outcome.earned} of {outcome.points} points, {outcome.status}"
        say("; ".join([f"[{i}/{len(work)}] {outcome.who}: {told}", *outcome.remarks]))
    return found


def judge_again(submission: Submission) -> tuple[Record, dict[str, Verdict]]:
    """A verified record, and what the judge says of it today.

    Raises:
        Refused: when the record, or an exercise of today, does not fit.
        KeyTrouble: when there is no key to verify it with.
    """
    name, chapter = submission.assignment.name, submission.assignment.chapter
    record = records.read(
        student=submission.student,
        assignment=name,
        notebook=chapter,
        submission=submission.digest(),
    )
    for exercise, evidence in record.evidence.items():
        if exercise not in exercises.table():
            raise Refused(exercise, f"there is no such exercise any more: {AGAIN}")
        seen = {g for case in evidence.cases() for g in case.groups}
        if seen != set(exercises.get(exercise).groups):  # a group without a case would be right
            raise Refused(exercise, f"its case groups have changed since: {AGAIN}")
    try:
        return record, behind.judged(record.evidence, record.told["trouble"])
    except behind.AnswerFailed as error:  # on cases of another declaration
        text = " ".join(str(error).split())[:200]
        raise Refused("", f"the cases have changed since ({text}): {AGAIN}") from error


def _graded(
    assignments: Sequence[Assignment], students: Sequence[str]
) -> Iterator[tuple[Submission, dict[str, float | None]]]:
    """What was graded: all that has a record, or points in the gradebook."""
    folder = course.prepare()
    for assignment in assignments:
        booked = gradebook.automatic(assignment)
        lying = {s.student: s for s in find(folder, assignment)[0]}
        known = set(lying) | set(booked)
        found_records = (folder / "records").glob(f"*/{assignment.name}")
        known |= {p.parent.name for p in found_records if not names.why_not(p.parent.name)}
        for student in sorted(known):
            place = folder / "submitted" / student / assignment.name
            recorded = records.exists(
                student=student, assignment=assignment.name, notebook=assignment.chapter
            )
            if (not students or student in students) and (student in booked or recorded):
                here = lying.get(student, Submission(student, assignment, place))
                yield here, booked.get(student, {})


def _compare(
    outcome: Outcome,
    record: Record,
    verdicts: dict[str, Verdict],
    booked: dict[str, float | None],
    regrade: bool,
) -> None:
    outcome.earned = sum(v.earned for v in verdicts.values())
    outcome.points = sum(v.points for v in verdicts.values())
    for name, verdict in verdicts.items():
        new = verdict.summary()
        old, has = record.summary(name), booked.get(name)
        if has != old["earned"] and not regrade:
            points = "no points" if has is None else f"{has:g} points"
            raise Refused(name, f"the gradebook has {points}, the record {old['earned']}: {AGAIN}")
        if old != new or has != old["earned"]:
            why = "the gradebook differs from the record" if old == new else _why(record, name)
            if has == new["earned"]:
                why = f"same points, other explanation; {why}"
            outcome.changes.append(Change(name, has, new["earned"], why))
        evidence = record.evidence[name]
        if draw(name, evidence.drawn) != evidence.inputs:
            other = "other cases would be drawn from its seed today, the recorded ones were judged"
            outcome.remarks.append(f"{name}: {other}")
    if outcome.changes:
        outcome.status = "changed"


def _why(record: Record, name: str) -> str:
    """What is not as it was when the record was made."""
    entry, then, now = record.told["exercises"][name], record.told["versions"], records.versions()
    why = [f"{what} {then[what]} then, {now[what]} now" for what in now if then[what] != now[what]]
    if entry["declaration"] != records.declaration_digest(name):
        why.append("its declaration has changed since")
    if entry["answer"] != records.answer_digest(name):
        why.append("its answer has changed since")
    return "; ".join(why) or "the judge has changed since"


def _write(submission: Submission, record: Record, verdicts: dict[str, Verdict]) -> None:
    """Put new verdicts where the old ones stand; nothing is executed."""
    assignment, student = submission.assignment, submission.student
    cells = gradebook.released(assignment)
    texts = released(assignment.name, assignment.chapter).texts
    nb = restore(choose(submission, cells).nb, cells, texts)
    placed = {name for cell in nb.cells if (name := exercise_of(cell))}
    if placed != set(verdicts):
        other = ", ".join(sorted(placed ^ set(verdicts)))
        raise Refused(other, f"it is not in both the assignment and the record: {AGAIN}")
    _take_outputs(nb, submission)
    told = record.told
    graded = Graded(
        told["seed"],
        verdicts,
        record.evidence,
        told["trouble"],
        submission=told["submission"],
        regraded=told["seal"],
        remark=done.remark(assignment.name, student),
    )
    show_verdicts(nb, verdicts)
    write_graded(course.prepare(), submission, nbformat.writes(nb), graded)


def _take_outputs(nb: NotebookNode, submission: Submission) -> None:
    """Show what the cells printed when they ran, as far as it is still there."""
    folder = course.prepare() / "autograded" / submission.student / submission.assignment.name
    before: dict[str, Any] = {}
    try:
        old = nbformat.read(folder / f"{submission.assignment.chapter}.ipynb", as_version=4)
        before = {c.id: c for c in old.cells if c.cell_type == "code"}
        for cell in nb.cells:
            shown = before.get(cell.id)
            if cell.cell_type == "code" and shown is not None and shown.source == cell.source:
                cell.outputs = safe(shown.outputs)
    except Exception:  # a page without its outputs is better than no page
        return
