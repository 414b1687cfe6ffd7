"""The stated rates of false rejections, and that the trial would notice wrong ones."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise, exercise
from cs231n_lib.exercise.drivers import Call
from cs231n_lib.exercise.laws import minibatches as law
from cs231n_lib.exercise.laws import shapes
from cs231n_lib.exercise.laws.bounds import surprise
from cs231n_lib.exercise.laws.distribution import follows
from cs231n_lib.exercise.laws.independence import masks_apart
from cs231n_lib.exercise.laws.moments import share_fits
from cs231n_lib.exercise.laws.rates import stated, states
from cs231n_lib.wire import Rng
from trial.styles import laws, right, shuffles
from trial.styles.laws import Law, Measured


def test_every_random_function_states_its_rate() -> None:
    random = {e.name for e in exercises.table().values() if e.law}
    assert set(laws.EXACT) <= random
    assert {name for name in random if stated(exercises.get(name).law) is None} == set()
    with pytest.raises(KeyError, match="sgd is a random function"):
        laws.measure("sgd")


RATE = 2e-8


def made(judged, rate: float = RATE) -> Exercise:
    """An exercise that nobody is asked: a mask for a batch, judged by ``judged``."""

    def cases(rng):
        for keep in (0.5, 0.8):
            args = {"shape": [12, 80], "p": keep, "rng": Rng(int(rng.integers(2**31)))}
            yield Case("mask", args, f"kept with {keep}")

    @exercise(
        section="nowhere",
        groups={"mask": 1},
        driver=Call(("mask",)),
        cases=cases,
        law=states(rate)(judged),
    )
    def row_mask(shape, p, rng):
        """A mask."""

    return row_mask


def fair(args, outputs, rate=RATE):
    mask, keep = outputs["mask"], args["p"]
    return {
        "kept": share_fits(np.sum(mask != 0), mask.size, keep, rate / 3),
        "shape": follows(mask, shapes.mask(keep, scaled=True), rate / 3),
        "apart": masks_apart(mask, rate / 3),
    }


def mask(shape, p, rng):
    return (rng.random(shape) < p) / p


def test_any_law_that_states_a_rate_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    one = made(fair)
    found = laws.simulated(one, mask, 300)
    assert found.holds and found.exercise == "row_mask"
    assert found.stated == found.case == RATE
    assert found.grading == pytest.approx(2 * 2 * 2 * RATE)  # two rounds of two cases, both sides
    assert len(found.measured) == 2 * 4
    assert all(m.bound and m.sets == 300 for m in found.measured)
    assert any(m.exceeded for m in found.measured), "at 10 % there is something to count"
    assert [m.exceeded for m in found.measured if m.rate == RATE] == [0, 0]
    monkeypatch.setattr(laws, "GRADINGS", 300)
    monkeypatch.setattr(laws.exercises, "get", {"row_mask": one}.get)
    monkeypatch.setattr(laws.reference, "answers", lambda: {"row_mask": mask})
    assert laws.measure("row_mask") == found


def test_a_law_that_rejects_more_than_it_says_is_found_out() -> None:
    def hard(args, outputs, rate=RATE):
        return fair(args, outputs, rate ** (1 / 3))

    def hardest(args, outputs, rate=RATE):
        return fair(args, outputs, 0.9)

    for judged in (hard, hardest):
        assert not laws.simulated(made(judged), mask, 300).holds


def test_a_rate_that_is_too_high_for_a_grading_does_not_hold() -> None:
    found = laws.simulated(made(fair, 3e-7), mask, 20)
    assert all(m.agrees for m in found.measured) and not found.holds


def test_a_law_without_a_rate_or_an_answer_that_fails_is_told() -> None:
    with pytest.raises(TypeError, match="row_mask must state a rate and take another one"):
        laws.simulated(made(lambda args, outputs: {}), mask, 1)
    with pytest.raises(RuntimeError, match="the answer to row_mask fails: `mask` is None"):
        laws.simulated(made(fair), lambda shape, p, rng: None, 1)


@pytest.mark.minibatches
def test_the_stated_rate_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shuffles, "SETS", 20_000)
    found = laws.measure("minibatches")
    assert found.case <= found.stated == law.CASE_ALPHA
    assert found.grading <= 1e-6
    assert [m for m in found.measured if not m.agrees] == []
    assert len(found.measured) == 3 * 8
    assert found.holds


@pytest.mark.minibatches
def test_a_limit_that_is_too_low_breaks_the_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shuffles, "SETS", 2_000)
    monkeypatch.setattr(law, "places_limit", lambda N, alpha=law.ALPHA: 12.0)
    found = laws.measure("minibatches")
    assert found.case > found.stated and not found.holds


@pytest.mark.minibatches
@pytest.mark.parametrize("N", [2, 3, 5, 6])
def test_followers_by_brute_force(N: int) -> None:
    """One epoch: the share of the N! orders with k followers (i, i + 1)."""
    counts = [int(np.sum(np.diff(o) == 1)) for o in itertools.permutations(range(N))]
    want = np.bincount(counts, minlength=N) / math.factorial(N)
    np.testing.assert_allclose(shuffles.total_of_followers(N, 1), want, rtol=1e-14)
    two = shuffles.total_of_followers(N, 2)
    both = np.bincount([a + b for a in counts for b in counts], minlength=len(two))
    np.testing.assert_allclose(two, both / math.factorial(N) ** 2, rtol=1e-12)


@pytest.mark.minibatches
def test_the_rate_of_a_place_by_hand() -> None:
    """Two rows, three epochs: only counts 0 and 3 have surprise 3 log 2; P = 2 / 8."""
    assert shuffles.share_rate(2.0, 1 / 2, 3) == pytest.approx(0.25)
    assert shuffles.share_rate(3 * math.log(2) + 1e-9, 1 / 2, 3) == 0.0
    assert shuffles.neighbour_rate(0.9, 2, 3) == pytest.approx(1 / 8)


@pytest.mark.minibatches
def test_the_simulation_computes_what_the_law_does() -> None:
    """The same orders through the judge's own properties, at a limit that some exceed."""
    N, epochs, sets = 5, 30, 400
    seen = shuffles.simulate_orders(N, epochs, sets)
    rng = np.random.default_rng(shuffles.SEED)
    orders = rng.permuted(np.tile(np.arange(N, dtype=np.int8), (sets * epochs, 1)), axis=1)
    alpha = 0.6
    least = law.orders_limit(N, epochs, alpha)
    for i, some in enumerate(orders.astype(int).reshape(sets, epochs, N)):
        assert law.positions_uniform(list(some), N, alpha) == (
            seen.places[i] <= law.places_limit(N, alpha)
        )
        assert law.pairs_uniform(list(some), N, alpha) == (
            seen.pairs[i] <= law.pairs_limit(N, alpha)
            and seen.distances[i] <= law.distances_limit(N, alpha)
        )
        assert law.orders_differ(list(some), N, alpha) == (seen.different[i] >= least)
        mean = np.mean(np.sum(np.diff(some, axis=1) == 1, axis=1))
        assert seen.followers[i] == pytest.approx(mean)
        assert seen.place[i] == pytest.approx(surprise(np.sum(some[:, 0] == 0), epochs, 1 / N))
        first = np.sum((some[:, 0] == 0) & (some[:, 1] == 1))
        assert seen.pair[i] == pytest.approx(surprise(first, epochs, law.pair_share(N)))
        following = np.sum((some[:, :-1] == 0) & (some[:, 1:] == 1))
        assert seen.next[i] == pytest.approx(surprise(following, epochs, 1 / N))
    for found, limit in (
        (seen.places, law.places_limit(N, alpha)),
        (seen.pairs, law.pairs_limit(N, alpha) * 0.8),
        (seen.distances, law.distances_limit(N, alpha) * 0.8),
        (-seen.different, -least),
    ):
        assert 0 < np.sum(found > limit) < sets


