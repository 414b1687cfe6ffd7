"""Wrong numbers that stand where they belong: a factor, a shift, a function of the right ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cs231n_lib.judging.compared import EXACT, Compared, different


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
