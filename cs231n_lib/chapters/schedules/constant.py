"""The question `constant` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.schedules._cases import later_steps, rate
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Schedule


def cases(rng: np.random.Generator) -> Iterator[Case]:
    args = {"steps": [0, 1, int(rng.integers(2, 90))], "lr": rate(rng)}
    yield Case("first steps", args, "the first steps")
    yield Case("any step", {"steps": later_steps(rng, 100, 999), "lr": rate(rng)}, "later steps")


@exercise(
    section="The schedules, on one sheet",
    groups={"first steps": 1, "any step": 1},
    driver=Schedule(),
    cases=cases,
)
def constant(step: int, lr: float):
    """A learning rate that never changes.

        rate(step) = lr

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: the rate.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: the "constant" of every comparison; torch.optim.lr_scheduler.ConstantLR with
    factor 1 agrees at every step.
    """
    raise NotImplementedError
