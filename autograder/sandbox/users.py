"""A user of its own for each box of a grader that runs as root.

Limits on processes are counted for a user, and do not bind root: two boxes with one user
could use up each other's processes, and signal them.  A lock on a file per user tells all
graders of this machine, and all threads of each, which users are taken; the operating
system gives it back however a grader ends.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

# assigned to nobody by systemd's table of user ids; a container of 65,536 ids has them too
USERS = range(60_706, 61_184)
PLACES = (Path("/run/lock"), Path("/run"), Path("/var/tmp"))
FOLDER = "cs231n-box-users"


class NoUserLeft(OSError):
    """Every user id for boxes is taken."""


def take() -> tuple[int, int]:
    """A user id that no box has, and the open lock on it, to be closed when the box is gone.

    Raises:
        NoUserLeft: when as many boxes are open as there are ids.
    """
    folder = _folder()
    first = os.getpid() % len(USERS)  # workers keep apart, so that they seldom meet a lock
    for user in (*USERS[first:], *USERS[:first]):
        handle = os.open(
            folder / str(user), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
        else:
            return user, handle
    raise NoUserLeft(f"{len(USERS)} boxes are open on this machine: run fewer workers")


def _folder() -> Path:
    """Where the locks lie: one place for all graders, that root alone can write."""
    for place in PLACES:
        folder = place / FOLDER
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            info = folder.lstat()
        except OSError:
            continue
        if info.st_uid == os.geteuid() and not folder.is_symlink() and folder.is_dir():
            folder.chmod(0o700)
            return folder
    raise NoUserLeft(f"no folder for the locks of boxes' users: let root make {PLACES[0] / FOLDER}")
