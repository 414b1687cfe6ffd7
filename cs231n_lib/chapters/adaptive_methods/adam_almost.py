"""The question `adam_almost` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.chapters.adaptive_methods._cases import MOMENTS, Rule, update_cases
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Steps


def cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, Rule(MOMENTS, squares=("v",), means=("m",)))


@exercise(
    section="Adam: both memories",
    groups={"defaults": 1, "state": 1, "large epsilon": 1},
    driver=Steps(),
    cases=cases,
)
def adam_almost(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Adam as the lectures first write it, without bias correction.

        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw**2
        w <- w - alpha * m / (sqrt(v) + epsilon)

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-3;
            'beta1': share of m that is kept, default 0.9;
            'beta2': share of v that is kept, default 0.999;
            'epsilon': default 1e-8;
            'm': running mean of gradients, same shape as w, default zeros;
            'v': running mean of squared gradients, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'm' and 'v' hold the new means.

    Source: the slides "Adam (almost)" of CS231n.
    """
    raise NotImplementedError
