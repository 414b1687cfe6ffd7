"""What the exchange puts beside a submission: its time stamp, and a secret of the student's.

A feedback page is published under a name that only the secret gives away.  So the secret of
the very submission that was graded goes with it, from folder to folder: a page must not reach
the student as the page of a later submission, which nobody has graded yet.
"""

from __future__ import annotations

import re
from pathlib import Path

from autograder.records.seal import put
from autograder.submissions import stamps

SECRET = "submission_secret.txt"
WORD = re.compile(r"[0-9A-Za-z_-]{16,256}")  # nbgrader writes 128 hexadecimal digits


def secret(folder: Path) -> str | None:
    """The secret in a folder, if it is one; it is a file that the student wrote."""
    found = stamps.plain(folder / SECRET, 256)
    return found if WORD.fullmatch(found) else None


def carry(old: Path, new: Path) -> None:
    """Put the stamp and the secret of a submission into another folder of it.

    One that is missing, or is none, is removed there: it belonged to an earlier submission.
    """
    for name, text in ((stamps.NAME, stamps.text(old)), (SECRET, secret(old))):
        if text is None:
            (new / name).unlink(missing_ok=True)
        else:
            new.mkdir(parents=True, exist_ok=True)
            put(new / name, text.encode(), mode=0o600)
