"""Rates that laws state, and limits that are simulated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cs231n_lib.exercise.laws.minibatches import CASE_ALPHA, minibatch_law
from cs231n_lib.exercise.laws.rates import one_within, simulated_limit, stated, states
from tests.exercise.gradings import SEEDS

CALLS: list[int] = []


def exponential(rng: np.random.Generator, sets: int) -> np.ndarray:
    CALLS.append(sets)
    return rng.exponential(size=sets)


def deep(rng: np.random.Generator, sets: int, gain: float = 1.0) -> np.ndarray:
    """How far from 0.3 the deviation after six tanh layers of 30 units is: no closed form."""
    x = rng.normal(size=(sets, 20, 30))
    for _ in range(6):
        x = np.tanh(x @ (gain * rng.normal(size=(sets, 30, 30)) / np.sqrt(30)))
    return np.abs(x.std(axis=(1, 2)) - 0.3)


def test_a_law_states_its_rate_and_stays_itself() -> None:
    def law(args, outputs):
        return {"even": args + outputs == 0}

    assert stated(law) is None and stated(None) is None
    marked = states(3e-8)(law)
    assert marked is law and stated(marked) == 3e-8
    assert stated(minibatch_law) == CASE_ALPHA == 3e-7


@pytest.mark.parametrize("share", [0.3, 0.01, 1e-3])
def test_a_simulated_limit_is_a_little_wider_than_the_quantile(share: float) -> None:
    limit = simulated_limit(exponential, share)
    right = -np.log(share)  # exp(-x) = share
    assert right < limit < right + 3
    assert np.exp(-limit) <= share


def test_a_simulated_limit_is_computed_once_and_always_the_same() -> None:
    first = simulated_limit(exponential, 0.05, 10_000)
    before = len(CALLS)
    assert simulated_limit(exponential, 0.05, 10_000) == first and len(CALLS) == before
    simulated_limit.cache_clear()
    assert simulated_limit(exponential, 0.05, 10_000) == first and len(CALLS) == before + 1


def test_the_rank_of_a_simulated_limit_by_hand() -> None:
    """14 simulations, share 0.7: none beyond the quantile has chance 0.3**14 = 4.8e-8; one or
    none at most exp(-14 KL(1/14, 0.7)) = 2e-5. So the largest one is the limit."""
    limit = simulated_limit(exponential, 0.7, 14)
    assert limit == np.max(np.random.default_rng(231).exponential(size=14))
    with pytest.raises(ValueError, match="11 simulations are too few"):
        simulated_limit(exponential, 0.7, 11)  # 0.3**11 = 1.8e-6


def test_the_limit_is_too_narrow_as_seldom_as_stated() -> None:
    """Binomial tails by scipy: fewer than k of 20,000 beyond the true quantile."""
    sets, share = 20_000, 1e-3
    values = np.sort(np.random.default_rng(231).exponential(size=sets))
    k = sets - int(np.searchsorted(values, simulated_limit(exponential, share)))
    assert k >= 1
    assert stats.binom.cdf(k - 1, sets, share) <= 1e-6


def test_one_of_several_values_is_enough() -> None:
    assert one_within(np.array([9.0, 1.0]), 2.0) and not one_within(np.array([9.0, 3.0]), 2.0)
    assert not one_within(np.array([np.nan, np.nan]), 2.0)


def test_a_statistic_without_a_closed_form_tells_right_from_wrong() -> None:
    """Three values at a share of 1e-2 each: a right function fails once in a million gradings."""
    limit = simulated_limit(deep, 1e-2, 3_000)
    for seed in SEEDS:
        rng = np.random.default_rng(1000 + seed)
        assert one_within(deep(rng, 3), limit)
        assert not one_within(deep(rng, 3, gain=0.5), limit)
        assert not one_within(deep(rng, 3, gain=3.0), limit)
