"""The question `relu_forward` and the cases that it is judged on."""

from __future__ import annotations

import numpy as np

from cs231n_lib.chapters.training_loop._cases import relu_cases
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Forward


@exercise(section="ReLU", groups={"values": 1}, driver=Forward(), cases=relu_cases)
def relu_forward(x: np.ndarray):
    """Forward pass of the rectifier, entry by entry.

        out = max(0, x)

    Parameters:
        x: inputs, array of any shape.

    Returns:
        out: same shape as x.
        cache: whatever relu_backward needs, for example x.

    Source: CS231n, assignment 2, the same function; V. Nair and G. Hinton,
    Rectified linear units improve restricted Boltzmann machines, ICML 2010.
    """
    raise NotImplementedError
