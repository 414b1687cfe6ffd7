"""How long ``check`` takes for each exercise, and ``import cs231n_lib``, as medians with spread.

Run it with ``python benchmarks/check_time.py``. Times depend on the machine: compare rows
of one run with each other, not runs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import __main__
from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.checking import local_report

REPEATS = 7


def spread(run: Callable[[], object]) -> str:
    """Median, smallest and largest of several runs, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - begin))
    return f"{statistics.median(times):8.1f} ms  ({min(times):.1f} to {max(times):.1f})"


def imported() -> None:
    """A new interpreter that imports the student library and nothing else."""
    subprocess.run([sys.executable, "-c", "import cs231n_lib"], check=True)


def main() -> None:
    print(f"median of {REPEATS} runs (smallest to largest)")
    started = spread(lambda: subprocess.run([sys.executable, "-c", "import numpy"], check=True))
    print(f"{'python and numpy':<30} {started}")
    print(f"{'import cs231n_lib':<30} {spread(imported)}")
    for name, exercise in exercises.table().items():
        answer = reference.answers()[name]
        setattr(__main__, name, answer)  # a backward pass finds its forward in the notebook
        print(f"{name:<30} {spread(lambda e=exercise, a=answer: local_report(e, a))}")


if __name__ == "__main__":
    main()
