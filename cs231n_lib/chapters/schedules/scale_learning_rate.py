"""The question `scale_learning_rate` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.schedules._cases import rate
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    base = int(rng.integers(20, 60))
    args = {"lr": rate(rng), "base_batch": base}
    yield Case("larger", {**args, "batch": 8 * base}, "eight times the batch")
    batch = int(rng.integers(5, 20)) * base + base // 3
    yield Case("larger", {**args, "batch": batch}, "no whole multiple")
    yield Case("smaller", {**args, "batch": base}, "the same batch")
    args = {"lr": rate(rng), "base_batch": int(rng.integers(200, 300))}
    yield Case("smaller", {**args, "batch": int(rng.integers(8, 60))}, "a smaller batch")


@exercise(
    section="N times the batch, N times the rate",
    groups={"larger": 1, "smaller": 1},
    driver=Call(("rate",)),
    cases=cases,
)
def scale_learning_rate(lr: float, base_batch: int, batch: int):
    """The linear scaling rule: N times the batch, N times the learning rate.

    Parameters:
        lr: rate that works with minibatches of base_batch examples.
        base_batch: that size, an integer of at least 1.
        batch: the new size, an integer of at least 1, larger or smaller; it need not be
            a multiple of base_batch.

    Returns:
        rate: the learning rate for minibatches of batch examples, a float.

    Source: P. Goyal et al., Accurate, large minibatch SGD (2017), section 2.1.
    """
    raise NotImplementedError
