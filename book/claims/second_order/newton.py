"""Newton's method on batches of starts, and the functions that chapter 5 tries it on.

Derivatives come from autograd, in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from torch.func import grad, hessian, vmap

from claims.digits import digits

Loss = Callable[[torch.Tensor], torch.Tensor]
PENALTY = 1e-3  # of the logistic regression: half of it times the sum of squares


def tensor(values: object) -> torch.Tensor:
    """float64, like everything in this chapter."""
    return torch.as_tensor(np.asarray(values, dtype=float))


def spd(seed: int, size: int, condition: float) -> np.ndarray:
    """Symmetric, eigenvalues spaced evenly in their logarithm from 1 to ``condition``."""
    Q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))
    return (Q * np.geomspace(1, condition, size)) @ Q.T


def newton_paths(f: Loss, starts: object, steps: int, floor: float | None = None) -> np.ndarray:
    """Newton's method from every row of ``starts`` at once; shape (steps + 1, B, N).

    With ``floor`` each Hessian is damped: a multiple of the identity raises its smallest
    eigenvalue to ``floor`` where it is smaller.
    """
    x = tensor(starts)
    path = [x]
    slope, curvature = vmap(grad(f)), vmap(hessian(f))
    for _ in range(steps):
        H = curvature(x)
        if floor is not None:
            lowest = torch.linalg.eigvalsh(H)[:, 0]
            H = H + (floor - lowest).clamp(min=0)[:, None, None] * torch.eye(x.shape[1])
        x = x - torch.linalg.solve(H, slope(x))
        path.append(x)
    return torch.stack(path).numpy()


def negative_directions(f: Loss, points: object) -> np.ndarray:
    """Number of negative eigenvalues of the Hessian at each row; -1 where not finite."""
    x = tensor(points)
    fine = torch.isfinite(x).all(dim=1)
    H = vmap(hessian(f))(torch.where(fine[:, None], x, 0.0))
    count = (torch.linalg.eigvalsh(H) < 0).sum(dim=1)
    return torch.where(fine, count, -1).numpy()


def two_valleys(w: torch.Tensor) -> torch.Tensor:
    """x^4/4 - x^2/2 + y^2/2 + 0.3 x^2 y: two minima, and a saddle at the origin."""
    x, y = w[..., 0], w[..., 1]
    return x**4 / 4 - x**2 / 2 + y**2 / 2 + 0.3 * x**2 * y


def wells(w: torch.Tensor) -> torch.Tensor:
    """The sum of x^4/4 - x^2/2: 3^N critical points, of which 2^N are minima."""
    return (w**4 / 4 - w**2 / 2).sum(-1)


@cache
def signed_rows(seed: int, examples: int | None = None) -> np.ndarray:
    """The training images of a split with a 1 at their end, odd digits +, even ones -; (n, 65)."""
    X, y = (part[:examples].numpy() for part in digits(seed)["training"])
    return np.hstack([X, np.ones((len(X), 1))]) * np.where(y % 2, 1.0, -1.0)[:, None]


def parity(seed: int, examples: int | None = None) -> Loss:
    """Logistic regression, odd or even digit: 65 weights, and a small penalty on their squares."""
    Z = tensor(signed_rows(seed, examples))

    def loss(w: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(-Z @ w).mean() + PENALTY / 2 * w @ w

    return loss


def stretched(f: Loss, scale: object) -> Loss:
    """The same function in other coordinates: z stands for x = scale * z."""
    factors = tensor(scale)
    return lambda z: f(factors * z)
