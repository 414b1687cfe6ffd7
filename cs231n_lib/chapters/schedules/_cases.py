"""What the cases of several exercises of this chapter share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case


def rate(rng: np.random.Generator) -> float:
    return float(10 ** rng.uniform(-2.5, -0.5))


def later_steps(rng: np.random.Generator, low: int, high: int, size: int = 4) -> np.ndarray:
    """NumPy integers from ``low`` to ``high - 1``, no two alike, in any order."""
    return rng.permutation(np.arange(low, high))[:size]


def decays(
    rng: np.random.Generator, fast: tuple[float, float], last: int, slow: tuple[float, float]
) -> Iterator[Case]:
    """A decay of strength k: gentle and fast over the first steps, slow up to ``last``."""
    args = {"steps": [0, 1, 2, 5], "lr": rate(rng), "k": float(rng.uniform(0.3, 0.6))}
    yield Case("first steps", args, "the first steps")
    args = {"steps": [1, 0, 3], "lr": rate(rng), "k": float(rng.uniform(*fast))}
    yield Case("first steps", args, "a fast decay")
    args = {"steps": later_steps(rng, 20, last), "lr": rate(rng), "k": float(rng.uniform(*slow))}
    yield Case("later", args, "later steps, in any order")


def until_the_end(rng: np.random.Generator) -> Iterator[Case]:
    """For decays that are complete at step ``total``."""

    def common(total: int, share: float | None) -> dict[str, Any]:
        lr = rate(rng)
        minimum = {} if share is None else {"lr_min": share * lr}
        return {"lr": lr, "total": total, **minimum}

    low = float(rng.uniform(0.1, 0.4))
    total = int(rng.integers(20, 60))
    steps = [0, 1, total - 1, total]
    yield Case("ends", {"steps": steps, **common(total, low)}, "first and last steps")
    yield Case("ends", {"steps": steps, **common(total, None)}, "lr_min left out")
    total = int(rng.integers(20, 60))
    for share, label in ((low, "on the way, in any order"), (None, "lr_min left out")):
        args = {"steps": later_steps(rng, 2, total - 1), **common(total, share)}
        yield Case("between", args, label)
    args = {"steps": [0, 1, 2], **common(1, low)}
    yield Case("after", args, "a run of one step")
    for share, label in ((low, "past the end"), (None, "past the end, lr_min left out")):
        steps = [total // 2, total, total + 1, total + total // 3, 2 * total + 3]
        yield Case("after", {"steps": steps, **common(total, share)}, label)


END_GROUPS = {"ends": 1, "between": 1, "after": 1}
