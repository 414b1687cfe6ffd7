"""Runs the cells of a notebook in a boxed kernel and brings back what they wrote.

Made for hostile notebooks: every wait has an end, every output a limit, and a cell that
kills or hangs its kernel costs only itself: the kernel is started anew, the cells
before it run again, and the rest of the notebook gets its turn.  The first kernel of a
notebook that dies by itself may have been killed from outside, so its cell gets a second
chance; after that, deaths are believed.  How many kernels a notebook may use up is bounded
by its time alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from autograder.sandbox.box import Box, Limits
from autograder.sandbox.kernel import BoxedKernel, CellHung, KernelDied, NotStarted
from autograder.walls.allowance import Budget
from autograder.walls.keeper import Keeper

NOTEBOOK_OUTPUTS = 10  # a whole notebook may print as much as so many cells
STARTS = 3  # attempts at a kernel that does not start, before it is the machine's fault
START_COST = 0.5  # seconds that each new kernel is charged
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


def execute(
    nb: NotebookNode,
    exercise_of: Callable[[NotebookNode], str | None],
    runs: Callable[[NotebookNode], bool],
    inputs: Mapping[str, bytes],
    limits: Limits,
    keeper: Keeper,
    trusted: bool = False,
    budget: Budget | None = None,
) -> Run:
    """Execute the code cells of ``nb`` in order, filling in their outputs.

    Args:
        nb: the notebook, changed in place.
        exercise_of: the exercise that a cell checks, or None.
        runs: whether a cell is executed at all.
        inputs: for each exercise the packed cases.
        limits: of time, memory and the rest.
        keeper: where the kernel's messages are read.
        trusted: run without a box.
        budget: of the submission; a budget of its own unless given.

    Raises:
        NotStarted: when no kernel starts, which is no student's fault.
    """
    cells = [c for c in nb.cells if c.cell_type == "code" and runs(c)]
    budget = budget or Budget(limits.total_seconds)
    progress, run = _Progress(room=NOTEBOOK_OUTPUTS * limits.output), Run()
    starts = 0
    while progress.start < len(cells):
        if budget.left < LEAST:
            run.trouble.setdefault("", _whole(limits))
            break
        box = Box(tuple(inputs), trusted)
        try:
            for name, data in inputs.items():
                box.put(name, data)
            with BoxedKernel(box, limits, keeper) as kernel:
                budget.spend("kernels", START_COST)
                starts = 0
                _all(kernel, cells, exercise_of, run, progress, budget)
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
    exercise_of: Callable[[NotebookNode], str | None],
    run: Run,
    progress: _Progress,
    budget: Budget,
) -> None:
    """Run what can run in one kernel: again the cells that were run before, then the rest."""
    for i, cell in enumerate(cells):
        checked = exercise_of(cell)
        if i in progress.skip or (i < progress.start and checked):
            continue
        try:
            _one(kernel, cell, checked, run, progress, budget, again=i < progress.start)
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
    name: str | None,
    run: Run,
    progress: _Progress,
    budget: Budget,
    again: bool,
) -> None:
    limits = kernel.limits
    seconds, too_long = limits.cell_seconds, _cell(limits)
    if budget.left < seconds:
        seconds, too_long = budget.left, _whole(limits)
    if name:
        kernel.box.clear(name)
    try:
        outputs, took, trouble = kernel.run(cell.source, seconds, progress.room, too_long)
    finally:
        budget.spend("cells", kernel.spent)
    progress.room -= took
    if not again:
        cell.outputs = outputs
        cell.execution_count = None
    if name:
        run.records[name] = kernel.box.take(name, limits.file_size + 1)
    if trouble:
        run.trouble[name or ""] = trouble
        run.crowded = run.crowded or kernel.crowded


def _cell(limits: Limits) -> str:
    return f"it ran longer than {limits.cell_seconds:.0f} seconds and was stopped"


def _whole(limits: Limits) -> str:
    return f"the whole notebook ran longer than {limits.total_seconds:.0f} seconds and was stopped"


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
