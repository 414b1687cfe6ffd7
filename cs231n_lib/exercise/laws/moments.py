"""Whether mean and spread of many draws are what they should be.

Every check takes draws, what is expected of them, and the chance that right draws fail.  Draws
that are no finite numbers fail.  Thresholds are exact for normal draws and follow from bounds
that hold for every sample size otherwise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cs231n_lib.exercise.laws import bounds
from cs231n_lib.exercise.laws.draws import flat
from cs231n_lib.exercise.laws.rates import PROPERTY
from cs231n_lib.exercise.laws.shapes import Shape

CLOSE = 1e-6  # relative; single precision is nearer


def mean_fits(draws: Any, shape: Shape, rate: float = PROPERTY) -> bool:
    """Whether the sample mean is that of ``shape``.

    Of normal draws sqrt(n) (m - mean) / std is standard normal.  For bounded ones Bennett's
    inequality (1962) bounds each tail.  Draws without variance must all be the mean.

    Args:
        draws: independent numbers, an array of any shape.
        shape: what each of them follows.
        rate: chance that right draws fail.
    """
    x = flat(draws)
    if x is None:
        return False
    if shape.variance == 0:
        return bool(np.all(np.abs(x - shape.mean) <= CLOSE * max(1.0, abs(shape.mean))))
    off = float(np.mean(x)) - shape.mean
    if not shape.bounded:
        return bounds.expected(
            bounds.normal_surprise(math.sqrt(len(x) / shape.variance) * off), 2, rate
        )
    found = [
        bounds.bennett_surprise(off, len(x), shape.variance, shape.high - shape.mean),
        bounds.bennett_surprise(-off, len(x), shape.variance, shape.mean - shape.low),
    ]
    return bounds.expected(np.array(found), 2, rate)


def spread_fits(draws: Any, shape: Shape, rate: float = PROPERTY) -> bool:
    """Whether the sample variance, and so the standard deviation, is that of ``shape``.

    The variance is taken about the sample mean, so draws with a wrong mean and the right spread
    pass: a wrong mean is told by :func:`mean_fits`.

    Of n normal draws the sum of squares over the variance is chi-squared with n - 1 degrees of
    freedom, whose tails Chernoff bounds.  For bounded draws Bennett's inequality bounds the mean
    of (x - mean)**2, whose variance is ``fourth - variance**2``; the variance about the sample
    mean m is less by (m - mean)**2, which Bernstein's inequality bounds, and that much more is
    allowed below.

    Args:
        draws: at least two independent numbers, an array of any shape.
        shape: what each of them follows.
        rate: chance that right draws fail.
    """
    x = flat(draws)
    if x is None or len(x) < 2:
        return False
    n, v = len(x), shape.variance
    if v == 0:
        return float(np.var(x)) <= (CLOSE * max(1.0, abs(shape.mean))) ** 2
    if not shape.bounded:
        ratio = float(np.var(x, ddof=1)) / v
        return bounds.expected(bounds.chi_squared_surprise(ratio, n - 1), 2, rate)
    found = float(np.var(x))
    reach = max(shape.high - shape.mean, shape.mean - shape.low)
    slack = CLOSE * v
    lost = bounds.bernstein_deviation(n, v, reach, rate / 6) ** 2  # a third, for two tails
    of_square = shape.fourth - v**2
    off = [
        bounds.bennett_surprise(found - v - slack, n, of_square, reach**2 - v),
        bounds.bennett_surprise(v - found - lost - slack, n, of_square, v),
    ]
    return bounds.expected(np.array(off), 3, rate)


def share_fits(hits: Any, tries: Any, share: Any, rate: float = PROPERTY) -> bool:
    """Whether something happens as often as it should, once or for each of several things.

    The number of hits in n independent tries is Binomial(n, share).  Chernoff bounds each tail
    by exp(-n KL(hits / n, share)); the rate is divided by the number of things and tails.

    Args:
        hits: how often it happened, a number or an array.
        tries: of how many, likewise.
        share: its probability, likewise; 0 and 1 allow no exception.
        rate: chance that a right answer fails.
    """
    if flat(hits) is None or flat(tries) is None:
        return False
    given = [np.asarray(v, dtype=np.float64) for v in (hits, tries, share)]
    counts, many, p = np.broadcast_arrays(*given)
    if not np.all((counts >= 0) & (counts <= many) & (many > 0)):
        return False
    return bounds.expected(bounds.surprise(counts, many, p), 2 * counts.size, rate)
