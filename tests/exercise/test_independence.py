"""Dependence between units, examples and calls is noticed on every seed; independent draws pass."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lib.exercise.laws import shapes
from cs231n_lib.exercise.laws.independence import (
    agree_by_chance,
    directions_apart,
    masks_apart,
    no_two_alike,
    products_vanish,
    successors_free,
)
from tests.exercise.gradings import COUNTED, Drawn, most, noticed, refused

HALF, KEEP = shapes.mask(0.5), shapes.mask(0.8)
U = shapes.uniform()
CHECKS = {
    "units": no_two_alike,
    "directions": directions_apart,
    "products of masks": lambda x, rate=1e-9: products_vanish(x, KEEP, rate),
    "products": lambda x, rate=1e-9: products_vanish(x, U, rate),
    "masks": masks_apart,
    "scaled masks": masks_apart,
    "calls": lambda x, rate=1e-9: successors_free(x, HALF, rate),
    "calls of many": lambda x, rate=1e-9: successors_free(x, KEEP, rate),
    "agreement": lambda x, rate=1e-9: agree_by_chance(*x, 0.5**2 + 0.5**2, rate),
}
RIGHT: dict[str, Drawn] = {
    "units": lambda r: r.normal(size=(12, 60)),
    "directions": lambda r: r.normal(0.3, 2.0, size=(12, 60)),
    "products of masks": lambda r: r.random((10, 150)) < 0.8,
    "products": lambda r: r.random((2, 120)),
    "masks": lambda r: r.random((12, 80)) < 0.6,
    "scaled masks": lambda r: (r.random((12, 4, 20)) < 0.1) / 0.1,
    "calls": lambda r: r.random(200) < 0.5,
    "calls of many": lambda r: r.random((20, 30)) < 0.8,
    "agreement": lambda r: r.integers(2, size=(2, 100)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_independent_draws_are_never_refused(name: str) -> None:
    assert refused(CHECKS[name], RIGHT[name], seed=11) == 0


@pytest.mark.parametrize("name", [n for n in RIGHT if n != "units"])
def test_independent_draws_are_refused_no_more_often_than_stated(name: str) -> None:
    found = refused(lambda x: CHECKS[name](x, rate=0.2), RIGHT[name], COUNTED, seed=12)
    assert found <= most(0.2)


def test_the_angles_of_one_pair_are_refused_as_often_as_stated() -> None:
    """Exact for two rows: about 100 of 1000 at a rate of 10 %."""
    found = refused(
        lambda x: directions_apart(x, 0.1), lambda r: r.normal(size=(2, 9)), COUNTED, seed=12
    )
    assert 70 <= found <= most(0.1)


def repeated(row: np.ndarray, times: int) -> np.ndarray:
    return np.tile(row, (times, *[1] * row.ndim))


def alternating(rng: np.random.Generator) -> np.ndarray:
    return (np.arange(200) + rng.integers(2)) % 2


def one_weak_pair(rng: np.random.Generator) -> np.ndarray:
    W = rng.normal(size=(12, 60))
    W[7] = 0.2 * W[7] + W[3]
    return W


def last_repeated(rng: np.random.Generator) -> np.ndarray:
    masks = rng.random((12, 80)) < 0.6
    masks[11] = masks[10]
    return masks


def complement(rng: np.random.Generator) -> np.ndarray:
    first = rng.random((6, 80)) < 0.5
    return np.concatenate([first, ~first])


def diagonal(rng: np.random.Generator) -> np.ndarray:
    x = rng.random(120)
    return np.stack([x, x])


def falling(rng: np.random.Generator) -> np.ndarray:
    x = rng.random(120)
    return np.stack([x, 1 - x])


WRONG: dict[str, tuple[str, Drawn]] = {
    "all weights equal": ("units", lambda r: np.full((12, 60), 0.1)),
    "zeros": ("units", lambda r: np.zeros((12, 60))),
    "one unit repeated": ("units", lambda r: repeated(r.normal(size=60), 12)),
    "opposite units": ("units", lambda r: r.normal(size=60) * np.array([[1.0], [-1.0]])),
    "a unit of zeros": ("units", lambda r: np.eye(3, 60, 1) * 0),
    "one direction, several lengths": (
        "directions",
        lambda r: r.normal(size=(12, 1)) * r.normal(size=60),
    ),
    "a unit near another one": ("directions", one_weak_pair),
    "constant units": ("directions", lambda r: repeated(r.normal(size=12), 60).T),
    "one row of the mask for the batch": ("masks", lambda r: repeated(r.random(80) < 0.6, 12)),
    "the same mask at every call": ("scaled masks", lambda r: repeated(r.random((4, 20)) < 0.5, 9)),
    "a seed set in the function": (
        "masks",
        lambda r: repeated(np.random.default_rng(0).random(80) < 0.6, 5),
    ),
    "one of twelve repeated": ("masks", last_repeated),
    "what one keeps the other drops": ("masks", complement),
    "one mask, products": ("products of masks", lambda r: repeated(r.random(150) < 0.8, 10)),
    "the diagonal for the square": ("products", diagonal),
    "the other diagonal": ("products", falling),
    "every second image": ("calls", alternating),
    "the same for all calls": ("calls of many", lambda r: repeated(r.random(30) < 0.8, 20)),
    "two examples with one draw": ("agreement", lambda r: repeated(r.integers(2, size=100), 2)),
    "never what the other has": ("agreement", lambda r: [x := r.integers(2, size=100), 1 - x]),
    "not a number": ("directions", lambda r: np.full((12, 60), np.nan)),
    "no rows": ("masks", lambda r: r.random(80) < 0.6),
    "one row": ("masks", lambda r: r.random((1, 80)) < 0.6),
    "one call": ("calls", lambda r: np.ones(1)),
    "nothing": ("calls", lambda r: None),
    "other sizes": ("agreement", lambda r: [np.ones(3), np.ones(4)]),
}


@pytest.mark.parametrize("name", WRONG)
def test_dependence_is_noticed(name: str) -> None:
    which, draw = WRONG[name]
    assert noticed(CHECKS[which], draw)


def test_a_wrong_scale_or_share_is_no_dependence() -> None:
    """So that a mistake in the scale costs the property of the scale alone."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        W = rng.normal(size=(12, 60))
        assert directions_apart(7 * W + 5) and no_two_alike(7 * W)
        assert masks_apart(rng.random((12, 80)) < rng.uniform(0.05, 0.95))


