"""The question `sgd` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Steps


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def gradients(shape: tuple[int, ...], steps: int) -> list[np.ndarray]:
        return [rng.normal(size=shape) for _ in range(steps)]

    args = {"w": rng.normal(size=3), "gradients": gradients((3,), 1), "config": None}
    yield Case("defaults", args, "config is None")
    args = {"w": rng.normal(size=(2, 3)), "gradients": gradients((2, 3), 2), "config": {}}
    yield Case("defaults", args, "config is an empty dictionary")
    for rate in (0.3, 2.5):
        config = {"learning_rate": rate}
        args = {"w": rng.normal(size=(4, 2)), "gradients": gradients((4, 2), 3), "config": config}
        yield Case("steps", args, f"learning rate {rate}")
    args = {"w": rng.normal(size=5), "gradients": gradients((5,), 4), "config": None}
    yield Case("steps", {**args, "rates": [0.5, 0.5, 0.1, 0.4]}, "the rate drops, then rises")


@exercise(
    section="One step trusts a plane",
    groups={"defaults": 1, "steps": 2},
    driver=Steps(),
    cases=cases,
)
def sgd(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of plain gradient descent.

        w <- w - alpha * dw

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step.

    Source: H. Robbins and S. Monro, A stochastic approximation method (1951), with a
    constant rate; the interface of CS231n's assignment 2.
    """
    raise NotImplementedError
