"""Chapter 3's experiments: momentum and Nesterov on quadratics and on the digits.

On ``f(x) = sum(curvature * x**2) / 2`` either method is one 2x2 linear map per
coordinate, acting on (position, velocity).  The experiments iterate that map, or let
``torch.optim.SGD`` run, and compare.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from scipy.signal import lfilter

from cs231n_lib.data import load_digits_split

RHO = 0.9
SEEDS = (0, 1, 2, 3, 4)


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


def torch_path(
    curvature: np.ndarray,
    start: np.ndarray,
    lr: float,
    rho: float,
    steps: int,
    *,
    nesterov: bool = False,
    new_lr: tuple[int, float] | None = None,
    rhos: np.ndarray | None = None,
) -> np.ndarray:
    """Positions visited by ``torch.optim.SGD``, shape (steps + 1, n).

    ``new_lr = (t, rate)`` sets the rate before step ``t`` (counted from 0); ``rhos`` gives
    a momentum for each step.
    """
    c = torch.tensor(curvature, dtype=torch.float64)
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=lr, momentum=rho, nesterov=nesterov)
    path = [x.detach().numpy().copy()]
    for t in range(steps):
        if new_lr is not None and t == new_lr[0]:
            optimizer.param_groups[0]["lr"] = new_lr[1]
        if rhos is not None:
            optimizer.param_groups[0]["momentum"] = float(rhos[t])
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


def forms_gap(seed: int, rate_after: float = 0.3, look_ahead: bool = False) -> float:
    """Largest distance between torch's path and the linear map's, relative to the start.

    The rate is 0.3, and ``rate_after`` from step 20 on; 200 steps in all.  With
    ``look_ahead`` torch runs ``nesterov=True`` and the map's ``x + rho v`` is compared.
    """
    curvature, x0 = bowl(seed)
    first = trajectory(step_matrices(curvature, 0.3, RHO, look_ahead), at_rest(x0), 20)
    then = trajectory(step_matrices(curvature, rate_after, RHO, look_ahead), first[-1], 180)
    states = np.concatenate([first, then[1:]])
    shown = states[..., 0] + (RHO * states[..., 1] if look_ahead else 0.0)
    torches = torch_path(curvature, x0, 0.3, RHO, 200, nesterov=look_ahead, new_lr=(20, rate_after))
    return float(np.linalg.norm(shown - torches, axis=1).max() / np.linalg.norm(x0))


def velocity_over_mean(seed: int) -> float:
    """torch's velocity under a constant gradient, over that gradient (its mean)."""
    slope = torch.tensor(np.random.default_rng(seed).normal(size=5))
    x = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1, momentum=RHO)
    for _ in range(300):
        x.grad = slope.clone()
        optimizer.step()
    return float(optimizer.state[x]["momentum_buffer"].norm() / slope.norm())


def speedup(seed: int, tuned: bool = False) -> float:
    """Steps of gradient descent at its best rate over steps of momentum, condition 100.

    Momentum has rho 0.9 and rate 1 over the largest curvature; ``tuned`` gives it the rate
    and rho that are best for this condition number.
    """
    curvature, x0 = bowl(seed)
    low, high = np.sqrt(curvature[0]), np.sqrt(curvature[-1])
    rho = ((high - low) / (high + low)) ** 2 if tuned else RHO
    rate = 4 / (low + high) ** 2 if tuned else 1 / high**2
    plain = torch_path(curvature, x0, 2 / (low**2 + high**2), 0.0, 1500)
    return steps_to(plain) / steps_to(torch_path(curvature, x0, rate, rho, 600))


def overshoot(seed: int, look_ahead: bool = False) -> float:
    """How far past the minimum the flattest coordinate of that bowl runs, over its start."""
    curvature, x0 = bowl(seed)
    maps = step_matrices(curvature, 1.0, RHO, look_ahead)
    flat = trajectory(maps, at_rest(x0), 300)[:, 0, 0] / x0[0]
    return float(max(-flat.min(), 0.0))


def overshoot_ratio(seed: int) -> float:
    """Nesterov's overshoot along a random coordinate over momentum's, at a random rate."""
    rng = np.random.default_rng(seed)
    a = np.array([rng.uniform(0.02, 0.9)])
    sides = [
        trajectory(step_matrices(a, 1.0, RHO, ahead), at_rest(np.ones(1)), 300)[:, 0, 0].min()
        for ahead in (True, False)
    ]
    return float(min(sides[0], 0.0) / sides[1])


