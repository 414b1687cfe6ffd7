"""The question `sgd_momentum_torch` and the cases that it is judged on."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lib.chapters.momentum._cases import UPDATE_GROUPS, update_cases
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Steps


@exercise(
    section="Two ways to write it, and where they part",
    groups=UPDATE_GROUPS,
    driver=Steps(),
    cases=update_cases,
)
def sgd_momentum_torch(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of momentum in PyTorch's form: the rate multiplies the velocity.

        v <- rho * v + dw
        w <- w - alpha * v

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'momentum': rho, default 0.9;
            'velocity': v, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'velocity' holds the new v.

    Source: documentation of torch.optim.SGD (dampening 0, weight decay 0).
    """
    raise NotImplementedError
