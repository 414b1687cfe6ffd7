"""Nesterov against momentum: on one coordinate, on bowls, on the digits."""

from __future__ import annotations

import numpy as np

from claims.momentum.digits import EFFECTIVE, STEPS, Setting, digits_losses
from claims.momentum.quadratics import RHO, at_rest, best_factor, step_matrices, trajectory

GRID = tuple((effective, rho) for effective in EFFECTIVE for rho in (0.5, 0.9, 0.99))


def overshoot_ratio(seed: int) -> float:
    """Nesterov's overshoot along a coordinate over momentum's, at a random rate."""
    a = np.array([np.random.default_rng(seed).uniform(0.02, 0.9)])
    ahead, plain = (
        trajectory(step_matrices(a, 1.0, RHO, look), at_rest(np.ones(1)), 300)[:, 0, 0].min()
        for look in (True, False)
    )
    return float(min(ahead, 0.0) / plain)


def duel(seed: int, draws: int = 400) -> dict[str, float]:
    """Random bowls: does Nesterov or momentum need fewer steps, at equal rate and rho?

    Condition 10 to 1000, rho 0.5, 0.9 or 0.99, rate times largest curvature between 0.05
    and momentum's limit 2(1 + rho).  Draws that neither finishes in 800 steps drop out.

    Returns:
        The shares ``wins``, ``ties``, ``losses`` of Nesterov where both converge; ``swings``, the
        share of wins among those whose every coordinate oscillates; ``creeps`` among the others;
        ``all``, the wins where momentum converges.  Also Nesterov's steps over momentum's, the
        median over its wins (``ratio when it wins``) and over its losses.
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
    ratio = look / ball
    return {
        "wins": float((look < ball)[both].mean()),
        "ties": float((look == ball)[both].mean()),
        "losses": float((look > ball)[both].mean()),
        "swings": float((look < ball)[swings].mean()),
        "creeps": float((look < ball)[both & ~swings].mean()),
        "all": float((look < ball)[finished].mean()),
        "ratio when it wins": float(np.median(ratio[both & (look < ball)])),
        "ratio when it loses": float(np.median(ratio[both & (look > ball)])),
    }


def tuned_ratio(condition: float) -> float:
    """Steps per digit: Nesterov with best rate and rho over momentum with its best."""
    curvature = condition ** -np.linspace(0, 1, 9)
    ball, look = (best_factor(curvature, ahead) for ahead in (False, True))
    return float(np.log(ball) / np.log(look))


def digits_grid(seed: int, steps: int = STEPS) -> dict[str, float]:
    """Momentum and Nesterov at nine settings, three effective rates and three rho, on the digits.

    Returns:
        The training loss of each run (``"momentum 0.5 0.9"`` at effective rate 0.5 and rho 0.9
        ...).  ``better``, the share of settings where Nesterov's training loss is at least 2 %
        lower, and ``worse``, at least 2 % higher.  And ``tuned``, Nesterov's test loss over
        momentum's, each at the setting whose validation loss is lowest.
    """
    names = ("momentum", "Nesterov")
    settings = [
        Setting(e * (1 - rho), rho, name == "Nesterov") for name in names for e, rho in GRID
    ]
    losses = digits_losses(seed, settings, (steps,))[steps]
    labels = [f"{name} {effective} {rho}" for name in names for effective, rho in GRID]
    found = {label: loss["training"] for label, loss in zip(labels, losses, strict=True)}
    both = losses[: len(GRID)], losses[len(GRID) :]
    ball, look = (np.array([run["training"] for run in runs]) for runs in both)
    found["better"] = float((look < 0.98 * ball).mean())
    found["worse"] = float((look > 1.02 * ball).mean())
    best = [min(runs, key=lambda run: run["validation"])["test"] for runs in both]
    found["tuned"] = best[1] / best[0]
    return found
