"""What was handed in: found in the course folder, and staged for nbgrader.

nbgrader is only shown the staged copy: one clean notebook, and the time stamp if there
is one.  Links, pipes, archives, folders that shadow libraries stay where they are.
"""

from __future__ import annotations

import difflib
import hashlib
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import listdir
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook

from autograder import names, stamps
from autograder.course import CourseError
from autograder.notebooks import Assignment

HELP = "make it readable and writable, then run the command again"
DIGESTED = 64 << 20  # bytes: more than a notebook may have


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
        # a Mac packs a companion called `._name` beside each file
        names = [p for p in sorted(self.folder.glob("*.ipynb")) if not p.name.startswith("._")]
        others = [p for p in names if _regular(p)]
        return others[0] if len(others) == 1 else right

    def digest(self) -> str:
        """Changes when the notebook does."""
        return digest(self.path)


def digest(path: Path) -> str:
    """SHA-256 of a file that was handed in, and of its size; empty for what is no file."""
    if not _regular(path):
        return ""
    try:
        with open(path, "rb") as file:  # its size is the student's choice: never all at once
            found = hashlib.sha256(file.read(DIGESTED))
            found.update(str(path.stat().st_size).encode())
    except OSError:
        return ""
    return found.hexdigest()


def find(course: Path, assignment: Assignment) -> tuple[list[Submission], dict[str, str]]:
    """All submissions to an assignment, and for each other folder why it cannot be used."""
    found, refused = [], dict[str, str]()
    for place in sorted((course / "submitted").glob("*")):
        folder = place / assignment.name
        try:
            if not place.is_dir() or assignment.name not in listdir(place):
                continue
            if why := names.why_not(place.name):
                refused[place.name] = f"not graded: the student's name {why}; rename the folder"
                continue
            if folder.is_symlink() or place.is_symlink() or not folder.is_dir():
                refused[place.name] = (
                    f"not graded: {folder} is a link or no folder; put the folder itself there"
                )
                continue
            listdir(folder)
        except OSError as error:
            refused[place.name] = f"cannot read {folder} ({error.strerror}): {HELP}"
            continue
        found.append(Submission(place.name, assignment, folder))
    return found, refused


def missing(students: Sequence[str], known: Iterable[str], what: str, place: Path) -> None:
    """See that each student who was asked for by name has something.

    Raises:
        CourseError: naming those who have not, and the nearest name there is.
    """
    there = sorted(set(known))
    for name in students:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise CourseError(f"no {what} of {name} in {place}{hint}")


def stage(submission: Submission, staging: Path) -> None:
    """Lay out for nbgrader what it needs to know of a submission; the content is ours."""
    folder = staging / submission.student / submission.assignment.name
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(), folder / f"{submission.assignment.chapter}.ipynb")
    stamp = stamps.text(submission.folder)
    if stamp is not None:
        (folder / stamps.NAME).write_text(stamp, "utf-8")


def _regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
