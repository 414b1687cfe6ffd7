"""The question `gradient_descent` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cs231n_lib.chapters.gradient_descent._cases import symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call
from cs231n_lib.wire import Function


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def bowl(D: int, c: float = 0.0) -> Function:
        H = symmetric(rng, rng.uniform(0.5, 3, size=D))
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


@exercise(
    section="The exact story on a quadratic",
    groups={"bowl": 2, "curved": 1, "ends": 1},
    driver=Call(("path",)),
    cases=cases,
)
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
