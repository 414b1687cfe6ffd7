"""Whether draws have the right distribution, not only the right mean and spread.

Continuous laws are looked at in two ways, since one sees what the other misses: the largest
distance between steps and distribution function, and counts in cells, which see tails.
Laws of a few values are counted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lib.exercise.laws import bounds
from cs231n_lib.exercise.laws.draws import flat
from cs231n_lib.exercise.laws.moments import CLOSE, share_fits
from cs231n_lib.exercise.laws.rates import PROPERTY
from cs231n_lib.exercise.laws.shapes import Cdf, Shape

# On the scale of the distribution function, where right draws are uniform: the edges of cells,
# and shares of draws that lie in the middle; what lies beyond is both tails together.
CELLS = (0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1.0)
MIDDLE = np.array([0.2, 0.5, 0.8, 0.9, 0.96, 0.99])


def follows(draws: Any, shape: Shape, rate: float = PROPERTY) -> bool:
    """Whether draws follow ``shape``.

    They must lie within its range, and of a law of a few values be such values: that is certain.
    The rest is divided: of continuous laws :func:`steps_fit` has half of the rate, counts in
    cells (:func:`grid_fits`) and beyond the middle (:func:`tails_fit`) have a quarter each.

    Args:
        draws: independent numbers, an array of any shape.
        shape: what each of them should follow.
        rate: chance that right draws fail.
    """
    x = flat(draws)
    if x is None:
        return False
    if shape.cdf is None:
        return values_are(x, shape.points) and cells_fit(
            _nearest(x, shape.points), shape.shares, rate
        )
    if not within(x, shape.low, shape.high):
        return False
    u = shape.cdf(x)
    return (
        steps_fit(x, shape.cdf, rate / 2)
        and grid_fits(u, CELLS, rate / 4)
        and tails_fit(u, rate / 4)
    )


def steps_fit(draws: Any, cdf: Cdf, rate: float = PROPERTY) -> bool:
    """Kolmogorov's and Smirnov's test: how far the share of draws up to x is from ``cdf(x)``.

    P(sup |F_n - F| > t) <= 2 exp(-2 n t**2) for every n (Dvoretzky, Kiefer and Wolfowitz 1956,
    constant by Massart 1990).

    Args:
        draws: independent numbers.
        cdf: distribution function of each, continuous.
        rate: chance that right draws fail.
    """
    x = flat(draws)
    return x is not None and bounds.expected(
        bounds.steps_surprise(distance(x, cdf), len(x)), 2, rate
    )


def distance(x: np.ndarray, cdf: Cdf) -> float:
    """sup |F_n - F|: the largest distance comes just before or just after one of the draws."""
    at, n = np.sort(cdf(x)), len(x)
    steps = np.arange(1, n + 1) / n
    return float(max(np.max(steps - at), np.max(at - steps + 1 / n)))


def grid_fits(u: np.ndarray, edges: tuple[float, ...], rate: float = PROPERTY) -> bool:
    """Whether numbers that should be uniform on [0, 1] fill the cells of a grid as they should."""
    counts = np.histogram(u, bins=np.array(edges))[0]
    return int(counts.sum()) == len(u) and cells_fit(counts, np.diff(edges), rate)


def tails_fit(u: np.ndarray, rate: float = PROPERTY) -> bool:
    """Whether as many of numbers that should be uniform on [0, 1] lie far from 1/2 as should."""
    hits = np.sum(np.abs(2 * u[:, None] - 1) > MIDDLE, axis=0)
    return share_fits(hits, len(u), 1 - MIDDLE, rate)


def cells_fit(counts: Any, shares: Any, rate: float = PROPERTY) -> bool:
    """Whether counts are what draws from a few values, or into a few cells, give.

    The count of each cell is Binomial(n, share), whatever the others are; Chernoff bounds each
    tail, and the rate is divided by the number of cells and tails.  Cells of two quantities with
    the products of their shares tell whether one of them says anything about the other.

    Args:
        counts: how many of n independent draws fell into each cell, an array; n is their sum.
        shares: probability of each, of the same shape; they add up to 1.
        rate: chance that a right answer fails.
    """
    found = flat(counts)
    return (
        found is not None
        and np.shape(counts) == np.shape(shares)
        and share_fits(found, found.sum(), np.ravel(shares), rate)
    )


def values_are(draws: Any, points: tuple[float, ...]) -> bool:
    """Whether every draw is one of a few values, up to the rounding of single precision."""
    x = flat(draws)
    if x is None:
        return False
    close = CLOSE * max(1.0, *(abs(p) for p in points))
    return bool(np.all(np.min(np.abs(x[:, None] - np.array(points)), axis=1) <= close))


def within(draws: Any, low: float, high: float) -> bool:
    """Whether every draw lies from ``low`` to ``high``, up to the rounding of single precision."""
    x = flat(draws)
    if x is None:
        return False
    close = CLOSE * max((abs(v) for v in (low, high) if np.isfinite(v)), default=0.0)
    return bool(np.all((x >= low - close) & (x <= high + close)))


def _nearest(x: np.ndarray, points: tuple[float, ...]) -> np.ndarray:
    """How many draws lie nearest to each of the values."""
    nearest = np.argmin(np.abs(x[:, None] - np.array(points)), axis=1)
    return np.bincount(nearest, minlength=len(points))
