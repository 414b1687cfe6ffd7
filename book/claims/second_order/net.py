"""A small net on the digits in one vector of weights: its loss, its gradient, what is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import torch
from scipy.special import log_softmax

from claims.digits import PARTS, digits

HIDDEN = 16
Rows = slice | np.ndarray


def sizes(hidden: int = HIDDEN) -> list[int]:
    """How many numbers of the vector are first weights, first biases, second weights, biases."""
    return [64 * hidden, hidden, 10 * hidden, 10]


def start(seed: int, hidden: int = HIDDEN) -> np.ndarray:
    """Weights with variance 1 / fan-in, biases zero, in one vector."""
    w = np.random.default_rng(seed).normal(size=sum(sizes(hidden)))
    return np.repeat([1 / 8, 0.0, hidden**-0.5, 0.0], sizes(hidden)) * w


def net_loss(
    X: torch.Tensor, y: torch.Tensor, hidden: int = HIDDEN
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Mean cross-entropy of a 64-hidden-10 tanh net on these examples, for autograd."""

    def loss(w: torch.Tensor) -> torch.Tensor:
        W1, b1, W2, b2 = torch.split(w, sizes(hidden))
        out = torch.tanh(X @ W1.view(64, hidden) + b1) @ W2.view(hidden, 10) + b2
        return torch.nn.functional.cross_entropy(out, y)

    return loss


@cache
def _part(seed: int, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images with a 1 at their end, and labels as rows of the identity."""
    X, y = (values.numpy() for values in digits(seed)[part])
    return np.hstack([X, np.ones((len(X), 1))]), np.eye(10)[y]


def value_and_slope(
    w: np.ndarray,
    seed: int,
    rows: Rows = slice(None),
    mask: np.ndarray | float = 1.0,
    part: str = "training",
) -> tuple[float, np.ndarray]:
    """Mean cross-entropy on some examples of a seed's split, and its gradient.

    Autograd would do; this is faster.  ``mask`` multiplies the hidden units.
    """
    (X, T), hidden = _part(seed, part), (len(w) - 10) // 75
    X, T = X[rows], T[rows]
    first, second = np.split(w, [65 * hidden])
    first, second = first.reshape(65, hidden), second.reshape(hidden + 1, 10)
    active = np.tanh(X @ first)
    seen = active * mask
    out = seen @ second[:-1] + second[-1]
    logs = log_softmax(out, axis=1)
    error = (np.exp(logs) - T) / len(X)
    back = error @ second[:-1].T * mask * (1 - active**2)
    value = -(logs * T).sum() / len(X)
    pieces = (X.T @ back, seen.T @ error, error.sum(axis=0))
    return float(value), np.concatenate([piece.ravel() for piece in pieces])


def measures(w: np.ndarray, seed: int) -> dict[str, float]:
    """Loss on each part of a seed's split, and ``accuracy`` on the test part.

    A run that has diverged has infinite losses and accuracy 0.
    """
    with np.errstate(all="ignore"):
        found = {part: value_and_slope(w, seed, part=part)[0] for part in PARTS}
        if not np.isfinite(list(found.values())).all():
            return dict.fromkeys(PARTS, np.inf) | {"accuracy": 0.0}
        (X, T), hidden = _part(seed, "test"), (len(w) - 10) // 75
        first, second = w[: 65 * hidden].reshape(65, hidden), w[65 * hidden :].reshape(-1, 10)
        named = (np.tanh(X @ first) @ second[:-1] + second[-1]).argmax(axis=1)
    return found | {"accuracy": float((named == T.argmax(axis=1)).mean())}


def batches(seed: int, size: int) -> Iterator[Rows]:
    """Random minibatches without end; everything, if the size says so."""
    count, rng = len(_part(seed, "training")[0]), np.random.default_rng(seed)
    while True:
        yield slice(None) if size >= count else rng.choice(count, size, replace=False)


def trained(seed: int, hidden: int, steps: int, lr: float = 0.1) -> np.ndarray:
    """Weights after so many minibatches of 64 by torch's SGD with momentum 0.9."""
    w = torch.from_numpy(start(seed, hidden)).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    for _, rows in zip(range(steps), batches(seed, 64), strict=False):
        w.grad = torch.from_numpy(value_and_slope(w.detach().numpy(), seed, rows)[1])
        optimizer.step()
    return w.detach().numpy()
