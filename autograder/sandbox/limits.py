"""What one notebook may use and do, and the least that honest notebooks need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class LimitsTooLow(ValueError):
    """A limit under which honest notebooks would lose points."""


@dataclass(frozen=True)
class Limits:
    """What one notebook may use, and whether a box holds it.

    Attributes:
        own_share: of the notebook's time, what the cells that students added may use together:
            functions and checks get their turn, whatever stands between them.
        memory: bytes of address space of each process, and of memory of the box as a whole,
            with what the operating system holds for it.
        processes: threads count as well.
        files: names in the working folder.
        trusted: whether student code runs without the box, with all that the grader may do.
    """

    cell_seconds: float = 30.0
    total_seconds: float = 300.0
    own_share: float = 1 / 3
    memory: int = 2 << 30
    processes: int = 32
    file_size: int = 16 << 20
    open_files: int = 128
    sockets: int = 256
    files: int = 4096
    work_folder: int = 64 << 20
    output: int = 100_000  # characters kept of one cell
    trusted: bool = False

    # Measured with the solved notebooks of all chapters (see tests/sandbox/test_limits.py):
    # with less of any of these, some lose a point.
    LEAST: ClassVar[dict[str, int]] = {
        "memory": 1536 << 20,
        "processes": 16,
        "file_size": 1 << 20,
        "open_files": 80,
        "sockets": 64,
        "files": 64,
        "work_folder": 1 << 20,
    }

    def check(self) -> None:
        """See that honest notebooks can live with these limits.

        Raises:
            LimitsTooLow: when one is lower than what honest notebooks need; one sentence.
        """
        for name, least in self.LEAST.items():
            value = getattr(self, name)
            if value < least:
                shown, unit = name, 1
                if name == "memory":
                    shown, unit = "memory_mb", 1 << 20
                raise LimitsTooLow(
                    f"{shown} is {value // unit}: honest notebooks need at least "
                    f"{least // unit} (the standard is {getattr(Limits(), name) // unit})"
                )

    @property
    def own_seconds(self) -> float:
        """Seconds that the cells which students added may use together."""
        return self.own_share * self.total_seconds

    def rlimits(self) -> dict[str, int]:
        """The limits that the kernel of the operating system holds, for ``inside.py``."""
        return {
            "memory": self.memory,
            "processes": self.processes,
            "file_size": self.file_size,
            "open_files": self.open_files,
            "core": 0,
            "locked": 0,
            "signals": 256,
            "queues": 0,
            "priority": 0,
        }
