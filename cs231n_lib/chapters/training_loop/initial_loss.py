"""The question `initial_loss` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    few, many = int(rng.integers(3, 10)), int(rng.integers(20, 1000))
    yield Case("softmax", {"num_classes": few}, "defaults")
    args = {"num_classes": many, "loss": "softmax", "delta": 2.5}
    yield Case("softmax", args, "a delta that softmax does not know")
    yield Case("svm", {"num_classes": few + 1, "loss": "svm"}, "margin left out")
    yield Case("svm", {"num_classes": many, "loss": "svm", "delta": 0.5}, "margin 0.5")
    delta = float(rng.uniform(2.0, 5.0))
    yield Case("svm", {"num_classes": many + 1, "loss": "svm", "delta": delta}, "a large margin")


@exercise(
    section="Before the first step: the initial loss",
    groups={"softmax": 1, "svm": 1},
    driver=Call(("value",)),
    cases=cases,
)
def initial_loss(num_classes: int, loss: str = "softmax", delta: float = 1.0):
    """The loss to expect before the first step, when all scores are about equal.

    Take every score of every class to be the same number and work the loss out: the
    mean over the batch, without regularisation.

    Parameters:
        num_classes: C, at least 2.
        loss: 'softmax' for the mean cross-entropy (natural logarithm), 'svm' for the
            multiclass hinge loss, summed over the wrong classes.
        delta: margin of the hinge loss; 'softmax' does not use it.

    Returns:
        value: a number.

    Source: CS231n notes, "Before learning: sanity checks tips/tricks".
    """
    raise NotImplementedError
