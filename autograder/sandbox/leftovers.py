"""Boxes and other folders whose grader was killed: told apart from those in use, and removed.

The process that makes a box holds a lock on a file in it for as long as it lives.  The
operating system gives the lock back however that process ends, so nothing here depends on
process numbers, which are used again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

import psutil

from autograder.sandbox import groups

PREFIX = groups.PREFIX
OWNED = "owned"
UNFINISHED_SECONDS = 3600  # a folder without its lock file is being made, or was given up


def place() -> str:
    """Where boxes lie: short, because socket paths may have no more than 107 characters."""
    folder = tempfile.gettempdir()
    return folder if len(folder) < 60 else "/tmp"


def own(folder: Path) -> int:
    """Mark a box as this process's; returns the open lock, to be closed with the box.

    The file gets its name after it was locked: whoever sees it unlocked knows that its
    owner is gone.
    """
    unnamed = folder / f"{OWNED}.new"
    handle = os.open(unnamed, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    unnamed.rename(folder / OWNED)
    return handle


@cache
def private() -> Path:
    """A folder of this process, removed at its end, or by :func:`sweep` if it is killed."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place()))
    own(folder)
    # later than what multiprocessing removes there
    Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=-200)
    return folder


def abandoned(folder: Path) -> bool:
    """Whether a folder is a box of this user's whose owner is gone."""
    try:
        info = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or info.st_uid != os.geteuid():
            return False
        with open(folder / OWNED, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        return folder.exists() and time.time() - info.st_mtime > UNFINISHED_SECONDS
    except OSError:  # locked, or not ours to open
        return False


def sweep() -> int:
    """End and remove the boxes and groups of graders that are gone; returns how many boxes."""
    boxes = set(Path(place()).glob(f"{PREFIX}*"))
    found = [p for p in boxes if abandoned(p)]
    if found:
        end(found)
    groups.sweep({p.name for p in boxes.difference(found)})
    for folder in found:
        remove(folder)
    return len(found)


def end(folders: Sequence[Path]) -> None:
    """End what still runs in these boxes.

    bubblewrap ends with its parent, but not if that is killed just while it starts.
    """
    shown = [f"{folder}/" for folder in folders]
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "bwrap" and any(
                word.startswith(path) for word in process.cmdline() for path in shown
            ):
                process.kill()


def remove(folder: Path) -> None:
    """Remove a box, whatever student code made of it."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # student code nested folders too deeply, or closed them
        for words in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            words += ["--", str(folder)]
            subprocess.run(words, stderr=subprocess.DEVNULL, check=False)
