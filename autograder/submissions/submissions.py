"""What was handed in: one student's folder for one assignment, and which files may be meant.

nbgrader is only shown a staged copy: one clean notebook, and the time stamp if there is one.
Links, pipes, archives, folders that shadow libraries stay where they are.  Which file is
meant where several are there, is decided by what stands in them, behind the wall
(:mod:`autograder.submissions.choosing`); here only names are looked at.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook

from autograder.building.notebooks import Assignment
from autograder.submissions import receipts

DIGESTED = 64 << 20  # bytes: more than a notebook may have
MOST = 8  # files that are looked into; a folder of a thousand is somebody's disk
DEPTH = 3  # folders below the assignment's: an unpacked archive brings one or two
ENTRIES = 2000  # that are listed in search of notebooks
# a browser saves a notebook as JSON or as text, and counts its downloads
NOTEBOOK = re.compile(r".+(\.ipynb(\W*\w{0,8}\W*)?|\.json)", re.IGNORECASE | re.DOTALL)
PACKED = re.compile(r".+\.(zip|rar|7z|tar|tgz|t?gz|bz2|xz|zst)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Submission:
    """One student's folder for one assignment.

    Attributes:
        flat: the notebook lies among others in the student's own folder, which is ``folder``.
        note: a sentence about the place, where it is not the one that it should be.
    """

    student: str
    assignment: Assignment
    folder: Path
    flat: bool = False
    note: str = ""

    @property
    def right(self) -> Path:
        """Where the notebook belongs."""
        return self.folder / f"{self.assignment.chapter}.ipynb"

    @property
    def path(self) -> Path:
        """The notebook: the one of the right name, else the only one there is."""
        found = self.candidates()
        return found[0] if len(found) == 1 else self.right

    def candidates(self) -> list[Path]:
        """Files that may be the notebook, by their names; the one of the right name first."""
        if self.flat:
            here = [p for p in files(self.folder, 0) if same(p.name, self.assignment)]
        else:
            here = list(files(self.folder, DEPTH))
        found = [p for p in here if is_notebook(p.name)]
        found.sort(key=lambda p: (p != self.right, not same(p.name, self.assignment), str(p)))
        return found[:MOST]

    def packed(self) -> list[Path]:
        """Archives, which are not opened here."""
        return [p for p in files(self.folder, 0 if self.flat else DEPTH) if is_packed(p.name)]

    def digest(self) -> str:
        """Changes when a file does that may be the notebook."""
        found = self.candidates()
        if len(found) < 2:
            return digest(self.path)
        every = [[str(p.relative_to(self.folder)), digest(p)] for p in found]
        return hashlib.sha256(repr(every).encode("utf-8", "surrogateescape")).hexdigest()


def files(folder: Path, depth: int) -> Iterator[Path]:
    """Plain files in a folder and below; no links, nothing hidden, no folder called a notebook."""
    left = ENTRIES

    def below(place: Path, depth: int) -> Iterator[Path]:
        nonlocal left
        try:
            names = sorted(os.listdir(place))
        except OSError:
            return
        for name in names:
            left -= 1
            # a Mac packs a companion called `._name` beside each file, and a folder of them
            if left < 0 or name.startswith("._") or name == "__MACOSX":
                continue
            path, hidden = place / name, name.startswith(".")
            if _regular(path):
                yield path
            elif depth and not (hidden or is_notebook(name) or path.is_symlink()) and path.is_dir():
                yield from below(path, depth - 1)

    yield from below(folder, depth)


def is_notebook(name: str) -> bool:
    """Whether a file's name says that it may be a notebook."""
    return NOTEBOOK.fullmatch(name) is not None and not is_packed(name)


def is_packed(name: str) -> bool:
    """Whether a file's name says that it is an archive."""
    return PACKED.fullmatch(name) is not None


def same(name: str, assignment: Assignment) -> bool:
    """Whether a file or folder is called like an assignment, as people and browsers write it.

    ``momentum (1).ipynb``, ``Copy of Momentum``, ``3_momentum`` and ``03-momentum-Copy1`` are
    all called like ``03-momentum``.
    """
    plain = re.sub(r"\.(ipynb|json|txt)\b", "", name.casefold())
    plain = re.sub(r"^copy of |^kopie von |[ _-]*(copy|kopie)\d*$|\(\d+\)|\bcopy \d+$", "", plain)
    plain = re.sub(r"[\W_]+", "-", plain).strip("-")
    number, _, chapter = assignment.name.partition("-")
    return plain in (assignment.name, chapter, f"{int(number)}-{chapter}", number, str(int(number)))


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


def stage(submission: Submission, staging: Path) -> Path:
    """Lay out for nbgrader what it needs to know of a submission; the notebook is ours.

    Returns the staged notebook.
    """
    folder = staging / submission.student / submission.assignment.name
    staging.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{submission.assignment.chapter}.ipynb"
    nbformat.write(new_notebook(), path)
    receipts.carry(submission.folder, folder)
    return path


def _regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
