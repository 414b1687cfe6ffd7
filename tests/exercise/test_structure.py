"""Crops, flips and shifts are found from their pixels; what is none is not, on every seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cs231n_lib.exercise.laws.independence import agree_by_chance
from cs231n_lib.exercise.laws.structure import (
    FILLED,
    FOREIGN,
    coded,
    in_place,
    origins,
    permitted,
    placed,
    places_fit,
)
from tests.exercise.gradings import COUNTED, SEEDS, most, noticed, refused

SHAPE = (300, 2, 4, 5)
PAD = 2
TOPS = LEFTS = range(-PAD, PAD + 1)
Augment = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def cropped(x: np.ndarray, tops: np.ndarray, lefts: np.ndarray) -> np.ndarray:
    """Windows of the size of the images, of images with a border of zeros."""
    border, (h, w) = 4, x.shape[2:]
    wide = np.pad(x, ((0, 0), (0, 0), (border, border), (border, border)))
    begins = enumerate(zip(tops + border, lefts + border, strict=True))
    return np.stack([wide[i, :, t : t + h, s : s + w] for i, (t, s) in begins])


def flipped(x: np.ndarray, which: np.ndarray) -> np.ndarray:
    return np.where(which[:, None, None, None], x[..., ::-1], x)


def right(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    tops, lefts = rng.integers(-PAD, PAD + 1, size=(2, len(x)))
    return flipped(cropped(x, tops, lefts), rng.random(len(x)) < 0.5)


def everything(out: np.ndarray, x: np.ndarray, rate: float = 1e-9) -> bool:
    """What a law of random crops with flips would ask for."""
    where = placed(out, x)
    return (
        permitted(where, TOPS, LEFTS, mirrored=True)
        and in_place(where, len(x))
        and places_fit(where, TOPS, LEFTS, 0.5, rate)
    )


def run(augment: Augment, rate: float = 1e-9) -> tuple[Callable, Callable]:
    """A check and what draws for it, as the helpers take them."""

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = coded(rng, SHAPE)
        return augment(x, rng), x

    return (lambda both: everything(*both, rate)), draw


def test_a_window_is_found_where_it_was_cut() -> None:
    x = coded(np.random.default_rng(0), (2, 3, 5, 6))
    where = placed(np.stack([x[1, :, 1:4, 2:6], x[0, :, 2:5, 0:4][:, :, ::-1]]), x)
    assert where.found.all()
    assert where.example.tolist() == [1, 0]
    assert where.top.tolist() == [1, 2] and where.left.tolist() == [2, 0]
    assert where.mirrored.tolist() == [False, True] and not where.upturned.any()


def test_a_shift_by_hand() -> None:
    """Down by one and to the left by two, with zeros where nothing comes from."""
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    out = np.array([[[[0.0, 0.0, 0.0], [3.0, 0.0, 0.0]]]])
    where = placed(out, x)
    assert where.found.all() and (where.top[0], where.left[0]) == (-1, 2)
    assert origins(out, x).tolist() == [[[[FILLED] * 3, [2, FILLED, FILLED]]]]


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("turn", [False, True])
def test_every_window_and_orientation_is_found(mirror: bool, turn: bool) -> None:
    """All offsets of all sizes, with and without a border, against where they were cut."""
    x = coded(np.random.default_rng(1), (3, 2, 4, 5))
    wide = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), constant_values=-7.0)
    for top in range(-2, 4):
        for left in range(-2, 4):
            for h, w in ((3, 3), (4, 4)):
                out = wide[:, :, top + 2 : top + 2 + h, left + 2 : left + 2 + w]
                if out.shape[2:] != (h, w) or np.sum(out[0, 0] > 0, axis=0).max() < 2:
                    continue  # one row of the source says nothing of top and bottom
                if np.sum(out[0, 0] > 0, axis=1).max() < 2:
                    continue
                out = out[..., ::-1] if mirror else out
                where = placed(out[:, :, ::-1] if turn else out, x, fill=-7.0)
                assert where.found.all() and where.example.tolist() == [0, 1, 2]
                assert (where.top == top).all() and (where.left == left).all()
                assert (where.mirrored == mirror).all() and (where.upturned == turn).all()


def test_right_augmentation_is_never_refused() -> None:
    assert refused(*run(right), seed=13) == 0


def test_right_augmentation_is_refused_no_more_often_than_stated() -> None:
    assert refused(*run(right, 0.2), times=COUNTED, seed=14) <= most(0.2)


def one_offset(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    tops, lefts = rng.integers(-PAD, PAD + 1, size=(2, 1)).repeat(len(x), axis=1)
    return cropped(x, tops, lefts)


def without(shape: Callable[[int, np.random.Generator], tuple]) -> Augment:
    """Crops at offsets of another law, flipped as often as asked for."""

    def augment(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return flipped(cropped(x, *shape(len(x), rng)), rng.random(len(x)) < 0.5)

    return augment


def rolled(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.stack([np.roll(image, rng.integers(-PAD, PAD + 1), axis=2) for image in x])


def off(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    out = right(x, rng)
    out[3, 0, 2, 2] += 1
    return out


WRONG: dict[str, Augment] = {
    "the last offset never comes": without(lambda n, r: r.integers(-PAD, PAD, size=(2, n))),
    "one offset for both axes": without(
        lambda n, r: r.integers(-PAD, PAD + 1, (1, n)).repeat(2, 0)
    ),
    "one offset for the batch": one_offset,
    "offsets heaped in the middle": without(
        lambda n, r: np.clip(r.normal(0, 0.8, size=(2, n)).round().astype(int), -PAD, PAD)
    ),
    "always in the middle": without(lambda n, r: np.zeros((2, n), int)),
    "too far": without(lambda n, r: r.integers(-PAD - 1, PAD + 2, size=(2, n))),
    "not flipped": lambda x, r: cropped(x, *r.integers(-PAD, PAD + 1, size=(2, len(x)))),
    "all flipped": lambda x, r: cropped(x, *r.integers(-PAD, PAD + 1, size=(2, len(x))))[..., ::-1],
    "flipped too seldom": lambda x, r: flipped(
        cropped(x, *r.integers(-PAD, PAD + 1, size=(2, len(x)))), r.random(len(x)) < 0.2
    ),
    "top and bottom exchanged": lambda x, r: right(x, r)[:, :, ::-1],
    "channels exchanged": lambda x, r: right(x, r)[:, ::-1],
    "examples exchanged": lambda x, r: right(x, r)[::-1],
    "shuffled": lambda x, r: right(x, r)[r.permutation(len(x))],
    "an axis too few": lambda x, r: right(x, r)[:, 0],
    "transposed": lambda x, r: right(x, r).transpose(0, 1, 3, 2),
    "rolled round": rolled,
    "one pixel of another value": off,
    "border of ones": lambda x, r: (y := right(x, r)) + (y == 0),
    "every pixel on its own": lambda x, r: r.permuted(right(x, r), axis=3),
    "nothing": lambda x, r: None,
    "not a number": lambda x, r: np.full(SHAPE, np.nan),
    "zeros": lambda x, r: np.zeros(SHAPE),
    "no images": lambda x, r: np.zeros((0, 2, 4, 5)),
    "ragged": lambda x, r: [[1.0], [1.0, 2.0]],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_augmentation_is_noticed(name: str) -> None:
    assert noticed(*run(WRONG[name]))


def test_one_crop_for_the_batch_is_noticed_over_many_calls() -> None:
    """Every place comes equally often over the calls; two images of one call always agree."""

    def calls(rng: np.random.Generator, same: bool) -> np.ndarray:
        x = coded(rng, (2, 1, 6, 6))
        found = []
        for _ in range(60):
            tops, lefts = rng.integers(-PAD, PAD + 1, size=(2, 2))
            if same:
                tops[1], lefts[1] = tops[0], lefts[0]
            where = placed(cropped(x, tops, lefts), x)
            assert where.found.all()
            found.append(10 * where.top + where.left)
        return np.array(found).T

    for seed in SEEDS:
        assert agree_by_chance(*calls(np.random.default_rng(seed), False), 1 / 25)
        assert not agree_by_chance(*calls(np.random.default_rng(seed), True), 1 / 25)


def test_pixels_in_single_precision_and_whole_numbers_are_known() -> None:
    x = coded(np.random.default_rng(5), SHAPE)
    for kind in (np.float32, np.int64):
        where = placed(x.astype(kind), x)
        assert where.found.all() and in_place(where, len(x))


def test_codes_differ_and_none_is_the_filling() -> None:
    x = coded(np.random.default_rng(2), (2, 3, 4, 5))
    assert sorted(x.ravel()) == list(range(1, 121))
    assert origins(x, x).ravel().tolist() == list(range(120))
    assert origins([0.0, 121.0, 1.5, np.nan], x).tolist() == [FILLED, FOREIGN, FOREIGN, FOREIGN]
