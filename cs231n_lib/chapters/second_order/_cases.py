"""What the cases of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np


def symmetric(rng: np.random.Generator, eigenvalues: object) -> np.ndarray:
    """A symmetric matrix with these eigenvalues, in random directions."""
    values = np.asarray(eigenvalues, dtype=np.float64)
    Q, _ = np.linalg.qr(rng.normal(size=(len(values), len(values))))
    H = (Q * values) @ Q.T
    return (H + H.T) / 2


def away(rng: np.random.Generator, size: int, low: float = 0.4, high: float = 1.5) -> np.ndarray:
    """Entries of random sign with magnitudes from ``low`` to ``high``: none near zero."""
    return rng.uniform(low, high, size=size) * rng.choice([-1.0, 1.0], size=size)
