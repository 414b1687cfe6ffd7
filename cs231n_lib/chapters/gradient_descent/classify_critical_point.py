"""The question `classify_critical_point` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.gradient_descent._cases import shuffled, symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call

KINDS = ("minimum", "maximum", "saddle", "degenerate")


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Every group asks for all four answers, in an order and a number that are drawn."""

    def size(n: int) -> np.ndarray:
        return rng.uniform(0.4, 3, size=n)

    def spectrum(kind: str, D: int, flat: float = 0.0) -> np.ndarray:
        """D eigenvalues of a point of this kind."""
        if kind == "saddle":
            down = int(rng.integers(1, D))
            return np.concatenate([size(D - down), -size(down)])
        if kind == "degenerate":
            return np.append(size(D - 1) * rng.choice([-1.0, 1.0]), flat)
        return size(D) if kind == "minimum" else -size(D)

    def any_kind() -> str:
        return str(rng.choice(KINDS))

    cases = []
    for kind, D in [*((kind, 3) for kind in KINDS), (any_kind(), 2), (any_kind(), 4)]:
        H = np.diag(rng.permutation(spectrum(kind, D)))
        cases.append(Case("diagonal", {"H": H}, f"a diagonal matrix: {kind}"))
    yield from shuffled(rng, cases)

    # zeros of 5e-9: within the default tol, but far from rounding, whose sign is arbitrary
    def flat() -> float:
        return float(5e-9 * rng.choice([-1.0, 1.0]))

    H = np.array([[rng.uniform(0.5, 1.5), 0.0], [0.0, rng.uniform(0.5, 1.5)]])
    H[0, 1] = H[1, 0] = rng.uniform(2, 3)
    cases = [Case("rotated", {"H": H}, "saddle that the diagonal does not show")]
    some = [*((kind, 4) for kind in KINDS), ("maximum", 3), (any_kind(), 3), (any_kind(), 4)]
    for kind, D in some:
        H = symmetric(rng, spectrum(kind, D, flat()))
        cases.append(Case("rotated", {"H": H}, f"{kind} in {D} dimensions, rotated"))
    yield from shuffled(rng, cases)

    sign = rng.choice([-1.0, 1.0])
    near = [
        ([*size(1), flat(), *-size(1)], "saddle with a flat direction"),
        ([*size(2), 1e-5], "minimum with one nearly flat direction"),
        ([*size(2), 3e-8], "minimum with an eigenvalue of 3e-8"),
        ([*-size(2), -3e-8], "maximum with an eigenvalue of -3e-8"),
        ([*size(2), -5e-9], "degenerate: a valley with an eigenvalue of -5e-9"),
        ([*-size(3), 5e-9], "degenerate: a ridge with an eigenvalue of 5e-9"),
        ([*sign * size(2), sign * 3e-8], "minimum or maximum, nearly flat"),
        ([*size(2), -1e-6 * rng.uniform(1, 2)], "saddle with one gentle way down"),
    ]
    cases = [Case("nearly flat", {"H": symmetric(rng, v)}, label) for v, label in near]
    cases.append(Case("nearly flat", {"H": np.zeros((2, 2))}, "degenerate: no curvature at all"))
    yield from shuffled(rng, cases)
    # with a determinant beyond tol
    wide = [
        ([*rng.uniform(1.6, 3, size=3), -3e-3], "degenerate: tol is 1e-2, one eigenvalue -3e-3"),
        ([*rng.uniform(1.6, 3, size=2), -3e-2], "saddle: tol is 1e-2, one eigenvalue -3e-2"),
    ]
    yield from shuffled(
        rng,
        [Case("nearly flat", {"H": symmetric(rng, v), "tol": 1e-2}, label) for v, label in wide],
    )


@exercise(
    section="Pathology 2: critical points that are no minima",
    groups={"diagonal": 1, "rotated": 2, "nearly flat": 2},
    driver=Call(("kind",)),
    cases=cases,
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
