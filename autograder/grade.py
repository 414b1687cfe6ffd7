"""Grades a whole class: several workers compute, one writer keeps the gradebook.

The workers execute and judge; this process alone writes, through nbgrader's own
autograde, so that the gradebook is the same as after ``nbgrader autograde``.  What is
written is done: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat

from autograder import course, gradebook
from autograder.hooks.execute import PREPARED
from autograder.hooks.reading import read_submission
from autograder.hooks.restore import HandedOut, restore
from autograder.judging import Graded, grade_notebook
from autograder.notebooks import Assignment
from autograder.records import record_folder
from autograder.sandbox.box import Limits, bubblewrap
from autograder.seal import key
from autograder.submissions import Submission, digest, find, stage

Say = Callable[[str], None]
DONE = "graded.json"
CHANCES = 2  # for a submission whose worker process died


@dataclass
class Summary:
    """What came of grading a class."""

    graded: int = 0
    kept: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def compute(
    path: Path, released: Sequence[HandedOut], limits: Limits, trusted: bool
) -> tuple[str, Graded]:
    """A worker's task: the notebook as text, and the verdict without it."""
    submission = digest(path)
    nb = restore(read_submission(path), list(released))
    graded = grade_notebook(nb, limits, trusted)
    graded.submission = submission
    return nbformat.writes(graded.nb), replace(graded, nb=None)  # type: ignore[arg-type]


def grade_class(
    assignments: Sequence[Assignment],
    say: Say,
    *,
    students: Sequence[str] = (),
    workers: int = 2,
    limits: Limits | None = None,
    trusted: bool = False,
    force: bool = False,
) -> Summary:
    """Grade every submission that is new or changed, and write feedback pages.

    Raises:
        CourseError: when nothing can be graded at all.
        KeyTrouble: when the key of the records is damaged.
        SandboxUnavailable: when there is no sandbox and ``trusted`` was not asked for.
    """
    folder, limits, summary = course.prepare(), limits or Limits(cell_seconds=20), Summary()
    if not trusted:
        bubblewrap()
    gradebook.check()
    key(make=True)  # a damaged one is told now, not after hours of grading
    work: list[Submission] = []
    for assignment in assignments:
        found, refused = find(folder, assignment)
        for name in refused:
            summary.failed[f"{name!r} {assignment.name}"] = (
                "the folder's name has characters that nbgrader cannot handle, or it is a link"
            )
        for submission in found:
            if students and submission.student not in students:
                continue
            if force or not is_done(submission):
                work.append(submission)
            else:
                summary.kept += 1
    cells = {a.name: gradebook.released(a) for a in {s.assignment for s in work}}
    begin = time.monotonic()
    for i, (submission, result) in enumerate(_computed(work, cells, limits, trusted, workers), 1):
        who = f"{submission.student} {submission.assignment.name}"
        try:
            if isinstance(result, Exception):
                raise result
            write_graded(folder, submission, *result)
            summary.graded += 1
            said = _score(result[1])
        except Exception as error:
            said = summary.failed[who] = _sentence(error)
        rest = (time.monotonic() - begin) / i * (len(work) - i)
        say(
            f"[{i}/{len(work)}] {who}: {said}"
            + (f"  (about {rest:.0f} s left)" if rest > 5 else "")
        )
    return summary


def is_done(submission: Submission) -> bool:
    """Whether this very notebook was graded and written before."""
    path = record_folder(submission.assignment.name, submission.student) / DONE
    try:
        return bool(json.loads(path.read_text("utf-8"))["digest"] == submission.digest())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _computed(
    work: list[Submission],
    cells: dict[str, list[HandedOut]],
    limits: Limits,
    trusted: bool,
    workers: int,
) -> Any:
    """Yield each submission with its verdict, or with what kept us from one.

    Each thread has a worker process of its own: when one dies, it takes nothing with it
    but the submission that it was at, which gets a second chance in a new one.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["autograder.judging"])
    mine, made = threading.local(), []

    def verdict(s: Submission) -> Any:
        for _ in range(CHANCES):
            if getattr(mine, "process", None) is None:
                mine.process = ProcessPoolExecutor(1, mp_context=context)
                made.append(mine.process)
            try:
                task = mine.process.submit(
                    compute, s.path, cells[s.assignment.name], limits, trusted
                )
                return task.result()
            except BrokenProcessPool:
                mine.process = None
            except Exception as error:
                return error
        return course.CourseError("a worker process died while grading it")

    threads = ThreadPoolExecutor(max(1, min(workers, len(work))))
    try:
        futures = {threads.submit(verdict, s): s for s in work}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:  # also when the class is given up with Ctrl-C: nothing new is begun
        for pool in (threads, *made):
            pool.shutdown(wait=False, cancel_futures=True)


def write_graded(folder: Path, submission: Submission, text: str, graded: Graded) -> None:
    """Let nbgrader keep the score, then write the feedback page and mark it as done."""
    name = submission.assignment.name
    marker = record_folder(name, submission.student) / DONE
    marker.unlink(missing_ok=True)
    staging = folder / ".staging"
    stage(submission, staging)
    graded.nb = nbformat.reads(text, as_version=4)
    PREPARED[(name, submission.student, submission.assignment.chapter)] = graded
    course.autograde(
        name, submission.student, CourseDirectory={"submitted_directory": str(staging)}
    )
    course.feedback(name, submission.student)
    marker.write_text(json.dumps({"digest": graded.submission}) + "\n", "utf-8")


def _score(graded: Graded) -> str:
    earned = sum(r.earned for r in graded.reports.values())
    points = sum(r.points for r in graded.reports.values())
    why = graded.trouble.get("")
    return f"{earned} of {points} points" + (f" ({why})" if why else "")


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return f"not graded: {text[:300]}"
