"""Chapter 2: plain gradient descent, its minibatches, and what the curvature does to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercises.declare import Case, Group, exercise
from cs231n_lib.exercises.drivers import Batches, Call, Replayed, Steps
from cs231n_lib.exercises.minibatch_law import MESSAGES, minibatch_law
from cs231n_lib.wire import Function, Rng


def _sgd_cases(rng: np.random.Generator) -> Iterator[Case]:
    def gradients(shape: tuple[int, ...], steps: int) -> list[np.ndarray]:
        return [rng.normal(size=shape) for _ in range(steps)]

    args = {"w": rng.normal(size=3), "gradients": gradients((3,), 1), "config": None}
    yield Case("defaults", args, "config is None")
    args = {"w": rng.normal(size=(2, 3)), "gradients": gradients((2, 3), 2), "config": {}}
    yield Case("defaults", args, "config is an empty dictionary")
    for rate in (0.3, 2.5):
        config = {"learning_rate": rate}
        args = {"w": rng.normal(size=(4, 2)), "gradients": gradients((4, 2), 3), "config": config}
        yield Case("steps", args, f"learning rate {rate}")
    args = {"w": rng.normal(size=5), "gradients": gradients((5,), 4), "config": None}
    yield Case("steps", {**args, "rates": [0.5, 0.5, 0.1, 0.4]}, "the rate drops, then rises")


@exercise(groups={"defaults": 1, "steps": 2}, driver=Steps(), cases=_sgd_cases)
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


def _minibatch_cases(rng: np.random.Generator) -> Iterator[Case]:
    """A few epochs of several sizes, then many of one: the law of the order needs many."""
    everything = ("rows", "labels", "order")
    for N, D, B, epochs, groups, label in (
        (13, 3, 5, 6, everything, "13 rows in batches of 5"),
        (12, 5, 4, 6, everything, "12 rows in batches of 4"),
        (7, 2, 10, 6, ("rows",), "fewer rows than batch_size"),
        (7, 2, 3, 6, ("rows",), "7 rows in batches of 3: the last batch has one"),
        (6, 2, 3, 120, everything, "6 rows in batches of 3, 120 epochs"),
    ):
        X = rng.normal(size=(N, D))
        X[:, 0] = rng.permutation(N)  # no two rows alike
        args = {
            "X": X,
            "y": rng.permutation(100)[:N],
            "batch_size": B,
            "rng": Rng(int(rng.integers(2**31))),
            "epochs": epochs,
        }
        yield Case(groups, args, label)


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
                "neighbours_apart",
                "repeats_from_rng",
            ),
        ),
    },
    driver=Replayed(Batches(("X_batch", "y_batch"))),
    cases=_minibatch_cases,
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


def _symmetric(rng: np.random.Generator, eigenvalues: Any) -> np.ndarray:
    """A symmetric matrix with these eigenvalues, in random directions."""
    values = np.asarray(eigenvalues, dtype=np.float64)
    Q, _ = np.linalg.qr(rng.normal(size=(len(values), len(values))))
    H = (Q * values) @ Q.T
    return (H + H.T) / 2


def _condition_cases(rng: np.random.Generator) -> Iterator[Case]:
    for D in (2, 4):
        yield Case("symmetric", {"H": _symmetric(rng, rng.uniform(0.5, 20, size=D))}, "positive")
    H = _symmetric(rng, [1e-2 * rng.uniform(1, 2), *rng.uniform(200, 900, size=2)])
    yield Case("symmetric", {"H": H}, "ill-conditioned, but not singular")
    H = _symmetric(rng, [-rng.uniform(5, 9), -0.3, rng.uniform(0.5, 1), rng.uniform(2, 4)])
    yield Case("indefinite", {"H": H}, "eigenvalues of both signs")
    H = _symmetric(rng, -rng.uniform(0.2, 6, size=3))
    yield Case("indefinite", {"H": H}, "all eigenvalues negative")
    # a triangle with equal diagonal entries: all eigenvalues equal, singular values far apart
    H = np.triu(rng.uniform(1, 3, size=(3, 3)), 1) + rng.uniform(0.5, 1.5) * np.eye(3)
    yield Case("not symmetric", {"H": H}, "not symmetric: a triangular matrix")
    # as U diag(sigma) V': a random matrix would now and then be too ill-conditioned for
    # whoever takes the roots of the eigenvalues of H'H, which squares the condition number
    U, V = (np.linalg.qr(rng.normal(size=(4, 4)))[0] for _ in range(2))
    H = (U * rng.uniform(0.5, 20, size=4)) @ V.T
    yield Case("not symmetric", {"H": H}, "not symmetric")
    for D in (4, 5):
        H = rng.integers(1, 10, size=(D, D)).astype(np.float64)
        H[-1] = H[:-1].sum(axis=0)
        yield Case("singular", {"H": H}, "singular: the last row is the sum of the others")
    yield Case("singular", {"H": np.zeros((3, 3))}, "all zeros")
    # on both sides of the limit; a diagonal matrix shows its singular values exactly
    D, scale, eps = 3, rng.uniform(20, 30), np.finfo(np.float64).eps
    for times, label in ((0.5, "singular to working precision"), (2.0, "almost singular")):
        H = np.diag([scale, 1.0, times * eps * D * scale])
        yield Case("singular", {"H": H}, f"{label}: large, but diagonal")
    H = 1e-20 * rng.uniform(1, 2, size=(3, 3)) + 4e-20 * np.eye(3)
    yield Case("not symmetric", {"H": H}, "every entry tiny, far from singular")


@exercise(
    groups={"symmetric": 1, "indefinite": 1, "not symmetric": 1, "singular": 1},
    driver=Call(("kappa",)),
    cases=_condition_cases,
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


def _stable_rate_cases(rng: np.random.Generator) -> Iterator[Case]:
    values = np.array([rng.uniform(0.2, 1), rng.uniform(4, 9), rng.uniform(1.5, 3)])
    yield Case("diagonal", {"H": np.diag(values)}, "diagonal")
    yield Case("diagonal", {"H": np.array([[rng.uniform(0.2, 5)]])}, "one dimension")
    for D in (2, 3, 5):
        H = _symmetric(rng, rng.uniform(0.3, 8, size=D))
        yield Case("rotated", {"H": H}, f"{D} dimensions, rotated")


@exercise(groups={"diagonal": 1, "rotated": 2}, driver=Call(("rate",)), cases=_stable_rate_cases)
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


def _critical_cases(rng: np.random.Generator) -> Iterator[Case]:
    def size(n: int) -> np.ndarray:
        return rng.uniform(0.4, 3, size=n)

    # every group asks for more than one answer, so that no constant answer earns it
    minimum = _symmetric(rng, size(3))
    yield Case(("definite", "saddle"), {"H": minimum}, "minimum")
    yield Case("definite", {"H": _symmetric(rng, -size(4))}, "maximum in four dimensions")
    yield Case("definite", {"H": _symmetric(rng, -size(3))}, "maximum in three dimensions")
    H = np.array([[rng.uniform(0.5, 1.5), 0.0], [0.0, rng.uniform(0.5, 1.5)]])
    H[0, 1] = H[1, 0] = rng.uniform(2, 3)
    yield Case("saddle", {"H": H}, "saddle that the diagonal does not show")
    yield Case("saddle", {"H": _symmetric(rng, [*size(2), *-size(2)])}, "two ways down")
    # zeros of 5e-9: within the default tol, but far from rounding, whose sign is arbitrary
    H = _symmetric(rng, [*size(1), 5e-9, *-size(1)])
    yield Case(("saddle", "degenerate"), {"H": H}, "both signs and a flat direction")
    H = _symmetric(rng, [*size(2), 1e-5])
    yield Case("degenerate", {"H": H}, "a minimum with one nearly flat direction")
    H = _symmetric(rng, [*size(2), 3e-8])
    yield Case("degenerate", {"H": H}, "a minimum with an eigenvalue of 3e-8")
    H = _symmetric(rng, [*size(2), -5e-9])
    yield Case("degenerate", {"H": H}, "a flat valley: one eigenvalue -5e-9")
    H = _symmetric(rng, [*-size(3), 5e-9])
    yield Case("degenerate", {"H": H}, "a flat ridge: one eigenvalue 5e-9")
    yield Case("degenerate", {"H": np.zeros((2, 2))}, "no curvature at all")
    H = _symmetric(rng, [*size(3), -3e-3])
    yield Case("degenerate", {"H": H, "tol": 1e-2}, "tol is 1e-2, one eigenvalue -3e-3")


@exercise(
    groups={"definite": 1, "saddle": 2, "degenerate": 2},
    driver=Call(("kind",)),
    cases=_critical_cases,
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


def _descent_cases(rng: np.random.Generator) -> Iterator[Case]:
    def bowl(D: int, c: float = 0.0) -> Function:
        H = _symmetric(rng, rng.uniform(0.5, 3, size=D))
        if c:
            return Function("quartic_gradient", {"H": H, "c": c})
        return Function("quadratic_gradient", {"H": H, "b": rng.uniform(0.5, 2, size=D)})

    for D, lr, steps in ((2, 0.1, 3), (3, 0.4, 6)):
        args = {"grad": bowl(D), "x0": rng.normal(size=D), "lr": lr, "steps": steps}
        yield Case("bowl", args, f"a quadratic in {D} dimensions")
    args = {"grad": bowl(4, 0.5), "x0": rng.uniform(0.3, 1, size=4), "lr": 0.15, "steps": 5}
    yield Case("curved", args, "a loss that is no quadratic")
    args = {"grad": bowl(3), "x0": rng.normal(size=3), "lr": 0.2, "steps": 1}
    yield Case("ends", args, "a single step")
    args = {"grad": bowl(2), "x0": rng.normal(size=2), "lr": 0.2, "steps": 0}
    yield Case("ends", args, "no step: only the start")


@exercise(groups={"bowl": 2, "curved": 1, "ends": 1}, driver=Call(("path",)), cases=_descent_cases)
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


def _noise_cases(rng: np.random.Generator) -> Iterator[Case]:
    for group, N, D, B, label in (
        ("one example", 7, 3, 1, "batches of one example"),
        ("minibatch", 9, 4, 5, "5 of 9 examples"),
        ("minibatch", 5, 1, 2, "2 of 5 examples, one parameter"),
        ("minibatch", 16, 6, 3, "3 of 16 examples"),
        ("full batch", 6, 2, 6, "all examples in one batch"),
        ("full batch", 8, 3, 7, "all examples but one"),
    ):
        grads = rng.normal(size=(N, D)) * rng.uniform(0.5, 2) + rng.uniform(1, 2, size=D)
        yield Case(group, {"per_example_grads": grads, "batch_size": B}, label)


@exercise(
    groups={"one example": 1, "minibatch": 2, "full batch": 1},
    driver=Call(("noise",)),
    cases=_noise_cases,
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
