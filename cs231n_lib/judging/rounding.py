"""Whether a result is the right one but for having been rounded."""

from __future__ import annotations

import numpy as np

DIGITS = range(2, 9)
SLACK = 5.0  # units of the last digit: what is rounded at every step drifts away a little
EXACT = 1e-9  # units of the last digit by which a rounded number misses itself


def rounded(got: np.ndarray, want: np.ndarray) -> str:
    """To what ``got`` was rounded, such as "4 decimals"; empty if it was not.

    Rounded means: every number of ``got`` has so few digits, those of ``want`` have more,
    and the two are otherwise alike.

    Args:
        got, want: arrays of one shape.
    """
    if got.dtype.kind != "f" or not got.size or not np.all(np.isfinite(got)):
        return ""
    got, want = got.astype(np.float64), want.astype(np.float64)
    for digits in DIGITS:
        if _has_no_more(got, want, np.full(got.shape, 10.0**-digits)):
            return f"{digits} decimals"
    with np.errstate(divide="ignore"):
        first = np.where(got == 0, 0.0, np.floor(np.log10(np.abs(got))))
    for digits in DIGITS:
        if _has_no_more(got, want, 10.0 ** (first + 1 - digits)):
            return f"{digits} significant digits"
    return ""


def _has_no_more(got: np.ndarray, want: np.ndarray, unit: np.ndarray) -> bool:
    """Whether ``got``, and not ``want``, is made of whole units, and both are near each other."""
    with np.errstate(all="ignore"):
        near = np.abs(got - want) <= SLACK * unit
        whole = np.abs(got / unit - np.round(got / unit)) <= EXACT * np.maximum(1, got / unit)
        more = np.abs(want / unit - np.round(want / unit)) > 100 * EXACT
    return bool(np.all(near) and np.all(whole) and np.any(more) and np.any(got))
