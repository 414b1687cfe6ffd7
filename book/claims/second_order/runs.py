"""Chapter 5's experiments with Newton's method: each gives the numbers of one seed."""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import minimize
from scipy.special import expit
from torch.func import grad, hessian, vmap

from claims.digits import digits
from claims.second_order.net import net_loss, start, trained
from claims.second_order.newton import (
    PENALTY,
    negative_directions,
    newton_paths,
    parity,
    signed_rows,
    spd,
    stretched,
    tensor,
    wells,
)

WEIGHTS = 65
CLOSE = 1e-6  # above the minimum
SETTINGS = tuple(  # rate in units of 1 / (largest curvature at the start), and momentum
    (rate, rho)
    for rho, rates in ((0.0, (0.5, 1, 1.5, 1.9)), (0.9, (0.5, 1, 2, 3.5)), (0.99, (0.5, 1, 2, 3.5)))
    for rate in rates
)


def one_step_error(seed: int, size: int = 50, condition: float = 1e4) -> float:
    """Distance to a quadratic's minimum after one Newton step, over that before it."""
    A = tensor(spd(seed, size, condition))
    goal, first = tensor(np.random.default_rng(seed).normal(size=(2, size)))
    path = newton_paths(lambda x: (x - goal) @ A @ (x - goal) / 2, first[None], 1)[:, 0]
    before, after = np.linalg.norm(path - goal.numpy(), axis=1)
    return float(after / before)


def invariance_gap(seed: int) -> float:
    """Newton in stretched coordinates, brought back: largest distance over the longest vector.

    Each weight of a logistic regression is scaled by a factor of its own, from 1/10 to 10.
    """
    f, zero = parity(seed), np.zeros((1, WEIGHTS))
    scale = 10.0 ** np.random.default_rng(seed).uniform(-1, 1, WEIGHTS)
    plain = newton_paths(f, zero, 6)
    back = newton_paths(stretched(f, scale), zero, 6) * scale
    return float(np.abs(back - plain).max() / np.linalg.norm(plain[-1, 0]))


def arrivals(seed: int, spread: float, starts: int = 20) -> float:
    """Share of starts with entries of this deviation from which full Newton steps converge.

    Logistic regression on 100 digits, which is convex; 20 steps.
    """
    f = parity(seed, 100)
    at = spread * np.random.default_rng(seed).normal(size=(starts, WEIGHTS))
    ends = tensor(newton_paths(f, at, 20)[-1])
    slopes = vmap(grad(f))(ends).abs().amax(dim=1)
    return float((slopes < 1e-8).double().mean())


def minimum_share(
    seed: int, sizes: tuple[int, ...] = (1, 2, 5, 10), starts: int = 400
) -> dict[str, float]:
    """Share of random starts in [-1.5, 1.5]^N from which Newton ends in a minimum of ``wells``.

    By N, one of ``sizes``, plain and damped so that no eigenvalue is below 0.5; 40 steps.
    """
    found = {}
    for size in sizes:
        at = np.random.default_rng(seed).uniform(-1.5, 1.5, size=(starts, size))
        for name, floor in (("plain", None), ("damped", 0.5)):
            ends = newton_paths(wells, at, 40, floor)[-1]
            found[f"{name} {size}"] = float(np.mean(negative_directions(wells, ends) == 0))
    return found


def model_of_a_net(seed: int, hidden: int = 8, steps: int = 1500) -> dict[str, float]:
    """Negative eigenvalues of a net's Hessian: at the start, and after SGD on minibatches of 64.

    The loss is that of all training digits; the net has 75 hidden + 10 weights.  Eigenvalues
    closer to zero than a millionth of the largest do not count.
    """
    X, y = digits(seed)["training"]
    f = net_loss(X, y, hidden)
    found = {}
    for name, w in (("start", start(seed, hidden)), ("trained", trained(seed, hidden, steps))):
        values = torch.linalg.eigvalsh(hessian(f)(tensor(w)))
        found[name] = float((values < -1e-6 * values.abs().max()).sum())
        found[f"{name} loss"] = f(tensor(w)).item()
    return found


def logistic(seed: int, limit: int = 5000) -> dict[str, float | list[float]]:
    """Odd against even digits: work until the loss is a millionth above its minimum.

    Returns ``newton``, steps; ``plain`` and ``momentum``, steps at the best of four and of eight
    settings, and ``first``, the better of the two; ``lbfgs``, evaluations.  ``per step`` is
    ``first`` over ``newton``; ``per gradient`` counts a Newton step as 66 gradients, one and one
    for each weight; ``over lbfgs`` is ``first`` over ``lbfgs``.  The lists that end in "gap" are
    losses above the minimum along the way.
    """
    f = parity(seed)
    points = newton_paths(f, np.zeros((1, WEIGHTS)), 12)[:, 0]
    values = np.array([f(tensor(w)).item() for w in points])
    lowest = values.min()
    newton = int(np.argmax(values - lowest < CLOSE))
    gaps = descents(seed, limit) - lowest
    reached = np.where((gaps < CLOSE).any(0), np.argmax(gaps < CLOSE, axis=0), np.inf)
    kinds = {"plain": slice(0, 4), "momentum": slice(4, 12)}
    best = {name: float(reached[kind].min()) for name, kind in kinds.items()}
    limited = np.minimum.accumulate(lbfgs_values(seed)) - lowest
    first, lbfgs = min(best.values()), int(np.argmax(limited < CLOSE))
    return {
        "newton": newton,
        **best,
        "first": first,
        "lbfgs": lbfgs,
        "per step": first / newton,
        "per gradient": first / (newton * (WEIGHTS + 1)),
        "over lbfgs": first / lbfgs,
        "newton gap": list(values[:9] - lowest),
        "lbfgs gap": list(limited[:81]),
        **{f"{name} gap": list(gaps[:81, kind].min(1)) for name, kind in kinds.items()},
    }


def value_and_slope(seed: int, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``parity``'s value (K,) and gradient (65, K) for each column of ``w``, without autograd."""
    Z = signed_rows(seed)
    margins = Z @ w
    values = np.logaddexp(0, -margins).mean(0) + PENALTY / 2 * (w * w).sum(0)
    return values, PENALTY * w - Z.T @ expit(-margins) / len(Z)


def descents(seed: int, limit: int) -> np.ndarray:
    """Losses along gradient descent from zero at each of SETTINGS.

    Shape (steps + 1, settings); the rates are in units of one over the curvature at the start.
    """
    curvature = float(
        torch.linalg.eigvalsh(hessian(parity(seed))(torch.zeros(WEIGHTS).double()))[-1]
    )
    rate, rho = (np.array(column) for column in zip(*SETTINGS, strict=True))
    w, velocity, values = np.zeros((WEIGHTS, len(rate))), 0.0, []
    for _ in range(limit + 1):
        value, slope = value_and_slope(seed, w)
        values.append(value)
        velocity = rho * velocity - rate / curvature * slope
        w = w + velocity
    return np.array(values)


def lbfgs_values(seed: int, evaluations: int = 400) -> np.ndarray:
    """The loss at each evaluation of SciPy's L-BFGS-B with ten pairs, from zero."""
    seen = []

    def pair(w: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = value_and_slope(seed, w[:, None])
        seen.append(value[0])
        return value[0], slope[:, 0]

    options = {"maxfun": evaluations, "maxiter": evaluations, "maxcor": 10, "ftol": 0, "gtol": 0}
    minimize(pair, np.zeros(WEIGHTS), jac=True, method="L-BFGS-B", options=options)
    return np.array(seen)
