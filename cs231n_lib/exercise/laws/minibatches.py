"""What every right shuffling of minibatches has in common, whatever its random numbers.

Two right answers draw different orders from the same generator, so orders themselves
cannot be compared.  Properties can.  Most hold for certain; four are statistical,
with a bound on the chance that a right answer fails them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from cs231n_lib.exercise.laws.bounds import surprise
from cs231n_lib.exercise.laws.rates import states

ALPHA = 5e-8  # chance that a right answer fails one statistical property of one case
CASE_ALPHA = 3e-7  # chance that a right answer fails one case
CLOSE = 1e-4  # rows of X lie further apart than this; single precision lies nearer
MANY = 10  # times as many batches, or rows, as an epoch has: no mistake, but a flood

MESSAGES: dict[str, str] = {
    "rows_of_X": "a batch holds something that is no row of X: its shape must be (b, D)",
    "no_row_twice": "some row of X comes twice in one epoch",
    "no_row_missing": "some row of X never comes in an epoch",
    "batch_sizes": "the batches have other sizes than batch_size each and the rest at the end",
    "labels_follow_rows": "y_batch[i] is not the label of the row X_batch[i], or not of shape (b,)",
    "labels_moved": "the rows change their order, the labels keep theirs",
    "shuffled": "every epoch has the order of X",
    "new_order_each_epoch": "every epoch has the same order: each call must draw a new one",
    "positions_uniform": "some row comes at some place of the epoch too often or too seldom",
    "pairs_uniform": "where one row comes tells too much about where another one comes",
    "orders_differ": "too few different orders: all of them must be possible, each time anew",
    "neighbours_apart": "rows that are neighbours in X too often stay neighbours in the epoch",
    "repeats_from_rng": "two generators with one seed give different orders: draw from rng only",
}


@states(CASE_ALPHA)
def minibatch_law(args: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, bool]:
    """Properties of the epochs of one case, each True for a right answer.

    A right answer fails a case with probability below 3e-7 (``CASE_ALPHA``): 5e-8 for each
    of the four statistical properties (:func:`positions_uniform`, :func:`pairs_uniform`,
    :func:`orders_differ`, :func:`neighbours_apart`), and below 1e-7 that E shuffles of N rows
    all give the same order, or all that of X: that is N!**(1 - E), at most 1e-18 for N >= 7
    and E >= 6, far less for N = 6 and E = 120.  In a case with few epochs only
    :func:`orders_differ` can fail, where two orders are alike.

    There must be as many epochs as were asked for, in both runs, and none of them may be a
    flood; otherwise nothing is looked at and nothing holds.  Properties of the order need an
    epoch worth the name: they are all False when some epoch yields fewer than half as many
    rows of X as X has.

    Args:
        args: ``X`` of shape (N, D) with rows further apart than 1e-4, ``y`` of shape (N,)
            with distinct entries, ``batch_size``, ``epochs``.
        outputs: ``X_batch`` and ``y_batch``, lists of epochs of batches, and the same
            under ``again``.  They may be anything: what cannot be read has no property.
    """
    X, y = np.asarray(args["X"]), np.asarray(args["y"])
    N, B = len(X), int(args["batch_size"])
    if not all(_asked_for(run, N, int(args["epochs"])) for run in (outputs, outputs["again"])):
        return dict.fromkeys(MESSAGES, False)
    orders, sizes = _read_rows(outputs["X_batch"], X)
    again, _ = _read_rows(outputs["again"]["X_batch"], X)
    labels = [_read_labels(epoch, s) for epoch, s in zip(outputs["y_batch"], sizes, strict=True)]
    full = [min(B, N - start) for start in range(0, N, B)]
    counts = np.stack([np.bincount(o[o >= 0], minlength=N) for o in orders])
    enough = bool(np.all(2 * counts.sum(axis=1) >= N))
    same = [np.array_equal(o, orders[0]) for o in orders]
    unmoved = [np.array_equal(o, np.arange(N)[: len(o)]) for o in orders]
    old_labels = [np.array_equal(v, y[: len(o)]) for v, o in zip(labels, orders, strict=True)]
    steady = all(same)
    return {
        "rows_of_X": all(bool(np.all(o >= 0)) for o in orders),
        "no_row_twice": bool(np.all(counts <= 1)),
        "no_row_missing": bool(np.all(counts >= 1)),
        "batch_sizes": all(s == full for s in sizes),
        "labels_follow_rows": enough
        and all(
            bool(np.all(o >= 0)) and np.array_equal(v, y[o])
            for v, o in zip(labels, orders, strict=True)
        ),
        "labels_moved": enough and (all(unmoved) or not all(old_labels)),
        "shuffled": enough and not all(unmoved),
        "new_order_each_epoch": enough and not steady,
        "positions_uniform": enough and positions_uniform(orders, N),
        # an order that never changes is told above: there is nothing to count
        "pairs_uniform": enough and (steady or pairs_uniform(orders, N)),
        "orders_differ": enough and (steady or orders_differ(orders, N)),
        "neighbours_apart": enough and (steady or neighbours_apart(orders, N)),
        "repeats_from_rng": enough
        and len(orders) == len(again)
        and all(np.array_equal(a, b) for a, b in zip(orders, again, strict=True)),
    }


def _asked_for(run: Any, N: int, epochs: int) -> bool:
    """Whether a run has the epochs that were asked for, and none is a flood of batches or rows."""
    if not isinstance(run, Mapping):
        return False
    for name in ("X_batch", "y_batch"):
        found = run.get(name)
        if not isinstance(found, list) or len(found) != epochs:
            return False
        for epoch in found:
            if not isinstance(epoch, list) or len(epoch) > MANY * N:
                return False
            if sum(len(b) if isinstance(b, np.ndarray) and b.ndim else 1 for b in epoch) > (
                MANY * N
            ):
                return False
    return True


def positions_uniform(orders: Sequence[np.ndarray], N: int, alpha: float = ALPHA) -> bool:
    """Whether every row comes at every place about equally often.

    In a right answer row i comes at place k with probability p = 1/N, independently in
    each of E epochs.  Chernoff bounds each tail of its share q by exp(-E KL(q, p)), so the
    test rejects when E KL(q, p) exceeds log(2 N**2 / alpha) for one of the N**2 pairs, both
    tails: by the union bound a right answer fails with probability at most alpha.
    """
    table = _places(orders, N)
    counts = np.stack([np.sum(table == i, axis=0) for i in range(N)])
    epochs = np.sum(table >= 0, axis=0)
    used = epochs > 0
    found = surprise(counts[:, used], epochs[used], 1.0 / N)
    return bool(np.all(found <= places_limit(N, alpha)))


def _places(orders: Sequence[np.ndarray], N: int) -> np.ndarray:
    """Which row comes at which place, shape (E, N); -1 where an epoch is shorter."""
    table = np.full((len(orders), N), -1)
    for row, order in zip(table, orders, strict=True):
        row[: len(order)] = order[:N]
    return table


def places_limit(N: int, alpha: float = ALPHA) -> float:
    """The largest :func:`surprise` that N rows are allowed."""
    return math.log(2 * N * N / alpha)


def pairs_uniform(orders: Sequence[np.ndarray], N: int, alpha: float = ALPHA) -> bool:
    """Whether every two rows come at every two places, and as far apart, about equally often.

    In a right answer rows i and j come at places k and l with probability 1 / (N (N - 1)),
    and j comes d places after i with probability (N - d) / (N (N - 1)), whichever rows these
    are.  That makes (N (N - 1))**2 / 2 and N (N - 1)**2 events.  By the bound of
    :func:`positions_uniform`, with alpha shared between both kinds, a right answer fails
    with probability at most alpha.  Epochs that are no order of all rows are not counted:
    what is wrong with them is told by other properties.
    """
    table = _places(orders, N)
    table = table[np.all(np.sort(table, axis=1) == np.arange(N), axis=1)]
    if len(table) == 0:
        return True
    at_places, apart = pair_counts(table)
    found = surprise(at_places, len(table), pair_share(N))
    distant = surprise(apart, len(table), distance_share(N))
    return bool(
        np.all(found <= pairs_limit(N, alpha)) and np.all(distant <= distances_limit(N, alpha))
    )


def pair_counts(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How often pairs of rows come at pairs of places, and how often how far apart.

    Args:
        table: whole orders, shape (E, N).

    Returns:
        counts of shape (places, rows) for all k < l and all i != j, and of shape
        (rows, N - 1) for the distances 1 to N - 1 from i on to j.
    """
    N = table.shape[1]
    first, second = np.triu_indices(N, 1)
    codes = table[:, first] * N + table[:, second]
    counts = np.stack([np.bincount(c, minlength=N * N) for c in codes.T])
    counts = counts[:, ~np.eye(N, dtype=bool).ravel()]
    apart = [counts[second - first == d].sum(axis=0) for d in range(1, N)]
    return counts, np.stack(apart, axis=1)


