"""The question `numerical_gradient` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cs231n_lib.chapters.training_loop._cases import away
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call
from cs231n_lib.wire import Function


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def cubic(shape: tuple[int, ...]) -> Function:
        return Function("cubic", {"a": away(rng, shape), "b": rng.normal(size=shape)})

    def waves(shape: tuple[int, ...]) -> Function:
        return Function("sine_product", {"a": 1.0 + rng.uniform(size=shape)})

    for f, h in ((cubic((3,)), 0.1), (waves((4,)), 0.2), (cubic((5,)), 0.01)):
        size = len(f.params["a"])
        yield Case("step h", {"f": f, "x": away(rng, (size,)), "h": h}, f"h = {h}")
    yield Case("default h", {"f": cubic((3,)), "x": away(rng, (3,))}, "no h given")
    # a curvature so sharp that the default step itself can be read off the result
    sharp = Function("cubic", {"a": 1e10 * away(rng, (4,)), "b": away(rng, (4,))})
    yield Case("default h", {"f": sharp, "x": 1e-5 * away(rng, (4,))}, "no h given, sharp curve")
    for f, shape in ((waves((2, 3)), (2, 3)), (cubic((3, 1, 2)), (3, 1, 2))):
        yield Case("shapes", {"f": f, "x": away(rng, shape), "h": 0.05}, f"x of shape {shape}")


@exercise(
    section="Checking a gradient",
    groups={"step h": 2, "default h": 1, "shapes": 1},
    driver=Call(("grad",)),
    cases=cases,
)
def numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5):
    """Gradient of a scalar function by centred differences, one entry at a time.

    With e_i the array that is 1 at entry i and 0 elsewhere:

        grad_i = (f(x + h e_i) - f(x - h e_i)) / (2 h)

    Parameters:
        f: function from an array of x's shape to a number.
        x: the point, a float array of any shape; after the call it must hold what it
            held before.
        h: the step, a positive number.

    Returns:
        grad: same shape as x.

    Source: CS231n notes, "Gradient checks"; CS231n's eval_numerical_gradient.
    """
    raise NotImplementedError
