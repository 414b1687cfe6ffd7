"""Cells get what is theirs: kernels as their time allows, and as much of it as others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading import behind
from autograder.sandbox import clock, kernel
from autograder.sandbox.box import Box, Limits
from autograder.sandbox.execute import STARTS, Run, Taken, execute
from autograder.sandbox.kernel import NotStarted
from autograder.sandbox.watch import Used
from autograder.walls.allowance import PATIENCE, Budget
from autograder.walls.keeper import Keeper

DIES = "import os\nos._exit(1)"
ENDED = "the Python process ended (exit or crash)"


def run(
    *sources: str, keeper: Keeper | None = None, budget: Budget | None = None, **limits: Any
) -> tuple[list[str], Run]:
    """What each cell printed, and the run."""
    nb = new_notebook(cells=[new_code_cell(s) for s in sources])
    wanted = Limits(**{"cell_seconds": 10.0, "total_seconds": 90.0, **limits})
    keeper = keeper or behind.judge()
    found = execute(nb, Taken(), {}, wanted, keeper, budget=budget)
    return [_text(cell) for cell in nb.cells], found


def _text(cell: Any) -> str:
    return "".join(str(o.get("text", o.get("evalue", ""))) for o in cell.outputs).strip()


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """When each kernel was started."""
    started: list[float] = []
    real = kernel.BoxedKernel._start

    def noted(self: Any) -> None:
        started.append(time.monotonic())
        real(self)

    monkeypatch.setattr(kernel.BoxedKernel, "_start", noted)
    yield started


@pytest.mark.parametrize("count", [1, 5, 12])
def test_cells_that_kill_their_kernel_cost_only_themselves(
    count: int, kernels: list[float]
) -> None:
    """One second chance for all of them together: five such cells once cost all points."""
    cells = [new for i in range(count) for new in (DIES, f"print('kept', {i}, x)")]
    texts, found = run("x = 7", *cells, "print('last', x)")
    assert texts[1::2] == [*[ENDED] * count, "last 7"]
    assert texts[2::2] == [f"kept {i} 7" for i in range(count)]
    assert len(kernels) == count + 2
    assert found.trouble == {"": ENDED}


def test_a_kernel_that_is_killed_from_outside_gets_a_second_chance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, killed = kernel.BoxedKernel.run, list[bool]()

    def strike(self: Any, source: str, *rest: Any) -> Any:
        if "strike" in source and not killed:
            killed.append(True)
            threading.Timer(0.5, self.process.kill).start()
        return real(self, source, *rest)

    monkeypatch.setattr(kernel.BoxedKernel, "run", strike)
    texts, found = run("x = 1", "import time; time.sleep(1.5); print('strike', x)", "print('on')")
    assert killed and texts[1:] == ["strike 1", "on"] and found.trouble == {}


def test_what_reads_the_messages_may_be_ended_from_outside_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keeper, killed, real = Keeper(["autograder.walls.relay"]), list[bool](), kernel.BoxedKernel.run

    def strike(self: Any, source: str, *rest: Any) -> Any:
        if "strike" in source and not killed:
            killed.append(True)
            assert keeper._process is not None
            threading.Timer(0.5, keeper._process.kill).start()
        return real(self, source, *rest)

    monkeypatch.setattr(kernel.BoxedKernel, "run", strike)
    sources = ("x = 1", "import time; time.sleep(1.5); print('strike', x)", "print('on')")
    texts, found = run(*sources, keeper=keeper)
    keeper.close()
    assert killed and texts[1:] == ["strike 1", "on"] and found.trouble == {}


def test_how_many_kernels_there_are_is_bounded_by_time(kernels: list[float]) -> None:
    texts, found = run("x = 7", *[DIES] * 300, "print('last', x)", total_seconds=6.0)
    assert "the whole notebook ran longer than 6 seconds" in found.trouble[""] or found.trouble
    assert len(kernels) <= 14 and texts[-1] == ""


def test_a_kernel_that_does_not_start_is_no_students_fault(
    monkeypatch: pytest.MonkeyPatch, kernels: list[float]
) -> None:
    monkeypatch.setattr(Box, "command", lambda *_: ["false"])
    with pytest.raises(NotStarted, match="the kernel did not start"):
        run("x = 1")
    assert len(kernels) == STARTS


def test_a_start_that_is_slow_takes_none_of_the_notebooks_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten seconds to start, on a machine that is busy; six for the whole notebook."""
    real = Box.command

    def slow(self: Box, *rest: Any) -> list[str]:
        return ["/bin/sh", "-c", 'sleep 8; exec "$@"', "sh", *real(self, *rest)]

    monkeypatch.setattr(Box, "command", slow)
    texts, found = run("x = 1", "print('there', x)", total_seconds=6.0)
    assert texts[1] == "there 1" and found.trouble == {}


