"""Gradient descent in an elongated bowl: its path, and what can be counted on it.

The bowl is ``(u^2 + kappa v^2) / 2`` with ``(u, v)`` the coordinates along its flat and its steep
direction.
"""

from __future__ import annotations

import numpy as np
import torch

KAPPA = 100.0  # steep curvature of the bowl; the flat one is 1


def torch_path(rate: float, steps: int, seed: int = 0, kappa: float = KAPPA) -> np.ndarray:
    """``torch.optim.SGD`` in a bowl turned by a random angle.

    The optimiser never sees the bowl's own directions; the result is given in them.

    Returns:
        Coordinates along (flat, steep) at every step, shape (steps + 1, 2).
    """
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, np.pi)
    basis = torch.tensor([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    curvature = torch.tensor([1.0, kappa], dtype=basis.dtype)
    start = torch.tensor(rng.uniform(0.5, 1.5, 2) * rng.choice([-1, 1], 2))
    x = (basis @ start).requires_grad_()
    optimiser = torch.optim.SGD([x], lr=rate)
    path = [start.numpy().copy()]
    for _ in range(steps):
        x.grad = basis @ (curvature * (basis.T @ x.detach()))
        optimiser.step()
        path.append((basis.T @ x.detach()).numpy())
    return np.array(path)


def exact_path(curvature: np.ndarray, start: np.ndarray, rate: float, steps: int) -> np.ndarray:
    """The same path by its closed form ``(1 - rate * curvature)**t``, shape (steps + 1, D)."""
    return start * (1 - rate * np.asarray(curvature)) ** np.arange(steps + 1)[:, None]


def sign_changes(path: np.ndarray) -> np.ndarray:
    """Share of steps at which each coordinate changed sign, shape (coordinates,)."""
    return (np.sign(path[1:]) * np.sign(path[:-1]) < 0).mean(axis=0)


def steps_to(path: np.ndarray, fraction: float = 0.01) -> float:
    """First step at which the distance to 0 fell below ``fraction`` of its start; inf if none."""
    length = np.linalg.norm(path, axis=1)
    below = np.flatnonzero(length <= fraction * length[0])
    return float(below[0]) if len(below) else np.inf


def steps_of_excess(curvature: np.ndarray, weight: np.ndarray, rate: float, to: float) -> float:
    """First step at which the loss above the minimum is at most ``to`` times its start.

    Args:
        curvature: eigenvalues of the Hessian, shape (D,).
        weight: squared distance from the minimum along each eigenvector, shape (D,).
        rate: a stable learning rate, so that the excess falls at every step.
        to: between 0 and 1.
    """
    share = curvature * weight / np.sum(curvature * weight)

    def excess(t: float) -> float:
        return float(share @ (1 - rate * curvature) ** (2 * t))

    high = 1
    while excess(high) > to:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if excess(middle) > to else (low, middle)
    return float(high)
