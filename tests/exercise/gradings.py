"""Many gradings of one function: how often a check refuses what it draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

GRADINGS = 2_000  # at the rate in use, of which none may be refused
COUNTED = 1_000  # at a rate where there is something to count
SEEDS = range(10)  # a wrong function must be noticed on every one of them
Drawn = Callable[[np.random.Generator], Any]


def refused(check: Callable[[Any], bool], draw: Drawn, times: int = GRADINGS, seed: int = 7) -> int:
    """How often ``check`` is False of what ``draw`` makes of one generator."""
    rng = np.random.default_rng(seed)
    return sum(not check(draw(rng)) for _ in range(times))


def noticed(check: Callable[[Any], bool], draw: Drawn) -> bool:
    """Whether ``check`` is False on every one of several seeds."""
    return not any(check(draw(np.random.default_rng(seed))) for seed in SEEDS)


def most(rate: float, times: int = COUNTED) -> int:
    """What a count of events of this rate exceeds with probability below 1e-3."""
    from scipy.stats import binom

    return int(binom.isf(1e-3, times, rate))
