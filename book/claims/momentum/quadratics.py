"""Momentum and Nesterov on quadratics: linear maps, and ``torch.optim.SGD`` beside them.

On ``f(x) = sum(curvature * x**2) / 2`` either method is one 2x2 linear map per
coordinate, acting on (position, velocity).  The experiments iterate that map, or let
``torch.optim.SGD`` run, and compare.
"""

from __future__ import annotations

import numpy as np
import torch

RHO = 0.9


def step_matrices(
    curvature: np.ndarray, lr: float | np.ndarray, rho: float | np.ndarray, look_ahead: bool = False
) -> np.ndarray:
    """Maps ``(x, v)`` to the next ``(x, v)``; shape ``curvature.shape + (2, 2)``.

    With ``a = lr * curvature``, momentum is ``[[1 - a, rho], [-a, rho]]``; gradients taken
    at the look-ahead point replace ``rho`` by ``rho * (1 - a)``.
    """
    a = np.asarray(lr * np.asarray(curvature, dtype=float))
    kept = rho * (1 - a) if look_ahead else rho + 0 * a
    return np.stack([np.stack([1 - a, kept], -1), np.stack([-a, kept], -1)], -2)


def trajectory(matrices: np.ndarray, start: np.ndarray, steps: int) -> np.ndarray:
    """Iterates the maps from ``start`` of shape (..., 2); returns (steps + 1, ..., 2)."""
    states = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        states.append((matrices @ states[-1][..., None])[..., 0])
    return np.array(states)


def factor(
    curvature: np.ndarray, lr: float | np.ndarray, rho: float | np.ndarray, look_ahead: bool = False
) -> np.ndarray:
    """Spectral radius of each map, from trace and determinant (no units, 1 is the border)."""
    a = lr * np.asarray(curvature, dtype=float)
    det = rho * (1 - a) if look_ahead else rho + 0 * a
    trace = 1 + det - a
    disc = trace**2 - 4 * det
    real = (np.abs(trace) + np.sqrt(np.maximum(disc, 0))) / 2
    return np.where(disc < 0, np.sqrt(np.maximum(det, 0)), real)


def best_factor(curvature: np.ndarray, look_ahead: bool = False) -> float:
    """The smallest worst factor over all rates and rho, for curvatures of at most 1.

    A grid over both, drawn anew twelve times around its best point, each a third as wide.
    """
    span = np.linspace(-1, 1, 101)
    rate, rho, wide = 2.0, 0.5, 1.0
    for _ in range(12):
        rates = np.clip(rate + 2 * wide * span, 1e-6, None)[:, None, None]
        rhos = np.clip(rho + wide * span / 2, 0, 0.9999)[None, :, None]
        worst = factor(curvature, rates, rhos, look_ahead).max(-1)
        i, j = np.unravel_index(worst.argmin(), worst.shape)
        rate, rho, wide = rates[i, 0, 0], rhos[0, j, 0], wide / 3
    return float(worst[i, j])


def torch_path(
    curvature: np.ndarray,
    start: np.ndarray,
    lr: float,
    rho: float,
    steps: int,
    *,
    nesterov: bool = False,
    new_lr: tuple[int, float] | None = None,
) -> np.ndarray:
    """Positions visited by ``torch.optim.SGD``, shape (steps + 1, n).

    ``new_lr = (t, rate)`` sets the rate before step ``t`` (counted from 0).
    """
    c = torch.tensor(curvature, dtype=torch.float64)
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=lr, momentum=rho, nesterov=nesterov)
    path = [x.detach().numpy().copy()]
    for t in range(steps):
        if new_lr is not None and t == new_lr[0]:
            optimizer.param_groups[0]["lr"] = new_lr[1]
        x.grad = c * x.detach()
        optimizer.step()
        path.append(x.detach().numpy().copy())
    return np.array(path)


def bowl(seed: int, condition: float = 100.0, size: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Curvatures between 1/condition and 1 (both included), and a start of random signs."""
    rng = np.random.default_rng(seed)
    inner = condition ** -rng.uniform(0, 1, size - 2)
    curvature = np.sort(np.concatenate([[1 / condition, 1.0], inner]))
    return curvature, rng.choice([-1.0, 1.0], size) * rng.uniform(0.5, 1.5, size)


def at_rest(x: np.ndarray) -> np.ndarray:
    """(x, 0): the state that starts without velocity."""
    return np.stack([x, np.zeros_like(x)], -1)


def steps_to(path: np.ndarray, tolerance: float = 1e-3) -> int:
    """Steps after which the distance to 0 stays below ``tolerance`` times the first."""
    distance = np.linalg.norm(path, axis=-1)
    outside = np.flatnonzero(distance > tolerance * distance[0])
    return int(outside[-1]) + 1