def pair_share(N: int) -> float:
    """How often two given rows come at two given places: 1 / (N (N - 1))."""
    return 1.0 / (N * (N - 1))


def distance_share(N: int) -> np.ndarray:
    """How often a given row comes d = 1, ..., N - 1 places after another: (N - 1,)."""
    return (N - np.arange(1, N)) * pair_share(N)


def pairs_limit(N: int, alpha: float = ALPHA) -> float:
    """The largest :func:`surprise` that pairs of N rows at two places are allowed."""
    return math.log(2 * (N * (N - 1)) ** 2 / alpha)


def distances_limit(N: int, alpha: float = ALPHA) -> float:
    """The largest :func:`surprise` that the distances of N rows are allowed."""
    return math.log(4 * N * (N - 1) ** 2 / alpha)


def orders_differ(orders: Sequence[np.ndarray], N: int, alpha: float = ALPHA) -> bool:
    """Whether there are about as many different orders as chance gives.

    The number of different orders among E that are drawn from N! is known exactly
    (:func:`orders_law`); a right answer has fewer than the limit with probability at most
    alpha.  Whoever draws from six orders only has six, however often.
    """
    return len({o.tobytes() for o in orders}) >= orders_limit(N, len(orders), alpha)


def orders_limit(N: int, epochs: int, alpha: float = ALPHA) -> int:
    """The smallest number of different orders that is allowed."""
    below = np.cumsum(orders_law(N, epochs))  # P(at most d different orders)
    return int(np.searchsorted(below, alpha, side="right"))


