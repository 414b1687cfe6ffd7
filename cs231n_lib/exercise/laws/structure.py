"""Where the pixels of an image came from: crops, flips and shifts, recovered pixel by pixel.

A source whose pixels all differ (:func:`coded`) tells of each pixel of an output from which
example, channel, row and column it was copied.  An output image is right when all its pixels
were copied from one example at one common offset, perhaps mirrored, with the filling exactly
where the window leaves the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercise.laws.distribution import cells_fit
from cs231n_lib.exercise.laws.rates import PROPERTY

CLOSE = 0.25  # pixels of a coded source lie 1 apart, and single precision holds them exactly
FILLED, FOREIGN = -1, -2  # in the place of a pixel's index
FAR = np.iinfo(np.int64).min  # where a window begins whose pixels have no common offset


@dataclass(frozen=True)
class Placed:
    """From which window of the source each output image was copied, arrays of shape (M,).

    Attributes:
        found: whether there is such a window; the rest says something only there.
        example: which image of the source.
        top, left: row and column of the source at which the window begins; negative where it
            begins outside.
        mirrored: whether left and right are exchanged.
        upturned: whether top and bottom are.
    """

    found: np.ndarray
    example: np.ndarray
    top: np.ndarray
    left: np.ndarray
    mirrored: np.ndarray
    upturned: np.ndarray


def coded(rng: np.random.Generator, shape: tuple[int, int, int, int]) -> np.ndarray:
    """Images (N, C, H, W) whose pixels are 1, 2, 3, ... in random order: no two alike, none 0."""
    size = int(np.prod(shape))
    return (rng.permutation(size) + 1.0).reshape(shape)


def origins(images: Any, source: np.ndarray, fill: float = 0.0) -> np.ndarray:
    """Index in ``source.ravel()`` of each pixel, or ``FILLED``, or ``FOREIGN``; of images' shape.

    What cannot be an array of numbers is one foreign pixel.
    """
    try:
        values = np.asarray(images)
    except ValueError:
        values = np.array(None)
    if values.dtype.kind not in "biuf":
        return np.array(FOREIGN)
    order = np.argsort(source, axis=None)
    known = source.ravel()[order]
    at = np.clip(np.searchsorted(known, values - CLOSE), 0, len(known) - 1)
    with np.errstate(invalid="ignore"):
        copied, filled = np.abs(known[at] - values) < CLOSE, np.abs(values - fill) < CLOSE
    return np.where(copied, order[at], np.where(filled, FILLED, FOREIGN))


def placed(images: Any, source: np.ndarray, fill: float = 0.0) -> Placed:
    """From which window of ``source`` each image was copied.

    Where several orientations fit (a window of one column), the plainest counts.

    Args:
        images: shape (M, C, h, w); of another kind of array no image is found.
        source: shape (N, C, H, W), pixels that all differ, as :func:`coded` makes them.
        fill: what stands where a window leaves the source; no pixel of it.
    """
    pixels = origins(images, source, fill)
    if pixels.ndim != 4 or pixels.shape[1] != source.shape[1] or pixels.size == 0:
        many = len(pixels) if pixels.ndim else 0
        no, at = np.zeros(many, bool), np.zeros(many, int)
        return Placed(no, at, at, at, no, no)
    copied = pixels >= 0
    example, channel, row, column = np.unravel_index(np.maximum(pixels, 0), source.shape)
    own_channel = np.arange(source.shape[1])[None, :, None, None]
    whole = (
        copied.any(axis=(1, 2, 3))
        & ~np.any(pixels == FOREIGN, axis=(1, 2, 3))
        & np.all(~copied | (channel == own_channel), axis=(1, 2, 3))
    )
    same, first = _common(example, copied)
    whole &= same
    found, values = np.zeros(len(pixels), bool), np.zeros((4, len(pixels)), int)
    for turned, mirror in ((0, 0), (0, 1), (1, 0), (1, 1)):
        rows, top = _window(row, copied, 2, bool(turned), source.shape[2])
        columns, left = _window(column, copied, 3, bool(mirror), source.shape[3])
        inside = rows[:, None, :, None] & columns[:, None, None, :]
        fits = whole & ~found & (top > FAR) & (left > FAR)
        fits &= np.all(copied == inside, axis=(1, 2, 3))
        new = np.stack([top, left, np.full(len(top), mirror), np.full(len(top), turned)])
        values = np.where(fits, new, values)
        found |= fits
    return Placed(found, first, values[0], values[1], values[2] == 1, values[3] == 1)


def _common(values: np.ndarray, counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether the counted values of each image are one, and which."""
    big = np.iinfo(np.int64).max
    low = np.min(np.where(counted, values, big), axis=(1, 2, 3))
    high = np.max(np.where(counted, values, -big), axis=(1, 2, 3))
    return low == high, low


