"""How long the rest will take, judged by what was done so far."""

from __future__ import annotations

import time

WORTH_TELLING = 5.0  # seconds


class Progress:
    """A clock over ``total`` pieces of work of about the same size, started when it is made."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.begin = time.monotonic()

    def left(self, done: int) -> str:
        """Words to append after ``done`` pieces: nothing where the end is near."""
        rest = (time.monotonic() - self.begin) / done * (self.total - done)
        return f"  (about {rest:.0f} s left)" if rest > WORTH_TELLING else ""