@cache
def orders_law(N: int, epochs: int) -> np.ndarray:
    """P(d different orders in E epochs) for d = 0, ..., E, all N! orders equally likely.

    With d different ones so far, the next order is another with probability 1 - d / N!.
    """
    new = np.maximum(0.0, 1 - np.arange(epochs + 1) / math.factorial(N))
    law = np.zeros(epochs + 1)
    law[0] = 1.0
    for _ in range(epochs):
        law = law * (1 - new) + np.concatenate([[0.0], (law * new)[:-1]])
    return law


def neighbours_apart(orders: Sequence[np.ndarray], N: int, alpha: float = ALPHA) -> bool:
    """Whether rows i and i + 1 follow each other no more often than chance has it.

    In a random order each of the N - 1 pairs of neighbouring places holds some (i, i + 1)
    with probability 1/N, so the expected count of an epoch is (N - 1) / N, and no count
    lies outside [0, N - 1].  Hoeffding bounds the chance that the mean over E epochs
    exceeds its expectation by t by exp(-2 E t**2 / (N - 1)**2), which is alpha at the t
    used here.
    """
    counts = [np.sum((np.diff(o) == 1) & (o[:-1] >= 0)) for o in orders]
    return bool(np.mean(counts) <= neighbours_limit(N, len(orders), alpha))


def neighbours_limit(N: int, epochs: int, alpha: float = ALPHA) -> float:
    """The largest mean count of followers that :func:`neighbours_apart` allows."""
    return (N - 1) / N + (N - 1) * math.sqrt(math.log(1 / alpha) / (2 * epochs))


def _read_rows(epochs: Any, X: np.ndarray) -> tuple[list[np.ndarray], list[list[int]]]:
    """Of each epoch the indices in X of its rows (-1: no row of X), and its batch sizes."""
    batches = [[_as_rows(b, X) for b in epoch] for epoch in epochs]
    sizes = [[len(b) for b in epoch] for epoch in batches]
    rows = np.concatenate([np.empty((0, X.shape[1])), *(b for e in batches for b in e)])
    near = np.stack([np.all(np.abs(rows - x) < CLOSE, axis=1) for x in X], axis=1)
    index = np.where(near.any(axis=1), near.argmax(axis=1), -1)
    ends = np.cumsum([sum(s) for s in sizes])
    return np.split(index, ends[:-1]), sizes


def _as_rows(batch: Any, X: np.ndarray) -> np.ndarray:
    """The batch, or one row of NaN where it cannot be a batch of rows of X."""
    if (
        isinstance(batch, np.ndarray)
        and batch.ndim == 2
        and batch.shape[1] == X.shape[1]
        and len(batch) <= 10 * len(X)
    ):
        return batch.astype(np.float64)
    return np.full((1, X.shape[1]), np.nan)


def _read_labels(batches: Any, sizes: list[int]) -> np.ndarray:
    """The labels of one epoch; NaN for a batch of another shape than its rows ask for."""
    good = [
        b.astype(np.float64)
        if isinstance(b, np.ndarray) and b.shape == (size,)
        else np.full(size, np.nan)
        for b, size in zip(batches, sizes, strict=True)
    ]
    return np.concatenate([np.empty(0), *good])
