"""Grades a whole class: several workers compute, one writer keeps the gradebook.

The workers execute and judge; this process alone writes, through nbgrader's own
autograde, so that the gradebook is the same as after ``nbgrader autograde``.  What is
written is done: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

from autograder.building.notebooks import Assignment
from autograder.course import course, gradebook, trouble
from autograder.grading import behind, done
from autograder.grading import workers as processes
from autograder.grading.graded import Graded, grade_notebook
from autograder.grading.released import released as handed_out
from autograder.grading.work import Say, Summary, note, pending, renew
from autograder.hooks.execute import Prepared, SafeExecute
from autograder.progress import Progress
from autograder.records.seal import key
from autograder.sandbox import leftovers
from autograder.sandbox.box import Limits, bubblewrap
from autograder.submissions.choosing import Choice, choose
from autograder.submissions.places import HELP
from autograder.submissions.restore import HandedOut, restore
from autograder.submissions.submissions import Submission, stage
from autograder.walls.allowance import Budget

STAGING = ".staging"


def compute(
    submission: Submission, released: Sequence[HandedOut], limits: Limits
) -> tuple[str, Graded]:
    """A worker's task: the notebook with its outputs as text, and the verdict."""
    digest, budget = submission.digest(), Budget(limits.total_seconds)
    choice = choose(submission, released, budget)
    texts = handed_out(submission.assignment.name, submission.assignment.chapter).texts
    nb = restore(choice.nb, released, texts)
    graded = grade_notebook(nb, limits, budget=budget)
    graded.submission = digest
    graded.remark = _remark(submission, choice)
    return nbformat.writes(nb), graded


def grade_class(
    assignments: Sequence[Assignment],
    say: Say,
    *,
    students: Sequence[str] = (),
    workers: int = 2,
    limits: Limits | None = None,
    force: bool = False,
) -> Summary:
    """Grade every submission that is new or changed, and write feedback pages.

    What befalls one submission is told in the summary, and the others are graded.  What
    would befall each of them ends the run, and what was graded before stays graded.

    Args:
        limits: of one notebook; those of the configuration unless given.

    Raises:
        CourseError: when nothing can be graded at all, or not any more.
        KeyTrouble: when the key of the records is damaged.
        LimitsTooLow: when honest notebooks would lose points under these limits.
        SandboxUnavailable: when there is no sandbox, and to do without was not asked for.
    """
    folder, limits = course.existing(), limits or SafeExecute.configured()
    limits.check()
    if not limits.trusted:
        bubblewrap()
    with course.alone(folder):
        try:
            _tidy(folder)
            gradebook.check()
            key(make=True)  # a damaged one is told now, not after hours of grading
            work, kept, summary = pending(folder, assignments, students, force)
            if work:
                gradebook.keep_copy()
                _grade(folder, work, summary, say, workers, limits)
            summary.renewed = renew(kept, copy=not work)
        finally:
            _tidy(folder)
    return summary


def _tidy(folder: Path) -> None:
    """Remove what this run, or an earlier one that was killed, staged and boxed."""
    shutil.rmtree(folder / STAGING, ignore_errors=True)
    leftovers.sweep()


def _grade(
    folder: Path,
    work: Sequence[Submission],
    summary: Summary,
    say: Say,
    workers: int,
    limits: Limits,
) -> None:
    cells = {a.name: gradebook.released(a) for a in {s.assignment for s in work}}
    tasks = [(s, (s, cells[s.assignment.name], limits)) for s in work]
    progress = Progress(len(work))
    for i, (submission, result) in enumerate(_fairly(tasks, workers), 1):
        who = f"{submission.student} {submission.assignment.name}"
        try:
            if isinstance(result, Exception):
                raise result
            write_graded(folder, submission, *result)
            summary.graded += 1
            said = _score(result[1])
            earned = any(v.earned for v in result[1].verdicts.values())
            note(summary, submission, result[1].remark, earned)
            if slow := _slow(result[1]):
                summary.slow[who] = slow
                said += f"; {slow}"
        except course.ClassError:
            raise
        except Exception as error:
            if told := trouble.sentence(error):
                raise course.ClassError(told) from error
            said = summary.failed[who] = _sentence(error)
        say(f"[{i}/{len(work)}] {who}: {said}{progress.left(i)}")


def _fairly(
    tasks: Sequence[tuple[Submission, tuple[Any, ...]]], workers: int
) -> Iterator[tuple[Submission, Any]]:
    """The results of all tasks; who ran out of time beside others gets another run, alone."""
    crowded = []
    for submission, result in processes.results(compute, tasks, workers):
        beside_others = min(workers, len(tasks)) > 1
        if beside_others and not isinstance(result, Exception) and result[1].crowded:
            crowded.append(submission)
        else:
            yield submission, result
    for submission, arguments in tasks:
        if submission in crowded:
            yield from processes.results(compute, [(submission, arguments)], 1)


def _slow(graded: Graded) -> str:
    """What took the time of a submission that used all of it up; empty for the others."""
    budget = graded.budget
    return f"used up its time: {budget.told()}" if budget and not budget.left else ""


def write_graded(folder: Path, submission: Submission, text: str, graded: Graded) -> None:
    """Let nbgrader keep the score, then write the feedback page and mark it as done.

    Raises:
        CourseError: when it is not the notebook any more that was graded, or nbgrader fails.
    """
    name = submission.assignment.name
    if not submission.folder.is_dir() or submission.digest() != graded.submission:
        raise course.CourseError(
            "not graded: what was handed in was changed or removed during the grading; see that "
            "it is there, then run the command again"
        )
    unchanged = bool(graded.regraded) or done.is_unchanged(submission)
    done.remove(submission)
    staging = folder / STAGING
    stage(submission, staging)
    prepared = Prepared(nbformat.reads(text, as_version=4), graded)
    with gradebook.keep_reviewed(submission.assignment, submission.student, unchanged):
        course.autograde(
            name,
            submission.student,
            CourseDirectory={"submitted_directory": STAGING},
            SafeExecute={"prepared": prepared},
        )
    with behind.spending(graded.budget):
        course.feedback(name, submission.student)
    done.put(submission, graded)


def _remark(submission: Submission, choice: Choice) -> str:
    """What to say of the place and the choice; empty where all is as it should be."""
    said = [s for s in (submission.note, choice.remark) if s]
    if not said and not choice.written:
        said = ["nothing is written in it"]
    return "; ".join(said)


def _score(graded: Graded) -> str:
    earned = sum(v.earned for v in graded.verdicts.values())
    points = sum(v.points for v in graded.verdicts.values())
    why = graded.trouble.get("")
    return f"{earned} of {points} points" + (f" ({why})" if why else "")


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, PermissionError) and error.filename:
        text = f"cannot read or write {error.filename} ({error.strerror}): {HELP}"
    text = "".join(ch for ch in text if ch.isprintable())  # it may quote what was handed in
    return f"not graded: {text.removeprefix('not graded: ')[:300]}"
