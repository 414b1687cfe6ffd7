"""The question `bfgs_inverse_update` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.second_order._cases import away, symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def args(D: int, size: float = 1.0) -> dict[str, np.ndarray]:
        H = symmetric(rng, rng.uniform(0.5, 4, size=D))
        s = size * away(rng, D)
        y = symmetric(rng, rng.uniform(0.3, 3, size=D)) @ s
        return {"H": H, "s": s, "y": y}

    for D in (1, 2, 3, 5):
        yield Case("update", args(D), f"{D} parameters" if D > 1 else "one parameter")
    yield Case("update", args(4) | {"H": np.eye(4)}, "the first update, from the identity")
    yield Case("curvature", args(3, 1e-7), "a tiny step: s.y is tiny, yet positive")
    bent = args(3)
    yield Case("curvature", bent | {"y": -bent["y"]}, "the slope became steeper: s.y < 0")
    flat = args(2)
    s = rng.integers(1, 9, size=2).astype(np.float64)
    yield Case("curvature", flat | {"s": s, "y": np.array([-s[1], s[0]])}, "s.y is exactly zero")


@exercise(
    section="Learning the inverse from gradients",
    groups={"update": 3, "curvature": 2},
    driver=Call(("H_next",)),
    cases=cases,
)
def bfgs_inverse_update(H: np.ndarray, s: np.ndarray, y: np.ndarray):
    """BFGS's update of the estimate of the inverse Hessian.

        H_next = (I - rho s y^T) H (I - rho y s^T) + rho s s^T,   rho = 1 / (s . y)

    The result satisfies the secant equation H_next y = s, and stays symmetric and
    positive definite. When s . y <= 0 no positive definite matrix can do that: then the
    pair is skipped, and H is returned as it was. Any positive s . y is used, however small.

    Parameters:
        H: estimate of the inverse Hessian, symmetric positive definite, shape (D, D).
        s: step x_{k+1} - x_k, shape (D,).
        y: difference of gradients, grad(x_{k+1}) - grad(x_k), shape (D,).

    Returns:
        H_next: the new estimate, shape (D, D).

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), equation 6.17.
    """
    raise NotImplementedError
