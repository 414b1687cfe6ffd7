"""The question `affine_backward` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.training_loop._cases import affine_cases
from cs231n_lib.exercise.declare import Case, Group, exercise
from cs231n_lib.exercise.drivers import Backward


def cases(rng: np.random.Generator) -> Iterator[Case]:
    for case in affine_cases(rng):
        n, units = len(case.args["x"]), len(case.args["b"])
        args = {**case.args, "dout": rng.normal(size=(n, units))}
        yield Case(("dx", "dw", "db"), args, case.label)


@exercise(
    section="The affine layer",
    groups={name: Group(1, (name,), own=True) for name in ("dx", "dw", "db")},
    driver=Backward("affine_forward", ("dx", "dw", "db"), added="b"),
    cases=cases,
    calls=("affine_forward",),
)
def affine_backward(dout: np.ndarray, cache):
    """Backward pass of an affine layer: from the gradient of its output to three others.

    With L the loss and out = X w + b as in affine_forward:

        dx = dL/dx,   dw = dL/dw,   db = dL/db,   given dout = dL/dout

    Parameters:
        dout: upstream gradient, shape (N, M).
        cache: what your affine_forward returned beside out.

    Returns:
        dx: shape of x, (N, d_1, ..., d_k).
        dw: shape of w, (D, M).
        db: shape of b, (M,).

    Source: CS231n, assignment 2, the same function.
    """
    raise NotImplementedError
