"""Reads what was handed in, whatever it is, into a notebook that can be graded.

nbgrader gives no grade at all to a file that it cannot read.  Here an unreadable file
becomes an empty notebook with a sentence that says why.  This process only opens the file,
without following a link; its content is read behind the wall (:mod:`autograder.walls.cells`).
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.grading import behind
from autograder.walls.allowance import Budget
from autograder.walls.keeper import BehindTheWall

MAX_BYTES = 20 << 20
TROUBLE = "course_trouble"


class Unreadable(ValueError):
    """The file is no notebook; the message is written for the student."""


def read_submission(path: Path, budget: Budget | None = None) -> NotebookNode:
    """The notebook in ``path``; never raises for what a student can put there.

    ``nb.metadata["course_trouble"]`` holds a sentence when something was off.

    Raises:
        OSError: when it is there but the grader may not or cannot read it: that is no
            reason to give a student nothing.
    """
    try:
        found = behind.read_cells(_bytes(path), budget)
        cells, trouble = [_cell(*parts) for parts in found["cells"]], str(found["trouble"])
    except Unreadable as error:
        cells, trouble = [], str(error)
    except (BehindTheWall, KeyError, TypeError, ValueError) as error:
        why = error if isinstance(error, BehindTheWall) else "it has an unknown form"
        cells, trouble = (
            [],
            (
                f"Your notebook could not be read: {why}. Clear its outputs, save it in JupyterLab "
                "and hand it in again."
            ),
        )
    nb = new_notebook(cells=cells)
    nb.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    nb.metadata["language_info"] = {"name": "python"}
    if trouble:
        nb.metadata[TROUBLE] = trouble
    return nb


def _cell(kind: str, source: str, name: str) -> NotebookNode:
    cell = (new_code_cell if kind == "code" else new_markdown_cell)(str(source))
    if name:
        cell.metadata["nbgrader"] = {"grade_id": str(name)}
    return cell


def _bytes(path: Path) -> bytes:
    no_file = Unreadable("What you handed in is no file: hand in the notebook itself.")
    if not _opens_without_effect(path):
        raise no_file
    try:
        # O_NOFOLLOW: a link could name any file of the instructor's; O_NONBLOCK: a pipe would wait
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO):
            raise
        raise Unreadable(
            f"Your notebook could not be opened: hand in one file called {path.name}, and the "
            "file itself, not a link to it."
        ) from error
    info = os.fstat(handle)
    if not stat.S_ISREG(info.st_mode):
        os.close(handle)
        raise no_file
    with os.fdopen(handle, "rb") as file:
        if not info.st_size:
            raise Unreadable(
                "Your notebook is an empty file of 0 bytes: save it in JupyterLab, look at its "
                "size, and hand it in again."
            )
        if info.st_size > MAX_BYTES:
            size = f"{info.st_size >> 20} MB"
            raise Unreadable(
                f"Your notebook is too large ({size}, at most {MAX_BYTES >> 20} MB): clear its "
                "outputs, save it and hand it in again."
            )
        return file.read(MAX_BYTES)


def _opens_without_effect(path: Path) -> bool:
    """False for devices, which may act as soon as they are opened, and for sockets."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return True  # the attempt says what is wrong
    return not (stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode))
