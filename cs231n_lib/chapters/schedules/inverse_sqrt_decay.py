"""The question `inverse_sqrt_decay` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.schedules._cases import later_steps, rate
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Schedule


def cases(rng: np.random.Generator) -> Iterator[Case]:
    some = rng.permutation([0, 1, 2, *rng.integers(3, 20, size=2)])
    yield Case("start", {"steps": some, "lr": rate(rng)}, "the first steps")
    yield Case("decay", {"steps": later_steps(rng, 3, 40), "lr": rate(rng)}, "in any order")
    args = {"steps": [int(s) for s in later_steps(rng, 500, 9000)], "lr": rate(rng)}
    yield Case("decay", args, "a long run")


@exercise(
    section="The schedules, on one sheet",
    groups={"start": 1, "decay": 2},
    driver=Schedule(),
    cases=cases,
)
def inverse_sqrt_decay(step: int, lr: float):
    """A learning rate that falls like one over the square root of the time.

        rate = lr / sqrt(t),   t = 1, 2, 3, ... the number of the update

    Mind the difference between t and step: step counts the updates already made, so the
    update at step 0 is number t = 1, and gets the rate lr. It goes on without end.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first update.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: A. Vaswani et al., Attention is all you need, NIPS 2017, equation 3, without
    its warm-up. PyTorch has it only as a LambdaLR.
    """
    raise NotImplementedError
