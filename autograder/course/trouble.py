"""What keeps the whole class from being graded, recognised and said in one sentence.

nbgrader logs what went wrong and raises something else, so that often only the words are
left.  They are those of the operating system, of SQLite and of PostgreSQL.
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
SERVER = (
    "the database server of the gradebook failed ({}): see that it runs, that it lets you in and "
    f"that db_url in nbgrader_config.py names it, then {KEPT}"
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


# these two kinds of error are the server's or the connection's; one question's are others
ANSWERED = re.compile(r"(?:OperationalError|InterfaceError): \(psycopg[\w.]*\) ([^\n]+)")


def sentence(error: BaseException | str) -> str | None:
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
    if told := next((sentence for words, sentence in SAID.items() if words in text), None):
        return told
    if found := ANSWERED.search(text):
        return SERVER.format(" ".join(found[1].split())[:200])
    return None
