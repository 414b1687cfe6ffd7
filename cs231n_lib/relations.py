"""How wrong numbers relate to the right ones: relations that hold exactly, or are not told.

Each relation looks at all pairs of a wrong and a right array at once and answers with words
that complete "it is ...", or with nothing.  What it says can be checked with a calculator, so
it is true whatever the cause is.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cs231n_lib.compare import SINGLE, relative_gap

EXACT = 1e-6  # error of what counts as equal: an accident of several numbers is never so near
SINGLE_EXACT = 3e-5  # the same of what was computed in single precision
AXES = 4  # arrays with more axes are not turned round in every way


@dataclass(frozen=True)
class Compared:
    """A wrong output of one case.

    Attributes:
        got, want: the wrong array and the right one.
        inputs: the arrays among the case's arguments, by the words that name them.
        numbers: lengths and numbers among them, by the words that name them.
    """

    got: np.ndarray
    want: np.ndarray
    inputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)

    def fits(self, a: np.ndarray, b: np.ndarray) -> bool:
        """Whether two arrays made of these are equal but for rounding."""
        exact = SINGLE_EXACT if self.got.dtype in SINGLE else EXACT
        return a.shape == b.shape and a.size > 0 and relative_gap(a, b) <= exact


Relation = Callable[[Sequence[Compared]], str]


def different(pairs: Sequence[Compared], least: int) -> bool:
    """Whether the right numbers take ``least`` different values: else nothing follows."""
    values = np.concatenate([p.want.astype(np.float64).ravel() for p in pairs])
    values = values[np.isfinite(values)]
    digits = {f"{v:.6e}" for v in values[:1000] if v}
    return len(digits) >= least


def factor(pairs: Sequence[Compared]) -> str:
    """One factor everywhere, or a factor that is a number or a length of the case."""
    if not different(pairs, 3):
        return ""
    found = [_ratio(p) for p in pairs]
    if any(ratio is None for ratio in found):
        return ""
    ratios = np.array([ratio for ratio in found if ratio is not None])
    if np.allclose(ratios, ratios[0], rtol=EXACT, atol=0):
        words = _times(float(ratios[0]))
        # a number of every case may be where the factor comes from: no question leads there
        return words.partition(":")[0] if _is_given(pairs, float(ratios[0])) else words
    for name in pairs[0].numbers:
        values = np.array([p.numbers.get(name, np.nan) for p in pairs])
        if len(set(values.tolist())) < 2 or not np.all(np.isfinite(values) & (values != 0)):
            continue
        if np.allclose(ratios, values, rtol=EXACT, atol=0):
            return f"the right one times `{name}`: {_asked(name, 'sum', 'mean')}"
        if np.allclose(ratios, 1 / values, rtol=EXACT, atol=0):
            return f"the right one divided by `{name}`: {_asked(name, 'mean', 'sum')}"
    return ""


def _is_given(pairs: Sequence[Compared], ratio: float) -> bool:
    """Whether the factor, or one divided by it, is among the numbers of each case."""
    return all(
        any(v and (abs(v / ratio - 1) < EXACT or abs(v * ratio - 1) < EXACT) for v in found)
        for found in (p.numbers.values() for p in pairs)
    )


def _asked(name: str, here: str, there: str) -> str:
    if name.startswith("len("):
        return f"is there a {here} where a {there} is asked for"
    return "which of your operations brings it in"


def _ratio(pair: Compared) -> float | None:
    got, want = pair.got.astype(np.float64).ravel(), pair.want.astype(np.float64).ravel()
    if pair.got.shape != pair.want.shape or not np.any(want) or not np.all(np.isfinite(want)):
        return None
    with np.errstate(all="ignore"):
        top = int(np.argmax(np.abs(want)))
        ratio = float(got[top] / want[top])
    if not np.isfinite(ratio) or ratio == 0 or not pair.fits(got / ratio, want):
        return None
    return ratio


def _times(ratio: float) -> str:
    for value, words in (
        (-1.0, "the right one with the other sign"),
        (2.0, "twice the right one: is there a factor too many, or a half forgotten"),
        (0.5, "half of the right one: is there a factor forgotten, or a half too many"),
    ):
        if abs(ratio / value - 1) < EXACT:
            return words
    return f"{_number(ratio)} times the right one: which of your operations brings this factor in"


def _number(value: float) -> str:
    return f"{value:.6g}"


def shifted(pairs: Sequence[Compared]) -> str:
    """The same number added everywhere."""
    if not different(pairs, 3):
        return ""
    with np.errstate(all="ignore"):
        if any(p.got.shape != p.want.shape for p in pairs):
            return ""
        gaps = [p.got.astype(np.float64) - p.want.astype(np.float64) for p in pairs]
    every = np.concatenate([g.ravel() for g in gaps])
    if not every.size or not np.all(np.isfinite(every)) or abs(every[0]) < EXACT:
        return ""
    if not np.allclose(every, every[0], rtol=EXACT, atol=0):
        return ""
    words = "too large" if every[0] > 0 else "too small"
    return f"{words} by {_number(abs(float(every[0])))} everywhere"


ENTRYWISE: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
    ("the absolute value of the right one", np.abs),
    ("the square of the right one", np.square),
    ("the root of the right one", np.sqrt),
    ("one divided by the right one", np.reciprocal),
    ("the exponential of the right one", np.exp),
    ("the logarithm of the right one", np.log),
    ("the sign of the right one: where is its size", np.sign),
    ("the right one rounded to whole numbers", np.round),
    ("the right one cut to whole numbers", np.trunc),
)


def zero(pairs: Sequence[Compared]) -> str:
    """Nothing but zeros."""
    if not different(pairs, 2) or any(np.any(p.got) for p in pairs):
        return ""
    return "zero everywhere" if sum(p.got.size for p in pairs) > 2 else ""


def entrywise(pairs: Sequence[Compared]) -> str:
    """A function of each right number."""
    if not different(pairs, 3) or any(p.got.shape != p.want.shape for p in pairs):
        return ""
    for words, function in ENTRYWISE:
        with np.errstate(all="ignore"):
            made = [function(p.want.astype(np.float64)) for p in pairs]
        one = len({f"{v + 0.0:.6e}" for m in made for v in m.ravel()[:1000]}) < 2
        if not one and all(
            np.all(np.isfinite(m)) and p.fits(p.got, m) for p, m in zip(pairs, made, strict=True)
        ):
            return words
    return ""


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


# in this order: the first that holds is told
RELATIONS: tuple[Relation, ...] = (
    zero,
    given,
    factor,
    shifted,
    turned,
    entrywise,
    unreduced,
    cut,
    place,
)


def told(pairs: Sequence[Compared], relations: Sequence[Relation] = RELATIONS) -> str:
    """The words of the first relation that holds for all pairs; empty if none does."""
    return next(iter(_all(pairs, relations)), "") if pairs else ""


def _all(pairs: Sequence[Compared], relations: Sequence[Relation]) -> Iterator[str]:
    for relation in relations:
        if words := relation(pairs):
            yield words