@pytest.mark.minibatches
def test_the_number_of_orders_by_hand() -> None:
    """Two orders, three epochs: all alike with probability 2 / 8, else both of them come."""
    np.testing.assert_allclose(law.orders_law(2, 3), [0, 1 / 4, 3 / 4, 0])
    assert law.orders_limit(2, 3, 0.2) == 1 and law.orders_limit(2, 3, 0.25) == 2


def test_a_rate_that_simulation_contradicts_is_noticed() -> None:
    assert Measured("x", 0.01, False, 1000, 100_000).agrees
    assert not Measured("x", 0.01, False, 1200, 100_000).agrees
    assert not Measured("x", 0.01, False, 800, 100_000).agrees
    assert Measured("x", 0.01, True, 800, 100_000).agrees, "a bound may be too large"
    assert not Measured("x", 0.01, True, 1200, 100_000).agrees
    wrong = (Measured("x", 0.01, False, 1200, 100_000),)
    assert Law("x", 1e-6, 1e-7, 1e-7, ()).holds and not Law("x", 1e-6, 1e-7, 1e-7, wrong).holds


@pytest.mark.minibatches
def test_no_known_mistake_keeps_its_points() -> None:
    assert right.unnoticed("minibatches", [(0, k) for k in range(3)]) == 0
