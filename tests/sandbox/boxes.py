"""Run code in a box, and measure from outside what it takes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from autograder.sandbox.groups import Group


def boxed(*sources: str, **limits: Any) -> tuple[list[str], dict[str, str], float]:
    """Printed text of each cell, what went wrong, and the seconds it took."""
    from autograder.grading import behind
    from autograder.sandbox.box import Limits
    from autograder.sandbox.execute import Taken, execute

    nb = new_notebook(cells=[new_code_cell(s) for s in sources])
    wanted = {"cell_seconds": 30.0, "total_seconds": 90.0, **limits}
    begin = time.monotonic()
    run = execute(nb, Taken(), {}, Limits(**wanted), behind.judge())
    texts = ["".join(str(o.get("text", o.get("evalue", ""))) for o in c.outputs) for c in nb.cells]
    return texts, run.trouble, time.monotonic() - begin


def available() -> int:
    """Bytes of memory that the machine has to give."""
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("MemAvailable"))


@dataclass
class GroupMeter:
    """The most memory that a group had at once; see the fixture ``meter``."""

    group: Group

    def peak(self) -> int:
        return self.group.peak() or self.group.memory()


@dataclass
class MachineMeter:
    """The most memory that the machine had less than at first."""

    first: int = field(default_factory=available)
    least: int = field(default_factory=available)

    def __post_init__(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self.least = min(self.least, available())
            time.sleep(0.05)

    def peak(self) -> int:
        return self.first - self.least
