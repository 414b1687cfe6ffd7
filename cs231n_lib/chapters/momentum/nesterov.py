"""The question `nesterov` and the cases that it is judged on."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lib.chapters.momentum._cases import UPDATE_GROUPS, update_cases
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Steps


@exercise(
    section="Nesterov: look, then step", groups=UPDATE_GROUPS, driver=Steps(), cases=update_cases
)
def nesterov(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Nesterov's momentum after the change of variables.

    Here w stands for the look-ahead point x~ = x + rho * v, so that the gradient is
    needed only where the parameters are:

        v_new <- rho * v - alpha * dw
        w     <- w - rho * v + (1 + rho) * v_new
        v     <- v_new

    Parameters:
        w: the look-ahead parameters x~, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'momentum': rho, default 0.9;
            'velocity': v, same shape as w, default zeros.

    Returns:
        next_w: the look-ahead parameters after the step, same shape as w.
        config: the dictionary for the next step; 'velocity' holds the new v.

    Source: Y. Bengio, N. Boulanger-Lewandowski and R. Pascanu, Advances in
    optimizing recurrent networks, ICASSP 2013, section 3.5.
    """
    raise NotImplementedError
