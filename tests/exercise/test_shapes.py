"""Laws of one draw: their moments and distribution functions are those of scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cs231n_lib.exercise.laws import shapes
from cs231n_lib.exercise.laws.draws import MOST_ROWS, as_rows, flat

CONTINUOUS = {
    "normal": (shapes.normal(-1.0, 0.3), stats.norm(-1.0, 0.3)),
    "uniform": (shapes.uniform(-2.0, 5.0), stats.uniform(-2.0, 7.0)),
    "truncated": (
        shapes.truncated_normal(1.0, 2.0, -3.0, 4.0),
        stats.truncnorm(-2.0, 1.5, 1.0, 2.0),
    ),
    "beta": (shapes.beta(0.4, 1.7), stats.beta(0.4, 1.7)),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_moments_and_distribution_are_those_of_scipy(name: str) -> None:
    shape, law = CONTINUOUS[name]
    mean, variance, excess = law.stats("mvk")
    assert shape.mean == pytest.approx(mean)
    assert shape.variance == pytest.approx(variance)
    assert shape.fourth == pytest.approx((excess + 3) * variance**2)
    assert (shape.low, shape.high) == pytest.approx(law.support())
    assert shape.cdf is not None
    x = law.ppf(np.linspace(0.001, 0.999, 50))
    np.testing.assert_allclose(shape.cdf(x), law.cdf(x), rtol=1e-9)
    assert shape.bounded == (name != "normal")


def test_a_mask_by_hand() -> None:
    """Kept with 3/4 and scaled by 4/3: mean 1, E x**2 = 3/4 * 16/9 = 4/3, variance 1/3."""
    shape = shapes.mask(0.75, scaled=True)
    assert shape.mean == pytest.approx(1.0)
    assert shape.variance == pytest.approx(1 / 3)
    assert shape.points == (0.0, 4 / 3) and shape.shares == (0.25, 0.75)
    assert shapes.mask(0.75).variance == pytest.approx(3 / 16)
    law = stats.bernoulli(0.75)
    assert shapes.mask(0.75).fourth == pytest.approx((law.stats("k") + 3) * law.var() ** 2)


@pytest.mark.parametrize(
    "draws",
    [
        None,
        "a",
        [],
        [[1.0], [2.0, 3.0]],
        [1.0, np.nan],
        [np.inf],
        [1j],
        {},
        [None],
        np.zeros((0, 3)),
    ],
    ids=repr,
)
def test_what_is_no_finite_number_is_not_read(draws: object) -> None:
    assert flat(draws) is None and as_rows(draws) is None


def test_rows_are_read_by_the_first_axis() -> None:
    found = as_rows(np.arange(12).reshape(2, 3, 2))
    assert found is not None and found.shape == (2, 6) and found.dtype == np.float64
    assert as_rows(np.arange(3.0)) is None
    assert as_rows(np.zeros((MOST_ROWS + 1, 2))) is None, "every two rows would be compared"


def test_beta_by_hand() -> None:
    """Beta(2, 1) has the density 2 x, so P(X <= 1/2) = 1/4; it is zero at 0 and one at 1."""
    law = shapes.beta(2, 1)
    assert law.cdf is not None
    np.testing.assert_allclose(law.cdf(np.array([-1, 0, 0.5, 1, 2])), [0, 0, 0.25, 1, 1])
    assert (law.mean, law.variance) == (pytest.approx(2 / 3), pytest.approx(1 / 18))
