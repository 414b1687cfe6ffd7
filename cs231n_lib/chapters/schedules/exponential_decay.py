"""The question `exponential_decay` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.schedules._cases import decays
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Schedule


def cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from decays(rng, (1.2, 1.8), 40, (0.05, 0.1))


@exercise(
    section="The schedules, on one sheet",
    groups={"first steps": 1, "later": 1},
    driver=Schedule(),
    cases=cases,
)
def exponential_decay(step: int, lr: float, k: float):
    """A learning rate that loses the same share of itself at every step.

        rate(step) = lr * exp(-k * step)

    It goes on without end.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first step.
        k: decay per step, positive.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: lecture 6 of CS231n (2016); torch.optim.lr_scheduler.ExponentialLR with
    gamma = exp(-k) agrees at every step.
    """
    raise NotImplementedError
