"""The question `step_decay` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.schedules._cases import later_steps, rate
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Schedule


def cases(rng: np.random.Generator) -> Iterator[Case]:
    for low in (0.6, 0.2):
        size, gamma = int(rng.integers(7, 20)), float(rng.uniform(low, low + 0.2))
        joins = [0, size - 1, size, size + 1, 2 * size - 1, 2 * size, 2 * size + 1]
        args = {"steps": joins, "lr": rate(rng), "step_size": size, "gamma": gamma}
        yield Case("joins", args, "both sides of the first two drops")
    size, gamma = int(rng.integers(7, 20)), float(rng.uniform(0.6, 0.8))
    # one of them is nearer to the next drop than to the last
    some = np.append(
        later_steps(rng, 2 * size, 4 * size),
        later_steps(rng, 4 * size + size // 2 + 1, 5 * size - 1, 1),
    )
    args = {"steps": some, "lr": rate(rng), "step_size": size}
    yield Case("between", {**args, "gamma": gamma}, "later steps, in any order")
    args = {"steps": [0, 1, 2], "lr": rate(rng), "step_size": 1, "gamma": gamma}
    yield Case("between", args, "a drop at every step")
    size = int(rng.integers(20, 40))
    some = rng.permutation([0, size - 1, size, 2 * size + 1, int(rng.integers(2, 5 * size))])
    args = {"steps": some, "lr": rate(rng), "step_size": size}
    yield Case("defaults", args, "gamma left out")


@exercise(
    section="The schedules, on one sheet",
    groups={"joins": 2, "between": 1, "defaults": 1},
    driver=Schedule(),
    cases=cases,
)
def step_decay(step: int, lr: float, step_size: int, gamma: float = 0.1):
    """A learning rate that drops to a fraction of itself every step_size steps.

        rate(step) = lr * gamma**n,   n the number of drops so far

    The first drop comes at step = step_size: steps 0 to step_size - 1 have the rate lr,
    the next step_size steps have gamma * lr, and so on without end.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first steps.
        step_size: number of steps between two drops, an integer of at least 1.
        gamma: factor of one drop, between 0 and 1.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: K. He et al., Deep residual learning for image recognition, CVPR 2016;
    torch.optim.lr_scheduler.StepLR agrees at every step.
    """
    raise NotImplementedError
