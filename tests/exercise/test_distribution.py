"""Shapes of distributions: right draws pass, each wrong shape is noticed on every seed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cs231n_lib.exercise.laws import shapes
from cs231n_lib.exercise.laws.distribution import (
    cells_fit,
    distance,
    follows,
    grid_fits,
    steps_fit,
    values_are,
    within,
)
from cs231n_lib.exercise.laws.moments import mean_fits, spread_fits
from tests.exercise.gradings import COUNTED, most, noticed, refused
from tests.exercise.test_moments import HALF, RIGHT, STD, truncated

MANY = 1500
N, U = shapes.normal(0, STD), shapes.uniform(-HALF, HALF)


@pytest.mark.parametrize("name", RIGHT)
def test_right_draws_are_never_refused(name: str) -> None:
    shape, draw = RIGHT[name]
    assert refused(lambda x: follows(x, shape), draw, seed=9) == 0


@pytest.mark.parametrize("name", RIGHT)
def test_right_draws_are_refused_no_more_often_than_stated(name: str) -> None:
    shape, draw = RIGHT[name]
    assert refused(lambda x: follows(x, shape, 0.2), draw, COUNTED, seed=10) <= most(0.2)


def test_the_distance_by_hand_and_by_scipy() -> None:
    """Draws 0.1 and 0.6 of a uniform law: just before 0.6 the steps are at 0.5, so 0.1; at 0.1
    they are at 0.5 and 0.4 too high; at 0.6 they are at 1."""
    assert distance(np.array([0.6, 0.1]), lambda x: x) == pytest.approx(0.4)
    rng = np.random.default_rng(1)
    for size in (1, 2, 30):
        x = rng.normal(size=size)
        want = stats.kstest(x, stats.norm.cdf).statistic
        assert distance(x, stats.norm.cdf) == pytest.approx(want)


def test_massarts_bound_by_hand() -> None:
    """Two draws at a distance of 0.4: 2 exp(-4 * 0.16) = 1.0546, so no rate below 1 refuses."""
    assert steps_fit([0.6, 0.1], lambda x: x, 0.999)
    assert not steps_fit([0.99] * 8, lambda x: x, 1e-6)  # 2 exp(-16 * 0.98) = 3e-7


def test_cells_by_hand() -> None:
    """Three draws in the first of two cells: 1/8 of each, for two cells and two tails 1/2."""
    assert cells_fit([3, 0], [0.5, 0.5], 0.49) and not cells_fit([3, 0], [0.5, 0.5], 0.51)
    assert not cells_fit([3, 1], [1.0, 0.0])
    assert not cells_fit([3, 0, 0], [0.5, 0.5]) and not cells_fit([0, 0], [0.5, 0.5])


WRONG = {
    "uniform for normal": (N, lambda r: r.uniform(-HALF, HALF, MANY)),
    "two values for normal": (N, lambda r: STD * r.choice([-1.0, 1.0], MANY)),
    "truncated for normal": (N, lambda r: truncated(r)),
    "normal of another spread": (N, lambda r: r.normal(0, 1.3 * STD, MANY)),
    "heavy tails for normal": (N, lambda r: r.laplace(0, STD / np.sqrt(2), 3 * MANY)),
    "normal for uniform": (U, lambda r: r.normal(0, STD, MANY)),
    "a wider uniform": (U, lambda r: r.uniform(-1.1 * HALF, 1.1 * HALF, MANY)),
    "a narrower uniform": (U, lambda r: r.uniform(-0.9 * HALF, 0.9 * HALF, MANY)),
    "a shifted uniform": (U, lambda r: r.uniform(-0.9 * HALF, 1.1 * HALF, MANY)),
    "normal for truncated": (
        shapes.truncated_normal(0, STD, -2 * STD, 2 * STD),
        lambda r: r.normal(0, STD, MANY),
    ),
    "clipped for truncated": (
        shapes.truncated_normal(0, STD, -2 * STD, 2 * STD),
        lambda r: np.clip(r.normal(0, STD, MANY), -2 * STD, 2 * STD),
    ),
    "uniform for log-uniform": (
        shapes.uniform(np.log(1e-4), np.log(1e-1)),
        lambda r: np.log(r.uniform(1e-4, 1e-1, 200)),
    ),
    "exponents that are whole": (
        shapes.uniform(np.log(1e-4), np.log(1e-1)),
        lambda r: np.log(10.0) * r.integers(-4, 0, 400),
    ),
    "Beta(a, 1) for Beta(a, a)": (shapes.beta(0.4, 0.4), lambda r: r.beta(0.4, 1.0, 300)),
    "uniform for Beta(a, a)": (shapes.beta(0.4, 0.4), lambda r: r.random(300)),
    "the larger share of two": (
        shapes.beta(1.0, 1.0),
        lambda r: np.maximum(x := r.random(300), 1 - x),
    ),
    "a soft mask": (shapes.mask(0.7, True), lambda r: r.random(MANY) / 0.7),
    "1 - p": (shapes.mask(0.7), lambda r: r.random(MANY) < 0.3),
    "not scaled": (shapes.mask(0.7, True), lambda r: r.random(MANY) < 0.7),
    "not a number": (N, lambda r: np.full(MANY, np.nan)),
    "no draws": (N, lambda r: np.zeros(0)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_shape_is_noticed(name: str) -> None:
    shape, draw = WRONG[name]
    assert noticed(lambda x: follows(x, shape), draw)


def test_a_wrong_shape_has_the_right_moments() -> None:
    """What the moments cannot see is what these tests are for."""
    draw = WRONG["uniform for normal"][1]
    assert refused(lambda x: mean_fits(x, N) and spread_fits(x, N), draw, 50) == 0


def test_tails_are_seen_by_cells_and_not_by_steps() -> None:
    def draw(rng: np.random.Generator) -> np.ndarray:
        return rng.uniform(-HALF, HALF, 700)

    assert N.cdf is not None
    cdf = N.cdf
    assert refused(lambda x: steps_fit(x, cdf), draw, 20) == 0
    assert noticed(lambda x: follows(x, N), draw)


def test_two_draws_that_depend_on_each_other_fill_the_wrong_cells() -> None:
    """Both uniform on four values, and the second never the first."""
    joint = np.full((4, 4), 1 / 16)

    def counts(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return np.bincount(4 * first + second, minlength=16).reshape(4, 4)

    def apart(rng: np.random.Generator) -> np.ndarray:
        first = rng.integers(4, size=600)
        return counts(first, (first + rng.integers(1, 4, size=600)) % 4)

    def free(rng: np.random.Generator) -> np.ndarray:
        return counts(rng.integers(4, size=600), rng.integers(4, size=600))

    assert noticed(lambda c: cells_fit(c, joint), apart)
    assert refused(lambda c: cells_fit(c, joint), free) == 0


def test_values_and_ranges_forgive_rounding_and_nothing_else() -> None:
    scaled = (np.ones(3, np.float32) / np.float32(0.7)).astype(np.float32)
    assert values_are(scaled, (0.0, 1 / 0.7)) and not values_are([1.42], (0.0, 1 / 0.7))
    assert within(np.float32([0.1, 0.7]), 0.1, 0.7) and not within([0.1, 0.7001], 0.1, 0.7)
    assert within([5.0], -np.inf, np.inf) and not within([np.nan], 0.0, 1.0)
    assert not values_are(None, (0.0, 1.0)) and not within(None, 0.0, 1.0)


def test_what_lies_outside_a_grid_is_wrong() -> None:
    assert grid_fits(np.array([0.2, 0.7]), (0.0, 0.5, 1.0), 0.5)
    assert not grid_fits(np.array([0.2, 1.7]), (0.0, 0.5, 1.0), 0.5)
