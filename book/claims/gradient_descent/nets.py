"""Small nets trained on all their examples at once, many starts side by side."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from claims.gradient_descent.components import Labelled

Weights = list[torch.Tensor]
INPUTS, RATE = 20, 0.5


def stacked(width: int, starts: int, seed: int) -> Weights:
    """He-initialised two-layer ReLU nets, 20 inputs and 10 outputs, one row for each start."""
    generator = torch.Generator().manual_seed(seed)
    shapes = (
        (INPUTS, width, (2 / INPUTS) ** 0.5),
        (1, width, 0.0),
        (width, 10, width**-0.5),
        (1, 10, 0.0),
    )
    return [
        s * torch.randn(starts, a, b, generator=generator, dtype=torch.float64)
        for a, b, s in shapes
    ]


def stacked_loss(weights: Sequence[torch.Tensor], data: Labelled) -> torch.Tensor:
    """Mean cross-entropy of each of the stacked nets, shape (starts,)."""
    Z, y = data
    W1, b1, W2, b2 = weights
    scores = torch.relu(Z @ W1 + b1) @ W2 + b2
    each = torch.nn.functional.cross_entropy(
        scores.flatten(0, 1), y.repeat(len(W1)), reduction="none"
    )
    return each.view(len(W1), -1).mean(1)


def slopes(weights: Sequence[torch.Tensor], data: Labelled) -> Weights:
    """Gradients of each net's own loss, in the shapes of the weights.

    Written out, since at these sizes autograd's bookkeeping takes most of the time.
    """
    Z, y = data
    W1, b1, W2, b2 = weights
    hidden = torch.relu(W1.mT @ Z.T + b1.mT)  # units by examples: softmax is fast that way
    back = torch.softmax(W2.mT @ hidden + b2.mT, dim=1)
    back -= torch.nn.functional.one_hot(y, 10).T
    back /= len(y)
    below = (W2 @ back) * (hidden > 0)
    upper, lower = hidden @ back.mT, (below @ Z).mT
    return [lower, below.sum(2)[:, None], upper, back.sum(2)[:, None]]


def trained(weights: Weights, data: Labelled, steps: int, rate: float = RATE) -> Weights:
    """The nets after ``steps`` of full-batch gradient descent; the given ones stay as they are."""
    for _ in range(steps):
        weights = [w - rate * g for w, g in zip(weights, slopes(weights, data), strict=True)]
    return weights


def on_the_line(begin: Weights, end: Weights, data: Labelled, points: int = 21) -> torch.Tensor:
    """Losses along the straight line from ``begin`` to ``end``, shape (points, starts)."""
    return torch.stack(
        [
            stacked_loss([a + s * (b - a) for a, b in zip(begin, end, strict=True)], data)
            for s in torch.linspace(0, 1, points, dtype=torch.float64)
        ]
    )


def largest_rise(losses: torch.Tensor) -> torch.Tensor:
    """How far one climbs at most, walking along the first axis; 0 if it only goes down."""
    return (losses - losses.cummin(0).values).max(0).values


def tanh_loss(w: torch.Tensor, data: Labelled) -> tuple[torch.Tensor, torch.Tensor]:
    """Squared error of a 10-12-10 tanh net without biases, and its gradient.

    Args:
        w: all 240 weights, first layer first.
        data: inputs of shape (n, 10), labels of shape (n,).

    Returns:
        Half the mean squared distance from the class's indicator, and its gradient, shape (240,).
    """
    Z, y = data
    first, second = w[:120].view(10, 12), w[120:].view(12, 10)
    hidden = torch.tanh(Z @ first)
    gap = hidden @ second - torch.nn.functional.one_hot(y, 10).double()
    back = (gap @ second.T) * (1 - hidden**2)
    slope = torch.cat([(Z.T @ back).flatten(), (hidden.T @ gap).flatten()]) / len(y)
    return (gap**2).sum(1).mean() / 2, slope
