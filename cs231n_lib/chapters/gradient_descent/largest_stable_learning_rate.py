"""The question `largest_stable_learning_rate` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.gradient_descent._cases import symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    values = np.array([rng.uniform(0.2, 1), rng.uniform(4, 9), rng.uniform(1.5, 3)])
    yield Case("diagonal", {"H": np.diag(values)}, "diagonal")
    yield Case("diagonal", {"H": np.array([[rng.uniform(0.2, 5)]])}, "one dimension")
    for D in (2, 3, 5):
        H = symmetric(rng, rng.uniform(0.3, 8, size=D))
        yield Case("rotated", {"H": H}, f"{D} dimensions, rotated")
    # a constant under the line is felt here, and whoever searches up to 1000 still finds the rate
    flat = 1e-3 * symmetric(rng, rng.uniform(3, 8, size=3))
    yield Case("rotated", {"H": flat}, "a flat bowl")


@exercise(
    section="The exact story on a quadratic",
    groups={"diagonal": 1, "rotated": 2},
    driver=Call(("rate",)),
    cases=cases,
)
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