def test_masks_that_keep_everything_or_nothing_are_no_dependence() -> None:
    assert masks_apart(np.ones((5, 40))) and masks_apart(np.zeros((5, 40)))


def test_directions_by_hand() -> None:
    """Without their means, rows of three are in a plane: at 60 degrees, P(|cos| > 1/2) = 2/3."""
    rows = np.array([[1.0, -1.0, 0.0], [1.0, 0.0, -1.0]])
    assert directions_apart(rows, 0.66) and not directions_apart(rows, 0.67)


def test_products_by_hand() -> None:
    """Two equal masks of half: products all 1/4, u = b t / v = 1; 4 (2 log 2 - 1) for 4 places."""
    rows = np.array([[1, 0, 1, 0], [1, 0, 1, 0]])
    chance = 2 * np.exp(-4 * (2 * np.log(2) - 1))
    assert products_vanish(rows, HALF, chance * 0.999)
    assert not products_vanish(rows, HALF, chance * 1.001)
    calls = np.array([1, 1, 1, 1, 1])
    assert successors_free(calls, HALF, chance * 0.999)
    assert not successors_free(calls, HALF, chance * 1.001)


def test_normal_draws_have_no_bounded_products() -> None:
    with pytest.raises(ValueError, match="directions_apart"):
        products_vanish(np.ones((2, 3)), shapes.normal())
    with pytest.raises(ValueError, match="directions_apart"):
        successors_free(np.ones((2, 3)), shapes.normal())
