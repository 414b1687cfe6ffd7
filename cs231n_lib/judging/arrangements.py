"""Right numbers in the wrong arrangement, and arrays that belong elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from cs231n_lib.judging.compared import Compared, different

AXES = 4  # arrays with more axes are not turned round in every way


def given(pairs: Sequence[Compared]) -> str:
    """An argument, unchanged."""
    if not different(pairs, 2):
        return ""
    for name in pairs[0].inputs:
        arrays = [p.inputs.get(name) for p in pairs]
        values = {f"{v:.6e}" for a in arrays if a is not None for v in a.ravel()[:1000]}
        if len(values) >= 3 and all(
            a is not None and p.fits(p.got, a) for p, a in zip(pairs, arrays, strict=True)
        ):
            return f"the argument `{name}`, unchanged"
    return ""


def turned(pairs: Sequence[Compared]) -> str:
    """The right array with its axes, rows or entries in another order."""
    if not different(pairs, 3):
        return ""
    if all(p.want.ndim == 2 and p.fits(p.got, p.want.T) for p in pairs):
        return "the right one transposed: rows and columns have changed places"
    if all(_permuted(p) for p in pairs):
        return "the right one with its axes in another order"
    if any(p.got.shape != p.want.shape for p in pairs):
        return ""
    for axis in range(min(p.want.ndim for p in pairs)):
        if all(p.fits(p.got, np.flip(p.want, axis)) for p in pairs):
            return f"the right one back to front along axis {axis}"
    if all(p.fits(np.sort(p.got, None), np.sort(p.want, None)) for p in pairs):
        return "made of the right numbers, but they stand at other places"
    return ""


def _permuted(p: Compared) -> bool:
    if not 2 <= p.want.ndim <= AXES or p.got.ndim != p.want.ndim:
        return False
    orders = itertools.permutations(range(p.want.ndim))
    return any(p.fits(p.got, p.want.transpose(order)) for order in orders)


def unreduced(pairs: Sequence[Compared]) -> str:
    """An axis that is still to be summed or averaged over, or a table in place of a row."""
    if not different(pairs, 2):
        return ""
    for words, reduce in (("sum", np.sum), ("mean", np.mean)):
        for axis in range(AXES):
            if all(p.got.ndim == p.want.ndim + 1 > axis for p in pairs) and all(
                p.fits(np.asarray(reduce(p.got, axis=axis)), p.want) for p in pairs
            ):
                return f"not reduced yet: its {words} along axis {axis} would be right"
        if all(p.want.ndim == 0 < p.got.ndim for p in pairs) and all(
            p.fits(np.asarray(reduce(p.got)), p.want) for p in pairs
        ):
            return f"not reduced yet: the {words} of all its entries would be right"
    if all(p.want.ndim == 1 and p.got.shape == 2 * p.want.shape for p in pairs) and all(
        p.fits(np.diagonal(p.got), p.want) for p in pairs
    ):
        return (
            "a table whose diagonal is right: somewhere a column of shape (n, 1) meets a row of "
            "shape (n,), and every entry is combined with every other"
        )
    return ""


def cut(pairs: Sequence[Compared]) -> str:
    """Rows missing at an end, or one too many."""
    if not different(pairs, 3):
        return ""
    parts: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
        ("the right one without its first row", lambda a: a[1:]),
        ("the right one without its last row", lambda a: a[:-1]),
        ("only the last row of the right one", lambda a: a[-1]),
        ("only the first row of the right one", lambda a: a[0]),
    )
    if all(p.want.ndim and len(p.want) > 1 for p in pairs):
        for words, part in parts:
            if all(p.fits(p.got, np.asarray(part(p.want))) for p in pairs):
                return words
    if all(p.got.ndim and p.got.ndim == p.want.ndim and len(p.got) > 1 for p in pairs):
        if all(p.fits(p.got[1:], p.want) for p in pairs):
            return "the right one with a row too many at its start"
        if all(p.fits(p.got[:-1], p.want) for p in pairs):
            return "the right one with a row too many at its end"
    return ""


def place(pairs: Sequence[Compared]) -> str:
    """The index of the right number in an argument."""
    if not different(pairs, 2):
        return ""
    for name in pairs[0].inputs:
        if all(_points_at(p, p.inputs.get(name)) for p in pairs):
            return f"an index: `{name}` at this place is the right value"
    return ""


def _points_at(p: Compared, array: np.ndarray | None) -> bool:
    if array is None or array.ndim != 1 or p.got.size != 1 or p.want.size != 1:
        return False
    index = float(p.got.ravel()[0])
    if index != round(index) or not 0 <= index < len(array):
        return False
    return p.fits(array[int(index)].reshape(1), p.want.reshape(1))
