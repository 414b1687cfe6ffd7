"""The noisy quadratic of the chapter: curvature 1, independent noise, computed exactly."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter


def second_moments(rates: np.ndarray, start: float, noise: float = 1.0) -> np.ndarray:
    """E[x**2] before each update and after the last, for curvature 1, exactly.

    ``x <- x - rate * (x + xi)`` with independent noise of variance ``noise``.  ``rates`` is
    (steps,) or (steps, runs); the result has one row more.
    """
    moments = [np.full(np.shape(rates)[1:], float(start))]
    for rate in np.asarray(rates):
        moments.append((1 - rate) ** 2 * moments[-1] + rate**2 * noise)
    return np.array(moments)


def greedy_rates(steps: int, start: float, noise: float = 1.0) -> np.ndarray:
    """The rate that minimises the next E[x**2], at every step, for curvature 1."""
    rates, moment = [], start
    for _ in range(steps):
        rates.append(moment / (moment + noise))
        moment = second_moments(np.array(rates[-1:]), moment, noise)[-1]
    return np.array(rates)


def tuned_top(
    shape: np.ndarray, start: float, tops: np.ndarray | None = None
) -> tuple[float, float]:
    """The best top rate of a schedule on this quadratic, and E[x**2] at the end with it.

    Args:
        shape: multipliers of the top rate, (steps,).
        start: E[x**2] at the beginning.
        tops: the rates to try; by default 200 from 0.001 to 1.9, evenly in their logarithm.
    """
    tops = np.geomspace(1e-3, 1.9, 200) if tops is None else tops
    ends = second_moments(np.multiply.outer(shape, tops), start)[-1]
    return float(tops[ends.argmin()]), float(ends.min())


def floor_ratio(seed: int, rate: float = 0.02, times: float = 2.0, steps: int = 400_000) -> float:
    """Simulated stationary variance at ``times * rate`` over that at ``rate``."""
    noise = np.random.default_rng(seed).normal(size=steps)
    floors = [lfilter([-a], [1, a - 1], noise)[2000:].var() for a in (times * rate, rate)]
    return float(floors[0] / floors[1])
