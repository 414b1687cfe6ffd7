"""Whether draws that should know nothing of each other do not: units, examples, calls.

Rows are what is compared: the units of one draw (transpose the weights), the examples of one
batch, or the calls of one function, each flattened.  A row used twice is as far off as can be.

=====================  ==========================  ======================================
draws                  check                       what it assumes of right draws
=====================  ==========================  ======================================
continuous             :func:`no_two_alike`        nothing
normal                 :func:`directions_apart`    one mean and one deviation, of any size
bounded                :func:`products_vanish`     the mean and variance that are given
masks                  :func:`masks_apart`         one share of kept places, of any size
a sequence of calls    :func:`successors_free`     the mean and variance that are given
pairs of anything      :func:`agree_by_chance`     how likely it is that two agree
=====================  ==========================  ======================================

Where the scale may be wrong without a wrong dependence, the check does not depend on it, so that
one mistake fails one property.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lib.exercise.laws import bounds
from cs231n_lib.exercise.laws.draws import as_rows, flat
from cs231n_lib.exercise.laws.moments import share_fits
from cs231n_lib.exercise.laws.rates import PROPERTY
from cs231n_lib.exercise.laws.shapes import Shape


def no_two_alike(rows: Any) -> bool:
    """Whether no two rows of continuous draws are equal, or opposite, and none is zero.

    Two units that start alike stay alike, since they get the same gradients.  Continuous draws
    are equal with probability zero (of 2**53 numbers, never in practice), so no rate is spent.

    Args:
        rows: shape (m, ...), one unit each.
    """
    found = as_rows(rows)
    if found is None:
        return False
    both = np.concatenate([found, -found]) + 0.0  # -0.0 becomes 0.0
    return len(np.unique(both, axis=0)) == 2 * len(found)


def directions_apart(rows: Any, rate: float = PROPERTY) -> bool:
    """Whether rows of normal draws point in unrelated directions.

    Without its mean, a row of k independent normal draws has a direction that is uniform among
    the k - 1 dimensions left.  So cos**2 of its angle with any independent row follows
    Beta(1/2, (k-2)/2), exactly; the rate is divided by the pairs of rows and the two signs.
    Neither a wrong mean nor a wrong scale changes that.

    Args:
        rows: shape (m, ...); k should exceed about 3 log(m**2 / rate) to see weak dependence.
        rate: chance that right draws fail.
    """
    found = as_rows(rows)
    if found is None or len(found) < 2:
        return False
    centred = found - found.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1)
    if not np.all(length > 0):
        return False
    unit = centred / length[:, None]
    cosines = (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    largest = float(np.max(np.abs(cosines)))
    return bounds.expected(
        bounds.cosine_surprise(largest, unit.shape[1] - 1), 2 * len(cosines), rate
    )


def products_vanish(rows: Any, shape: Shape, rate: float = PROPERTY) -> bool:
    """Whether rows of bounded draws are uncorrelated, each pair of them.

    With x and y centred, independent and of variance v, the products x y have mean 0 and
    variance v**2, and lie between bounds that follow from the range.  Bennett's inequality
    (1962) bounds both tails of their mean; the rate is divided by the pairs and tails.

    Args:
        rows: shape (m, ...).
        shape: what each entry follows; bounded.
        rate: chance that right draws fail.
    """
    found = as_rows(rows)
    if found is None or len(found) < 2:
        return False
    centred = found - shape.mean
    means = (centred @ centred.T)[np.triu_indices(len(found), 1)] / found.shape[1]
    return _products_fit(means, found.shape[1], shape, shape.variance**2, rate)


def successors_free(draws: Any, shape: Shape, rate: float = PROPERTY) -> bool:
    """Whether what one call draws says nothing about what the next one draws.

    With x centred, x_t x_(t+1) has mean 0 given all that came before, and a variance of at most
    v (max |x|)**2.  Freedman's inequality (1975) bounds both tails of the mean of the products.

    Args:
        draws: what each call drew, in order, shape (calls, ...).
        shape: what each entry follows; bounded.
        rate: chance that right draws fail.
    """
    x = flat(draws)
    if x is None or np.ndim(draws) < 1 or len(np.asarray(draws)) < 2:
        return False
    centred = x.reshape(len(np.asarray(draws)), -1) - shape.mean
    products = centred[1:] * centred[:-1]
    reach = max(shape.high - shape.mean, shape.mean - shape.low)
    mean = np.array([np.mean(products)])
    return _products_fit(mean, products.size, shape, shape.variance * reach**2, rate)


def _products_fit(
    means: np.ndarray, tries: int, shape: Shape, variance: float, rate: float
) -> bool:
    """Whether means of products of two centred draws are near enough to 0."""
    if not shape.bounded:
        raise ValueError("products of draws without bounds: see directions_apart")
    above, below = shape.high - shape.mean, shape.mean - shape.low
    found = [
        bounds.bennett_surprise(means, tries, variance, max(above, below) ** 2),
        bounds.bennett_surprise(-means, tries, variance, above * below),
    ]
    return bounds.expected(np.array(found), 2 * means.size, rate)


def masks_apart(masks: Any, rate: float = PROPERTY) -> bool:
    """Whether masks share as many kept places as independent ones do, each pair of them.

    Given that two masks keep a and b of K places, independent ones share a hypergeometric number
    of them, whatever the probability of keeping is: a mask that keeps too much passes, and
    :func:`~cs231n_lib.exercise.laws.moments.share_fits` tells.  Hoeffding (1963) bounds both
    tails; the rate is divided by the pairs and tails.  With half of the places kept, masks that
    are equal are noticed from about 1.5 log(m**2 / rate) places on; narrower ones are flattened
    over a batch or several calls, or counted (:func:`agree_by_chance`).

    Args:
        masks: shape (m, ...), one mask each; what is not 0 is kept.
        rate: chance that right masks fail.
    """
    rows = as_rows(masks)
    if rows is None or len(rows) < 2:
        return False
    kept = (rows != 0).astype(np.float64)
    i, j = np.triu_indices(len(kept), 1)
    many = kept.sum(axis=1)
    found = bounds.overlap_surprise((kept @ kept.T)[i, j], many[i], many[j], kept.shape[1])
    return bounds.expected(found, 2 * len(i), rate)


def agree_by_chance(first: Any, second: Any, chance: float, rate: float = PROPERTY) -> bool:
    """Whether two draws agree as often as independent ones do.

    Pairs must not overlap: examples 0 and 1, then 2 and 3, or calls 0 and 1, then 2 and 3. The
    number that agree is Binomial(n, chance), and Chernoff bounds its tails.

    Args:
        first, second: n draws each, of a few values.
        chance: that two independent draws agree: the sum of the squares of their probabilities.
        rate: chance that right draws fail.
    """
    a, b = flat(first), flat(second)
    if a is None or b is None or a.shape != b.shape:
        return False
    return share_fits(int(np.sum(a == b)), len(a), chance, rate)
