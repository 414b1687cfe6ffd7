"""The question `minibatches` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercise.declare import Case, Group, exercise
from cs231n_lib.exercise.drivers import Batches, Replayed
from cs231n_lib.exercise.laws.minibatches import MESSAGES, minibatch_law
from cs231n_lib.wire import Rng


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """A few epochs of several sizes, then many of one: the law of the order needs many."""
    everything = ("rows", "labels", "order")
    for N, D, B, epochs, groups, label in (
        (13, 3, 5, 6, everything, "13 rows in batches of 5"),
        (12, 5, 4, 6, everything, "12 rows in batches of 4"),
        (7, 2, 10, 6, ("rows",), "fewer rows than batch_size"),
        (7, 2, 3, 6, ("rows",), "7 rows in batches of 3: the last batch has one"),
        (6, 2, 3, 120, everything, "6 rows in batches of 3, 120 epochs"),
    ):
        X = rng.normal(size=(N, D))
        X[:, 0] = rng.permutation(N)  # no two rows alike
        args = {
            "X": X,
            "y": rng.permutation(100)[:N],
            "batch_size": B,
            "rng": Rng(int(rng.integers(2**31))),
            "epochs": epochs,
        }
        yield Case(groups, args, label)


@exercise(
    section="Pathology 3: noise from minibatches",
    groups={
        "rows": Group(3, ("rows_of_X", "no_row_twice", "no_row_missing", "batch_sizes")),
        "labels": Group(2, ("labels_follow_rows", "labels_moved")),
        "order": Group(
            3,
            (
                "shuffled",
                "new_order_each_epoch",
                "positions_uniform",
                "pairs_uniform",
                "orders_differ",
                "neighbours_apart",
                "repeats_from_rng",
            ),
        ),
    },
    driver=Replayed(Batches(("X_batch", "y_batch"))),
    cases=cases,
    law=minibatch_law,
    messages=MESSAGES,
)
def minibatches(X: np.ndarray, y: np.ndarray, batch_size: int, rng: np.random.Generator):
    """One epoch of shuffled minibatches, as a generator.

    Every row comes exactly once, in a random order, with its own label. Each call draws
    a new order from rng, and from nothing else; all orders are equally likely. When
    batch_size does not divide N, the last batch is shorter; it is not dropped.

    Parameters:
        X: examples, shape (N, D).
        y: their labels, shape (N,).
        batch_size: rows of a batch, an integer of at least 1; it may exceed N.
        rng: NumPy's random generator, as np.random.default_rng(seed) makes it.

    Returns:
        a generator (yield each pair; do not collect them) of
            X_batch: shape (b, D), with b = batch_size except perhaps in the last batch;
            y_batch: shape (b,), the labels of these rows.

    Source: Y. Bengio, Practical recommendations for gradient-based training of deep
    architectures (2012): sampling without replacement, reshuffled in every epoch.
    """
    raise NotImplementedError
