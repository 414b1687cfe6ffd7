"""What other users of the machine may not read: answers, work that was handed in, and grades.

With the usual umask, everything that a command writes can be read by everybody.  What we make
here is open to its owner only.  What is there already loses the rights of everybody else, and
keeps those of its group, which somebody may have given on purpose.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.paths import ROOT

MADE = ("source", "autograded", "feedback", "records")  # by programs
FOLDERS = (*MADE, "submitted")  # which people make themselves, or the collection
FILES = (
    "gradebook.db",
    "gradebook-before.db",
    "records.key",
    "grades.csv",
    "exported-grades.csv",
)
ANSWERS = ("solutions", ".git")  # in the checkout; what was once there stays in the history
OTHERS = stat.S_IRWXO


def keep(course: Path, make: bool = False) -> None:
    """Close what holds answers, work and grades to everybody else.

    Args:
        make: also make the folders of the course, before a program makes them with open doors.
    """
    if make:
        for name in MADE:
            folder(course / name)
    for path in (*(course / n for n in (*FOLDERS, *FILES)), *(ROOT / n for n in ANSWERS)):
        with contextlib.suppress(OSError):  # it is not there, or belongs to somebody else
            _close(path)


def folder(path: Path) -> None:
    """Make a folder that its owner alone may enter, if there is none."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)


def _close(path: Path) -> None:
    info = path.lstat()
    if not stat.S_ISLNK(info.st_mode) and info.st_mode & OTHERS:
        path.chmod(stat.S_IMODE(info.st_mode) & ~OTHERS)


def opener(path: str, flags: int) -> int:
    """For ``open(..., opener=opener)``: a new file that its owner alone may read."""
    return os.open(path, flags, 0o600)


def new_file(path: str | Path) -> None:
    """Make an empty file that its owner alone may read, for a program that opens it by name."""
    with contextlib.suppress(OSError):  # who opens it next gets the same error, and tells it
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def install() -> None:
    """Let every gradebook that is a file be made so, whichever program makes it."""
    if not event.contains(Engine, "do_connect", _before_connecting):
        event.listen(Engine, "do_connect", _before_connecting)


def _before_connecting(dialect: Any, _: Any, arguments: Any, __: Any) -> None:
    if dialect.name == "sqlite" and arguments and str(arguments[0]).startswith(os.sep):
        new_file(arguments[0])
