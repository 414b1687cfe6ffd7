"""The question `inverse_time_decay` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.schedules._cases import decays
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Schedule


def cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from decays(rng, (2, 4), 60, (0.05, 0.2))


@exercise(
    section="The schedules, on one sheet",
    groups={"first steps": 1, "later": 1},
    driver=Schedule(),
    cases=cases,
)
def inverse_time_decay(step: int, lr: float, k: float):
    """A learning rate that falls like one over the time ("1/t decay").

        rate(step) = lr / (1 + k * step)

    It goes on without end. After 1/k steps half of the rate is left.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first step.
        k: decay per step, positive.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: H. Robbins and S. Monro, A stochastic approximation method (1951); lecture 6
    of CS231n (2016). PyTorch has it only as a LambdaLR.
    """
    raise NotImplementedError
