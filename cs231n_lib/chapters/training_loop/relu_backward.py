"""The question `relu_backward` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.training_loop._cases import away, relu_cases
from cs231n_lib.exercise.declare import Case, Group, exercise
from cs231n_lib.exercise.drivers import Backward


def cases(rng: np.random.Generator) -> Iterator[Case]:
    for case in relu_cases(rng):
        dout = away(rng, case.args["x"].shape)
        # both signs of dout meet both signs of x
        dout.flat[:4] = np.array([-1.0, -1.0, 1.0, 1.0]) * np.abs(dout.flat[:4])
        yield Case("gradient", {**case.args, "dout": dout}, case.label)


@exercise(
    section="ReLU",
    groups={"gradient": Group(1, own=True)},
    driver=Backward("relu_forward", ("dx",)),
    cases=cases,
    calls=("relu_forward",),
)
def relu_backward(dout: np.ndarray, cache):
    """Backward pass of the rectifier.

        dx = dL/dx,   given dout = dL/dout and out = max(0, x)

    The slope at exactly 0 is not defined; any choice there is right.

    Parameters:
        dout: upstream gradient, same shape as x.
        cache: what your relu_forward returned beside out.

    Returns:
        dx: same shape as x.

    Source: CS231n, assignment 2, the same function.
    """
    raise NotImplementedError
