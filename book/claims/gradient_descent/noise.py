"""Noise of minibatch gradients, and what it does to a run at a constant rate."""

from __future__ import annotations

import numpy as np
import torch
from torch.func import grad, vmap

from claims.gradient_descent.components import components

SIZES = (1, 2, 4, 8, 16, 32, 64, 96, 128, 160, 192, 224, 240)
TARGETS = 64  # examples of the one-dimensional loss


def batch_noise(seed: int, n: int = 256, draws: int = 400) -> np.ndarray:
    """Mean squared distance of batch gradient to full gradient for each of :data:`SIZES`.

    Gradients of a random softmax classifier on ``n`` digits; batches without repetition.
    """
    Z, y = components(seed, n, 20)
    generator = torch.Generator().manual_seed(seed)
    W = 0.3 * torch.randn(20, 10, generator=generator, dtype=torch.float64)

    def loss(W: torch.Tensor, z: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(z @ W, label)

    each = vmap(grad(loss), in_dims=(None, 0, 0))(W, Z, y).flatten(1)
    noise = []
    for size in SIZES:
        # A row of ranks below `size` marks a batch in which no example occurs twice.
        ranks = torch.rand(draws, n, generator=generator).argsort(1).argsort(1)
        batches = (ranks < size).double() / size
        noise.append(float(((batches @ each - each.mean(0)) ** 2).sum(1).mean()))
    return np.array(noise)


def relative_noise(each: torch.Tensor, batch: int) -> float:
    """Root mean square error of a batch's gradient over the length of the full gradient.

    Args:
        each: gradient of each example, shape (N, D).
        batch: size of the batches, drawn without replacement.
    """
    n, mean = len(each), each.mean(0)
    variance = ((each - mean) ** 2).sum(1).mean() / batch * (n - batch) / (n - 1)
    return float(variance.sqrt() / mean.norm())


def noisy_descent(
    rate: float, batch: int, seed: int = 0, steps: int = 400, epochs: bool = False
) -> np.ndarray:
    """Mean of x^2 at every step over 2,000 runs of SGD on the mean of ``(x - c_i)^2 / 2``.

    64 targets ``c_i`` with mean 0 and variance 1.  Batches are drawn with replacement, or
    cut from a fresh shuffle in every epoch when ``epochs`` is true; ``batch`` must then divide 64.
    """
    rng = np.random.default_rng(seed)
    targets = rng.normal(size=TARGETS)
    targets = (targets - targets.mean()) / targets.std()
    x, history = np.full(2000, 3.0), []
    for step in range(steps):
        history.append(np.mean(x**2))
        if epochs and step % (TARGETS // batch) == 0:
            order = rng.permuted(np.tile(targets, (2000, 1)), axis=1)
        first = step % (TARGETS // batch) * batch
        drawn = order[:, first : first + batch] if epochs else rng.choice(targets, (2000, batch))
        x = x - rate * (x - drawn.mean(axis=1))
    return np.array(history)


def floor(rate: float, batch: int) -> float:
    """The derived stationary mean of x^2: curvature 1, noise of variance 1 / batch."""
    return rate / (batch * (2 - rate))
