"""The question `condition_number` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.gradient_descent._cases import shuffled, symmetric
from cs231n_lib.exercise.declare import Case, Tolerance, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    for D in (2, 4):
        yield Case("symmetric", {"H": symmetric(rng, rng.uniform(0.5, 20, size=D))}, "positive")
    H = symmetric(rng, [1e-2 * rng.uniform(1, 2), *rng.uniform(200, 900, size=2)])
    yield Case("symmetric", {"H": H}, "ill-conditioned, but not singular")
    H = symmetric(rng, [-rng.uniform(5, 9), -0.3, rng.uniform(0.5, 1), rng.uniform(2, 4)])
    yield Case("indefinite", {"H": H}, "eigenvalues of both signs")
    H = symmetric(rng, -rng.uniform(0.2, 6, size=3))
    yield Case("indefinite", {"H": H}, "all eigenvalues negative")
    # a triangle with equal diagonal entries: all eigenvalues equal, singular values far apart
    H = np.triu(rng.uniform(1, 3, size=(3, 3)), 1) + rng.uniform(0.5, 1.5) * np.eye(3)
    yield Case("not symmetric", {"H": H}, "not symmetric: a triangular matrix")
    # as U diag(sigma) V': a random matrix would now and then be too ill-conditioned for
    # whoever takes the roots of the eigenvalues of H'H, which squares the condition number
    U, V = (np.linalg.qr(rng.normal(size=(4, 4)))[0] for _ in range(2))
    H = (U * rng.uniform(0.5, 20, size=4)) @ V.T
    yield Case("not symmetric", {"H": H}, "not symmetric")
    singular: list[tuple[np.ndarray, str]] = []
    for D in (4, 5):
        H = rng.integers(1, 10, size=(D, D)).astype(np.float64)
        H[-1] = H[:-1].sum(axis=0)
        singular.append((H, "singular: the last row is the sum of the others"))
    singular.append((np.zeros((3, 3)), "all zeros"))
    # on both sides of the limit; a diagonal matrix shows its singular values exactly
    D, eps = 3, np.finfo(np.float64).eps
    for low, label in ((0.3, "singular to working precision"), (1.5, "almost singular")):
        scale, times = rng.uniform(20, 30), rng.uniform(low, 2 * low)
        values = np.array([scale, 1.0, times * eps * D * scale])
        singular.append((np.diag(rng.permutation(values)), f"{label}: large, but diagonal"))
    H = symmetric(rng, [1e-5 * rng.uniform(1, 2), *rng.uniform(1, 2, size=2)])
    singular.append((H, "nearly singular, but far from working precision"))
    yield from shuffled(rng, [Case("singular", {"H": H}, label) for H, label in singular])
    H = 1e-20 * rng.uniform(1, 2, size=(3, 3)) + 4e-20 * np.eye(3)
    yield Case("not symmetric", {"H": H}, "every entry tiny, far from singular")


@exercise(
    section="Pathology 1: the ravine",
    groups={"symmetric": 1, "indefinite": 1, "not symmetric": 1, "singular": 1},
    driver=Call(("kappa",)),
    cases=cases,
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
