"""The question `nadam` and the cases that it is judged on."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lib.chapters.adaptive_methods._cases import adam_cases
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Steps


@exercise(
    section="Adam: both memories",
    groups={"defaults": 1, "state": 2, "large epsilon": 1},
    driver=Steps(),
    cases=adam_cases,
)
def nadam(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Nadam: Adam whose mean of gradients looks one step ahead.

        t <- t + 1
        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw**2
        ahead = beta1 * m / (1 - beta1**(t + 1)) + (1 - beta1) * dw / (1 - beta1**t)
        w <- w - alpha * ahead / (sqrt(v / (1 - beta2**t)) + epsilon)

    Here m is the new mean: momentum is applied as if the next step had begun, so its
    correction is that of step t + 1. This is the paper's method with a constant beta1;
    torch.optim.NAdam raises beta1 along a schedule instead.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 2e-3;
            'beta1': share of m that is kept, default 0.9;
            'beta2': share of v that is kept, default 0.999;
            'epsilon': default 1e-8;
            'm': running mean of gradients, same shape as w, default zeros;
            'v': running mean of squared gradients, same shape as w, default zeros;
            't': number of steps taken so far, default 0; it is advanced first.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step, with the new 'm', 'v' and 't'.

    Source: T. Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop 2016.
    """
    raise NotImplementedError
