"""`minibatches`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from cs231n_lib.exercise.laws.minibatches import (
    ALPHA,
    MESSAGES,
    minibatch_law,
    neighbours_apart,
    positions_uniform,
)
from cs231n_lib.judging.verdict import judge
from solutions.gradient_descent.minibatches import minibatches, solution
from tests.chapters.gradient_descent.oracles import EXERCISES, earned, outputs

RNG = np.random.default_rng


def test_minibatches_by_hand():
    """Five rows in batches of 2: batches of 2, 2 and 1 with rows 0 to 4 once each."""
    X, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    batches = list(minibatches(X, y, 2, RNG(0)))
    assert [len(labels) for _, labels in batches] == [2, 2, 1]
    assert sorted(np.concatenate([labels for _, labels in batches])) == [0, 1, 2, 3, 4]
    for rows, labels in batches:
        np.testing.assert_array_equal(rows, X[labels])


def test_all_six_orders_of_three_rows_come_equally_often():
    """Brute force: chi-square over the 3! orders of 3 rows, in 6000 epochs."""
    rng, X, y = RNG(2), np.eye(3), np.arange(3)
    seen = [tuple(label for _, b in minibatches(X, y, 2, rng) for label in b) for _ in range(6000)]
    counts = [seen.count(order) for order in itertools.permutations(range(3))]
    assert sum(counts) == 6000
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_the_answer_has_every_property(seed):
    for case, seen in outputs("minibatches", minibatches, seed):
        found = minibatch_law(case.args, seen["outputs"])
        assert set(found) == set(MESSAGES)
        assert all(found.values()), (case.label, found)


def test_every_property_belongs_to_one_group():
    watched = [p for g in EXERCISES["minibatches"].groups.values() for p in g.outputs]
    assert sorted(watched) == sorted(MESSAGES)


def _failing(function, seed: int = 5) -> frozenset:
    """The properties that fail, with the case: what a mistake is recognised by."""
    found = set()
    for case, seen in outputs("minibatches", function, seed):
        watched = {p for g in case.groups for p in EXERCISES["minibatches"].groups[g].outputs}
        law = minibatch_law(case.args, seen["outputs"])
        found |= {(case.label, name) for name in watched if not law[name]}
    return frozenset(found)


def test_every_known_mistake_fails_a_set_of_its_own():
    mistakes = solution.mistakes
    sets = [_failing(m.function) for m in mistakes]
    assert all(sets) and len(set(sets)) == len(sets)
    for mistake, found in zip(mistakes, sets, strict=True):  # and the same one for every seed
        assert _failing(mistake.function, seed=6) == found, mistake.name


def test_rows_moved_round_as_on_a_wheel_keep_their_neighbours():
    """Every row is first equally often here; only the neighbours give it away."""

    def rolled(X, y, batch_size, rng):
        order = np.roll(np.arange(len(X)), rng.integers(len(X)))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            yield X[rows], y[rows]

    failing = {name for _, name in _failing(rolled)}
    assert failing == {"neighbours_apart", "pairs_uniform", "orders_differ"}
    assert earned("minibatches", rolled) == {"rows": 3, "labels": 2, "order": 0}


def test_random_numbers_from_elsewhere_are_noticed():
    def elsewhere(X, y, batch_size, rng):
        return minibatches(X, y, batch_size, RNG())

    assert {name for _, name in _failing(elsewhere)} == {"repeats_from_rng"}


def _hostile():
    nan = np.nan
    return {
        "nothing": lambda X, y, b, rng: [],
        "NaN": lambda X, y, b, rng: [(X * nan, y * nan)],
        "infinite": lambda X, y, b, rng: [(X + np.inf, y)],
        "scalars": lambda X, y, b, rng: [(0.0, 0.0)] * 3,
        "no columns": lambda X, y, b, rng: [(X[:, :0], y)],
        "flat": lambda X, y, b, rng: [(X.ravel(), y)],
        "three axes": lambda X, y, b, rng: [(X[None], y[None])],
        "words": lambda X, y, b, rng: [("True", "True")],
        "many rows": lambda X, y, b, rng: [(np.tile(X, (999, 1)), np.tile(y, 999))],
        "one row": lambda X, y, b, rng: [(X[:1], y[:1])],
        "truth": lambda X, y, b, rng: [(X < 0, y < 0)],
        "other batches every time": lambda X, y, b, rng: [(X[:0], y)] * int(RNG().integers(9)),
    }


@pytest.mark.parametrize("name", list(_hostile()))
def test_hostile_outputs_earn_nothing(name):
    assert set(earned("minibatches", _hostile()[name]).values()) == {0}


@pytest.mark.parametrize("tree", [None, "x", 3, [], [None], [[None]], {"a": 1}, [["x", 2]]])
def test_forged_records_earn_nothing(tree):
    """The record comes from a process that may write anything into it."""
    exercise = EXERCISES["minibatches"]
    right = outputs("minibatches", minibatches)
    cases, expected = [c for c, _ in right], [s["outputs"] for _, s in right]
    for forged in (
        {"X_batch": tree, "y_batch": tree, "again": {"X_batch": tree, "y_batch": tree}},
        {"X_batch": tree, "y_batch": tree, "again": tree},
        dict.fromkeys(MESSAGES, True),
    ):
        seen = [{"outputs": forged, "problem": None, "notes": []}] * len(cases)
        assert judge(exercise, cases, seen, expected, lambda: ()).earned == 0


@pytest.mark.parametrize(("N", "epochs"), [(6, 120), (13, 6), (4, 40)])
def test_the_exact_chance_of_a_false_alarm_about_places(N, epochs):
    """Sum the binomial probabilities of all counts that are rejected, over all pairs."""
    k = np.arange(epochs + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        q = k / epochs
        kl = np.where(k > 0, q * np.log(q * N), 0)
        kl += np.where(k < epochs, (1 - q) * np.log((1 - q) / (1 - 1 / N)), 0)
    rejected = epochs * kl > math.log(2 * N * N / ALPHA)
    assert N * N * stats.binom.pmf(k[rejected], epochs, 1 / N).sum() <= ALPHA


def test_the_simulated_chance_of_a_false_alarm_keeps_its_bound():
    """At alpha = 0.05 in 2000 sets of 40 random orders, and at the real alpha none at all."""
    rng, sets = RNG(3), 2000
    places = neighbours = real = 0
    for _ in range(sets):
        orders = list(rng.permuted(np.tile(np.arange(5), (40, 1)), axis=1))
        places += not positions_uniform(orders, 5, alpha=0.05)
        neighbours += not neighbours_apart(orders, 5, alpha=0.05)
        real += not (positions_uniform(orders, 5) and neighbours_apart(orders, 5))
    assert places <= 0.05 * sets and neighbours <= 0.05 * sets and real == 0


@pytest.mark.parametrize("N", [2, 3, 5])
def test_neighbours_expected_by_brute_force(N):
    """The mean over all N! orders of the number of followers (i, i + 1) is (N - 1) / N."""
    counts = [np.sum(np.diff(o) == 1) for o in itertools.permutations(range(N))]
    assert np.mean(counts) == pytest.approx((N - 1) / N)
