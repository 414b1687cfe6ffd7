"""The question `l2_gradient` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    for shape, reg in (((3,), 0.3), ((2, 4), 2.5), ((3, 2, 2), 1.0)):
        args = {"w": rng.normal(size=shape), "dw": rng.normal(size=shape), "reg": reg}
        yield Case("gradient", args, f"strength {reg}")
    args = {"w": rng.normal(size=(2, 3)), "dw": rng.normal(size=(2, 3)), "reg": 0.0}
    yield Case("gradient", args, "no penalty")


@exercise(
    section="L2 and weight decay", groups={"gradient": 2}, driver=Call(("gradient",)), cases=cases
)
def l2_gradient(w: np.ndarray, dw: np.ndarray, reg: float):
    """The gradient of a loss after an L2 penalty has been added to it.

        loss = data loss + reg / 2 * sum(w**2)

    The factor 1/2 is the convention of CS231n's assignments and of PyTorch's
    weight_decay; the lectures' slides leave it out.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the data loss with respect to w, same shape.
        reg: strength of the penalty, a float from 0.

    Returns:
        gradient: of the whole loss with respect to w, same shape as w.

    Source: A. Krogh and J. Hertz, A simple weight decay can improve generalization,
    NIPS 1991.
    """
    raise NotImplementedError
