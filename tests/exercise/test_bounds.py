"""Bounds on tails: never below the exact chance that scipy computes, and equal where exact."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from cs231n_lib.exercise.laws import bounds


def test_surprise_by_hand() -> None:
    """Three hits in three tries of 1/2 have probability 1/8, and that is Chernoff's bound."""
    assert bounds.surprise(3, 3, 0.5) == pytest.approx(math.log(8))
    assert bounds.surprise(1, 2, 0.5) == 0
    assert bounds.surprise(1, 9, 0.0) == math.inf and bounds.surprise(0, 9, 0.0) == 0
    assert bounds.expected(math.log(8), 2, 0.24) and not bounds.expected(math.log(8), 2, 0.26)
    assert not bounds.expected(math.nan, 2, 1e-9)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("n", [3, 40, 1000])
def test_chernoff_and_bennett_bound_the_binomial_tails(n: int, p: float) -> None:
    k = np.arange(n + 1)
    v, slack = p * (1 - p), 1 + 1e-9
    upper, lower = stats.binom.sf(k - 1, n, p), stats.binom.cdf(k, n, p)
    above, below = k >= n * p, k <= n * p
    chernoff = np.exp(-bounds.surprise(k, n, p))
    assert np.all(upper[above] <= chernoff[above] * slack)
    assert np.all(lower[below] <= chernoff[below] * slack)
    high = np.exp(-bounds.bennett_surprise(k / n - p, n, v, 1 - p))
    low = np.exp(-bounds.bennett_surprise(p - k / n, n, v, p))
    assert np.all(upper <= high * slack) and np.all(lower <= low * slack)
    assert np.all(chernoff[above] <= high[above] * slack), "Bennett's bound is the weaker one"


def test_bennett_by_hand() -> None:
    """n = 1, v = 1, b = 1, t = e - 1: h = e log e - (e - 1) = 1."""
    assert bounds.bennett_surprise(math.e - 1, 1, 1.0, 1.0) == pytest.approx(1.0)
    assert bounds.bennett_surprise(-3.0, 9, 1.0, 1.0) == 0
    assert bounds.bennett_surprise(1e-3, 9, 0.0, 1.0) == math.inf
    assert math.isnan(bounds.bennett_surprise(math.nan, 9, 0.0, 1.0))


@pytest.mark.parametrize("rate", [0.3, 1e-3, 1e-9])
def test_bernstein_allows_more_than_bennett_forbids(rate: float) -> None:
    t = bounds.bernstein_deviation(50, 0.2, 0.7, rate)
    assert bounds.bennett_surprise(t, 50, 0.2, 0.7) >= math.log(1 / rate)


def test_the_normal_tail_is_exact() -> None:
    z = np.linspace(0, 30, 31)
    np.testing.assert_allclose(bounds.normal_surprise(-z), -stats.norm.logsf(z), rtol=1e-12)
    assert bounds.normal_surprise(0.0) == pytest.approx(math.log(2))
    assert bounds.normal_surprise(1.959963984540054) == pytest.approx(math.log(40))  # 2.5 %


@pytest.mark.parametrize("n", [1, 7, 300])
def test_chi_squared_tails_are_bounded(n: int) -> None:
    for ratio in np.linspace(0.02, 5, 60):
        bound = math.exp(-bounds.chi_squared_surprise(ratio, n)) * (1 + 1e-9)
        tail = stats.chi2.sf if ratio > 1 else stats.chi2.cdf
        assert tail(ratio * n, n) <= bound
    assert bounds.chi_squared_surprise(0.0, n) == bounds.chi_squared_surprise(math.nan, n)


@pytest.mark.parametrize("n", [1, 5, 50, 400])
def test_the_steps_of_a_sample_are_bounded(n: int) -> None:
    for t in np.linspace(0.01, 0.99, 40):
        assert stats.kstwo.sf(t, n) <= 2 * math.exp(-bounds.steps_surprise(t, n)) * (1 + 1e-9)


@pytest.mark.parametrize("dimensions", [2, 3, 20, 999])
def test_the_angle_of_a_random_direction(dimensions: int) -> None:
    """The correlation of k normal pairs has a t law: r sqrt((K-1) / (1-r**2)) with K-1 degrees."""
    c = np.array([0.01, 0.1, 0.3, 0.7])  # beyond, scipy finds zero
    t = c * np.sqrt((dimensions - 1) / (1 - c**2))
    np.testing.assert_allclose(
        bounds.cosine_surprise(c, dimensions), -stats.t.logsf(t, dimensions - 1), rtol=1e-7
    )
    assert bounds.cosine_surprise(1.0 + 1e-15, dimensions) == math.inf


def test_an_angle_by_hand() -> None:
    """In the plane the angle is uniform: cos > 1/2 within 60 degrees of 180, one third."""
    assert bounds.cosine_surprise(0.5, 2) == pytest.approx(math.log(3))
    assert bounds.cosine_surprise(1.0, 1) == pytest.approx(math.log(2))


@pytest.mark.parametrize(("a", "b", "size"), [(3, 4, 10), (20, 30, 60), (50, 50, 100), (0, 5, 9)])
def test_overlaps_of_random_subsets_are_bounded(a: int, b: int, size: int) -> None:
    both = np.arange(max(0, a + b - size), min(a, b) + 1)
    bound = np.exp(-bounds.overlap_surprise(both, a, b, size)) * (1 + 1e-9)
    law = stats.hypergeom(size, a, b)
    above = both >= a * b / size
    assert np.all(law.sf(both - 1)[above] <= bound[above])
    assert np.all(law.cdf(both)[~above] <= bound[~above])


def test_an_overlap_by_hand() -> None:
    """Two of four places twice, the same: chance 1/6; the bound is 2 KL(1, 1/2) = log 4."""
    assert bounds.overlap_surprise(2, 2, 2, 4) == pytest.approx(math.log(4))
    assert bounds.overlap_surprise(0, 2, 2, 4) == pytest.approx(math.log(4))
    assert bounds.overlap_surprise(1, 2, 2, 4) == pytest.approx(0.0)
