"""What one task behind the wall may use, and what a whole submission may use of everything."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

PATIENCE = 8.0  # seconds of the clock allowed for each second of work: a machine may be busy
# processor time for one piece of a page; the longest honest one takes a tenth of a second
PIECE_SECONDS = 4


@dataclass(frozen=True)
class Allowance:
    """Limits of one task's process.

    Attributes:
        cpu: seconds of processor time.
        memory: bytes of address space beyond what the warm process has.
        answer: bytes that may come back.
        least: seconds of processor time that it gets even when the submission has none left:
            cells that used up their notebook's time do not keep its results from being judged.
    """

    cpu: float
    memory: int
    answer: int
    least: float = 1.0

    @property
    def seconds(self) -> float:
        """How long the grader waits by the clock."""
        return PATIENCE * self.cpu


@dataclass
class Budget:
    """What one submission may use: in work, and by the clock.

    Everything that is done for it counts: reading, running, receiving, judging, rendering.

    Attributes:
        seconds: of work: processor time, and time that its own cells spent waiting.
        used: the same, for each stage that has ended.
    """

    seconds: float
    used: dict[str, float] = field(default_factory=dict)
    begin: float = field(default_factory=time.monotonic)

    def spend(self, stage: str, seconds: float) -> None:
        """Count what a stage took."""
        self.used[stage] = self.used.get(stage, 0.0) + max(0.0, seconds)

    @property
    def left(self) -> float:
        """Seconds of work that are left; 0 where the clock has run out."""
        if time.monotonic() - self.begin > PATIENCE * self.seconds:
            return 0.0
        return max(0.0, self.seconds - sum(self.used.values()))

    def told(self) -> str:
        """What took the time, the most first, for the table of a run."""
        parts = sorted(self.used.items(), key=lambda item: -item[1])
        return ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in parts if seconds >= 0.5)
