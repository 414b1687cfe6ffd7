"""How seldom a right answer may be rejected: rates that a law states, shares and keeps.

A law rejects a right answer now and then, because chance may do anything.  It states how
often at most (:func:`states`), and divides that among its properties: the chances of several
events add up to no less than the chance that one of them happens, so ``rate / k`` for each of
k properties makes ``rate`` for all.

Where the law of a statistic is known, or a bound on its tail, the limit follows from the rate
(:mod:`cs231n_lib.exercise.laws.bounds`).  Where nothing is known it is simulated once
(:func:`simulated_limit`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import numpy as np

from cs231n_lib.exercise.laws.bounds import surprise

PROPERTY = 1e-9  # chance that a right answer fails one property, unless a law asks for another
DOUBT = 1e-6  # chance that a simulation gives a limit that is too narrow
SEED = 231  # of the simulations: a limit must be the same at home and in the grader
STATED = "rate"  # attribute of a law

LawT = TypeVar("LawT", bound=Callable[..., Any])
Values = Callable[[np.random.Generator, int], np.ndarray]


def states(rate: float) -> Callable[[LawT], LawT]:
    """Mark a law with the rate that it promises.

    Args:
        rate: chance that a right answer fails one case, at most.

    A law that ``python -m trial styles`` is to measure takes the rate as well, so that it can be
    tried at rates that a simulation sees: ``law(args, outputs, rate=...)``.
    """

    def mark(law: LawT) -> LawT:
        setattr(law, STATED, rate)
        return law

    return mark


def stated(law: Any) -> float | None:
    """The rate that a law promises, or None where it promises nothing."""
    rate = getattr(law, STATED, None)
    return None if rate is None else float(rate)


@cache
def simulated_limit(values: Values, share: float, sets: int = 20_000) -> float:
    """A number that the statistic of a right answer exceeds with probability ``share`` at most.

    It is the k-th largest of ``sets`` simulated values.  It is too small only if fewer than k of
    them exceed the true quantile, and of these there are Binomial(sets, share): Chernoff bounds
    the chance by exp(-sets KL((k - 1) / sets, share)), and k is the largest for which that is
    below ``DOUBT`` (1e-6).  The idea of a limit that holds with a stated confidence whatever the
    law is S. Wilks's (Determination of sample sizes for setting tolerance limits, 1941).

    Simulations see no rate of 1e-9.  Take a share that they see, draw the statistic several
    times independently, and accept when one of the values lies within the limit
    (:func:`one_within`): m values reject a right answer with probability share**m at most.

    Args:
        values: ``values(rng, sets)`` draws the statistic of ``sets`` right answers, (sets,). It
            is called once in a process for each ``share``, so it must be a function of a module.

    Raises:
        ValueError: when ``sets`` are too few for so small a share.
    """
    rarest = sets * -math.log1p(-share)  # the chance that no value exceeds the quantile, as a log
    if rarest < -math.log(DOUBT):
        raise ValueError(f"{sets} simulations are too few for a share of {share:g}")
    below = np.arange(max(int(sets * share), 1))
    enough = surprise(below, sets, share) >= -math.log(DOUBT)
    k = int(np.sum(enough))
    return float(np.sort(values(np.random.default_rng(SEED), sets))[-k])


def one_within(values: np.ndarray, limit: float) -> bool:
    """Whether one of several independent values lies within the limit that each may exceed.

    Values that each exceed it with probability q all do with probability q**m.  NaN never does.
    """
    return bool(np.any(np.asarray(values) <= limit))
