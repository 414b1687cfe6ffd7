"""The question `anneal_momentum` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Runs of their own length and, but for the defaults, ends of their own.

    At the ends and after them a result is start or end: which one is drawn for each place.
    """

    def drawn() -> dict[str, Any]:
        start, end = rng.uniform(0.1, 0.5), rng.uniform(0.6, 0.95)
        return {"total": int(rng.integers(20, 60)), "start": float(start), "end": float(end)}

    def case(group: str, label: str, args: dict[str, Any], step: int) -> Case:
        return Case(group, {"step": step, **args}, label)

    ends = [0, 1, *rng.integers(0, 2, size=2)]  # 0: the first step, 1: the last one
    for which in rng.permutation(ends):
        args = drawn()
        step = int(which) * (args["total"] - 1)
        yield case("ends", "last step" if which else "first step", args, step)
    total = int(rng.integers(20, 60))
    yield case("between", "last step but one", {"total": total}, total - 2)
    for step in rng.integers(1, total - 1, size=3):
        yield case("between", "on the way", {"total": total}, int(step))
    args = drawn()
    yield case("between", "other start and end", args, int(rng.integers(2, 18)))
    args = drawn()
    late = args["total"] + int(rng.integers(1, 9))
    after = [case("after", "past the end", args, late)]
    after.append(case("after", "a single step", drawn() | {"total": 1}, 0))
    after.append(case("after", "the first step of many", drawn(), 0))
    after.append(case("after", "the step after the last one", args, args["total"]))
    yield from (after[i] for i in rng.permutation(len(after)))


@exercise(
    section=r"First steps, last steps: the start of $v$ and of $\rho$",
    groups={"ends": 1, "between": 1, "after": 1},
    driver=Call(("rho",)),
    cases=cases,
)
def anneal_momentum(step: int, total: int, start: float = 0.5, end: float = 0.99):
    """The momentum coefficient of one step, raised linearly from start to end.

        rho(step) = start + (end - start) * step / (total - 1),   0 <= step <= total - 1

    The first step (0) gets start, the last one (total - 1) gets end, and every later
    step keeps end. With total = 1 there is only a last step: rho = end.

    Parameters:
        step: number of steps already taken, an integer from 0.
        total: number of steps of the whole run, an integer of at least 1.
        start, end: coefficients at the first and the last step, from 0 to 1.

    Returns:
        rho: the coefficient for this step, a float.

    Source: lecture 6 of CS231n (2016), which anneals from 0.5 to 0.99.
    """
    raise NotImplementedError
