"""Adaptive rules on quadratic bowls, along the axes and turned, without noise and with it."""

from __future__ import annotations

import numpy as np
import torch
from scipy.stats import ortho_group

from claims.adaptive_methods.rules import bowl, cosine, maker, paths, rates_along

STEPS = 800
HALVINGS = 0.5 ** np.arange(7)
#: Seven rates for each rule: the largest that may be of use on these bowls, halved six times.
#: Gradient descent's first, 2 / 1.01, is the best that it can have.
RATES = {
    "sgd": 2 / 1.01 * HALVINGS,
    "momentum": 3.6 * HALVINGS,
    "nesterov": 1.3 * HALVINGS,
    "adagrad": 8.0 * HALVINGS,
    "adadelta": 64.0 * HALVINGS,
    "rmsprop": 0.32 * HALVINGS,
}


def random_bowl(seed: int, turned: bool = False, size: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """A matrix of condition 100, along the axes or turned at random, and a start.

    Curvatures from 0.01 to 1, a normal start; shapes (size, size) and (size,).
    """
    return _drawn(seed, turned, size)[:2]


def _drawn(seed: int, turned: bool, size: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    inner = 100.0 ** -rng.uniform(0, 1, size - 2)
    curvature = np.sort(np.concatenate([[0.01, 1.0], inner]))
    start = rng.normal(size=size)  # far along some axes, near along others
    axes = ortho_group.rvs(size, random_state=rng) if turned else np.eye(size)
    return axes @ np.diag(curvature) @ axes.T, axes @ start, axes


def rate_ratio(seed: int) -> dict[str, float]:
    """AdaGrad's rate along the flattest direction over that along the steepest, after 50 steps.

    The rate along a unit vector u is u D u, where D is the diagonal matrix of the rates.
    """
    found = {}
    for name, turned in (("along the axes", False), ("turned", True)):
        matrix, start, axes = _drawn(seed, turned)
        rates = rates_along(maker("adagrad", 0.5), bowl(matrix), start, 50)[-1]
        along = np.einsum("ij,i,ij->j", axes, rates, axes)
        found[name] = float(along[0] / along[-1])
    return found


def steps_to(path: np.ndarray, tolerance: float = 1e-2) -> float:
    """Steps after which the distance to 0 stays below ``tolerance`` times the first.

    Infinite if the last point still lies farther away, or nowhere.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        distance = np.linalg.norm(path, axis=-1)
        outside = np.flatnonzero(~(distance <= tolerance * distance[0]))
    return float(outside[-1]) + 1 if outside[-1] + 1 < len(path) else np.inf


def fewest_steps(name: str, matrix: np.ndarray, start: np.ndarray) -> float:
    """Steps of a rule to a hundredth of the first distance, at the best of its seven rates."""
    with np.errstate(over="ignore", invalid="ignore"):
        path = paths(name, RATES[name], bowl(matrix), start, STEPS)
    return min(steps_to(path[:, k]) for k in range(len(RATES[name])))


def race(seed: int, turned: bool = False) -> dict[str, float]:
    """Fewest steps of each rule; SGD's over AdaGrad's, and over those of the slowest other."""
    matrix, start = random_bowl(seed, turned)
    found = {name: fewest_steps(name, matrix, start) for name in RATES}
    others = [steps for name, steps in found.items() if name != "sgd"]
    found["sgd over adagrad"] = found["sgd"] / found["adagrad"]
    found["sgd over slowest"] = found["sgd"] / max(others)
    return found


def rate_without_noise(seed: int) -> float:
    """AdaGrad's rates after 3,000 steps over those after 300, on a bowl without noise."""
    matrix, start = random_bowl(seed)
    rates = rates_along(maker("adagrad", 0.5), bowl(matrix), start, 3000)
    return float(np.mean(rates[-1] / rates[299]))


# --- a bowl under noise -------------------------------------------------------------

#: Eight rates, half a decade apart.
NOISY_RATES = {
    "adam": tuple(10 ** (-4 + k / 2) for k in range(8)),
    "adagrad": tuple(10 ** (-2 + k / 2) for k in range(8)),
}


def distances(
    name: str,
    rates: tuple[float, ...],
    seed: int,
    *,
    falling: bool = False,
    steps: int = 3000,
    copies: int = 200,
) -> np.ndarray:
    """Distances to the minimum of x^2 / 2 under noise of deviation 1, from x = 1.

    Shape (steps + 1, rates, copies); ``falling`` lets the rates follow half a cosine to zero.
    """
    noise = torch.tensor(np.random.default_rng(seed).normal(size=(steps, copies)))
    fall = cosine(steps) if falling else None
    path = paths(name, rates, lambda x, t: x + noise[t], np.ones(copies), steps, fall=fall)
    return np.abs(path)


def typical(distance: np.ndarray) -> np.ndarray:
    """Root mean square over the copies."""
    return np.sqrt(np.mean(distance**2, axis=-1))


def noisy_floor(seed: int) -> dict[str, float]:
    """Where a rate that falls along a cosine ends, over where a constant one does.

    For Adam and for AdaGrad, each at the best of eight rates: half of the copies choose it, by
    the distance after the last step, and the other half give the number.
    """
    found = {}
    for name, rates in NOISY_RATES.items():
        ends = []
        for falling in (True, False):
            last = distances(name, rates, seed, falling=falling)[-1]
            half = last.shape[-1] // 2
            best = int(np.argmin(typical(last[:, :half])))
            ends.append(float(typical(last[best, half:])))
            found[f"{name} {'cosine' if falling else 'constant'} rate"] = rates[best]
        found[name] = ends[0] / ends[1]
    return found
