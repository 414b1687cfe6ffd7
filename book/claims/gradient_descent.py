"""Experiments on gradient descent: ravines, saddles, minibatch noise and starting points.

The page ``gradient_descent`` draws its figures from the same functions that
:func:`claims` judges.  Every experiment is seeded and takes a few seconds at most.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from scipy.stats import spearmanr
from torch.func import grad, hessian, vmap

from cs231n_lib.data import load_digits_split

torch.set_num_threads(1)  # small matrices: threads only get in each other's way

KAPPA = 100.0  # steep curvature of the bowl; the flat one is 1
MANY = 2000  # a run that takes longer than this counts as stuck


# ------------------------------------------------------------------ 1. the elongated bowl
def bowl_run(rate: float, steps: int, seed: int = 0, kappa: float = KAPPA) -> np.ndarray:
    """SGD in a bowl turned by a random angle; coordinates along (flat, steep), (steps+1, 2).

    The loss is ``(u^2 + kappa v^2) / 2`` with ``(u, v)`` the coordinates in the
    eigenbasis.  The optimiser never sees that basis: it works in the turned one.
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


def sign_changes(path: np.ndarray) -> np.ndarray:
    """Share of steps at which each coordinate changed sign, shape (coordinates,)."""
    return (np.sign(path[1:]) * np.sign(path[:-1]) < 0).mean(axis=0)


def steps_to(path: np.ndarray, fraction: float = 0.01) -> float:
    """First step at which the distance to 0 fell below ``fraction`` of its start."""
    length = np.linalg.norm(path, axis=1)
    below = np.flatnonzero(length <= fraction * length[0])
    return float(below[0]) if len(below) else np.inf


def steep_jitter(seed: int) -> float:
    """Sign changes per step along the steep direction, rate 5% below the stable limit."""
    return float(sign_changes(bowl_run(1.9 / KAPPA, 60, seed))[1])


def flat_left(seed: int) -> float:
    """Share of the flat distance still to go when 99% of the steep one is gone."""
    path = np.abs(bowl_run(1.9 / KAPPA, 100, seed))
    settled = np.flatnonzero(path[:, 1] <= 0.01 * path[0, 1])[0]
    return float(path[settled, 0] / path[0, 0])


def calm_jitter(seed: int) -> float:
    """Sign changes per step along the steep direction at half of 1/curvature."""
    return float(sign_changes(bowl_run(0.5 / KAPPA, 30, seed))[1])


def price_of_calm(seed: int) -> float:
    """Steps to 1% without jitter (rate 1/steep) over steps at the best rate."""
    calm = steps_to(bowl_run(1.0 / KAPPA, 520, seed))
    return calm / steps_to(bowl_run(2.0 / (1.0 + KAPPA), 300, seed))


# ------------------------------------------------- the same question asked of a small network
def _digits(n: int, dims: int, classes: int = 10) -> tuple[torch.Tensor, torch.Tensor]:
    """``n`` digits of the first ``classes`` classes on their ``dims`` leading components."""
    X, y, _, _ = load_digits_split(0)
    X, y = X[y < classes][:n], y[y < classes][:n]
    X = X - X.mean(axis=0)
    Z = X @ np.linalg.svd(X, full_matrices=False)[2][:dims].T
    return torch.tensor(Z / Z.std()), torch.tensor(y)


