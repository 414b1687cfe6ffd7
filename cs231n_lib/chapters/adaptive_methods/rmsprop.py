"""The question `rmsprop` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.chapters.adaptive_methods._cases import LEAKY, Rule, update_cases
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Steps


def cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, Rule(LEAKY, squares=("cache",)))


@exercise(
    section="RMSProp: forget",
    groups={"defaults": 1, "state": 2, "large epsilon": 1},
    driver=Steps(),
    cases=cases,
)
def rmsprop(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of RMSProp: AdaGrad with a running mean in place of the sum.

        cache <- decay_rate * cache + (1 - decay_rate) * dw**2
        w     <- w - alpha * dw / (sqrt(cache) + epsilon)

    As in CS231n and PyTorch, epsilon stands outside the root; Keras puts it inside.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'decay_rate': share of the cache that is kept, default 0.99;
            'epsilon': default 1e-8;
            'cache': running mean of squared gradients, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'cache' holds the new mean.

    Source: T. Tieleman and G. Hinton, lecture 6.5 of Neural networks for machine
    learning, Coursera 2012; the interface of CS231n's assignment 2.
    """
    raise NotImplementedError