@cache
def duel(seed: int, draws: int = 150) -> dict[str, float]:
    """Random bowls: does Nesterov or momentum need fewer steps, at equal rate and rho?

    Condition 10 to 1000, rho 0.5, 0.9 or 0.99, rate times largest curvature between 0.05
    and momentum's limit 2(1 + rho).  Draws that neither finishes in 800 steps drop out.
    Returns the shares ``wins``, ``ties``, ``losses`` where both converge; ``swings``, the
    share of wins among those whose every coordinate oscillates; ``creeps`` among the others;
    and ``all``, the wins where momentum converges.
    """
    rng = np.random.default_rng(seed)
    condition = 10 ** rng.uniform(1, 3, (draws, 1))
    rho = rng.choice([0.5, 0.9, 0.99], (draws, 1))
    lr = np.exp(rng.uniform(np.log(0.05), np.log(2 * (1 + rho))))
    curvature = condition ** -np.linspace(0, 1, 5)
    start = at_rest(rng.choice([-1.0, 1.0], (draws, 5)))
    arrived = []
    for ahead in (False, True):
        with np.errstate(over="ignore", invalid="ignore"):
            path = trajectory(step_matrices(curvature, lr, rho, ahead), start, 800)[..., 0]
            far = ~(np.linalg.norm(path, axis=-1) < 1e-3 * np.sqrt(5))
        arrived.append(801 - np.argmax(far[::-1], axis=0))
    ball, look = arrived
    finished = np.minimum(ball, look) <= 800
    both = finished & (lr < 2 * (1 + rho) / (1 + 2 * rho))[:, 0]
    swings = both & (lr * curvature.min(1, keepdims=True) > (1 - np.sqrt(rho)) ** 2)[:, 0]
    return {
        "wins": float((look < ball)[both].mean()),
        "ties": float((look == ball)[both].mean()),
        "losses": float((look > ball)[both].mean()),
        "swings": float((look < ball)[swings].mean()),
        "creeps": float((look < ball)[both & ~swings].mean()),
        "all": float((look < ball)[finished].mean()),
    }


def tuned_ratio(condition: float) -> float:
    """Steps per digit: Nesterov with best rate and rho over momentum with its best."""
    curvature = condition ** -np.linspace(0, 1, 9)
    lr = np.linspace(0.2, 4.0, 191)[:, None, None]
    rho = np.linspace(0, 0.999, 400)[None, :, None]
    best = [factor(curvature, lr, rho, ahead).max(-1).min() for ahead in (False, True)]
    return float(np.log(best[0]) / np.log(best[1]))


_digits = cache(load_digits_split)  # reading the file costs as much as the training


@cache
def digits_loss(
    seed: int,
    lr: float,
    rho: float,
    nesterov: bool = False,
    *,
    kick: float = 0.0,
    last_rho: float | None = None,
    steps: int = 150,
) -> float:
    """Training loss of a 64-32-10 net on the digits after ``steps`` minibatches of 64.

    ``last_rho`` raises rho evenly, from ``rho`` at the first step to that at the last.
    ``kick`` starts the velocity at a random direction, of ``kick`` times the length of
    the terminal velocity that the first gradient would build up.
    """
    torch.manual_seed(seed)
    X, y = (torch.from_numpy(part) for part in _digits(seed)[:2])
    net = torch.nn.Sequential(
        torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
    ).double()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=rho, nesterov=nesterov)
    order = torch.Generator().manual_seed(seed)
    rhos = np.linspace(rho, rho if last_rho is None else last_rho, steps)
    for t in range(steps):
        optimizer.param_groups[0]["momentum"] = float(rhos[t])
        batch = torch.randint(len(y), (64,), generator=order)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(X[batch]), y[batch]).backward()
        if t == 0 and kick:
            for p in net.parameters():
                noise = torch.randn(p.shape, generator=order, dtype=p.dtype)
                scale = kick * p.grad.norm() / (1 - rho) / noise.norm()
                optimizer.state[p]["momentum_buffer"] = scale * noise
        optimizer.step()
    with torch.no_grad():
        return torch.nn.functional.cross_entropy(net(X), y).item()


def digits_duel(seed: int) -> float:
    """Share of 9 settings (rate, rho) where Nesterov's training loss ends lower."""
    cells = [(lr, rho) for lr in (0.05, 0.2, 0.5) for rho in (0.5, 0.9, 0.99)]
    return float(np.mean([digits_loss(seed, *c, True) < digits_loss(seed, *c) for c in cells]))


def velocity_start(seed: int, rho: float = RHO) -> float:
    """Training loss from a random start velocity over that from zero, on the digits."""
    return digits_loss(seed, 0.05, rho, kick=1.0) / digits_loss(seed, 0.05, rho)


def noise_ratio(seed: int, rho: float = RHO, effective: float = 0.1, steps: int = 400_000) -> float:
    """Stationary variance of momentum over plain descent's, same rate / (1 - rho).

    Curvature 1, gradient noise of variance 1.  Both are linear filters of that noise:
    ``x[t+1] - (1 + rho - a) x[t] + rho x[t-1] = -a noise[t]``.
    """
    noise = np.random.default_rng(seed).normal(size=steps)
    plain = lfilter([-effective], [1, effective - 1], noise)
    a = effective * (1 - rho)
    ball = lfilter([-a], [1, a - 1 - rho, rho], noise)
    return float(ball[1000:].var() / plain[1000:].var())


def saddle_speedup(seed: int, slope: float = 0.1, lr: float = 0.1) -> float:
    """Steps to leave ``-slope * y**2 / 2`` from a tiny y: plain descent over momentum."""
    start = at_rest(np.array([1e-3 * np.random.default_rng(seed).uniform(0.5, 1.5)]))
    left = [
        np.argmax(trajectory(step_matrices([-slope], lr, rho), start, 1000)[:, 0, 0] > 1)
        for rho in (0.0, RHO)
    ]
    return float(left[0] / left[1])


def frictionless_swing(seed: int) -> float:
    """Largest |x| / |start| in the last 100 of 5,000 steps with rho = 1."""
    a = np.array([np.random.default_rng(seed).uniform(0.01, 0.5)])
    path = trajectory(step_matrices(a, 1.0, 1.0), at_rest(np.ones(1)), 5000)
    return float(np.abs(path[-100:, 0, 0]).max())
