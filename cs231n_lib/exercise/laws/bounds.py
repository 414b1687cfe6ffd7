"""Bounds on the chance that a right answer is as far off as the one at hand.

Each function returns a *surprise*: minus the logarithm of a number that the chance does not
exceed, for a deviation in one direction.  So a property fails when its surprise is above
``log(events / rate)``, where ``events`` counts the deviations that are looked at, both
directions each: by the union bound a right answer fails with probability ``rate`` at most.

No table, no p-value of an approximation: every bound holds for samples of any size.
"""

from __future__ import annotations

import math

import numpy as np

Numbers = np.ndarray | float


def expected(found: Numbers, events: float, rate: float) -> bool:
    """Whether none of the surprises ``found`` is too large; NaN is.

    Args:
        events: of how many deviations the largest surprise could have come.
        rate: chance that a right answer is refused.
    """
    return bool(np.all(np.asarray(found) <= math.log(events / rate)))


def surprise(counts: Numbers, tries: Numbers, p: Numbers) -> np.ndarray:
    """n KL(q, p) for a share q = counts / n where p is to be expected.

    KL(q, p) = q log(q/p) + (1-q) log((1-q)/(1-p)), with 0 log 0 = 0.

    Source: H. Chernoff, A measure of asymptotic efficiency for tests of a hypothesis based on
    the sum of observations (1952).
    """
    q = counts / np.asarray(tries)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.where(q > 0, q * np.log(q / p), 0.0)
        below = np.where(q < 1, (1 - q) * np.log((1 - q) / (1 - p)), 0.0)
    return np.asarray(tries * (above + below))


def normal_surprise(z: Numbers) -> np.ndarray:
    """-log P(Z > |z|) for a standard normal Z: exact."""
    from scipy.special import log_ndtr

    return np.asarray(-log_ndtr(-np.abs(z)))


def chi_squared_surprise(ratio: float, freedom: int) -> float:
    """Of a sum of squares of n standard normals that is ``ratio`` times its mean, n.

    n/2 (r - 1 - log r), Chernoff's bound with the moment generating function
    (1 - 2 s)**(-n/2); for both tails.
    """
    if not ratio > 0:
        return math.inf
    return freedom / 2 * (ratio - 1 - math.log(ratio))


def bennett_surprise(excess: Numbers, tries: int, variance: float, largest: float) -> np.ndarray:
    """Of a mean of n independent variables that exceeds its expectation by ``excess``.

    n v / b**2 h(b t / v) with h(u) = (1 + u) log(1 + u) - u; 0 where t <= 0.

    Args:
        variance: v, mean of their variances or a bound on it.
        largest: b, none of them exceeds its expectation by more.

    Source: G. Bennett, Probability inequalities for the sum of independent random variables
    (1962).  D. Freedman, On tail probabilities for martingales (1975), has the same for
    variables whose expectation given all earlier ones is zero, v bounding their mean
    variance given the earlier ones.
    """
    over = np.maximum(excess, 0.0)
    if largest <= 0 or variance <= 0:  # nothing can exceed its expectation
        return np.where(over > 0, math.inf, np.where(np.isnan(over), math.nan, 0.0))
    u = largest * over / variance
    return np.asarray(tries * variance / largest**2 * ((1 + u) * np.log1p(u) - u))


def bernstein_deviation(tries: int, variance: float, largest: float, rate: float) -> float:
    """What a mean exceeds its expectation by with probability ``rate`` at most.

    sqrt(2 v L / n) + b L / (3 n) with L = log(1 / rate); see :func:`bennett_surprise`.

    Source: S. Boucheron, G. Lugosi, P. Massart, Concentration Inequalities (2013), section 2.8.
    """
    log = math.log(1 / rate)
    return math.sqrt(2 * variance * log / tries) + largest * log / (3 * tries)


def steps_surprise(distance: float, tries: int) -> float:
    """Of the largest distance between the steps of n draws and their distribution function.

    2 n t**2, for both signs together: P(sup |F_n - F| > t) <= 2 exp(-2 n t**2).

    Source: A. Dvoretzky, J. Kiefer, J. Wolfowitz (1956), with the constant of P. Massart, The
    tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality (1990).
    """
    return 2 * tries * distance**2


def cosine_surprise(cosine: Numbers, dimensions: int) -> np.ndarray:
    """-log P(cos > |c|) for the angle of a direction drawn uniformly with any other: exact.

    cos**2 follows Beta(1/2, (K-1)/2), and both signs are equally likely.
    """
    if dimensions < 2:  # on a line there are two directions, and both are likely
        return np.full(np.shape(cosine), math.log(2))
    from scipy.special import betainc

    rest = np.clip(1.0 - np.square(cosine), 0.0, 1.0)
    with np.errstate(divide="ignore"):  # what is zero to rounding is far beyond every limit
        return np.asarray(math.log(2) - np.log(betainc((dimensions - 1) / 2, 0.5, rest)))


def overlap_surprise(both: Numbers, a: Numbers, b: Numbers, size: int) -> np.ndarray:
    """Of ``both`` places that two random subsets of ``a`` and ``b`` of K places share.

    Their number is hypergeometric.  The a places of one are drawn without replacement, a share
    b / K of them lies in the other, and drawing with replacement would spread more: a KL(both/a,
    b/K).  The same holds with the subsets exchanged and with the places that one of them lacks;
    each bounds the same tail, so the largest of the four counts.

    Source: W. Hoeffding, Probability inequalities for sums of bounded random variables (1963),
    theorem 4; V. Chvatal, The tail of the hypergeometric distribution (1979).
    """
    found = [
        _drawn(both, a, b / size),
        _drawn(both, b, a / size),
        _drawn(b - both, size - a, b / size),
        _drawn(a - both, size - b, a / size),
    ]
    return np.max(found, axis=0)


def _drawn(hits: Numbers, tries: Numbers, p: Numbers) -> np.ndarray:
    """:func:`surprise` where there may have been no try at all."""
    tries = np.asarray(tries, dtype=np.float64)
    return np.where(tries > 0, surprise(hits, np.maximum(tries, 1), p), 0.0)
