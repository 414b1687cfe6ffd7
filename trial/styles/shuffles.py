"""How often the law of shuffled minibatches rejects a right answer: computed, and simulated.

The rate at the limit in use is computed exactly from the law of each statistic; and a
simulation shows, at limits where it has something to count, that the statistic has this law.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from autograder.judging import reference
from autograder.judging.judging import ROUNDS
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case
from cs231n_lib.exercise.laws import minibatches as law
from cs231n_lib.exercise.laws.bounds import surprise
from trial.styles.measured import Law, Measured

LEVELS = (1e-2, 1e-3, 1e-4)  # rates that a simulation can measure
SETS = 100_000  # simulated sets of epochs
SEED = 231  # fixed: what is compared are two computations, not two machines


def minibatches() -> Law:
    """The law of shuffled minibatches (:mod:`cs231n_lib.exercise.laws.minibatches`)."""
    cases = reference.draw(exercises.get("minibatches"), 0, ROUNDS)
    rates = [_rate_of_case(case) for case in cases]
    N, epochs = max(map(_size, cases), key=lambda size: size[1])
    return Law(
        "minibatches",
        law.CASE_ALPHA,
        max(rates),
        2 * sum(rates),
        tuple(_simulate_minibatches(N, epochs)),
    )


def _size(case: Case) -> tuple[int, int]:
    return len(case.args["X"]), int(case.args["epochs"])


def _rate_of_case(case: Case) -> float:
    """Chance that a right answer fails a case, summed over everything that chance decides."""
    N, epochs = _size(case)
    same_order = math.factorial(N) ** (1.0 - epochs) + math.factorial(N) ** (-1.0 * epochs)
    places = N * N * share_rate(law.places_limit(N), 1 / N, epochs)
    pairs = (N * (N - 1)) ** 2 / 2 * share_rate(law.pairs_limit(N), law.pair_share(N), epochs)
    limit = law.distances_limit(N)
    apart = N * (N - 1) * sum(share_rate(limit, p, epochs) for p in law.distance_share(N))
    alike = orders_rate(law.orders_limit(N, epochs), N, epochs)
    followers = neighbour_rate(law.neighbours_limit(N, epochs), N, epochs)
    return same_order + places + pairs + apart + alike + followers


def share_rate(limit: float, p: float, epochs: int) -> float:
    """P(surprise > limit) for something whose count is Binomial(epochs, p)."""
    from scipy.stats import binom

    counts = np.arange(epochs + 1)
    outside = surprise(counts, epochs, p) > limit
    return float(binom.pmf(counts[outside], epochs, p).sum())


def orders_rate(limit: int, N: int, epochs: int) -> float:
    """P(fewer than ``limit`` different orders), from the exact law of their number."""
    return float(law.orders_law(N, epochs)[:limit].sum())


def neighbour_rate(limit: float, N: int, epochs: int) -> float:
    """P(mean count of followers > limit), from the exact law of the count in one epoch."""
    total = total_of_followers(N, epochs)
    return float(total[np.arange(len(total)) / epochs > limit].sum())


def total_of_followers(N: int, epochs: int) -> np.ndarray:
    """P(k followers in all epochs together) for k = 0, 1, ...

    A random order of N rows has k followers (i, i + 1) with probability
    C(N - 1, k) a(N - 1 - k) / N!, where a(m) counts the orders of m + 1 rows without any:
    a(0) = a(1) = 1 and a(m) = m a(m - 1) + (m - 1) a(m - 2).

    Source: J. Riordan, An Introduction to Combinatorial Analysis (1958), chapter 8; the
    numbers a(m) are sequence A000255 of the OEIS.
    """
    a = [1, 1]
    for m in range(2, N):
        a.append(m * a[-1] + (m - 1) * a[-2])
    one = np.array(
        [math.comb(N - 1, k) * a[N - 1 - k] / math.factorial(N) for k in range(N)], dtype=float
    )
    total = np.ones(1)
    for _ in range(epochs):
        total = np.convolve(total, one)
    return total


def _simulate_minibatches(N: int, epochs: int) -> Iterator[Measured]:
    seen = simulate_orders(N, epochs, SETS)
    counts = np.arange(epochs + 1)
    means = np.arange(epochs * (N - 1) + 1) / epochs
    shares = {
        "one row comes at one place": (seen.place, 1 / N),
        "one pair comes at one pair of places": (seen.pair, law.pair_share(N)),
        "one row follows another": (seen.next, law.distance_share(N)[0]),
    }
    for level in LEVELS:
        for what, (found, p) in shares.items():
            values = np.unique(surprise(counts, epochs, p))
            # a hair above a value that occurs: rounding must not decide what exceeds it
            limit = next(v for v in values * (1 + 1e-9) if share_rate(v, p, epochs) <= level)
            rate = share_rate(limit, p, epochs)
            yield _measured(f"how often {what}", rate, found > limit)
        for what, found, bound in (
            ("row comes at any place", seen.places, law.places_limit(N, level)),
            ("pair comes at any pair of places", seen.pairs, law.pairs_limit(N, 2 * level)),
            ("row follows any other anywhere", seen.distances, law.distances_limit(N, 2 * level)),
        ):
            yield _measured(f"how often any {what}", level, found > bound, bound=True)
        limit = next(m for m in means if neighbour_rate(m, N, epochs) <= level)
        rate = neighbour_rate(limit, N, epochs)
        yield _measured("how often neighbours stay neighbours", rate, seen.followers > limit)
        least = law.orders_limit(N, epochs, level)
        rate = orders_rate(least, N, epochs)
        yield _measured("how many orders are different", rate, seen.different < least)


def _measured(what: str, rate: float, outside: np.ndarray, bound: bool = False) -> Measured:
    return Measured(what, rate, bound, int(np.sum(outside)), len(outside))


@dataclass(frozen=True)
class Simulated:
    """The statistics of many sets of random orders, each of shape (sets,).

    Attributes:
        place: the surprise of row 0 at place 0; ``places``: the largest of all of them.
        pair: that of rows 0 and 1 at places 0 and 1; ``pairs``: the largest of all of them.
        next: that of row 1 coming next after row 0; ``distances``: the largest surprise of
            any two rows any number of places apart.
        followers: the mean count of followers.
        different: how many orders are different.
    """

    place: np.ndarray
    places: np.ndarray
    pair: np.ndarray
    pairs: np.ndarray
    next: np.ndarray
    distances: np.ndarray
    followers: np.ndarray
    different: np.ndarray


def simulate_orders(N: int, epochs: int, sets: int) -> Simulated:
    """The statistics of ``sets`` sets of random orders."""
    rng, found = np.random.default_rng(SEED), []
    for start in range(0, sets, 2000):
        many = min(2000, sets - start)
        orders = np.tile(np.arange(N, dtype=np.int8), (many * epochs, 1))
        found.append(_statistics(rng.permuted(orders, axis=1).reshape(many, epochs, N)))
    return Simulated(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _statistics(orders: np.ndarray) -> tuple[np.ndarray, ...]:
    """The attributes of :class:`Simulated`, of orders of shape (sets, epochs, N)."""
    _, epochs, N = orders.shape
    counts = np.stack([np.sum(orders == i, axis=1) for i in range(N)], axis=1)
    rows = surprise(counts, epochs, 1 / N)
    both = [law.pair_counts(some) for some in orders.astype(int)]
    table = surprise(np.arange(epochs + 1), epochs, law.pair_share(N))
    of_pairs = table[np.stack([at for at, _ in both])]
    apart = surprise(np.stack([d for _, d in both]), epochs, law.distance_share(N))
    followers = np.sum(np.diff(orders, axis=2) == 1, axis=(1, 2)) / epochs
    names = np.sort(orders.astype(np.int64) @ (N ** np.arange(N)), axis=1)
    different = 1 + np.sum(np.diff(names, axis=1) > 0, axis=1)
    return (
        rows[:, 0, 0],
        rows.max(axis=(1, 2)),
        of_pairs[:, 0, 0],
        of_pairs.max(axis=(1, 2)),
        apart[:, 0, 0],
        apart.max(axis=(1, 2)),
        followers,
        different,
    )
