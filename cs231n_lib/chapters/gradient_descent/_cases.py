"""What the cases of several exercises of this chapter share."""

from __future__ import annotations

from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case


def symmetric(rng: np.random.Generator, eigenvalues: Any) -> np.ndarray:
    """A symmetric matrix with these eigenvalues, in random directions."""
    values = np.asarray(eigenvalues, dtype=np.float64)
    Q, _ = np.linalg.qr(rng.normal(size=(len(values), len(values))))
    H = (Q * values) @ Q.T
    return (H + H.T) / 2


def shuffled(rng: np.random.Generator, cases: list[Case]) -> list[Case]:
    """The same cases in an order of their own, so that no place stands for an answer."""
    return [cases[i] for i in rng.permutation(len(cases))]
