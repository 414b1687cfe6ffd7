"""Runs the cells of a notebook in a boxed kernel and brings back what they wrote.

Made for hostile notebooks: every wait has an end, every output a limit, and a cell that
kills or hangs its kernel costs only itself: the kernel is started anew, the cells
before it run again, and the rest of the notebook gets its turn.  A kernel that dies by
itself is believed the second time: the first time it may have been killed from outside.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output, output_from_msg

from autograder.sandbox.box import Box, Limits
from autograder.sandbox.kernel import BoxedKernel, KernelDied

GRACE_SECONDS = 3.0  # after an interrupt, before the kernel is killed
MAX_RESTARTS = 9
POLL_SECONDS = 0.2
OUTPUT_COST = 50  # characters that an output counts for beside its text
NOTEBOOK_OUTPUTS = 10  # a whole notebook may print as much as so many cells


@dataclass
class Run:
    """What came of executing a notebook.

    Attributes:
        records: for each exercise the raw bytes that its check cell wrote.
        trouble: for each exercise, or "" for the whole notebook, what went wrong.
    """

    records: dict[str, bytes] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)


class CellHung(RuntimeError):
    """A cell did not stop when it was asked to."""


def execute(
    nb: NotebookNode,
    exercise_of: Callable[[NotebookNode], str | None],
    runs: Callable[[NotebookNode], bool],
    inputs: Mapping[str, bytes],
    limits: Limits,
    trusted: bool = False,
) -> Run:
    """Execute the code cells of ``nb`` in order, filling in their outputs.

    Args:
        nb: the notebook, changed in place.
        exercise_of: the exercise that a cell checks, or None.
        runs: whether a cell is executed at all.
        inputs: for each exercise the packed cases.
        limits: of time, memory and the rest.
        trusted: run without a box.
    """
    cells = [c for c in nb.cells if c.cell_type == "code" and runs(c)]
    died, last = set[int](), ""
    run, skip, start, deadline = Run(), set[int](), 0, time.monotonic() + limits.total_seconds
    for _ in range(MAX_RESTARTS + 1):
        box = Box(tuple(inputs), trusted)
        try:
            for name, data in inputs.items():
                box.put(name, data)
            with BoxedKernel(box, limits) as kernel:
                session = _Session(kernel, limits, deadline)
                for i, cell in enumerate(cells):
                    checked = exercise_of(cell)
                    if i in skip or (i < start and checked):
                        continue
                    try:
                        _one(session, cell, checked, run, box, again=i < start)
                    except (KernelDied, CellHung) as error:
                        if not kernel.killed_for and i not in died:
                            died.add(i)  # it may have been killed from outside: try again
                            start = max(start, i)
                            raise
                        run.trouble[checked or ""] = str(error)
                        run.trouble.setdefault("", str(error))
                        cell.outputs = [_error("Stopped", str(error))]
                        skip.add(i)
                        start = max(start, i + 1)
                        raise
                return run
        except (KernelDied, CellHung) as error:
            last = str(error)
            if time.monotonic() > deadline:
                break
        finally:
            box.close()
    run.trouble.setdefault("", last)
    return run


def _one(
    session: _Session, cell: NotebookNode, name: str | None, run: Run, box: Box, again: bool
) -> None:
    if name:
        box.clear(name)
    outputs, trouble = session.run(cell.source)
    if not again:
        cell.outputs = outputs
        cell.execution_count = None
    if name:
        run.records[name] = box.take(name, session.limits.file_size + 1)
    if trouble:
        run.trouble[name or ""] = trouble


class _Session:
    """Sends cells to one kernel and collects their outputs."""

    def __init__(self, kernel: BoxedKernel, limits: Limits, deadline: float) -> None:
        self.kernel, self.limits, self.deadline = kernel, limits, deadline
        self.room = NOTEBOOK_OUTPUTS * limits.output

    def run(self, source: str) -> tuple[list[NotebookNode], str]:
        """Outputs of one cell, and what stopped it early (empty if nothing did).

        Raises:
            KernelDied: when the kernel is gone.
            CellHung: when the cell ran out of time and ignored the interrupt.
        """
        begin = time.monotonic()
        end = min(begin + self.limits.cell_seconds, self.deadline)
        client = self.kernel.client
        request = client.execute(
            source, store_history=False, allow_stdin=False, stop_on_error=False
        )
        outputs: list[NotebookNode] = []
        kept, trouble, asked = 0, "", 0.0
        while True:
            now = time.monotonic()
            if asked and now > asked + GRACE_SECONDS:
                self.kernel.kill(trouble)
                raise CellHung(trouble)
            if not asked and now > end:
                trouble = self._too_long(begin)
                self.kernel.interrupt()
                asked = now
            try:
                message = client.get_iopub_msg(timeout=POLL_SECONDS)
            except queue.Empty:
                if not self.kernel.alive:
                    why = self.kernel.killed_for or "the Python process ended (exit or crash)"
                    raise KernelDied(why) from None
                continue
            except Exception:  # a forged or damaged message
                continue
            kind, content = _understood(message, request)
            if kind == "status" and content.get("execution_state") == "idle":
                return outputs, trouble
            if kind in ("stream", "display_data", "execute_result", "error"):
                size = _text_size(content) + OUTPUT_COST
                if kept + size > self.limits.output or size > self.room:
                    if kept <= self.limits.output:
                        size = self.limits.output + 1  # say it once
                        cut = "\n[output cut here: too long]\n"
                        outputs.append(new_output("stream", name="stdout", text=cut))
                    kept += size
                    continue
                kept, self.room = kept + size, self.room - size
                _append(outputs, message)

    def _too_long(self, begin: float) -> str:
        if self.deadline < begin + self.limits.cell_seconds:
            total = f"{self.limits.total_seconds:.0f} seconds"
            return f"the whole notebook ran longer than {total} and was stopped"
        return f"it ran longer than {self.limits.cell_seconds:.0f} seconds and was stopped"


def _understood(message: Any, request: str) -> tuple[str, dict[str, Any]]:
    """Kind and content of an answer to ``request``; empty for others and for forged ones."""
    shape = {"text": str, "data": dict, "metadata": dict, "traceback": list, "name": str}
    try:
        kind, content = str(message["msg_type"]), dict(message["content"])
        right = message["parent_header"]["msg_id"] == request
        sound = all(isinstance(content[key], of) for key, of in shape.items() if key in content)
    except Exception:  # student code has the kernel's key and can send anything
        return "", {}
    return (kind, content) if right and sound else ("", {})


def _append(outputs: list[NotebookNode], message: Mapping[str, Any]) -> None:
    try:
        output = output_from_msg(message)
    except Exception:  # malformed on purpose
        return
    last = outputs[-1] if outputs else None
    if last and output.output_type == "stream" == last.output_type and output.name == last.name:
        last.text += output.text
    else:
        outputs.append(output)


def _text_size(content: Mapping[str, Any]) -> int:
    """Characters of an output; pictures count for a tenth, being shown and not read."""
    if "data" in content and isinstance(content["data"], dict):
        return sum(
            len(str(v)) // (10 if str(k).startswith("image/") else 1)
            for k, v in content["data"].items()
        )
    return len(str(content.get("text", ""))) + sum(
        len(str(t)) for t in content.get("traceback", ())
    )


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
