"""Runs the cells of a notebook in a boxed kernel and brings back what they wrote.

Made for hostile notebooks: every wait has an end, every output a limit, and a cell that
kills or hangs its kernel costs only itself: the kernel is started anew, the cells
before it run again, and the rest of the notebook gets its turn.  Cells that students added
have a share of the time to themselves, so that they cannot take it from functions and
checks; when it is used up, each of them still gets a moment, in which a helper is defined.
The first kernel of a
notebook that dies by itself may have been killed from outside, so its cell gets a second
chance; after that, deaths are believed.  How many kernels a notebook may use up is bounded
by its time alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from autograder.sandbox.box import Box, Limits
from autograder.sandbox.kernel import (
    START_SECONDS,
    BoxedKernel,
    CellHung,
    KernelDied,
    NotStarted,
)
from autograder.walls.allowance import Budget
from autograder.walls.keeper import Keeper

NOTEBOOK_OUTPUTS = 10  # a whole notebook may print as much as so many cells
STARTS = 3  # attempts at a kernel that does not start, before it is the machine's fault
START_COST = 0.5  # seconds that each new kernel is charged
MOMENT = 0.5  # seconds for each cell of the student's own when their share is used up
MOMENTS = 1 / 2  # of the share: what these moments may come to together
LEAST = 0.05  # seconds: less than this is no time to run anything in


@dataclass
class Run:
    """What came of executing a notebook.

    Attributes:
        records: for each exercise the raw bytes that its check cell wrote.
        trouble: for each exercise, or "" for the whole notebook, what went wrong.
        crowded: whether a cell ran out of time while others had the processor.
    """

    records: dict[str, bytes] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    crowded: bool = False


@dataclass
class _Progress:
    """How far a notebook has come, over all its kernels."""

    start: int = 0  # the first cell that has not had its turn
    skip: set[int] = field(default_factory=set)  # cells that cost a kernel
    second_chance: bool = True
    room: int = 0
    own: float = 0.0  # seconds that the student's own cells used


@dataclass(frozen=True)
class Taken:
    """How the cells of a notebook are taken.

    Attributes:
        checks: the exercise that a cell checks, or None.
        runs: whether a cell is executed at all.
        own: whether a cell was added by the student, so that no score rests on its time.
        program: what is executed for a cell.
        first: programs of the grader's that each kernel runs before any cell.
    """

    checks: Callable[[NotebookNode], str | None] = lambda _: None
    runs: Callable[[NotebookNode], bool] = lambda _: True
    own: Callable[[NotebookNode], bool] = lambda _: False
    program: Callable[[NotebookNode], str] = lambda cell: str(cell.source)
    first: Sequence[str] = ()


def execute(
    nb: NotebookNode,
    taken: Taken,
    inputs: Mapping[str, bytes],
    limits: Limits,
    keeper: Keeper,
    budget: Budget | None = None,
) -> Run:
    """Execute the code cells of ``nb`` in order, filling in their outputs.

    Args:
        nb: the notebook, changed in place.
        taken: which cells are run, and as what.
        inputs: for each exercise the packed cases.
        limits: of time, memory and the rest, and whether there is a box at all.
        keeper: where the kernel's messages are read.
        budget: of the submission; a budget of its own unless given.

    Raises:
        NotStarted: when no kernel starts, which is no student's fault.
    """
    cells = [c for c in nb.cells if c.cell_type == "code" and taken.runs(c)]
    budget = budget or Budget(limits.total_seconds)
    progress, run = _Progress(room=NOTEBOOK_OUTPUTS * limits.output), Run()
    starts = 0
    while progress.start < len(cells):
        if budget.left < LEAST:
            run.trouble.setdefault("", _whole(limits))
            break
        box = Box(tuple(inputs), limits.trusted)
        try:
            for name, data in inputs.items():
                box.put(name, data)
            with BoxedKernel(box, limits, keeper) as kernel:
                budget.spend("kernels", START_COST)
                starts = 0
                _begin(kernel, taken.first, budget)
                _all(kernel, cells, taken, run, progress, budget)
        except NotStarted:
            starts += 1
            if starts == STARTS:
                raise
        except (KernelDied, CellHung):
            pass  # it was told where it happened
        finally:
            box.close()
    return run


def _all(
    kernel: BoxedKernel,
    cells: list[NotebookNode],
    taken: Taken,
    run: Run,
    progress: _Progress,
    budget: Budget,
) -> None:
    """Run what can run in one kernel: again the cells that were run before, then the rest."""
    for i, cell in enumerate(cells):
        checked = taken.checks(cell)
        if i in progress.skip or (i < progress.start and checked):
            continue
        try:
            _one(kernel, cell, taken, run, progress, budget, again=i < progress.start)
        except (KernelDied, CellHung) as error:
            if not kernel.killed_for and progress.second_chance:
                progress.second_chance = False  # it may have been killed from outside
                progress.start = max(progress.start, i)
                raise
            run.crowded = run.crowded or (isinstance(error, CellHung) and kernel.crowded)
            for place in {checked or "", ""}:
                run.trouble.setdefault(place, str(error))
            cell.outputs = [_error("Stopped", str(error))]
            progress.skip.add(i)
            progress.start = max(progress.start, i + 1)
            raise
        progress.start = max(progress.start, i + 1)


def _one(
    kernel: BoxedKernel,
    cell: NotebookNode,
    taken: Taken,
    run: Run,
    progress: _Progress,
    budget: Budget,
    again: bool,
) -> None:
    limits, name, own = kernel.limits, taken.checks(cell), taken.own(cell)
    seconds, too_long = limits.cell_seconds, _cell(limits)
    if own:
        seconds, too_long = _of_its_own(limits, progress)
    if budget.left < seconds:
        seconds, too_long = budget.left, _whole(limits)
    if own and seconds < LEAST:
        if not again:
            cell.outputs = [_error("Stopped", f"{_own(limits)}, so this one was not run")]
        return
    if name:
        kernel.box.clear(name)
    try:
        outputs, took, trouble = kernel.run(taken.program(cell), seconds, progress.room, too_long)
    finally:
        budget.spend("own cells" if own else "cells", kernel.spent)
        progress.own += kernel.spent if own else 0.0
    progress.room -= took
    if not again:
        cell.outputs = outputs
        cell.execution_count = None
        if trouble and own:  # else the reader sees an interrupt without a reason
            cell.outputs.append(_error("Stopped", trouble))
    if name:
        run.records[name] = kernel.box.take(name, limits.file_size + 1)
    if trouble:
        run.trouble[name or ""] = trouble
        run.crowded = run.crowded or kernel.crowded


def _begin(kernel: BoxedKernel, programs: Sequence[str], budget: Budget) -> None:
    """Run what comes before the notebook; no student is to blame for its end.

    Raises:
        NotStarted: when it does not come to its end.
    """
    for program in programs:
        try:
            kernel.run(program, START_SECONDS, 0, "it took too long")
        except (KernelDied, CellHung) as error:
            raise NotStarted(f"the kernel did not begin: {error}") from error
        finally:
            budget.spend("kernels", kernel.spent)


def _of_its_own(limits: Limits, progress: _Progress) -> tuple[float, str]:
    """How long a cell of the student's own may run, and what to say when that is over."""
    left = limits.own_seconds - progress.own
    if left >= limits.cell_seconds:
        return limits.cell_seconds, _cell(limits)
    spare = left + MOMENTS * limits.own_seconds
    return max(left, min(MOMENT, spare)), f"{_own(limits)}, and this one was stopped"


def _cell(limits: Limits) -> str:
    return f"it ran longer than {limits.cell_seconds:.0f} seconds and was stopped"


def _whole(limits: Limits) -> str:
    return f"the whole notebook ran longer than {limits.total_seconds:.0f} seconds and was stopped"


def _own(limits: Limits) -> str:
    return f"your own cells ran longer than {limits.own_seconds:.0f} seconds together"


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
