"""How plain functions and schedules are called."""

from __future__ import annotations

from dataclasses import dataclass

from cs231n_lib.exercise.drivers.base import (
    Args,
    Fn,
    Outputs,
    Setting,
    call_watched,
    fresh,
    note_changes,
)
from cs231n_lib.exercise.results import WrongResult, as_result, joined, take


@dataclass(frozen=True)
class Call:
    """A plain function: ``result = f(*args)``; several results come as a tuple."""

    returns: tuple[str, ...]
    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        result = call_watched(fn, args, setting.notes)
        if len(self.returns) == 1:
            return {self.returns[0]: as_result(result, self.returns[0])}
        return {n: as_result(v, n) for n, v in take(result, self.returns).items()}


@dataclass(frozen=True)
class Schedule:
    """A schedule, asked for one rate at each of several steps: ``rate = f(step, *args)``.

    The case's ``steps`` are a list (Python integers) or an array (NumPy integers), in any
    order; its other arguments follow the step.  Output ``rate``: shape (len(steps),).
    """

    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        rest = {k: v for k, v in args.items() if k != "steps"}
        rates = []
        for step in args["steps"]:
            given = {k: fresh(v) for k, v in rest.items()}
            rate = as_result(fn(step, *given.values()), "rate")
            note_changes(rest, given, setting.notes)
            if isinstance(rate, str) or rate.size != 1:
                raise WrongResult(f"`rate` must be one number, got {rate!r:.80}")
            rates.append(rate.reshape(()))
        return {"rate": joined(rates)}
