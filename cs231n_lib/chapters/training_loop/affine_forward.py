"""The question `affine_forward` and the cases that it is judged on."""

from __future__ import annotations

import numpy as np

from cs231n_lib.chapters.training_loop._cases import affine_cases
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Forward


@exercise(
    section="The affine layer",
    groups={"matrix": 2, "tensor": 1},
    driver=Forward(),
    cases=affine_cases,
)
def affine_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray):
    """Forward pass of an affine (fully connected) layer.

    Each example is flattened to one row of D = d_1 * ... * d_k numbers (row-major
    order, NumPy's own); with the rows in a matrix X of shape (N, D):

        out = X w + b

    Parameters:
        x: a batch of N examples, shape (N, d_1, ..., d_k), k of at least 1.
        w: weights, shape (D, M).
        b: biases, shape (M,).

    Returns:
        out: shape (N, M).
        cache: whatever affine_backward needs, for example (x, w, b).

    Source: CS231n, assignment 2, the same function.
    """
    raise NotImplementedError
