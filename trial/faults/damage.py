"""What can befall a grader at work besides a kill, done to it on purpose."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import psutil
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.course import course as courses
from autograder.course import gradebook, trouble
from autograder.submissions import places

FIRST, LAST = "ben", "zoe"  # of the class; each is handed in, the last one is written last
NAME = "03-momentum"
Strike = Callable[[], object]


@dataclass(frozen=True)
class Fault:
    """One fault: what is done, and what the grader must answer.

    Attributes:
        did: what was done, for the reader.
        harm: makes the fault possible in a course folder and undoes it at the end; yields
            what strikes when the first submission of the class was written.
        says: words that the sentence must contain; empty when all must be graded anyway.
    """

    did: str
    harm: Callable[[Path], AbstractContextManager[Strike]]
    says: str = ""


def nothing() -> None:
    """The harm was done before the command began."""


@contextmanager
def no_source(course: Path) -> Iterator[Strike]:
    def strike() -> None:
        shutil.rmtree(course / "source")
        shutil.rmtree(course / "release")

    yield strike


@contextmanager
def submission_removed(course: Path) -> Iterator[Strike]:
    folder, aside = course / "submitted" / LAST, course / "aside"
    yield lambda: shutil.move(folder, aside)
    shutil.move(aside, folder)


@contextmanager
def submission_changed(course: Path) -> Iterator[Strike]:
    path = course / "submitted" / LAST / NAME / "momentum.ipynb"
    yield lambda: path.write_text(path.read_text("utf-8") + " ", "utf-8")


@contextmanager
def folder_unreadable(course: Path) -> Iterator[Strike]:
    folder = course / "submitted" / LAST / NAME
    if os.geteuid():
        folder.chmod(0)
        yield nothing
        folder.chmod(0o755)
        return

    def refused(path: Path) -> list[str]:
        if path == folder:
            raise PermissionError(13, os.strerror(13), str(path))
        return os.listdir(path)

    # root may read everything: refuse it in its place
    with mock.patch.object(places, "listdir", refused):
        yield nothing


@contextmanager
def locked_for_a_while(course: Path) -> Iterator[Strike]:
    with closing(_locking(course)) as holder:

        def strike() -> None:
            holder.execute("begin exclusive")
            threading.Timer(2.0, holder.rollback).start()

        yield strike


@contextmanager
def locked_for_ever(course: Path) -> Iterator[Strike]:
    with (
        mock.patch.object(gradebook, "PATIENCE_SECONDS", 1.0),
        closing(_locking(course)) as holder,
    ):
        yield lambda: holder.execute("begin exclusive")
        holder.rollback()


@contextmanager
def locked_before(course: Path) -> Iterator[Strike]:
    with locked_for_ever(course) as strike:
        strike()
        yield nothing


def _locking(course: Path) -> sqlite3.Connection:
    return sqlite3.connect(course / "gradebook.db", isolation_level=None, check_same_thread=False)


@contextmanager
def read_only(course: Path) -> Iterator[Strike]:
    path = course / "gradebook.db"
    if os.geteuid():
        yield lambda: path.chmod(0o444)
        path.chmod(0o644)
        return

    def refuse(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("pragma query_only = on")

    # root may write everything: let SQLite refuse it in its place
    yield lambda: event.listen(Engine, "connect", refuse)
    event.remove(Engine, "connect", refuse)


@contextmanager
def gradebook_full(course: Path) -> Iterator[Strike]:
    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("pragma max_page_count = 1")  # SQLite takes the present size

    def strike() -> None:
        with closing(sqlite3.connect(course / "gradebook.db", timeout=60)) as db:
            db.execute("pragma page_size = 512")  # half empty large pages would have room
            db.execute("vacuum")
        event.listen(Engine, "connect", limit)

    yield strike
    event.remove(Engine, "connect", limit)


@contextmanager
def disk_full(course: Path) -> Iterator[Strike]:
    """Only where the course lies on a small file system of its own."""
    ballast = course.parent / "ballast"

    def strike() -> None:
        with open(ballast, "wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                pass

    yield strike
    ballast.unlink()


@contextmanager
def gradebook_damaged(course: Path) -> Iterator[Strike]:
    path = course / "gradebook.db"

    def strike() -> None:
        with open(path, "r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (path.stat().st_size - 4096))

    yield strike
    _put_back(path)


@contextmanager
def gradebook_overwritten(course: Path) -> Iterator[Strike]:
    path = course / "gradebook.db"
    shutil.copy(path, path.with_name(gradebook.COPY))  # as the last grading left it
    path.write_bytes(b"no database" * 1000)
    yield nothing
    _put_back(path)


def _put_back(path: Path) -> None:
    """What the sentence says: the copy in place of the gradebook."""
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    shutil.copy(path.with_name(gradebook.COPY), path)


@contextmanager
def worker_killed(course: Path) -> Iterator[Strike]:
    yield lambda: _kill("forkserver")


@contextmanager
def kernels_killed(course: Path) -> Iterator[Strike]:
    yield lambda: _kill("bwrap")


def _kill(kind: str) -> None:
    """End with SIGKILL this grader's workers, or the kernels in their boxes.

    Raises:
        LookupError: when there are none: nothing would be tried then.
    """
    chosen, end = list[psutil.Process](), time.monotonic() + 10
    while not chosen and time.monotonic() < end:
        family = psutil.Process().children(recursive=True)
        boxes = [p for p in family if p.name() == "bwrap"]
        above = {p.ppid() for p in boxes}
        chosen = boxes if kind == "bwrap" else [p for p in family if p.pid in above - _all(boxes)]
    if not chosen:
        raise LookupError(f"no {kind} to kill")
    for process in chosen:
        process.send_signal(signal.SIGKILL)


def _all(processes: list[psutil.Process]) -> set[int]:
    return {p.pid for p in processes}


@contextmanager
def second_grader(course: Path) -> Iterator[Strike]:
    with courses.alone(course):
        yield nothing


FAULTS = {
    "disk full": Fault("the disk fills up while the class is graded", disk_full, trouble.FULL),
    "gradebook cannot grow": Fault(
        "SQLite finds no room for another page", gradebook_full, trouble.FULL
    ),
    "no source": Fault("source and release are removed while the class is graded", no_source),
    "submission removed": Fault(
        "a submission is removed while the class is graded",
        submission_removed,
        "changed or removed during the grading",
    ),
    "submission changed": Fault(
        "a submission is replaced while the class is graded",
        submission_changed,
        "changed or removed during the grading",
    ),
    "folder unreadable": Fault(
        "reading a student's folder is refused", folder_unreadable, "make it readable"
    ),
    "locked for a while": Fault(
        "another connection locks the gradebook for two seconds", locked_for_a_while
    ),
    "locked for ever": Fault(
        "another connection locks the gradebook and keeps it", locked_for_ever, trouble.LOCKED
    ),
    "locked before": Fault(
        "the gradebook is locked before the grading begins", locked_before, trouble.LOCKED
    ),
    "read-only": Fault("the gradebook becomes read-only", read_only, trouble.READ_ONLY),
    "damaged": Fault(
        "all pages of the gradebook but the first are overwritten while the class is graded",
        gradebook_damaged,
        trouble.DAMAGED,
    ),
    "overwritten": Fault(
        "the gradebook's file is overwritten before the grading begins",
        gradebook_overwritten,
        trouble.DAMAGED,
    ),
    "workers killed": Fault("the worker processes are killed", worker_killed),
    "kernels killed": Fault("the boxed kernels are killed from outside", kernels_killed),
    "second grader": Fault(
        "another grader is at work in the course folder", second_grader, "another grader"
    ),
}
