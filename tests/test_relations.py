"""Relations between wrong and right numbers: told where they hold exactly, and not by accident."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from cs231n_lib.judging.compared import Compared
from cs231n_lib.judging.relations import told

RNG = np.random.default_rng(4)
SHAPES = ((3, 4), (5, 2), (2, 3))
Change = Callable[[np.ndarray], np.ndarray]


def pairs(change: Change, wants: Sequence[np.ndarray] | None = None) -> list[Compared]:
    """Wrong arrays made of right ones, beside an input `x` with as many rows."""
    right = [RNG.normal(size=s) for s in SHAPES] if wants is None else wants
    return [
        Compared(np.asarray(change(w)), w, {"x": 2.0 + w}, {"len(x)": len(w), "h": 0.1 * len(w)})
        for w in right
    ]


RELATED: dict[str, Change] = {
    "the right one with the other sign": lambda w: -w,
    "twice the right one": lambda w: 2 * w,
    "half of the right one": lambda w: w / 2,
    "1.4427 times the right one": lambda w: w / np.log(2),
    "the right one times `len(x)`: is there a sum where a mean": lambda w: w * len(w),
    "the right one divided by `len(x)`: is there a mean where a sum": lambda w: w / len(w),
    "too large by 1 everywhere": lambda w: w + 1,
    "the right one transposed": lambda w: w.T,
    "back to front along axis 0": lambda w: w[::-1],
    "back to front along axis 1": lambda w: w[:, ::-1],
    "stand at other places": lambda w: np.roll(w.ravel(), 1).reshape(w.shape),
    "the absolute value of the right one": np.abs,
    "the square of the right one": np.square,
    "one divided by the right one": np.reciprocal,
    "the sign of the right one": np.sign,
    "rounded to whole numbers": np.round,
    "the argument `x`, unchanged": lambda w: 2.0 + w,
    "zero everywhere": np.zeros_like,
    "without its first row": lambda w: w[1:],
    "without its last row": lambda w: w[:-1],
    "a row too many at its end": lambda w: np.concatenate([w, w[:1]]),
    "only the last row": lambda w: w[-1],
    "its sum along axis 0 would be right": lambda w: np.stack([w / 3, w / 2, w / 6]),
    "its mean along axis 0 would be right": lambda w: np.stack([w, 2 * w, 0 * w]),
}


@pytest.mark.parametrize("words", RELATED)
def test_a_relation_is_told(words: str) -> None:
    assert words in told(pairs(RELATED[words]))


def test_axes_in_another_order() -> None:
    cubes = [RNG.normal(size=s) for s in ((2, 3, 4), (3, 3, 3))]
    assert "axes in another order" in told(pairs(lambda w: w.transpose(2, 0, 1), cubes))


def test_a_row_that_meets_a_column() -> None:
    rows = [RNG.normal(size=n) for n in (3, 5)]
    assert "column of shape (n, 1)" in told(pairs(lambda w: (w[:, None] + w) / 2, rows))


def test_the_index_of_a_value() -> None:
    found = [
        Compared(np.asarray(i), np.asarray(x[i]), {"lrs": x})
        for i, x in ((2, RNG.uniform(size=5)), (4, RNG.uniform(size=7)), (0, RNG.uniform(size=3)))
    ]
    assert told(found) == "an index: `lrs` at this place is the right value"


NOTHING: dict[str, Change] = {
    "noise": lambda w: w + RNG.normal(size=w.shape),
    "nearly twice": lambda w: 2 * w * (1 + 1e-4 * RNG.normal(size=w.shape)),
    "another factor in each row": lambda w: w * np.arange(1, 1 + len(w))[:, None],
    "twice, but for one entry": lambda w: np.where(w == w.max(), w, 2 * w),
    "another factor in each case": lambda w: w * (0.3 + 0.7 * w[0, 0] ** 2),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_only_resembles_is_not_told(name: str) -> None:
    assert told(pairs(NOTHING[name])) == ""


def test_it_has_to_hold_in_every_wrong_case() -> None:
    found = pairs(lambda w: 2 * w)
    found[1] = Compared(found[1].want * 3, found[1].want)
    assert told(found) == ""


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0, 2.0, 2.0], [0.0, 0.0, 5.0]], ids=str)
def test_too_few_different_numbers_tell_nothing(values: list[float]) -> None:
    """That 2 is asked for and 4 comes says neither "twice" nor "the square"."""
    assert told([Compared(np.array([2 * v]), np.array([v])) for v in values]) == ""


def test_a_symmetric_array_is_not_called_transposed() -> None:
    squares = [a + a.T for a in (RNG.normal(size=(3, 3)), RNG.normal(size=(4, 4)))]
    assert told(pairs(lambda w: w.T + RNG.normal(size=w.shape), squares)) == ""


def test_a_factor_that_an_argument_has_everywhere_is_asked_no_question() -> None:
    """A search that stops a halving early is off by 2, and no factor is forgotten."""
    right = [0.5 ** RNG.uniform(1, 9, size=3) for _ in range(3)]
    found = [Compared(2 * w, w, {}, {"shrink": 0.5}) for w in right]
    assert told(found) == "twice the right one"


def test_single_precision_may_round() -> None:
    found = pairs(lambda w: (-w).astype(np.float32))
    assert told(found) == "the right one with the other sign"
