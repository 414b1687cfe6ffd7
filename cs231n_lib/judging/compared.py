"""A wrong array beside the right one, and when enough is seen to say how they relate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cs231n_lib.judging.compare import SINGLE, relative_gap

EXACT = 1e-6  # error of what counts as equal: an accident of several numbers is never so near
SINGLE_EXACT = 3e-5  # the same of what was computed in single precision


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
