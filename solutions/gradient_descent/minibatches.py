"""`minibatches`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import itertools

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "drops the last batch",
    "Count the rows of one epoch of 13 rows in batches of 5. What if there are fewer rows "
    "than batch_size?",
    ("range(0, len(X)", "range(0, len(X) - batch_size + 1"),
)


solution.change(
    "samples with replacement",
    "Sort the rows of one epoch: some come twice, others never. An epoch visits each row once.",
    ("rng.permutation(len(X))", "rng.integers(len(X), size=len(X))"),
)


solution.change(
    "a fresh sample for every batch",
    "Each of your batches ignores the ones before it. What must a batch know so that no row "
    "comes twice in an epoch, and how long is the last one?",
    ("    order = rng.permutation(len(X))\n", ""),
    ("order[start : start + batch_size]", "rng.integers(len(X), size=batch_size)"),
)


solution.change(
    "labels not shuffled with the inputs",
    "Your labels come in their old order. Take y[i] = i and X[i] = [i] and look at one batch.",
    ("y[rows]", "y[start : start + batch_size]"),
)


solution.change(
    "inputs and labels shuffled separately",
    "Two shuffles give two orders. Take y[i] = i and X[i] = [i] and look at one batch.",
    ("    for start", "    other = rng.permutation(len(X))\n    for start"),
    ("y[rows]", "y[other[start : start + batch_size]]"),
)


solution.change(
    "not shuffled",
    "If X is sorted by class, what does your first batch hold?",
    ("rng.permutation(len(X))", "np.arange(len(X))"),
)


solution.change(
    "the same order in every epoch",
    "Call it twice with one generator and compare. Who chooses the seed: you, or the caller?",
    ("rng.permutation", "np.random.default_rng(0).permutation"),
)


solution.change(
    "random numbers from outside rng",
    "Start two generators from one seed: both epochs should be the same. Which generator do "
    "you draw from?",
    ("rng.permutation", "np.random.default_rng().permutation"),
)


solution.change(
    "shuffles the batches, not the rows",
    "Rows that are neighbours in X always share a batch in your epochs. Should they?",
    (
        "order = rng.permutation(len(X))",
        # the short batch stays last, so that nothing but the order is wrong
        "order = np.arange(len(X))\n"
        "    whole = order[: len(X) // batch_size * batch_size]\n"
        "    whole[:] = rng.permutation(whole.reshape(-1, batch_size)).ravel()",
    ),
)


solution.change(
    "shuffles inside each batch only",
    "Which rows can your first batch hold? It should be able to hold any.",
    ("rng.permutation(len(X))", "np.arange(len(X))"),
    ("order[start : start + batch_size]", "rng.permutation(order[start : start + batch_size])"),
)


solution.change(
    "last batch filled up from the start",
    "Your last batch is as long as the others, so some rows come twice. Let it be shorter.",
    ("start : start + batch_size", "np.arange(start, start + batch_size) % len(X)"),
)


solution.change(
    "an empty batch at the end",
    "Take 12 rows in batches of 4 and print how long every batch is.",
    ("range(0, len(X)", "range(0, len(X) + 1"),
)


solution.change(
    "batches of nearly equal size",
    "Every batch but the last should have exactly batch_size rows. Print the lengths of yours "
    "for 13 rows in batches of 5.",
    (
        "start in range(0, len(X), batch_size):\n        rows = order[start : start + batch_size]",
        "rows in np.array_split(order, -(-len(X) // batch_size)):",
    ),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("shuffles an index in place and returns a list of pairs")
def shuffles_an_index_returns_a_list(X, y, batch_size, rng):
    index = np.arange(X.shape[0])
    rng.shuffle(index)
    return [
        (X[index[i : i + batch_size]], y[index[i : i + batch_size]])
        for i in range(0, X.shape[0], batch_size)
    ]


@solution.style("PyTorch's DataLoader: a sampler, batches of indices, a collation")
def pytorch_dataloader(X, y, batch_size, rng):
    def collate(samples):
        rows, labels = zip(*samples, strict=True)
        return np.stack(rows), np.array(labels)

    batch = []
    for i in rng.permutation(len(y)).tolist():
        batch.append((X[i], y[i]))
        if len(batch) == batch_size:
            yield collate(batch)
            batch = []
    if batch:
        yield collate(batch)


@solution.style("sorts random keys, and cuts with np.split into a zip")
def sorts_random_keys(X, y, batch_size, rng):
    order = np.argsort(rng.random(len(X)))
    cuts = range(batch_size, len(X), batch_size)
    return zip(np.split(X[order], cuts), np.split(y[order], cuts), strict=True)


@solution.style("shuffles X and y themselves, in place, and yields slices of them")
def shuffles_x_and_y_themselves(X, y, batch_size, rng):
    order = rng.choice(len(X), size=len(X), replace=False)
    X[:], y[:] = X[order], y[order]
    start = 0
    while start < len(X):
        yield X[start : start + batch_size].copy(), y[start : start + batch_size].copy()
        start += batch_size


@solution.style("inputs and labels glued into one table, shuffled by rows")
def inputs_and_labels_glued_into_one_table(X, y, batch_size, rng):
    table = rng.permutation(np.column_stack([X, y]), axis=0)
    for start in range(0, len(table), batch_size):
        part = table[start : start + batch_size]
        yield part[:, :-1], part[:, -1].astype(int)


@solution.style("Fisher and Yates by hand, rows in single precision")
def fisher_and_yates_by_hand(X, y, batch_size, rng):
    order = list(range(len(X)))
    for last in range(len(order) - 1, 0, -1):
        other = rng.integers(last + 1)
        order[last], order[other] = order[other], order[last]
    rest = iter(order)
    while rows := list(itertools.islice(rest, batch_size)):
        yield X[rows].astype("float32"), y[rows]


@solution.style("draws each batch from the rows that are left over")
def draws_each_batch_from_the_rest(X, y, batch_size, rng):
    left = np.arange(len(X))
    while len(left):
        rows = rng.choice(left, size=min(batch_size, len(left)), replace=False)
        left = np.setdiff1d(left, rows)
        yield X[rows], y[rows]


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "There are as many labels as rows.",
    ("order = rng.permutation(len(X))", "order = rng.permutation(len(y))"),
    ("for start in range(0, len(X), batch_size):", "for start in range(0, len(y), batch_size):"),
)
