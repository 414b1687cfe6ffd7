"""The book's rule of judgement: intervals against published tables, verdicts by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from claims.rule import (
    FAILS,
    HOLDS,
    UNDECIDED,
    Band,
    at_least,
    at_most,
    between,
    exact_verdict,
    interval,
    verdict,
)


@pytest.mark.parametrize(
    ("n", "place"),  # tables of the sign test: which order statistic from either end
    [(10, 2), (11, 2), (12, 3), (15, 4), (20, 6), (25, 8), (30, 10), (40, 14)],
)
def test_the_interval_is_that_of_the_tables(n: int, place: int) -> None:
    values = np.random.default_rng(n).permutation(np.arange(1.0, n + 1))
    assert interval(values) == (place, n + 1 - place)


@pytest.mark.parametrize("n", range(10, 60))
def test_the_interval_is_scipys(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    theirs = stats.quantile_test(values, p=0.5).confidence_interval(0.95)
    assert interval(values) == (theirs.low, theirs.high)


def test_the_interval_misses_the_median_in_at_most_five_of_a_hundred() -> None:
    rng = np.random.default_rng(0)
    missed = 0
    for _ in range(2000):
        low, high = interval(rng.exponential(size=10))
        missed += not low <= np.log(2) <= high
    assert 0.01 < missed / 2000 < 0.04  # 2.1 % with ten values, exactly


def test_infinities_are_ordered_and_no_number_is_refused() -> None:
    values = [*range(8), np.inf, np.inf]
    assert interval(values) == (1, np.inf)
    with pytest.raises(ValueError, match="no number"):
        interval([*range(9), np.nan])
    with pytest.raises(ValueError, match="9 seeds are too few"):
        interval(range(9))


def test_verdicts_by_hand() -> None:
    values = np.arange(1.0, 11.0)  # the interval is 2 to 9
    for band, word in (
        (at_least(2), HOLDS),
        (at_least(2.1), UNDECIDED),
        (at_least(9), UNDECIDED),
        (at_least(9.1), FAILS),
        (at_most(9), HOLDS),
        (at_most(8.9), UNDECIDED),
        (at_most(1.9), FAILS),
        (between(2, 9), HOLDS),
        (between(3, 9), UNDECIDED),
        (between(2, 8), UNDECIDED),
        (between(4, 5), UNDECIDED),
        (between(-5, 1.5), FAILS),
        (between(9.5, 12), FAILS),
    ):
        assert verdict(values, band) == word, band


def test_an_exact_number_is_judged_alone() -> None:
    assert exact_verdict(1.0, at_least(1)) == HOLDS
    assert exact_verdict(0.9, at_least(1)) == FAILS
    with pytest.raises(ValueError, match="no number"):
        exact_verdict(np.nan, at_least(1))


def test_a_band_has_a_border_and_room() -> None:
    assert str(at_least(2)) == "at least 2"
    assert str(at_most(0.8)) == "at most 0.8"
    assert str(between(0.9, 1.1)) == "between 0.9 and 1.1"
    assert between(0.9, 1.1).borders == (0.9, 1.1)
    assert at_most(3).borders == (3,)
    for low, high in ((2, 1), (1, 1), (-np.inf, np.inf), (np.nan, 1)):
        with pytest.raises(ValueError, match="value"):
            Band(low, high)
