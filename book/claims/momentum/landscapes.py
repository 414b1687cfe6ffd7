"""Three troubles of SGD that a slide lists beneath momentum: noise, saddles, local minima."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from claims.momentum.quadratics import RHO

EFFECTIVE = (0.1, 0.3, 0.5, 1.0, 1.5)


def noise_ratio(seed: int) -> dict[str, float]:
    """Stationary variance of momentum over plain descent's, same rate / (1 - rho).

    Curvature 1, gradient noise of variance 1, for several effective rates.  Both are linear
    filters of that noise: ``x[t+1] - (1 + rho - a) x[t] + rho x[t-1] = -a noise[t]``.
    """
    noise = np.random.default_rng(seed).normal(size=400_000)
    found = {}
    for effective in EFFECTIVE:
        plain = lfilter([-effective], [1, effective - 1], noise)
        a = effective * (1 - RHO)
        ball = lfilter([-a], [1, a - 1 - RHO, RHO], noise)
        found[str(effective)] = float(ball[1000:].var() / plain[1000:].var())
    return found


def saddle_speedup(seed: int) -> dict[str, float]:
    """Steps to leave ``-e * y**2 / 2`` from a tiny y: plain descent's over momentum's.

    Momentum's rate times ``e`` is drawn between 0.001 and 0.1, evenly in its logarithm.  SGD has
    the same rate, or ten times that: the same effective rate.
    """
    rng = np.random.default_rng(seed)
    down, y = 10 ** rng.uniform(-3, -1), 1e-3 * rng.uniform(0.5, 1.5)
    ball = steps_out(y, down, RHO)
    return {
        "same rate": steps_out(y, down, 0.0) / ball,
        "same effective rate": steps_out(y, down / (1 - RHO), 0.0) / ball,
    }


def steps_out(y: float, down: float, rho: float) -> int:
    """Steps from rest at ``y`` until it is past 1, on a slope that grows by ``down`` times y."""
    v, steps = 0.0, 0
    while y <= 1:
        v = rho * v + down * y
        y, steps = y + v, steps + 1
    return steps


def local_minima(seed: int, landscapes: int = 200) -> dict[str, float]:
    """Wavy valleys: where do SGD and momentum end, at equal rate and at equal effective rate?

    ``f(x) = x**2 / 40 + h sin(2 x + phase)`` with ``h`` between 0.1 and 0.6, from x between 8 and
    12, 3,000 steps.  SGD's rate is 0.05, and 0.5 where it is to match momentum's effective rate.
    Returns the share of valleys where momentum ends lower by 0.01 or more, minus the share where
    SGD does.
    """
    rng = np.random.default_rng(seed)
    height, phase = rng.uniform(0.1, 0.6, landscapes), rng.uniform(0, 2 * np.pi, landscapes)
    start = rng.uniform(8, 12, landscapes)

    def end(lr: float, rho: float) -> np.ndarray:
        x, v = start.copy(), np.zeros(landscapes)
        for _ in range(3000):
            v = rho * v - lr * (x / 20 + 2 * height * np.cos(2 * x + phase))
            x = x + v
        return x**2 / 40 + height * np.sin(2 * x + phase)

    ball = end(0.05, RHO)
    return {
        name: float((ball < plain - 0.01).mean() - (plain < ball - 0.01).mean())
        for name, plain in (("same rate", end(0.05, 0.0)), ("same effective rate", end(0.5, 0.0)))
    }
