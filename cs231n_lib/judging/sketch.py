"""Fingerprints of outputs: a few numbers that tell one array from another.

There are hundreds of ways to make two mistakes at once.  A student's library that held what
each of them returns would be larger than all the rest of it, so it holds fingerprints: sums
of all entries under a few fixed weights.  Nothing can be computed back from them.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np

from cs231n_lib.judging.compare import SINGLE

LARGEST = 100_000  # numbers; no right output has as many
HUGE = 1e150  # squares of what is larger overflow
WAVES = (0.7, 1.9)  # each gives every entry a weight of its own
WIDTH = len(WAVES) + 2
EXACT, ROUNDED = 2e-6, 3e-5  # differences that rounding explains, in double and single precision


def sketch(value: Any) -> np.ndarray:
    """Fingerprint (WIDTH,) of an output; zeros where there is none.

    Its entries: a digest of shape and of places that are no numbers, size, weighted sums.
    """
    if isinstance(value, str):
        return np.array([1.0 + crc32(value.encode()), 0.0, 0.0, 0.0])
    if not isinstance(value, np.ndarray | float | int):
        return np.zeros(WIDTH)
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return np.zeros(WIDTH)
    if array.size > LARGEST:
        return np.zeros(WIDTH)
    flat = array.astype(np.float64).ravel()
    finite = np.isfinite(flat)
    form = [n for n in array.shape if n != 1], np.flatnonzero(~finite)[:1000].tolist()
    flat = np.where(finite & (np.abs(flat) < HUGE), flat, 0.0)
    at = np.arange(1, flat.size + 1)
    sums = [float(np.sum(np.cos(wave * at) * flat)) for wave in WAVES]
    return np.array([1.0 + crc32(repr(form).encode()), float(np.linalg.norm(flat)), *sums])


def alike(a: np.ndarray, b: np.ndarray, got: Any) -> bool:
    """Whether two fingerprints are of one array, which came as ``got``."""
    if a[0] == 0 or a[0] != b[0]:
        return False
    single = isinstance(got, np.ndarray) and got.dtype in SINGLE
    room = (ROUNDED if single else EXACT) * max(a[1], b[1])
    return bool(np.all(np.abs(a[1:] - b[1:]) <= room))
