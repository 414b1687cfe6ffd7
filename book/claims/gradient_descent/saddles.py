"""Where the gradient vanishes: saddles, local minima, and what kind of point is how frequent."""

from __future__ import annotations

import numpy as np
import torch
from torch.func import grad, hessian, vmap

from claims.gradient_descent.components import components

MANY = 2000  # the page's saddle: a run that takes longer than this counts as stuck


def steps_to_leave(
    offset: float, rate: float = 0.1, curvature: float = 1.0, angle: float = 0.0
) -> float:
    """Steps of ``torch.optim.SGD`` until ``|v| > 1`` on ``(u^2 - curvature v^2) / 2``.

    It starts at ``(u, v) = (1, offset)``.  ``angle`` turns the saddle in the plane in which the
    optimiser works, in radians.  Infinite if the run has not left after 2,000 steps.
    """
    c, s = np.cos(angle), np.sin(angle)
    basis = torch.tensor([[c, -s], [s, c]])
    H = basis @ torch.diag(torch.tensor([1.0, -curvature], dtype=basis.dtype)) @ basis.T
    x = (basis @ torch.tensor([1.0, offset], dtype=basis.dtype)).requires_grad_()
    optimiser = torch.optim.SGD([x], lr=rate)
    for step in range(MANY):
        if abs(float(basis[:, 1] @ x.detach())) > 1.0:
            return float(step)
        x.grad = H @ x.detach()
        optimiser.step()
    return np.inf


def steps_off_the_axis(down: np.ndarray, offset: np.ndarray, steps: int) -> np.ndarray:
    """Steps until ``|v| > 1`` for many saddles at once; inf where ``steps`` were too few.

    Args:
        down: learning rate times the size of the negative curvature, shape (n,).
        offset: distance from the axis at the start, shape (n,).
        steps: how many are made.
    """
    v, left = offset.copy(), np.full(len(down), np.inf)
    for step in range(steps + 1):
        left[np.isinf(left) & (np.abs(v) > 1)] = step
        if np.isfinite(left).all():
            break
        v = np.where(np.isinf(left), v + down * v, v)
    return left


def share_of_saddles(dimension: int, seed: int, draws: int) -> tuple[float, float]:
    """Shares of random symmetric Gaussian (GOE) matrices that are a saddle, and a minimum."""
    rng = np.random.default_rng([seed, dimension])
    raw = rng.normal(size=(draws, dimension, dimension))
    values = np.linalg.eigvalsh(raw + raw.transpose(0, 2, 1))
    minimum, maximum = values[:, 0] > 0, values[:, -1] < 0
    return float(np.mean(~(minimum | maximum))), float(minimum.mean())


def critical_points(
    seed: int, nets: int = 6, descent: int = 1000, iterations: int = 26
) -> tuple[np.ndarray, np.ndarray]:
    """Loss and index (share of negative eigenvalues) of critical points of a 3-4-4 tanh net.

    As in Dauphin et al. (2014): start from noisy points on the paths of gradient descent and from
    their ends, then solve ``gradient = 0`` (damped Gauss-Newton on its squared length), which is
    as happy with a saddle as with a minimum.  Weight decay isolates the points.  The seed draws
    the fifty digits and the starts.

    Args:
        seed: see above.
        nets: how many descend; each gives seven starts.
        descent: steps from the last point on the path to the end.
        iterations: of the search.

    Returns:
        Two arrays with one entry for each distinct point, lowest loss first.
    """
    Z, y = components(seed, 50, 3, classes=4)
    Z = Z / Z.std(0)

    def loss(w: torch.Tensor) -> torch.Tensor:
        scores = torch.tanh(Z @ w[:12].view(3, 4)) @ w[12:].view(4, 4)
        return torch.nn.functional.cross_entropy(scores, y) + 0.0015 * (w @ w)

    slope, curvature = vmap(grad(loss)), vmap(hessian(loss))
    generator = torch.Generator().manual_seed(seed)

    def noise(rows: int) -> torch.Tensor:
        return 0.3 * torch.randn(rows, 28, generator=generator, dtype=torch.float64)

    w, starts = noise(nets), []
    for t in range(65):
        if t in (1, 4, 8, 16, 32, 64):
            starts.append(w + noise(nets))
        w = w - slope(w)
    for _ in range(descent):  # and the ends of descent itself, without noise
        w = w - slope(w)
    w = torch.cat([*starts, w])
    damping, eye = torch.full((len(w), 1, 1), 1e-2, dtype=w.dtype), torch.eye(28, dtype=w.dtype)
    g, H = slope(w), curvature(w)
    for _ in range(iterations):
        trial = w - torch.linalg.solve(H @ H + damping * eye, H @ g[:, :, None]).squeeze(-1)
        g_trial = slope(trial)
        better = ((g_trial**2).sum(1) < (g**2).sum(1))[:, None]
        w, g = torch.where(better, trial, w), torch.where(better, g_trial, g)
        damping = torch.where(better[:, :, None], damping / 5, damping * 5).clamp(1e-15, 1e3)
        H = curvature(w)
    found = (g**2).sum(1).sqrt() < 1e-9
    heights = vmap(loss)(w[found]).numpy()
    index = (torch.linalg.eigvalsh(H[found]) < 0).double().mean(1).numpy()
    # Relabelled hidden units give the same point again: keep one of each.
    distinct = np.unique(np.c_[heights, index].round(7), axis=0)
    return distinct[:, 0], distinct[:, 1]
