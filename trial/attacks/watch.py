"""What grading costs, seen from outside: time, processor, memory of the grader and of the machine.

The grader is a tree of processes.  The boxes below it, and the processes behind the second
wall, are not counted with it: what they use has limits of its own, and what no process owns
(memory of the operating system itself) shows only in what the machine has left.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SECONDS = 0.1  # between two looks
BOX = "bwrap"  # a process of this name, and all below it, are a box or behind the wall


@dataclass
class Cost:
    """Of one piece of work: seconds, and the largest use of memory beyond the start's, in MB."""

    seconds: float = 0.0
    processor: float = 0.0
    grader: float = 0.0
    machine: float = 0.0


def available() -> int:
    """Bytes that the machine could still give to programs."""
    for line in Path("/proc/meminfo").read_text("ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    raise RuntimeError("this system does not tell how much memory is left")


def family(root: psutil.Process) -> list[psutil.Process]:
    """``root`` and the processes below it, without boxes."""
    found, waiting = [], [root]
    while waiting:
        process = waiting.pop()
        with contextlib.suppress(psutil.Error):
            if process.name() != BOX:
                found.append(process)
                waiting += process.children()
    return found


def resident(processes: list[psutil.Process]) -> int:
    """Bytes held together; pages that forks share are counted by share."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += int(process.memory_full_info().pss)
    return total


class Watch:
    """Looks at a tree of processes until it is stopped; use as a context manager."""

    def __init__(self, root: int) -> None:
        self.root = psutil.Process(root)
        self.cost = Cost()
        self._done = threading.Event()

    def __enter__(self) -> Watch:
        self._begin, self._free = time.monotonic(), available()
        self._held = resident(family(self.root))
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.cost.seconds = time.monotonic() - self._begin

    def _look(self) -> None:
        while not self._done.wait(SECONDS):
            grader = (resident(family(self.root)) - self._held) / (1 << 20)
            machine = (self._free - available()) / (1 << 20)
            self.cost.grader = max(self.cost.grader, grader)
            self.cost.machine = max(self.cost.machine, machine)
