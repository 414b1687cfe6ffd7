"""Reading draws: a student's function may return anything, and a check must end all the same."""

from __future__ import annotations

from typing import Any

import numpy as np

MOST_ROWS = 2000


def flat(draws: Any) -> np.ndarray | None:
    """All draws as float64, shape (n,); None unless they are finite numbers, and some."""
    try:
        values = np.asarray(draws)
    except ValueError:  # lists of several lengths
        return None
    if values.dtype.kind not in "biuf" or values.size == 0:
        return None
    found = values.astype(np.float64).ravel()
    return found if bool(np.all(np.isfinite(found))) else None


def as_rows(draws: Any) -> np.ndarray | None:
    """Draws of several units, examples or calls as rows, shape (m, k).

    The first axis counts the rows; all others are one.  None if there are no such numbers, or more
    than ``MOST_ROWS``: every two rows are compared, and nobody asks for so many.
    """
    values = flat(draws)
    shape = np.asarray(draws).shape if values is not None else ()
    if values is None or len(shape) < 2 or shape[0] > MOST_ROWS:
        return None
    return values.reshape(shape[0], -1)
