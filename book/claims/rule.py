"""The one rule by which every claim of the book is judged.

A claim is put as an *effect*, a number that an experiment measures once per seed, and as the values
of it that would bear the claim out.  Both stand in the code before the experiment is run.  What is
judged is not the median but where it may lie: a 95 % interval from the exact sign test, which
assumes nothing about how the seeds' results are distributed.

- **holds**: the whole interval lies within the values that bear the claim out;
- **does not hold**: the whole interval lies outside;
- **undecided**: the interval reaches across the border.

What nothing random enters needs one run and no interval: it is called *exact*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

HOLDS, FAILS, UNDECIDED = "holds", "does not hold", "undecided"
VERDICTS = (HOLDS, FAILS, UNDECIDED)
FEWEST_SEEDS = 10
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Band:
    """The values of an effect that bear a claim out: ``low <= effect <= high``."""

    low: float = -np.inf
    high: float = np.inf

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"no value lies between {self.low} and {self.high}")
        if np.isinf(self.low) and np.isinf(self.high):
            raise ValueError("every value would bear the claim out: give a border")

    def __str__(self) -> str:
        if np.isinf(self.low):
            return f"at most {self.high:g}"
        if np.isinf(self.high):
            return f"at least {self.low:g}"
        return f"between {self.low:g} and {self.high:g}"

    @property
    def borders(self) -> tuple[float, ...]:
        """The borders that are numbers, lowest first."""
        return tuple(b for b in (self.low, self.high) if np.isfinite(b))


def at_least(smallest: float) -> Band:
    """The claim says "more": the effect must reach ``smallest``, the least that matters."""
    return Band(low=smallest)


def at_most(largest: float) -> Band:
    """The claim says "less": the effect must stay below ``largest``."""
    return Band(high=largest)


def between(low: float, high: float) -> Band:
    """The claim says "equal": the effect must lie between two values that do not matter."""
    return Band(low, high)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of the median, from the order statistics (exact sign test).

    Args:
        values: one number per seed, ten or more; infinities are ordered like numbers.

    Returns:
        The lowest and the highest median that the sign test does not reject at 5 %.  With ten
        values these are the second smallest and the second largest.

    Raises:
        ValueError: if there are fewer than ten values, or one of them is no number.
    """
    kept = np.sort(np.asarray(values, dtype=float))
    if len(kept) < FEWEST_SEEDS:
        raise ValueError(f"{len(kept)} seeds are too few: a verdict needs {FEWEST_SEEDS}")
    if np.isnan(kept).any():
        raise ValueError("a seed gave no number (nan)")
    # the largest k with P(fewer than k of n coins show heads) <= 2.5 %
    cut = int(stats.binom.ppf((1 - CONFIDENCE) / 2, len(kept), 0.5))
    if stats.binom.cdf(cut, len(kept), 0.5) <= (1 - CONFIDENCE) / 2:
        cut += 1
    return float(kept[cut - 1]), float(kept[-cut])


def verdict(values: Sequence[float], band: Band) -> str:
    """Judge the seeds' numbers: one of :data:`VERDICTS`."""
    low, high = interval(values)
    if band.low <= low and high <= band.high:
        return HOLDS
    if high < band.low or low > band.high:
        return FAILS
    return UNDECIDED


def exact_verdict(value: float, band: Band) -> str:
    """Judge a number in which nothing is random."""
    if np.isnan(value):
        raise ValueError("the experiment gave no number (nan)")
    return HOLDS if band.low <= value <= band.high else FAILS
