"""Functions of probability that NumPy lacks."""

from __future__ import annotations

import math

import numpy as np

TERMS = 2000  # of a continued fraction; it needs about the root of its larger argument
TINY = 1e-300  # stands for a zero that would be divided by
PRECISE = 1e-15

_erfc = np.frompyfunc(math.erfc, 1, 1)


def erfc(x: np.ndarray | float) -> np.ndarray:
    """1 - erf(x) of each entry, to full precision where it is small."""
    return np.asarray(_erfc(np.asarray(x, dtype=np.float64))).astype(np.float64)


def normal_cdf(z: np.ndarray | float) -> np.ndarray:
    """P(Z <= z) for a standard normal Z."""
    return np.asarray(0.5 * erfc(-np.asarray(z) / math.sqrt(2)))


def normal_density(z: float) -> float:
    """exp(-z**2 / 2) / sqrt(2 pi)."""
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def beta_cdf(x: np.ndarray | float, a: float, b: float) -> np.ndarray:
    """P(X <= x) for X with the law Beta(a, b): the regularised incomplete beta function."""
    return np.exp(log_beta_cdf(x, a, b))


def log_beta_cdf(x: np.ndarray | float, a: float, b: float) -> np.ndarray:
    """Its logarithm, to a small relative error of the function far out in the lower tail.

    Source: NIST Digital Library of Mathematical Functions, 8.17.22 (a continued fraction), and
    8.17.4 for the other half of the interval.
    """
    x = np.clip(np.asarray(x, dtype=np.float64), 0.0, 1.0)
    lower = x < (a + 1) / (a + b + 2)
    with np.errstate(divide="ignore"):
        near = _log_lower(np.where(lower, x, 0.0), a, b)
        far = _log_lower(np.where(lower, 0.0, 1.0 - x), b, a)
        return np.where(lower, near, np.log1p(-np.exp(far)))


def _log_lower(x: np.ndarray, a: float, b: float) -> np.ndarray:
    """log I_x(a, b) by Lentz's method, for x below (a + 1) / (a + b + 2)."""
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.log(a)
    c, d = np.ones_like(x), 1.0 / _apart(1.0 - (a + b) * x / (a + 1))
    value = d.copy()
    for m in range(1, TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / _apart(1.0 + term * d)
            c = _apart(1.0 + term / c)
            value = value * c * d
        if np.all(np.abs(c * d - 1.0) < PRECISE):
            break
    return np.asarray(front + a * np.log(x) + b * np.log1p(-x) + np.log(value))


def _apart(x: np.ndarray) -> np.ndarray:
    return np.where(np.abs(x) < TINY, TINY, x)