@lru_cache(maxsize=8)
def sharpness_run(rate: float, seed: int = 0, steps: int = 400) -> dict[str, np.ndarray]:
    """Full-batch descent of a 10-12-10 tanh net, squared error; its Hessian on the way.

    Returns ``step``, ``top`` (largest Hessian eigenvalue), ``spectrum`` (all eigenvalues at
    the end) and ``flips`` (share of the last 100 steps at which the gradient along the
    final top eigenvector changed sign).
    """
    Z, y = _digits(120, 10)
    target = torch.nn.functional.one_hot(y, 10).double()

    def loss(w: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(Z @ w[:120].view(10, 12))
        return ((hidden @ w[120:].view(12, 10) - target) ** 2).sum(1).mean() / 2

    slope, curvature = grad(loss), hessian(loss)
    w = 0.3 * torch.randn(240, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    step, top, tail = [], [], []
    for t in range(steps + 1):
        if t % 25 == 0:
            values, vectors = torch.linalg.eigh(curvature(w))
            step.append(t)
            top.append(float(values[-1]))
        g = slope(w)
        tail.append(g)
        w = w - rate * g
    along = torch.stack(tail[-101:]) @ vectors[:, -1]
    return {
        "step": np.array(step),
        "top": np.array(top),
        "spectrum": values.numpy(),
        "flips": sign_changes(along[:, None].numpy()),
    }


# --------------------------------------------------------------------------- 2. saddles
def steps_to_leave(offset: float, rate: float = 0.1, curvature: float = 1.0) -> float:
    """Steps until ``|v| > 1`` on ``(u^2 - curvature v^2) / 2`` from (1, offset); inf if never."""
    x = torch.tensor([1.0, offset], dtype=torch.float64, requires_grad=True)
    slopes = torch.tensor([1.0, -curvature], dtype=x.dtype)
    optimiser = torch.optim.SGD([x], lr=rate)
    for step in range(MANY):
        if abs(x[1].item()) > 1.0:
            return float(step)
        x.grad = x.detach() * slopes
        optimiser.step()
    return np.inf


def steps_stuck(seed: int) -> float:
    """Steps spent at a saddle from a start at a random tiny distance (about 1e-8)."""
    return steps_to_leave(1e-8 * np.random.default_rng(seed).normal())


def share_of_minima(dimension: int, seed: int = 0, draws: int = 100_000) -> float:
    """Share of random symmetric Gaussian (GOE) matrices with every eigenvalue positive."""
    rng = np.random.default_rng([seed, dimension])
    raw = rng.normal(size=(draws, dimension, dimension))
    return float(np.mean(np.linalg.eigvalsh(raw + raw.transpose(0, 2, 1))[:, 0] > 0))


@lru_cache(maxsize=8)
def critical_points(seed: int = 0, iterations: int = 26) -> tuple[np.ndarray, np.ndarray]:
    """Loss and index (share of negative eigenvalues) of critical points of a 3-4-4 tanh net.

    As in Dauphin et al. (2014): start from noisy points on the path of gradient descent and
    from its end, then solve ``gradient = 0`` (damped Gauss-Newton on its squared length),
    which is as happy with a saddle as with a minimum.  Weight decay isolates the points.
    """
    Z, y = _digits(50, 3, classes=4)
    Z = Z / Z.std(0)

    def loss(w: torch.Tensor) -> torch.Tensor:
        scores = torch.tanh(Z @ w[:12].view(3, 4)) @ w[12:].view(4, 4)
        return torch.nn.functional.cross_entropy(scores, y) + 0.0015 * (w @ w)

    slope, curvature = vmap(grad(loss)), vmap(hessian(loss))
    generator = torch.Generator().manual_seed(seed)

    def noise(rows: int) -> torch.Tensor:
        return 0.3 * torch.randn(rows, 28, generator=generator, dtype=torch.float64)

    w, starts = noise(6), []
    for t in range(65):
        if t in (1, 4, 8, 16, 32, 64):
            starts.append(w + noise(6))
        w = w - slope(w)
    for _ in range(500):  # and the ends of descent itself, without noise
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


def index_follows_loss(seed: int) -> float:
    """Rank correlation of loss and index over the critical points that were found."""
    return float(spearmanr(*critical_points(seed)).statistic)


# ---------------------------------------------------------------------- 3. minibatch noise
@lru_cache(maxsize=8)
def batch_noise(seed: int = 0, n: int = 256, draws: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Batch sizes, and the mean squared distance of batch gradient to full gradient.

    Gradients of a random softmax classifier on ``n`` digits; batches without repetition.
    """
    Z, y = _digits(n, 20)
    generator = torch.Generator().manual_seed(seed)
    W = 0.3 * torch.randn(20, 10, generator=generator, dtype=torch.float64)

    def loss(W: torch.Tensor, z: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(z @ W, label)

    each = vmap(grad(loss), in_dims=(None, 0, 0))(W, Z, y).flatten(1)
    sizes = np.array([1, 2, 4, 8, 16, 32, 64, 96, 128, 160, 192, 224, 240])
    noise = []
    for size in sizes:
        # A row of ranks below `size` marks a batch in which no example occurs twice.
        ranks = torch.rand(draws, n, generator=generator).argsort(1).argsort(1)
        batches = (ranks < size).double() / int(size)
        noise.append(float(((batches @ each - each.mean(0)) ** 2).sum(1).mean()))
    return sizes, np.array(noise)


def noise_exponent(seed: int) -> float:
    """Slope of log noise against log batch size where the batch is at most n/16."""
    sizes, noise = batch_noise(seed)
    small = sizes <= 16
    return float(np.polyfit(np.log(sizes[small]), np.log(noise[small]), 1)[0])


def noise_at_half(seed: int) -> float:
    """Noise of a batch of half the data, as a multiple of what 1/B predicts."""
    sizes, noise = batch_noise(seed)
    small = sizes <= 16
    level = np.exp(np.mean(np.log(sizes[small] * noise[small])))
    return float((noise * sizes / level)[sizes == 128][0])


def noisy_descent(
    rate: float, batch: int, seed: int = 0, steps: int = 400, epochs: bool = False
) -> np.ndarray:
    """Mean of x^2 at every step over 2,000 runs of SGD on the mean of ``(x - c_i)^2 / 2``.

    64 targets ``c_i`` with mean 0 and variance 1.  Batches are drawn with replacement, or
    cut from a fresh shuffle in every epoch when ``epochs`` is true.
    """
    rng = np.random.default_rng(seed)
    targets = rng.normal(size=64)
    targets = (targets - targets.mean()) / targets.std()
    x, history = np.full(2000, 3.0), []
    for step in range(steps):
        history.append(np.mean(x**2))
        if epochs and step % (64 // batch) == 0:
            order = rng.permuted(np.tile(targets, (2000, 1)), axis=1)
        first = step % (64 // batch) * batch
        drawn = order[:, first : first + batch] if epochs else rng.choice(targets, (2000, batch))
        x = x - rate * (x - drawn.mean(axis=1))
    return np.array(history)


def floor_ratio(seed: int) -> float:
    """Measured stationary variance over the derived one: curvature 1, rate 0.2, batch 4."""
    return float(noisy_descent(0.2, 4, seed)[-200:].mean() / (0.2 / (4 * (2 - 0.2))))


# ---------------------------------------------------------------------- 4. starting points
@lru_cache(maxsize=32)
def final_losses(width: int, seed: int = 0, starts: int = 6, steps: int = 300) -> np.ndarray:
    """Final training losses of ``starts`` two-layer ReLU nets that differ only in the start.

    200 digits on 20 components, full batch, rate 0.5; all starts train side by side.
    """
    Z, y = _digits(200, 20)
    Z, generator = Z.float(), torch.Generator().manual_seed(seed)
    shapes = ((20, width, (2 / 20) ** 0.5), (1, width, 0.0), (width, 10, width**-0.5), (1, 10, 0.0))
    weights = [
        (s * torch.randn(starts, a, b, generator=generator)).requires_grad_() for a, b, s in shapes
    ]
    optimiser = torch.optim.SGD(weights, lr=0.5)
    labels = y.repeat(starts)
    for _ in range(steps):
        optimiser.zero_grad()
        losses = _two_layer(Z, labels, weights)
        losses.sum().backward()  # the starts share no weight, so their gradients do not mix
        optimiser.step()
    return _two_layer(Z, labels, weights).detach().numpy().astype(float)


def _two_layer(Z: torch.Tensor, labels: torch.Tensor, weights: list[torch.Tensor]) -> torch.Tensor:
    """Mean cross-entropy of each of the stacked nets, shape (starts,)."""
    W1, b1, W2, b2 = weights
    scores = torch.relu(Z @ W1 + b1) @ W2 + b2
    each = torch.nn.functional.cross_entropy(scores.flatten(0, 1), labels, reduction="none")
    return each.view(len(W1), -1).mean(1)


def spread(width: int, seed: int = 0) -> float:
    """Standard deviation of the final training loss over starting points."""
    return float(final_losses(width, seed).std(ddof=1))


def spread_shrinks(seed: int) -> float:
    """Spread of the final loss at width 4 over that at width 64."""
    return spread(4, seed) / spread(64, seed)


def relative_spread_wide(seed: int) -> float:
    """Spread over mean of the final loss at width 64, in percent."""
    return 100 * spread(64, seed) / float(final_losses(64, seed).mean())


# ------------------------------------------------------------------------------ the table
