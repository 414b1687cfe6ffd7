"""The part of a long trial that the tests run each time: drawn anew with every commit.

A whole trial of the judge takes many minutes. Its record in the book says what each result
rests on; the tests refuse a record of something else, and try a part of it again. Which
part, nobody chooses: it follows from the commit.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable

from autograder.paths import ROOT

WHOLE = "CS231N_WHOLE_TRIAL"  # set to 1, all is tried


def whole() -> bool:
    """Whether all is tried this time."""
    return os.environ.get(WHOLE) == "1"


def commit() -> str:
    """The commit that is checked out; empty where there is none."""
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def drawn(names: Iterable[str], one_in: int, by: str | None = None) -> list[str]:
    """One of ``one_in`` names and at least one, in their order.

    Args:
        names: what can be tried.
        one_in: how many names stand for one that is drawn; rounded so that more are drawn.
        by: what decides; the commit unless given.
    """
    every = list(names)
    if whole():
        return every
    decides = commit() if by is None else by
    rank = {n: hashlib.sha256(f"{decides} {n}".encode()).digest() for n in every}
    count = -(-len(every) // one_in)
    chosen = set(sorted(every, key=rank.__getitem__)[:count])
    return [n for n in every if n in chosen]
