"""The question `two_layer_loss` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.training_loop._cases import CLEAR, away, labels
from cs231n_lib.exercise.declare import Case, Group, exercise
from cs231n_lib.exercise.drivers import Loss


def _net(
    rng: np.random.Generator, shape: tuple[int, ...], hidden: int, classes: int, y: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Parameters and inputs away from every kink, with units on and off, scores of both signs."""
    size = int(np.prod(shape[1:]))
    while True:
        params = {
            "W1": rng.normal(size=(size, hidden)),
            "b1": away(rng, (hidden,)),
            "W2": rng.normal(size=(hidden, classes)),
            "b2": away(rng, (classes,)),
        }
        X = rng.normal(size=shape)
        before = X.reshape(shape[0], -1).dot(params["W1"]) + params["b1"]
        on = before > 0
        scores = np.where(on, before, 0.0).dot(params["W2"]) + params["b2"]
        clear = min(np.abs(before).min(), np.abs(scores).min()) > CLEAR
        mixed = on.any() and not on.all() and scores.min() < 0 < scores.max()
        calm = np.abs(scores).max() < 6.0
        if clear and mixed and calm and _lasting(scores, params["W2"], on, y):
            return params, X


def _lasting(scores: np.ndarray, W2: np.ndarray, on: np.ndarray, y: np.ndarray) -> bool:
    """Whether something is left of the gradient of every parameter.

    Its terms may cancel until rounding is all there is, and no order of operations is
    right any more.  Terms of one sign cannot: those of a class that no label takes, and
    those of a unit whose weight to the label is the least, or the largest, of its weights
    in every example that switches it on.
    """
    true = y[:, None] == np.arange(scores.shape[1])
    favourite = scores.argmax(axis=1)
    unsure = np.where(true, -np.inf, scores).max(axis=1) > scores[true] - 1.5
    weights, label = W2[None], W2[:, y].T
    least = np.where(true[:, None], np.inf, weights).min(axis=2) > label + 0.5
    largest = np.where(true[:, None], -np.inf, weights).max(axis=2) < label - 0.5
    one_sign = (least | ~on).all(axis=0) | (largest | ~on).all(axis=0)
    return bool(
        unsure.all() and not np.isin(favourite, y).all() and (one_sign & on.any(axis=0)).any()
    )


def cases(rng: np.random.Generator) -> Iterator[Case]:
    # more classes than examples: one of them is no label
    for shape, hidden, classes, group in (
        ((2, 3), 4, 5, ("loss", "gradients")),
        ((4, 2, 3), 7, 5, ("loss", "gradients")),
        ((3, 4), 2, 5, "regularised"),
        ((5, 3), 4, 6, "regularised"),
    ):
        y = labels(rng, shape[0], classes)
        params, X = _net(rng, shape, hidden, classes, y)
        args = {"params": params, "X": X, "y": y}
        label = f"X of shape {shape}, {hidden} hidden units, {classes} classes"
        if group == "regularised":
            args["reg"] = float(rng.uniform(0.3, 1.5))
            label += ", reg above 0"
        yield Case(group, args, label)


@exercise(
    section="Two layers, end to end",
    groups={
        "loss": Group(3, ("loss",)),
        "gradients": Group(3, ("dW1", "db1", "dW2", "db2"), own=True),
        "regularised": Group(2),
    },
    driver=Loss(wrt="params", gradient="grads"),
    cases=cases,
    calls=("affine_forward", "affine_backward", "relu_forward", "relu_backward", "softmax_loss"),
)
def two_layer_loss(params: dict[str, np.ndarray], X: np.ndarray, y: np.ndarray, reg: float = 0.0):
    """Loss and all gradients of a net with one hidden layer.

        scores = affine(relu(affine(X; W1, b1)); W2, b2)
        loss   = softmax_loss(scores, y) + reg/2 * (sum W1^2 + sum W2^2)

    Biases are not regularised. Build it from the functions you have already written.

    Parameters:
        params: dictionary with 'W1' of shape (D, H), 'b1' (H,), 'W2' (H, C), 'b2' (C,).
        X: a batch of N examples, shape (N, d_1, ..., d_k) with d_1 * ... * d_k = D.
        y: labels, integers of shape (N,) with 0 <= y[i] < C.
        reg: strength of the L2 penalty; the factor 1/2 stands in the formula above.

    Returns:
        loss: a number.
        grads: dictionary with the keys of params; grads[k] has the shape of params[k].

    Source: the loss of CS231n's TwoLayerNet, assignment 2, as a function.
    """
    raise NotImplementedError
