"""The question `svm_loss` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.training_loop._cases import CLEAR, LOSS_GROUPS, labels
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Loss


def _svm_scores(rng: np.random.Generator, y: np.ndarray, classes: int) -> np.ndarray:
    """Scores with clear margins: first row two active ones, last row one active, one not."""
    n, rows = len(y), np.arange(len(y))
    while True:
        x = 1.5 * rng.normal(size=(n, classes))
        margin = x - x[rows, y][:, None] + 1.0
        margin[rows, y] = np.nan
        active = np.nansum(margin > 0, axis=1)
        inactive = classes - 1 - active
        if (
            np.nanmin(np.abs(margin)) > CLEAR
            and active[0] >= 2
            and active[-1] >= 1
            and inactive[-1] >= 1
        ):
            return x


def cases(rng: np.random.Generator) -> Iterator[Case]:
    for n, classes in ((2, 3), (4, 3), (3, 6)):
        y = labels(rng, n, classes)
        args = {"x": _svm_scores(rng, y, classes), "y": y}
        yield Case(("loss", "gradient"), args, f"{n} examples, {classes} classes")


@exercise(section="The multiclass SVM loss", groups=LOSS_GROUPS, driver=Loss(), cases=cases)
def svm_loss(x: np.ndarray, y: np.ndarray):
    """Multiclass SVM (hinge) loss of a batch with margin 1, with its gradient.

        loss = (1/N) sum_i sum_{j != y_i} max(0, x_ij - x_{i, y_i} + 1)

    The loss is the mean over the batch; the true class has no term of its own. No
    regularisation here.

    Parameters:
        x: scores, shape (N, C); x[i, j] is the score of class j for example i.
        y: labels, integers of shape (N,) with 0 <= y[i] < C.

    Returns:
        loss: a number.
        dx: gradient of the loss with respect to x, shape (N, C); any subgradient
            where a margin is exactly 0.

    Source: CS231n, assignment 2, the same function; J. Weston and C. Watkins,
    Support vector machines for multi-class pattern recognition, ESANN 1999.
    """
    raise NotImplementedError