def test_the_budget_of_a_submission_covers_what_was_used_before() -> None:
    budget = Budget(30.0)
    budget.spend("reading", 28.5)
    begin = time.monotonic()
    _, found = run("import time; time.sleep(20)", budget=budget, total_seconds=30.0)
    assert found.trouble == {"": "the whole notebook ran longer than 30 seconds and was stopped"}
    assert time.monotonic() - begin < 15
    assert budget.told().startswith("reading 28 s")


class Told:
    """A watcher that tells what a test says."""

    def __init__(self) -> None:
        self.now = Used()

    def used(self) -> Used:
        return self.now


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock of ten seconds, and a function that says what passed, was waited, was used."""
    told, times = Told(), [100.0]
    monkeypatch.setattr(clock.time, "monotonic", lambda: times[0])
    made = clock.Clock(told, 10.0)  # type: ignore[arg-type]

    def move(passed: float, waited: float, cpu: float) -> clock.Clock:
        times[0], told.now = 100.0 + passed, Used(cpu, waited, 0)
        return made

    return move


@pytest.mark.parametrize(
    ("passed", "waited", "cpu", "over", "crowded"),
    [
        (9.9, 0.0, 9.9, False, False),  # at work
        (10.1, 0.0, 10.1, True, False),  # an endless loop alone
        (10.1, 0.0, 0.0, True, False),  # a cell that sleeps
        (25.0, 15.5, 9.5, False, False),  # a loop beside two others: it had 9.5 seconds
        (25.0, 15.0, 10.0, True, False),  # and the same at its end, which is its own doing
        (60.0, 57.5, 2.5, False, True),  # an honest cell beside sixty busy processes
        (PATIENCE * 10 + 1, 70.0, 2.5, True, True),  # the end in any case: to be run again
        (12.0, 1.9, 1.0, True, True),  # slept, and then had to wait
    ],
)
def test_work_is_what_counts(
    at: Any, passed: float, waited: float, cpu: float, over: bool, crowded: bool
) -> None:
    found = at(passed, waited, cpu)
    assert (found.over, found.crowded) == (over, crowded)


BUSY = """
import os, time
end = time.monotonic() + 25
for i in range(60):
    try:
        if os.fork() == 0:
            while time.monotonic() < end: pass
            os._exit(0)
    except OSError:
        break
print(i)
time.sleep(20)
"""
HONEST = """
import time
begin = time.process_time()
while time.process_time() - begin < 1.5: pass
print('done')
"""


def test_a_busy_submission_costs_its_neighbour_nothing() -> None:
    """All the processes that a box may have, beside honest cells of 1.5 s where 3 are allowed."""
    other = threading.Thread(
        target=run, args=(BUSY,), kwargs={"keeper": Keeper([]), "cell_seconds": 12.0}
    )
    other.start()
    try:
        time.sleep(3)
        texts, found = run(*[HONEST] * 2, cell_seconds=3.0)
    finally:
        other.join()
    assert texts == ["done", "done"] and found.trouble == {}
