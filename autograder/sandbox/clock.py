"""How long a cell has worked: by the clock, less the time that others had the processor."""

from __future__ import annotations

import time

from autograder.sandbox.watch import Watcher
from autograder.walls.allowance import PATIENCE

CROWDED = 0.05  # share of its time that a cell waited for a processor, from which others mattered
OWN = 0.9  # share of its limit that a cell used of a processor, from which it has itself to blame
SHORT = 0.5  # seconds: what passed so quickly is not looked into


class Clock:
    """Time of one box from now on, against a limit.

    A cell that sleeps works by the clock.  A cell that is ready to run but has no processor
    does not work: else the neighbours of a busy submission would pay for it.  By the clock it
    may take :data:`PATIENCE` times as long, so that there is an end in any case.
    """

    def __init__(self, watcher: Watcher, seconds: float) -> None:
        self._watcher, self._seconds = watcher, seconds
        self._begin, self._before = time.monotonic(), watcher.used()

    @property
    def passed(self) -> float:
        """Seconds by the clock."""
        return time.monotonic() - self._begin

    @property
    def waited(self) -> float:
        """Seconds of them in which the box's main process wanted a processor and had none."""
        return max(0.0, self._watcher.used().waited_seconds - self._before.waited_seconds)

    @property
    def spent(self) -> float:
        """Seconds of work."""
        passed = self.passed
        return passed if passed < SHORT else max(0.0, passed - self.waited)

    @property
    def over(self) -> bool:
        """Whether the limit is reached."""
        passed = self.passed
        if passed < self._seconds:  # the cheap answer first
            return False
        return passed >= PATIENCE * self._seconds or passed - self.waited >= self._seconds

    @property
    def crowded(self) -> bool:
        """Whether others may have kept this cell from its end.

        They did not where it has used a processor for its whole limit by itself.
        """
        passed = self.passed
        if passed < SHORT:
            return False
        own = self._watcher.used().cpu_seconds - self._before.cpu_seconds
        return self.waited > CROWDED * passed and own < OWN * self._seconds
