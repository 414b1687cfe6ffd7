"""How far an output is from the right one, and what kind of difference it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Tolerance
from cs231n_lib.judging.rounding import rounded

FLOOR = 0.1  # share of the largest magnitude below which errors count absolutely
TINY = 1e-12  # below this everything is zero
SINGLE = (np.float16, np.float32)  # types whose rounding explains Tolerance.single

ROUNDED = "is there a `round` in your function, or a number copied from a printout?"


@dataclass(frozen=True)
class Match:
    """The outcome of one comparison.

    Attributes:
        ok: close enough to count as right.
        error: worst relative error; ``inf`` where it cannot be computed.
        text: what is wrong, or worth saying, in words; empty if there is nothing.
        note: whether ``text`` is a remark on a right answer.
    """

    ok: bool
    error: float
    text: str = ""
    note: bool = False


def relative_gaps(got: np.ndarray, want: np.ndarray) -> np.ndarray:
    """``|got - want| / max(|want|, 0.1 max|want|)`` of each entry of two arrays of one shape.

    Entries that are both NaN, or the same infinity, agree; one NaN or infinity against
    a number is an infinite error.
    """
    got, want = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(all="ignore"):
        same = (got == want) | (np.isnan(got) & np.isnan(want))
        finite = np.isfinite(want)
        top = float(np.max(np.abs(want[finite]))) if np.any(finite) else 0.0
        scale = np.maximum(np.abs(want), max(FLOOR * top, TINY))
        gaps = np.where(same, 0.0, np.abs(got - want) / scale)
    return np.where(np.isfinite(gaps), gaps, np.inf)


def relative_gap(got: np.ndarray, want: np.ndarray) -> float:
    """The worst of :func:`relative_gaps`; 0 where there is no entry."""
    return float(np.max(relative_gaps(got, want))) if want.size else 0.0


def unequal(got: Any, want: Any, tolerance: Tolerance) -> np.ndarray | None:
    """Which entries of ``got`` are wrong; None unless both are arrays of one shape."""
    if not isinstance(got, np.ndarray) or not isinstance(want, np.ndarray | float | int):
        return None
    want = np.asarray(want)
    if got.shape != want.shape or want.dtype.kind not in "iuf" or got.dtype.kind not in "biuf":
        return None
    return relative_gaps(got, want) > allowed(got, tolerance)


def allowed(got: np.ndarray, tolerance: Tolerance) -> float:
    """The error that counts as right: more for what was computed in single or half precision."""
    return tolerance.single if got.dtype in SINGLE else tolerance.exact


def match(got: Any, want: Any, tolerance: Tolerance) -> Match:
    """Compare one output, already plain data, with the right one."""
    if isinstance(want, dict):
        return _match_keys(got, want, tolerance)
    if isinstance(want, str) or isinstance(got, str):
        ok = isinstance(want, str) and isinstance(got, str) and got.strip() == want
        return Match(ok, 0.0 if ok else float("inf"), "" if ok else f"got {got!r}")
    if not isinstance(got, np.ndarray):
        return Match(False, float("inf"), "nothing to compare")
    want = np.asarray(want)
    if got.shape != want.shape:
        return _match_other_shape(got, want, tolerance)
    error = relative_gap(got, want)
    if error <= tolerance.exact:
        return Match(True, error)
    if error <= allowed(got, tolerance):
        text = f"right to the precision of {got.dtype}: return float64 and compute in float64"
        return Match(True, error, text, note=True)
    if fewer := rounded(got, want):
        return Match(False, error, f"yours are the right values, but rounded to {fewer}: {ROUNDED}")
    if error <= tolerance.single:
        return Match(False, error, "nearly right, but further off than rounding explains")
    if np.isnan(got.astype(np.float64)).any() and not np.isnan(want.astype(np.float64)).any():
        return Match(False, error, "it holds NaN")
    return Match(False, error)


def _match_keys(got: Any, want: dict[str, Any], tolerance: Tolerance) -> Match:
    if not isinstance(got, dict):
        return Match(False, float("inf"), "nothing to compare")
    matches = [match(got.get(key), value, tolerance) for key, value in want.items()]
    worst = max(matches, key=lambda m: (not m.ok, m.error))
    return worst


def _match_other_shape(got: np.ndarray, want: np.ndarray, tolerance: Tolerance) -> Match:
    shapes = f"shape {got.shape} where {want.shape} is asked for"
    if got.size == want.size:
        error = relative_gap(got.reshape(want.shape), want)
        if error <= allowed(got, tolerance):
            if got.squeeze().shape == want.squeeze().shape:
                return Match(True, error, f"right values, {shapes}", note=True)
            return Match(False, error, f"the values are right, the shape is not: {shapes}")
    return Match(False, float("inf"), shapes)
