"""What keeps the whole class from being graded, recognised and said in one sentence.

nbgrader logs what went wrong and raises something else, so that often only the words are
left.  They are those of the operating system and of SQLite.
"""

from __future__ import annotations

import errno
import os
import re

KEPT = "run the command again; what was graded stays graded"
FULL = f"the disk is full: make room and {KEPT}"
LOCKED = (
    "another program has locked the gradebook: close it (the formgrader, a browser for "
    f"databases) and {KEPT}"
)
READ_ONLY = f"the gradebook cannot be written: let yourself write it and its folder, then {KEPT}"
UNWRITABLE = f"the course folder cannot be written: mend that and {KEPT}"
DAMAGED = (
    "the gradebook is damaged: put its copy gradebook-before.db, made before the last "
    "grading, or a backup in its place and run the command again"
)
DISK = f"the disk reports an error in reading or writing: mend that and {KEPT}"

SAID = {
    "database or disk is full": FULL,
    os.strerror(errno.ENOSPC): FULL,
    os.strerror(errno.EDQUOT): FULL,
    "database is locked": LOCKED,
    "database table is locked": LOCKED,
    "readonly database": READ_ONLY,
    "unable to open database file": READ_ONLY,
    "malformed": DAMAGED,
    "file is not a database": DAMAGED,
    "disk I/O error": DISK,
    os.strerror(errno.EIO): DISK,
    os.strerror(errno.EROFS): UNWRITABLE,
}


# as they begin in a log: what a student wrote is no cause to give a whole class up
RAISED = re.compile(r"(sqlalchemy\.exc|sqlite3)\.\w+: |(OSError|PermissionError): \[Errno \d+\]")


def of_all(error: BaseException | str) -> str | None:
    """The sentence for a trouble that every submission would share, or None.

    Args:
        error: what was raised, or the line of a log that tells it.
    """
    if isinstance(error, OSError):
        number = f"[Errno {error.errno}] {os.strerror(error.errno)}" if error.errno else ""
        text = f"OSError: {number}"
    elif isinstance(error, BaseException):
        text = f"{type(error).__module__}.{type(error).__name__}: {error}"
    else:
        text = error
    if not RAISED.match(text):
        return None
    return next((sentence for words, sentence in SAID.items() if words in text), None)
