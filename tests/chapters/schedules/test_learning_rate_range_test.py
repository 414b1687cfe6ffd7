"""`learning_rate_range_test`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from solutions.schedules.learning_rate_range_test import learning_rate_range_test


def test_range_test_by_hand():
    """beta 1/2, rates ten times apart: s = 8, 7, 4, 3, then 2 * 3 < 16.5 stops the test.

    Losses 8, 6, 1, 2, 30, 0: slopes by decade -1, -3, -1, so the answer is the second rate.
    """
    losses, lrs = np.array([8.0, 6.0, 1.0, 2.0, 30.0, 0.0]), 10.0 ** np.arange(-5, 1)
    assert learning_rate_range_test(losses, lrs, 0.5, 2.0) == 1e-4


def test_range_test_with_uneven_rates_by_hand():
    """beta 0: the loss falls by 2 over one decade, then by 3 over two."""
    losses, lrs = np.array([9.0, 7.0, 4.0]), np.array([1e-4, 1e-3, 1e-1])
    assert learning_rate_range_test(losses, lrs, 0.0) == 1e-4


def test_range_test_is_the_maximum_of_an_interpolated_curve():
    """Without smoothing, on a fine grid: the inflection of a logistic curve in log rate."""
    x = np.linspace(-6, 1, 702)
    losses = 1 + 2 / (1 + np.exp(3 * (x + 2.345)))
    found = learning_rate_range_test(losses, 10**x, beta=0.0)
    assert abs(math.log10(found) + 2.345) < 0.02


@pytest.mark.parametrize("end", [np.nan, np.inf, 1e6])
def test_range_test_does_not_look_past_divergence(end):
    rng = np.random.default_rng(0)
    lrs = np.geomspace(1e-5, 1, 40)
    losses = np.interp(np.arange(40), [0, 10, 20, 40], [3, 2.9, 1, 0.9])
    want = learning_rate_range_test(losses, lrs)
    for _ in range(5):
        losses[30:] = [end, *rng.uniform(0.1, 1e4, size=9)]
        assert learning_rate_range_test(losses, lrs) == want


def test_range_test_default_divergence_is_four_times_the_lowest():
    """Without smoothing: 3.9 times the lowest goes on to a steeper fall, 4.1 times does not."""
    lrs = 10.0 ** np.arange(5)
    goes_on = np.array([2.0, 1.0, 3.9, 0.9, 0.9])
    stops = np.array([2.0, 1.0, 4.1, 0.9, 0.9])
    assert learning_rate_range_test(goes_on, lrs, beta=0.0) == lrs[2]
    assert learning_rate_range_test(stops, lrs, beta=0.0) == lrs[0]
