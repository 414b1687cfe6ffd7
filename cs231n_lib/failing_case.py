"""The failing case of the last check, to be run again and to be stepped through."""

from __future__ import annotations

import bdb
import pdb
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.exercise.drivers.base import Setting, fresh
from cs231n_lib.exercise.results import Notes
from cs231n_lib.judging import failing
from cs231n_lib.judging.verdict import Report

Function = Callable[..., Any]


@dataclass(frozen=True, repr=False)
class FailingCase:
    """A case in which a function is wrong, with the function.

    Attributes:
        exercise: which one.
        function: yours, as it was checked.
        expected: the right outputs that yours differ from, by name.
        got: your outputs, by the same names; None where nothing came.
        message: what ``check`` said of this case, as text.
    """

    exercise: Exercise
    function: Function
    companions: Mapping[str, Function]
    block: failing.Block

    @property
    def expected(self) -> dict[str, Any]:
        return {w.output: fresh(w.expected) for w in self.block.wrong}

    @property
    def got(self) -> dict[str, Any]:
        return {w.output: fresh(w.got) for w in self.block.wrong}

    @property
    def message(self) -> str:
        return "\n".join(self.block.lines())

    @property
    def args(self) -> dict[str, Any]:
        """What the case is made of, by name: new copies at each look."""
        return {name: fresh(v) for name, v in self.block.failure.case.args.items()}

    @property
    def call(self) -> tuple[Any, ...]:
        """The arguments of the first call: ``function(*case.call)`` makes that call again."""
        seen: list[tuple[Any, ...]] = []

        def spy(*arguments: Any) -> None:
            seen.append(arguments)
            raise _Seen

        with suppress(_Seen):
            self._drive(spy)
        return seen[0]

    def rerun(self, function: Function | None = None) -> dict[str, Any]:
        """Your outputs, by name, computed again, by another function if you give one.

        Raises:
            Exception: whatever the function raises, with its full traceback.
        """
        found = self._drive(function or self.function)
        return {name: v for name, v in found.items() if name != "own"}

    def debug(self) -> None:
        """Run the case again and stop in the first line of your function, in Python's debugger.

        There, ``n`` goes to the next line, ``p name`` prints a variable, ``q`` ends.
        """
        with suppress(bdb.BdbQuit):
            self._drive(partial(_step_through, self.function))

    def _drive(self, function: Function) -> dict[str, Any]:
        setting = Setting(self.companions, Notes(), numeric=False)
        return self.exercise.driver.run(function, self.block.failure.case.args, setting)

    def __repr__(self) -> str:
        return f"{self.exercise.name}, {self.message}\n\n{how(self.exercise.name)}"


class _Stepper(pdb.Pdb):
    """A debugger that shows no line of this library, and that remembers that it was left."""

    def __init__(self) -> None:
        super().__init__(nosigint=True, skip=["bdb", "cs231n_lib.*"])
        self.left = False

    def set_quit(self) -> None:
        self.left = True
        super().set_quit()


def _step_through(function: Function, *arguments: Any) -> Any:
    stepper = _Stepper()
    result = stepper.runcall(function, *arguments)
    if stepper.left:
        raise bdb.BdbQuit
    return result


class _Seen(BaseException):
    """The arguments of the first call are known."""


_last: list[FailingCase] = []


def remember(
    exercise: Exercise, function: Function, companions: Mapping[str, Function], report: Report
) -> None:
    """Keep the failing cases of a report, if it has any."""
    blocks = failing.failing(report)
    if blocks:
        _last[:] = [FailingCase(exercise, function, companions, block) for block in blocks]


def last_case(group: str = "") -> FailingCase:
    """The first failing case of the last check that failed, or that of one case group.

    Args:
        group: name of a case group, as in the table that ``check`` printed.

    Raises:
        LookupError: when no check has failed, or that group has not.
    """
    for case in _last:
        if not group or group in case.block.groups:
            return case
    if _last:
        names = ", ".join(repr(g) for case in _last for g in case.block.groups)
        raise LookupError(f"there is no failing case of {group!r}; there are those of {names}")
    raise LookupError("no check has failed yet: run `check` first")


def how(name: str) -> str:
    """How to get at the case, in one sentence for a notebook."""
    return (
        "To look closer: `from cs231n_lib import last_case` and `case = last_case()`; then "
        f"`{name}(*case.call)` calls your function as this case does, and `case.debug()` steps "
        "through it line by line."
    )
