"""The question `softmax_loss` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.training_loop._cases import LOSS_GROUPS, labels
from cs231n_lib.exercise.declare import Case, Group, exercise
from cs231n_lib.exercise.drivers import Loss

WIDE = 4.0  # largest difference of two large scores of one example: no underflow


def _single(x: np.ndarray) -> np.ndarray:
    """The nearest numbers that single precision holds: near 1000 its rounding alone is 3e-5."""
    return x.astype(np.float32).astype(np.float64)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    for n, classes in ((2, 3), (4, 3), (3, 7)):
        args = {"x": 1.5 * rng.normal(size=(n, classes)), "y": labels(rng, n, classes)}
        yield Case(("loss", "gradient"), args, f"{n} examples, {classes} classes")
    x = _single(1000.0 + rng.uniform(-WIDE / 2, WIDE / 2, size=(3, 4)))
    yield Case("large scores", {"x": x, "y": labels(rng, 3, 4)}, "all scores near 1000")
    near = np.array([[900.0], [0.0], [-900.0]])
    x = _single(near + rng.uniform(-WIDE / 2, WIDE / 2, size=(3, 5)))
    yield Case("large scores", {"x": x, "y": labels(rng, 3, 5)}, "rows near 900, 0 and -900")
    # an exact answer only where the true class leads: log of a probability of zero is no loss
    x, y = rng.normal(size=(3, 4)), labels(rng, 3, 4)
    x[1] -= 1500.0
    x[1, y[1]] += 3000.0
    yield Case("large scores", {"x": _single(x), "y": y}, "one row from -1500 to 1500")
    # a constant in the logarithm, or probabilities that are cut, against a log of zero: the loss
    # of a confident mistake, which matters most, is then far too small
    x, y = rng.normal(size=(2, 4)), labels(rng, 2, 4)
    x[np.arange(2), y] -= 40.0
    yield Case("large scores", {"x": _single(x), "y": y}, "the true class 40 behind")


@exercise(
    section="The softmax loss",
    groups={**LOSS_GROUPS, "large scores": Group(1)},
    driver=Loss(),
    cases=cases,
)
def softmax_loss(x: np.ndarray, y: np.ndarray):
    """Softmax (cross-entropy) loss of a batch, with its gradient.

        p_ij = exp(x_ij) / sum_k exp(x_ik)
        loss = -(1/N) sum_i log p_{i, y_i}

    The loss is the mean over the batch, the logarithm is natural. Scores near 1000 or
    -1000 must give the same finite numbers as the same scores shifted to be near 0.

    Parameters:
        x: scores, shape (N, C); x[i, j] is the score of class j for example i.
        y: labels, integers of shape (N,) with 0 <= y[i] < C.

    Returns:
        loss: a number.
        dx: gradient of the loss with respect to x, shape (N, C).

    Source: CS231n, assignment 2, the same function.
    """
    raise NotImplementedError
