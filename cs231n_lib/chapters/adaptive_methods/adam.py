"""The question `adam` and the cases that it is judged on."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lib.chapters.adaptive_methods._cases import adam_cases
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Steps


@exercise(
    section="Adam: both memories",
    groups={"defaults": 1, "state": 3, "large epsilon": 1},
    driver=Steps(),
    cases=adam_cases,
)
def adam(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Adam: running means of gradient and squared gradient, both corrected.

        t <- t + 1
        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw**2
        w <- w - alpha * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)

    As in CS231n, t counts the steps that are finished: it is advanced first, and the
    first step uses t = 1. The state keeps the means as they are, not the corrected ones.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-3;
            'beta1': share of m that is kept, default 0.9;
            'beta2': share of v that is kept, default 0.999;
            'epsilon': default 1e-8;
            'm': running mean of gradients, same shape as w, default zeros;
            'v': running mean of squared gradients, same shape as w, default zeros;
            't': number of steps taken so far, default 0.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step, with the new 'm', 'v' and 't'.

    Source: D. Kingma and J. Ba, Adam: a method for stochastic optimization, ICLR 2015,
    algorithm 1; the interface of CS231n's assignment 2.
    """
    raise NotImplementedError
