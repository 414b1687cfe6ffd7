"""Chapter 2: plain gradient descent, its minibatches, and what the curvature does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cs231n_lib.exercises import gradient_descent_cases as cases
from cs231n_lib.exercises.declare import Group, Tolerance, exercise
from cs231n_lib.exercises.drivers import Batches, Call, Replayed, Steps
from cs231n_lib.exercises.minibatch_law import MESSAGES, minibatch_law


@exercise(groups={"defaults": 1, "steps": 2}, driver=Steps(), cases=cases.sgd)
def sgd(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of plain gradient descent.

        w <- w - alpha * dw

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step.

    Source: H. Robbins and S. Monro, A stochastic approximation method (1951), with a
    constant rate; the interface of CS231n's assignment 2.
    """
    raise NotImplementedError


@exercise(
    groups={
        "rows": Group(3, ("rows_of_X", "no_row_twice", "no_row_missing", "batch_sizes")),
        "labels": Group(2, ("labels_follow_rows", "labels_moved")),
        "order": Group(
            3,
            (
                "shuffled",
                "new_order_each_epoch",
                "positions_uniform",
                "pairs_uniform",
                "orders_differ",
                "neighbours_apart",
                "repeats_from_rng",
            ),
        ),
    },
    driver=Replayed(Batches(("X_batch", "y_batch"))),
    cases=cases.minibatch,
    law=minibatch_law,
    messages=MESSAGES,
)
def minibatches(X: np.ndarray, y: np.ndarray, batch_size: int, rng: np.random.Generator):
    """One epoch of shuffled minibatches, as a generator.

    Every row comes exactly once, in a random order, with its own label. Each call draws
    a new order from rng, and from nothing else; all orders are equally likely. When
    batch_size does not divide N, the last batch is shorter; it is not dropped.

    Parameters:
        X: examples, shape (N, D).
        y: their labels, shape (N,).
        batch_size: rows of a batch, an integer of at least 1; it may exceed N.
        rng: NumPy's random generator, as np.random.default_rng(seed) makes it.

    Returns:
        a generator (yield each pair; do not collect them) of
            X_batch: shape (b, D), with b = batch_size except perhaps in the last batch;
            y_batch: shape (b,), the labels of these rows.

    Source: Y. Bengio, Practical recommendations for gradient-based training of deep
    architectures (2012): sampling without replacement, reshuffled in every epoch.
    """
    raise NotImplementedError


@exercise(
    groups={"symmetric": 1, "indefinite": 1, "not symmetric": 1, "singular": 1},
    driver=Call(("kappa",)),
    cases=cases.condition,
    # whoever takes the roots of the eigenvalues of H'H squares a condition number of 1e5
    tolerance=Tolerance(exact=1e-5),
)
def condition_number(H: np.ndarray):
    """The condition number of a square matrix: how unequal its stretching is.

        kappa = sigma_max / sigma_min

    sigma are the singular values. For a symmetric H this is |lambda|_max / |lambda|_min.

    Parameters:
        H: matrix, shape (D, D), not necessarily symmetric.

    Returns:
        kappa: a float of at least 1. np.inf when H is singular to working precision, that
            is sigma_min <= eps * D * sigma_max with eps = np.finfo(np.float64).eps.

    Source: L. Trefethen and D. Bau, Numerical Linear Algebra (1997), lecture 12.
    """
    raise NotImplementedError


@exercise(groups={"diagonal": 1, "rotated": 2}, driver=Call(("rate",)), cases=cases.stable_rate)
def largest_stable_learning_rate(H: np.ndarray):
    """The learning rate above which gradient descent on a quadratic bowl diverges.

    On L(x) = x.H.x / 2 a step multiplies the error along each eigenvector of H by
    1 - alpha * lambda. The limit is the alpha at which the first of these factors
    reaches magnitude 1:

        alpha_max = 2 / lambda_max

    Parameters:
        H: Hessian, symmetric and positive definite, shape (D, D).

    Returns:
        alpha_max: the limit, a float.

    Source: Y. LeCun, L. Bottou, G. Orr and K.-R. Muller, Efficient BackProp (1998).
    """
    raise NotImplementedError


@exercise(
    groups={"diagonal": 1, "rotated": 2, "nearly flat": 2},
    driver=Call(("kind",)),
    cases=cases.critical,
)
def classify_critical_point(H: np.ndarray, tol: float = 1e-8):
    """What kind of critical point has the Hessian H: the signs of its eigenvalues decide.

    In this order:

        some lambda > tol and some lambda < -tol    "saddle" (even if another is zero)
        every lambda > tol                          "minimum"
        every lambda < -tol                         "maximum"
        otherwise                                   "degenerate"

    So a point is degenerate when an eigenvalue lies within tol of zero and the others
    have one sign or are zero as well: then second derivatives do not decide.

    Parameters:
        H: Hessian at the critical point, symmetric, shape (D, D).
        tol: magnitude up to which an eigenvalue counts as zero, default 1e-8.

    Returns:
        kind: one of the strings "minimum", "maximum", "saddle", "degenerate".

    Source: Y. Dauphin et al., Identifying and attacking the saddle point problem in
    high-dimensional non-convex optimization, NeurIPS 2014, section 2.
    """
    raise NotImplementedError


@exercise(groups={"bowl": 2, "curved": 1, "ends": 1}, driver=Call(("path",)), cases=cases.descent)
def gradient_descent(
    grad: Callable[[np.ndarray], np.ndarray], x0: np.ndarray, lr: float, steps: int
):
    """The whole trajectory of gradient descent, its start included.

        x_0 = x0
        x_{k+1} = x_k - lr * grad(x_k),   k = 0, ..., steps - 1

    Parameters:
        grad: function from a point of shape (D,) to the gradient there, shape (D,).
        x0: the start, shape (D,).
        lr: learning rate.
        steps: number of steps, an integer of at least 0.

    Returns:
        path: array of shape (steps + 1, D) whose row k is x_k.

    Source: A. Cauchy, Methode generale pour la resolution des systemes d'equations
    simultanees (1847), with a constant rate.
    """
    raise NotImplementedError


@exercise(
    groups={"one example": 1, "minibatch": 2, "full batch": 1},
    driver=Call(("noise",)),
    cases=cases.noise,
)
def gradient_noise(per_example_grads: np.ndarray, batch_size: int):
    """How far a minibatch's gradient lies from the full one: the expected squared distance.

    A batch of B examples, drawn without replacement, has the mean gradient g_B; the mean
    over all N examples is g. Then

        E |g_B - g|^2 = (1 / B) * (N - B) / (N - 1) * (1 / N) * sum_i |g_i - g|^2

    where |.| is the Euclidean norm over the D parameters. The middle factor is the
    finite-population correction.

    Parameters:
        per_example_grads: the gradients g_i, shape (N, D), N >= 2.
        batch_size: B, an integer from 1 to N.

    Returns:
        noise: a float, the expectation above (squared: no root is taken).

    Source: W. Cochran, Sampling Techniques (1977), theorem 2.2, summed over coordinates.
    """
    raise NotImplementedError
