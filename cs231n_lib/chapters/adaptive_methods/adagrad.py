"""The question `adagrad` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.chapters.adaptive_methods._cases import Rule, update_cases
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Steps


def cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, Rule({"learning_rate": (0.3, 0.1)}, squares=("cache",)))


@exercise(
    section="AdaGrad: divide by everything seen so far",
    groups={"defaults": 1, "state": 1, "large epsilon": 1},
    driver=Steps(),
    cases=cases,
)
def adagrad(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of AdaGrad: each coordinate is divided by the root of its squared gradients.

        cache <- cache + dw**2
        w     <- w - alpha * dw / (sqrt(cache) + epsilon)

    The cache takes in this gradient before it is used, and epsilon stands outside the
    root. Without a 'cache' the sum starts at zero (TensorFlow starts it at 0.1).

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'epsilon': default 1e-8;
            'cache': sum of squared gradients, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'cache' holds the new sum.

    Source: J. Duchi, E. Hazan and Y. Singer, Adaptive subgradient methods for online
    learning and stochastic optimization, JMLR 2011; the diagonal form.
    """
    raise NotImplementedError
