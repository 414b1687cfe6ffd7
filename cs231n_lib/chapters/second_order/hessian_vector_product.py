"""The question `hessian_vector_product` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cs231n_lib.chapters.second_order._cases import away, symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call
from cs231n_lib.wire import Function


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def quartic(D: int, c: float) -> Function:
        H = symmetric(rng, rng.uniform(-2, 3, size=D))
        return Function("quartic_gradient", {"H": H, "c": c})

    for D in (2, 4):
        args = {"grad": quartic(D, 0.0), "x": away(rng, D), "v": away(rng, D), "h": 0.25}
        yield Case("quadratic", args, "a quadratic: exact for any h")
    args = {"grad": quartic(3, 1.0), "x": away(rng, 3), "v": away(rng, 3), "h": 0.5}
    yield Case("curved", args, "a large h shows which points are asked")
    args = {"grad": quartic(3, 2.0), "x": away(rng, 6).reshape(3, 2), "h": 0.2}
    args = {**args, "v": away(rng, 6).reshape(3, 2)}
    order = ("grad", "x", "v", "h")
    yield Case("curved", {k: args[k] for k in order}, "parameters in a matrix")
    args = {"grad": quartic(4, 1.0), "x": away(rng, 4), "v": 3e4 * away(rng, 4)}
    yield Case("curved", args, "the default h, and a long v")


@exercise(
    section="Curvature without the matrix",
    groups={"quadratic": 1, "curved": 2},
    driver=Call(("Hv",)),
    cases=cases,
)
def hessian_vector_product(
    grad: Callable[[np.ndarray], np.ndarray], x: np.ndarray, v: np.ndarray, h: float = 1e-5
):
    """The Hessian times a vector from two gradients, without the Hessian.

    The centred difference of the gradient along v:

        H v ~ (grad(x + h v) - grad(x - h v)) / (2 h)

    v is used as it is, not scaled to length 1.

    Parameters:
        grad: function from parameters to the gradient there, same shape.
        x: parameters, array of any shape.
        v: the vector, same shape as x.
        h: step of the difference, a positive float.

    Returns:
        Hv: same shape as x.

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), equation 8.20, centred.
    """
    raise NotImplementedError
