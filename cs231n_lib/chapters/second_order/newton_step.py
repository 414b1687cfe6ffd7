"""The question `newton_step` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.second_order._cases import away, symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def args(H: np.ndarray, grad: np.ndarray | None = None) -> dict[str, np.ndarray]:
        x = away(rng, len(H), 1, 3)
        return {"x": x, "grad": away(rng, len(H)) if grad is None else grad, "hess": H}

    for D in (2, 4):
        H = symmetric(rng, rng.uniform(2, 9, size=D))
        yield Case("bowl", args(H), f"a bowl in {D} dimensions")
    yield Case("bowl", args(np.array([[rng.uniform(0.1, 0.4)]])), "a shallow parabola")
    H = symmetric(rng, [*rng.uniform(1, 4, size=2), -rng.uniform(1, 4)])
    yield Case("saddle", args(H), "curved both ways: the step leads to the saddle")
    yield Case("saddle", args(symmetric(rng, -rng.uniform(1, 4, size=2))), "near a maximum")
    yield Case("saddle", args(symmetric(rng, rng.uniform(2, 5, size=3))), "near a minimum")
    a, b = rng.uniform(0.5, 2, size=2)
    H = np.array([[a, a, 0.0], [a, a, 0.0], [0.0, 0.0, b]])
    slope = away(rng, 2)
    yield Case("singular", args(H, slope[[0, 0, 1]]), "a flat valley floor, no slope along it")
    grad = np.array([1.0, 0.2, 0.5]) * rng.uniform(0.5, 1.5, size=3)
    yield Case("singular", args(H, grad), "a flat direction with a slope along it")
    v = away(rng, 4, 0.5, 1)
    yield Case("singular", args(np.outer(v, v)), "curved in one direction of four")


@exercise(
    section="The model and its step",
    groups={"bowl": 1, "saddle": 1, "singular": 2},
    driver=Call(("next_x",)),
    cases=cases,
)
def newton_step(x: np.ndarray, grad: np.ndarray, hess: np.ndarray):
    """One step of Newton's method: to the critical point of the local quadratic model.

        next_x = x + p,   hess p = -grad

    There is no learning rate. The method looks for a critical point of the model, not for
    a minimum: where the Hessian has negative eigenvalues it walks to a saddle or a
    maximum, and so must your function.

    A singular Hessian has flat directions, along which the model knows no best point.
    Then p is the shortest vector among those that minimise |hess p + grad|: it is zero
    along every flat direction, even if the gradient is not. A direction is flat when its
    eigenvalue is zero to rounding (1e-15 of the largest magnitude, or less).

    Parameters:
        x: the point, shape (D,).
        grad: gradient at x, shape (D,).
        hess: Hessian at x, symmetric, shape (D, D).

    Returns:
        next_x: the point after the step, shape (D,).

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), equation 2.15; least
    norm for singular matrices: G. Golub and C. Van Loan, Matrix Computations, section 5.5.
    """
    raise NotImplementedError
