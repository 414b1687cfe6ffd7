"""The question `sgd_momentum` and the cases that it is judged on."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lib.chapters.momentum._cases import UPDATE_GROUPS, update_cases
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Steps


@exercise(section="A ball with friction", groups=UPDATE_GROUPS, driver=Steps(), cases=update_cases)
def sgd_momentum(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of gradient descent with momentum.

    The velocity integrates the gradient, the position integrates the velocity:

        v <- rho * v - alpha * dw
        w <- w + v

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

    Source: B. Polyak, Some methods of speeding up the convergence of iteration
    methods (1964); the form of Sutskever et al., ICML 2013, equations 1 and 2.
    """
    raise NotImplementedError
