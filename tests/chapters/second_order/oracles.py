"""Independent oracles that tests of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np
import scipy.optimize


def positive(rng, D: int, low: float = 0.5, high: float = 5.0):
    """A symmetric positive definite matrix with eigenvalues between low and high."""
    Q, _ = np.linalg.qr(rng.normal(size=(D, D)))
    H = (Q * rng.uniform(low, high, size=D)) @ Q.T
    return (H + H.T) / 2


def rosenbrock(x):
    return scipy.optimize.rosen(x), scipy.optimize.rosen_der(x)
