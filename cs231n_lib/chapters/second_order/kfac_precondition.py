"""The question `kfac_precondition` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.second_order._cases import away, symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def args(D: int, M: int, damping: float) -> dict[str, object]:
        return {
            "grad_W": rng.normal(size=(D, M)),
            "A": symmetric(rng, rng.uniform(0.5, 2, size=D)),
            "S": symmetric(rng, rng.uniform(2, 6, size=M)),
            "damping": damping,
        }

    yield Case("undamped", args(3, 3, 0.0), "a square layer")
    yield Case("undamped", args(2, 4, 0.0), "two inputs, four outputs")
    yield Case("damped", args(3, 3, 0.25), "a square layer, damping 0.25")
    yield Case("damped", args(5, 2, 1.7), "five inputs, two outputs, damping 1.7")
    a, g = away(rng, 3), away(rng, 4)
    one = args(3, 4, 0.64)
    one |= {"A": np.outer(a, a) + 0.02 * np.eye(3), "S": np.outer(g, g) + 0.01 * np.eye(4)}
    yield Case("damped", one, "nearly one example: both factors nearly singular")


@exercise(
    section="Structure instead of memory: K-FAC",
    groups={"undamped": 1, "damped": 3},
    driver=Call(("step",)),
    cases=cases,
)
def kfac_precondition(grad_W: np.ndarray, A: np.ndarray, S: np.ndarray, damping: float):
    """K-FAC's natural gradient of one linear layer, out = x @ W.

    The layer's block of the Fisher (or Gauss-Newton) matrix is taken for a Kronecker
    product A (x) S. Its inverse is the product of the inverses, so that with damping

        step = (A + sqrt(damping) I)^-1 grad_W (S + sqrt(damping) I)^-1

    The root is taken because the product of both terms puts `damping` on the diagonal.

    Parameters:
        grad_W: gradient of the loss with respect to W, shape (D, M).
        A: mean of x x^T over the inputs of the layer, shape (D, D).
        S: mean of g g^T over the gradients with respect to its outputs, shape (M, M).
        damping: a float of at least 0; at 0 both factors are invertible.

    Returns:
        step: the preconditioned gradient, shape (D, M); the weights would go down along it.

    Source: J. Martens and R. Grosse, Optimizing neural networks with Kronecker-factored
    approximate curvature, ICML 2015, sections 3 and 6.3 with pi = 1; for weights stored as
    W^T (outputs first) their formula has the factors the other way round.
    """
    raise NotImplementedError
