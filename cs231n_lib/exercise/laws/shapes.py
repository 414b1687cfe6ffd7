"""Laws of one random number: moments, range and distribution function.

What is expected of draws is said by a :class:`Shape`; what is checked stands in the files
``moments``, ``distribution`` and ``independence`` of this room.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Cdf = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Shape:
    """The law of one draw.

    Attributes:
        mean, variance: of it.
        fourth: its fourth central moment, E (x - mean)**4.
        low, high: its range; infinite for the normal law, the only one without bounds here.
        cdf: P(draw <= x) for an array of x; None for a law of a few values.
        points, shares: of such a law, the values and the probability of each.
    """

    mean: float
    variance: float
    fourth: float
    low: float
    high: float
    cdf: Cdf | None = None
    points: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()

    @property
    def bounded(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)


def _density(z: float) -> float:
    """The density of a standard normal at z."""
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def normal(mean: float = 0.0, std: float = 1.0) -> Shape:
    """Gaussian draws, as ``rng.normal(mean, std)`` gives them."""

    def cdf(x: np.ndarray) -> np.ndarray:
        from scipy.special import ndtr

        return np.asarray(ndtr((x - mean) / std))

    return Shape(mean, std**2, 3 * std**4, -math.inf, math.inf, cdf)


def uniform(low: float = 0.0, high: float = 1.0) -> Shape:
    """All numbers from ``low`` to ``high`` alike.

    Draws that are uniform on a logarithmic scale are looked at as their logarithms.
    """
    half = (high - low) / 2

    def cdf(x: np.ndarray) -> np.ndarray:
        return np.clip((x - low) / (high - low), 0.0, 1.0)

    return Shape((low + high) / 2, half**2 / 3, half**4 / 5, low, high, cdf)


def truncated_normal(mean: float, std: float, low: float, high: float) -> Shape:
    """Gaussian draws of which those outside of ``low`` to ``high`` are drawn again.

    With a and b the ends in units of ``std`` from ``mean``, f the normal density and Z the share
    between them: m_k = (k - 1) m_(k-2) + (a**(k-1) f(a) - b**(k-1) f(b)) / Z.

    Source: N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994),
    section 13.10.1.
    """
    from scipy.special import ndtr

    a, b = (low - mean) / std, (high - mean) / std
    at_a, at_b = float(ndtr(a)), float(ndtr(b))
    Z = at_b - at_a
    m = [1.0, (_density(a) - _density(b)) / Z]
    for k in range(2, 5):
        ends = a ** (k - 1) * _density(a) - b ** (k - 1) * _density(b)
        m.append((k - 1) * m[k - 2] + ends / Z)
    variance = m[2] - m[1] ** 2
    fourth = m[4] - 4 * m[1] * m[3] + 6 * m[1] ** 2 * m[2] - 3 * m[1] ** 4

    def cdf(x: np.ndarray) -> np.ndarray:
        return np.clip((ndtr((x - mean) / std) - at_a) / Z, 0.0, 1.0)

    return Shape(mean + std * m[1], std**2 * variance, std**4 * fourth, low, high, cdf)


def beta(a: float, b: float) -> Shape:
    """Shares between 0 and 1, as ``rng.beta(a, b)`` gives them."""
    s = a + b
    variance = a * b / (s**2 * (s + 1))
    excess = 6 * ((a - b) ** 2 * (s + 1) - a * b * (s + 2)) / (a * b * (s + 2) * (s + 3))

    def cdf(x: np.ndarray) -> np.ndarray:
        from scipy.special import betainc

        return np.asarray(betainc(a, b, np.clip(x, 0.0, 1.0)))

    return Shape(a / s, variance, (3 + excess) * variance**2, 0.0, 1.0, cdf)


def two_point(low: float, high: float, share: float) -> Shape:
    """``high`` with probability ``share``, else ``low``."""
    width, v = high - low, share * (1 - share)
    return Shape(
        low + share * width,
        v * width**2,
        v * (1 - 3 * v) * width**4,
        low,
        high,
        points=(low, high),
        shares=(1 - share, share),
    )


def mask(keep: float, scaled: bool = False) -> Shape:
    """What a unit is multiplied by: 1 (or 1 / keep) with probability ``keep``, else 0."""
    return two_point(0.0, 1.0 / keep if scaled else 1.0, keep)
