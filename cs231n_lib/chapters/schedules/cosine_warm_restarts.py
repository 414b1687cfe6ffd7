"""The question `cosine_warm_restarts` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.chapters.schedules._cases import later_steps, rate
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Schedule


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def first() -> dict[str, Any]:
        return {"lr": rate(rng), "T_0": int(rng.integers(8, 15))}

    low = float(rng.uniform(0.1, 0.4))
    args = first()
    T = args["T_0"]
    steps = [0, 1, T - 1, T, T + 1, 2 * T - 1, 2 * T, 2 * T + 1]
    yield Case("cycles alike", {"steps": steps, **args}, "T_mult and lr_min left out")
    args = first()
    later = later_steps(rng, 2 * args["T_0"] + 1, 6 * args["T_0"])
    yield Case("cycles alike", {"steps": later, **args}, "later cycles, in any order")
    args = first()
    T, minimum = args["T_0"], low * args["lr"]
    steps = [0, T - 1, T, T + 1, 3 * T - 1, 3 * T, 3 * T + 1, 7 * T - 1, 7 * T, 7 * T + 1]
    args = {"steps": steps, **args, "T_mult": 2, "lr_min": minimum}
    yield Case("joins", args, "both sides of three restarts, each cycle twice as long")
    args = first()
    T = args["T_0"]
    steps = [T - 1, T, 2 * T, 4 * T - 1, 4 * T, 13 * T - 1, 13 * T, 13 * T + 2]
    yield Case("joins", {"steps": steps, **args, "T_mult": 3}, "each cycle three times as long")
    args = {"steps": [0, 1, 2, 3, 4, 5, 7], "lr": rate(rng), "T_0": 1, "T_mult": 2}
    yield Case("joins", args, "a first cycle of one step")
    args = first()
    T, minimum = args["T_0"], low * args["lr"]
    # of the second cycle and of the third, and never its first step
    some = np.append(later_steps(rng, 3 * T + 1, 7 * T - 1, 3), later_steps(rng, T + 2, 3 * T, 2))
    args = {"steps": some, **args, "T_mult": 2, "lr_min": minimum}
    yield Case("within", args, "within longer cycles, in any order")
    args = {**first(), "T_mult": 1}
    T, minimum = args["T_0"], low * args["lr"]
    some = np.concatenate([later_steps(rng, i * T + 1, (i + 1) * T, 2) for i in range(3)])
    args = {"steps": rng.permutation(some), **args, "lr_min": minimum}
    yield Case("within", args, "a minimum, cycles alike")


@exercise(
    section="Again from the top: warm restarts",
    groups={"cycles alike": 1, "joins": 2, "within": 1},
    driver=Schedule(),
    cases=cases,
)
def cosine_warm_restarts(step: int, lr: float, T_0: int, T_mult: int = 1, lr_min: float = 0.0):
    """Cosine decay that starts again at lr whenever it is about to reach lr_min.

    Cycle number i = 0, 1, 2, ... has the length T_i = T_0 * T_mult**i. With t the steps
    since the beginning of the cycle (0 to T_i - 1):

        rate = lr_min + (lr - lr_min) * (1 + cos(pi * t / T_i)) / 2

    Every cycle begins at exactly lr; the first restart is at step T_0. The rate comes
    near lr_min at the last step of a cycle and never equals it.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate at the beginning of every cycle.
        T_0: length of the first cycle, an integer of at least 1.
        T_mult: how many times longer each cycle is than the one before, an integer of
            at least 1.
        lr_min: where each cycle is heading.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: I. Loshchilov and F. Hutter, SGDR, ICLR 2017, equation 5.
    torch.optim.lr_scheduler.CosineAnnealingWarmRestarts agrees at every step.
    """
    raise NotImplementedError