def _window(
    index: np.ndarray, copied: np.ndarray, axis: int, turned: bool, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Which lines of each window lie inside the source, (M, lines), and where it begins, (M,)."""
    lines = np.arange(index.shape[axis])
    steps = lines[::-1] if turned else lines  # a turned window begins at its last line
    shaped = steps.reshape([-1 if a == axis else 1 for a in range(4)])
    same, start = _common(index - shaped, copied)
    begin = np.where(same, start, 0)
    at = begin[:, None] + steps
    return (at >= 0) & (at < size), np.where(same, begin, FAR)


def permitted(
    where: Placed,
    tops: Sequence[int],
    lefts: Sequence[int],
    mirrored: bool = False,
    upturned: bool = False,
) -> bool:
    """Whether every image was found, at one of the places and orientations that are permitted.

    Args:
        tops, lefts: where windows may begin.
        mirrored, upturned: whether they may be turned so.
    """
    right = where.found & np.isin(where.top, tops) & np.isin(where.left, lefts)
    right &= (mirrored | ~where.mirrored) & (upturned | ~where.upturned)
    return len(right) > 0 and bool(np.all(right))


def in_place(where: Placed, examples: int) -> bool:
    """Whether image i came from example i: labels, which stay where they are, still fit."""
    return bool(np.all(where.found)) and np.array_equal(where.example, np.arange(examples))


def places_fit(
    where: Placed,
    tops: Sequence[int],
    lefts: Sequence[int],
    mirror: float = 0.0,
    rate: float = PROPERTY,
) -> bool:
    """Whether all permitted places come equally often, and mirrored images as often as asked for.

    Rows, columns, mirrored or not, and all three together are counted in cells
    (:func:`~cs231n_lib.exercise.laws.distribution.cells_fit`), each with a quarter of the rate:
    the first three notice a place that never comes with few images, the last one notices rows
    and columns that depend on each other.

    Args:
        where: images that were drawn independently.
        tops, lefts: where windows may begin, each equally likely.
        mirror: probability that an image is mirrored.
        rate: chance that right images fail.
    """
    if not permitted(where, tops, lefts, mirrored=True, upturned=True):
        return False
    row = np.searchsorted(np.sort(tops), where.top)
    column = np.searchsorted(np.sort(lefts), where.left)
    counts = np.zeros((len(tops), len(lefts), 2), int)
    np.add.at(counts, (row, column, where.mirrored.astype(int)), 1)
    even = [np.full(len(tops), 1 / len(tops)), np.full(len(lefts), 1 / len(lefts))]
    sides = np.array([1 - mirror, mirror])
    joint = even[0][:, None, None] * even[1][None, :, None] * sides
    return all(
        cells_fit(c, shares, rate / 4)
        for c, shares in (
            (counts.sum(axis=(1, 2)), even[0]),
            (counts.sum(axis=(0, 2)), even[1]),
            (counts.sum(axis=(0, 1)), sides),
            (counts, joint),
        )
    )
