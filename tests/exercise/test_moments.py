"""Mean, spread and shares: right draws pass, each wrong function is noticed on every seed."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lib.exercise.laws import shapes
from cs231n_lib.exercise.laws.moments import mean_fits, share_fits, spread_fits
from cs231n_lib.exercise.laws.shapes import Shape
from tests.exercise.gradings import COUNTED, Drawn, most, noticed, refused

STD = 0.1  # of weights
SIZE = (40, 30)
HALF = STD * np.sqrt(3)  # of a uniform law with this deviation


def truncated(rng: np.random.Generator) -> np.ndarray:
    many = rng.normal(0, STD, size=4000)
    return many[np.abs(many) < 2 * STD][:1200]


RIGHT: dict[str, tuple[Shape, Drawn]] = {
    "normal": (shapes.normal(0, STD), lambda r: r.normal(0, STD, SIZE)),
    "single precision": (
        shapes.normal(0, STD),
        lambda r: STD * r.standard_normal(SIZE, dtype=np.float32),
    ),
    "uniform": (shapes.uniform(-HALF, HALF), lambda r: r.uniform(-HALF, HALF, SIZE)),
    "truncated": (shapes.truncated_normal(0, STD, -2 * STD, 2 * STD), truncated),
    "beta": (shapes.beta(0.4, 0.4), lambda r: r.beta(0.4, 0.4, 300)),
    "mask": (shapes.mask(0.7), lambda r: r.random(SIZE) < 0.7),
    "scaled mask": (shapes.mask(0.7, True), lambda r: (r.random(SIZE) < 0.7) / 0.7),
    "half": (shapes.mask(0.5, True), lambda r: (r.random(SIZE) < 0.5) * 2.0),
    "rarely kept": (shapes.mask(0.02, True), lambda r: (r.random(SIZE) < 0.02) / 0.02),
    "always kept": (shapes.mask(1.0, True), lambda r: np.ones(SIZE)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_draws_are_never_refused(name: str) -> None:
    shape, draw = RIGHT[name]
    assert refused(lambda x: mean_fits(x, shape) and spread_fits(x, shape), draw, seed=7) == 0


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("check", [mean_fits, spread_fits])
def test_right_draws_are_refused_no_more_often_than_stated(name: str, check) -> None:
    shape, draw = RIGHT[name]
    rate = 0.05
    assert refused(lambda x: check(x, shape, rate), draw, COUNTED, seed=8) <= most(rate)


def test_the_mean_of_normal_draws_is_refused_as_often_as_stated() -> None:
    """The threshold is exact here: about 50 of 1000 at a rate of 5 %."""
    shape, draw = RIGHT["normal"]
    found = refused(lambda x: mean_fits(x, shape, 0.05), draw, COUNTED, seed=8)
    assert 30 <= found <= most(0.05)


def test_a_mean_by_hand() -> None:
    """Four draws of 0.98 with deviation 1: z = 1.96, which 4.9996 % exceed."""
    draws = np.full(4, 0.98)
    assert mean_fits(draws, shapes.normal(), 0.0499)
    assert not mean_fits(draws, shapes.normal(), 0.0501)


def test_a_spread_by_hand() -> None:
    """Three draws, variance 4 for 1: 2/2 (4 - 1 - log 4) = 1.614, and 2 exp(-1.614) = 0.398."""
    draws = np.array([-2.0, 0.0, 2.0])
    assert spread_fits(draws, shapes.normal(), 0.39)
    assert not spread_fits(draws, shapes.normal(), 0.41)
    assert spread_fits(draws + 100, shapes.normal(), 0.39), "a shift is no spread"


def test_a_share_by_hand() -> None:
    """Three of three heads: 1/8 on each side, so 1/4."""
    assert share_fits(3, 3, 0.5, 0.24) and not share_fits(3, 3, 0.5, 0.26)
    assert share_fits([3, 2], 3, 0.5, 0.49) and not share_fits([3, 2], 3, 0.5, 0.51)
    assert share_fits(0, 5, 0.0) and not share_fits(1, 5, 0.0)
    assert share_fits(5, 5, 1.0) and not share_fits(4, 5, 1.0)


N = shapes.normal(0, STD)
WRONG_MEAN: dict[str, tuple[Shape, Drawn]] = {
    "rand for randn": (N, lambda r: STD * r.random(SIZE)),
    "all positive": (N, lambda r: np.abs(r.normal(0, STD, SIZE))),
    "uniform from 0": (shapes.uniform(-HALF, HALF), lambda r: r.uniform(0, 2 * HALF, SIZE)),
    "1 - p": (shapes.mask(0.7), lambda r: r.random(SIZE) < 0.3),
    "1 - p, scaled by p": (shapes.mask(0.7, True), lambda r: (r.random(SIZE) < 0.3) / 0.7),
    "not scaled": (shapes.mask(0.7, True), lambda r: r.random(SIZE) < 0.7),
    "scaled by p": (shapes.mask(0.7, True), lambda r: (r.random(SIZE) < 0.7) * 0.7),
    "scaled twice": (shapes.mask(0.7, True), lambda r: (r.random(SIZE) < 0.7) / 0.49),
    "nothing dropped": (shapes.mask(0.7), lambda r: np.ones(SIZE)),
    "dropped though all are kept": (shapes.mask(1.0), lambda r: r.random(SIZE) < 0.9),
    "not a number": (N, lambda r: np.full(SIZE, np.nan)),
}


@pytest.mark.parametrize("name", WRONG_MEAN)
def test_a_wrong_mean_is_noticed(name: str) -> None:
    shape, draw = WRONG_MEAN[name]
    assert noticed(lambda x: mean_fits(x, shape), draw)


WRONG_SPREAD: dict[str, tuple[Shape, Drawn]] = {
    "variance for deviation": (N, lambda r: r.normal(0, STD**2, SIZE)),
    "deviation for variance": (N, lambda r: r.normal(0, np.sqrt(STD), SIZE)),
    "no 2 under the root": (N, lambda r: r.normal(0, STD / np.sqrt(2), SIZE)),
    "fan-out for fan-in": (N, lambda r: r.normal(0, STD * np.sqrt(70 / 40), SIZE)),
    "twice": (N, lambda r: r.normal(0, 2 * STD, SIZE)),
    "zeros": (N, lambda r: np.zeros(SIZE)),
    "deviation for half the width": (
        shapes.uniform(-HALF, HALF),
        lambda r: r.uniform(-STD, STD, SIZE),
    ),
    "not truncated": (
        shapes.truncated_normal(0, STD, -STD, STD),
        lambda r: r.normal(0, STD, SIZE),
    ),
    "everything 1": (shapes.mask(0.7, True), lambda r: np.ones(SIZE)),
    "another Beta": (shapes.beta(0.4, 0.4), lambda r: r.beta(2.0, 2.0, 300)),
    "not a number": (N, lambda r: np.full(SIZE, np.nan)),
    "one number": (N, lambda r: 0.0),
}


@pytest.mark.parametrize("name", WRONG_SPREAD)
def test_a_wrong_spread_is_noticed(name: str) -> None:
    shape, draw = WRONG_SPREAD[name]
    assert noticed(lambda x: spread_fits(x, shape), draw)


@pytest.mark.parametrize("name", ["normal", "uniform", "beta"])
def test_one_mistake_fails_one_property(name: str) -> None:
    """Twice the spread has the right mean, and a shift has the right spread."""
    shape, draw = RIGHT[name]
    shift = np.sqrt(shape.variance)
    assert refused(lambda x: spread_fits(x + shift, shape), draw, 50) == 0
    assert noticed(lambda x: mean_fits(x + shift, shape), draw)


def test_unit_by_unit_a_share_is_looked_at() -> None:
    """One unit of thirty that is never dropped hides in the mean of all."""
    shares = np.full(30, 0.7)

    def stuck(rng: np.random.Generator) -> np.ndarray:
        kept = rng.random((400, 30)) < 0.7
        kept[:, 4] = True
        return kept

    assert noticed(lambda m: share_fits(m.sum(axis=0), len(m), shares), stuck)
    right = refused(
        lambda m: share_fits(m.sum(axis=0), len(m), shares, 0.05),
        lambda r: r.random((400, 30)) < 0.7,
        COUNTED,
    )
    assert right <= most(0.05)


@pytest.mark.parametrize(
    ("hits", "tries"), [(4, 3), (-1, 3), (0, 0), (np.nan, 3), (None, 3), ([1, np.inf], 3)]
)
def test_counts_that_are_none_fit_nothing(hits: object, tries: object) -> None:
    assert not share_fits(hits, tries, 0.5)
