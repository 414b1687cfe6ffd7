"""The nbgrader course: its configuration, and its converters called from Python."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import private, servers, trouble
from autograder.building.notebooks import Assignment, source
from autograder.paths import COURSE, ROOT, course_dir, exchange_root, gradebook_url

PARTS = ("gradebook.db", "source", "release", "submitted")  # a course has at least one of them
FIXED = "Cannot add or remove cells"  # as nbgrader says it
BAD_IN_PATHS = "?%\n\r"
LOGS = ("traitlets", "tornado.application")  # where nbgrader's converters and gradebook log


class CourseError(RuntimeError):
    """Something that the person at the command line has to know, in one sentence."""


class ClassError(CourseError):
    """Such a thing that concerns every submission: there is no use in trying the next one."""


def config() -> Config:
    """The shipped ``nbgrader_config.py``, as it was edited for this course."""
    loaded: Config = PyFileConfigLoader(str(ROOT / "nbgrader_config.py")).load_config()
    address = servers.spelled_out(str(loaded.CourseDirectory.db_url))
    loaded.CourseDirectory.db_url = gradebook_url(address)
    loaded.Exchange.root = exchange_root(str(loaded.Exchange.root))
    return loaded


def prepare() -> Path:
    """Make the course folder, and let nbgrader find its own tools; returns the folder.

    What holds answers, work or grades in it is closed to other users of the machine.

    Raises:
        CourseError: when it cannot be made, or its path cannot be the address of a gradebook.
    """
    folder = course_dir()
    for character in BAD_IN_PATHS:
        if character in str(folder):
            raise CourseError(
                f"the course folder {folder} has {character!r} in its path, which means something "
                f"else in the address of the gradebook: rename it, or name another with {COURSE}"
            )
    if "$" in str(ROOT):  # it would be run without this course's configuration
        raise CourseError(
            f"the folder {ROOT} has '$' in its path, and nbgrader finds no configuration there: "
            "rename it"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        private.keep(folder, make=True)
    except OSError as error:
        raise CourseError(f"cannot make the course folder {folder}: {error.strerror}") from error
    # nbgrader makes a new gradebook with `alembic`, which it looks for on the PATH
    tools = str(Path(sys.executable).parent)
    if tools not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = tools + os.pathsep + os.environ.get("PATH", "")
    return folder


def is_there() -> bool:
    """Whether the course folder holds a course, and is not a name that nothing has yet."""
    return any((course_dir() / name).exists() for name in PARTS)


def existing() -> Path:
    """The course folder, for commands that work on a course and must not make one.

    Raises:
        CourseError: when there is no course in it: a slip in ``CS231N_COURSE`` would otherwise
            make a second course with a gradebook and a key of its own.
    """
    if not is_there():
        folder = course_dir()
        if os.environ.get(COURSE):
            raise CourseError(
                f"there is no course in {folder}, which {COURSE} names: correct the name, or "
                "run `autograder build` to make a course there"
            )
        raise CourseError(f"there is no course in {folder} yet: run `autograder build` first")
    return prepare()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second grader out of the course folder; the lock ends with the process.

    Raises:
        CourseError: when another one is at work there.
    """
    with open(folder / ".grading", "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CourseError(
                f"another grader is at work in {folder}: wait for its end, then run the command "
                "again"
            ) from error
        yield


@contextmanager
def quiet_log() -> Iterator[io.StringIO]:
    """Collects what nbgrader logs, for the message if it fails."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    loggers = [logging.getLogger(name) for name in LOGS]
    before = [(logger.handlers[:], logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [handler], False
    try:
        yield stream
    finally:
        for logger, (handlers, propagate) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate


def convert(kind: Any, assignment: str, student: str = "*", **changes: Any) -> None:
    """Run one of nbgrader's converters on one assignment.

    Raises:
        CourseError: with nbgrader's own last words when it fails.
    """
    settings = config()
    for section, values in changes.items():
        settings[section].update(values)
    where = CourseDirectory(config=settings, assignment_id=assignment, student_id=student)
    converter = kind(coursedir=where, config=settings)
    converter.force = True
    with quiet_log() as log, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own, of SQLAlchemy: nothing for us to mend
        try:
            converter.start()
        except (NbGraderException, SystemExit) as error:
            # the database's own words may stand anywhere in a chain of exceptions
            for line in log.getvalue().splitlines():
                if told := trouble.sentence(line):
                    raise ClassError(told) from error
            raise CourseError(last_words(log.getvalue()) or str(error)) from error


def last_words(log: str) -> str:
    """The last error in a log of nbgrader's: that of a traceback if there is one."""
    lines = [x for x in log.strip().splitlines() if x and not x.startswith((" ", "Traceback"))]
    raised = [x for x in lines if re.match(r"[\w.]+(Error|Exception|Entry|Warning)\b", x)]
    return " ".join(raised[-1:] or lines[-1:])[:500]


def generate(assignment: Assignment) -> Path:
    """Source and release of one assignment; returns the released notebook.

    Raises:
        CourseError: when it cannot be released; source and release are then as they were.
        BadText: when the assignment's text is not as it must be; nothing was touched.
    """
    made, folder = source(assignment), prepare()
    name = f"{assignment.chapter}.ipynb"
    staging, release = (folder / step / assignment.name for step in ("source", "release"))
    with _kept(staging) as before, _kept(release):
        staging.mkdir(parents=True)
        nbformat.write(made, staging / name)
        try:
            convert(GenerateAssignment, assignment.name)
        except ClassError:
            raise
        except CourseError as error:
            if FIXED in str(error):
                raise CourseError(_fixed(assignment, before / name, made)) from error
            raise CourseError(f"{assignment.name}: {error}") from error
    return release / name


@contextmanager
def _kept(folder: Path) -> Iterator[Path]:
    """Make room for a new folder; the old one, which is yielded, is put back if that fails."""
    before = folder.with_name(f".{folder.name}.before")
    if folder.exists():
        shutil.rmtree(before, ignore_errors=True)  # of a build that was killed
        folder.rename(before)
    try:
        yield before
    except BaseException:
        if before.exists():
            shutil.rmtree(folder, ignore_errors=True)
            before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _fixed(assignment: Assignment, before: Path, made: NotebookNode) -> str:
    """Advice for who adds or removes named cells after work was handed in."""
    new, old = _named(made), set[str]()
    with suppress(OSError, ValueError):
        old = _named(nbformat.read(before, as_version=4))
    changes = [f"added {', '.join(sorted(new - old))}"] if old and new - old else []
    changes += [f"removed {', '.join(sorted(old - new))}"] if old - new else []
    what = f" ({'; '.join(changes)})" if changes else ""
    return (
        f"{assignment.name} keeps its old release: cells that have a name cannot be added or "
        f"removed after work was handed in{what}. Put them back; a figure can be added without "
        "the tag `figure`, and everything else in a new course, with CS231N_COURSE"
    )


def _named(nb: NotebookNode) -> set[str]:
    named = (cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells)
    return {name for name in named if name}


def autograde(assignment: str, student: str, **changes: Any) -> None:
    """nbgrader's autograde for one submission."""
    convert(Autograde, assignment, student, **changes)


def feedback(assignment: str, student: str = "*") -> None:
    """nbgrader's feedback pages of an assignment."""
    convert(GenerateFeedback, assignment, student)
