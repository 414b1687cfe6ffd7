"""What was handed in: found in the course folder, and staged for nbgrader.

nbgrader is only shown the staged copy: one clean notebook, and the time stamp if there
is one.  Links, pipes, archives, folders that shadow libraries stay where they are.
"""

from __future__ import annotations

import hashlib
import re
import stat
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook
from nbgrader.utils import parse_utc

from autograder.notebooks import Assignment

NAME = re.compile(r"[\w@+-][\w.@+-]{0,99}")  # no glob characters: nbgrader searches by pattern


@dataclass(frozen=True)
class Submission:
    """One student's folder for one assignment."""

    student: str
    assignment: Assignment
    folder: Path

    @property
    def path(self) -> Path:
        """The notebook: the one of the right name, else the only one there is."""
        right = self.folder / f"{self.assignment.chapter}.ipynb"
        if _regular(right):
            return right
        others = [p for p in sorted(self.folder.glob("*.ipynb")) if _regular(p)]
        return others[0] if len(others) == 1 else right

    def digest(self) -> str:
        """Changes when the notebook does."""
        return digest(self.path)


def digest(path: Path) -> str:
    """SHA-256 of a file that was handed in; empty for what is no file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if _regular(path) else ""
    except OSError:
        return ""


def find(course: Path, assignment: Assignment) -> tuple[list[Submission], list[str]]:
    """All submissions to an assignment, and the folders whose names cannot be used."""
    found, refused = [], []
    for folder in sorted((course / "submitted").glob(f"*/{assignment.name}")):
        student = folder.parent.name
        if (
            not folder.is_dir()
            or folder.is_symlink()
            or folder.parent.is_symlink()
            or not NAME.fullmatch(student)
        ):
            refused.append(student)
        else:
            found.append(Submission(student, assignment, folder))
    return found, refused


def stage(submission: Submission, staging: Path) -> None:
    """Lay out for nbgrader what it needs to know of a submission; the content is ours."""
    folder = staging / submission.student / submission.assignment.name
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(), folder / f"{submission.assignment.chapter}.ipynb")
    stamp = submission.folder / "timestamp.txt"
    if _regular(stamp) and stamp.stat().st_size < 200:
        try:
            text = stamp.read_text("utf-8").strip()
            parse_utc(text)  # as nbgrader will
        except Exception:
            return
        (folder / "timestamp.txt").write_text(text, "utf-8")


def _regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
