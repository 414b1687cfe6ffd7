"""Functions that exercises receive as arguments, rebuilt from a name and arrays.

A case names such a function (``Function("quadratic_gradient", {"H": H, "b": b})``), so
that the same case can travel into the sandbox without carrying code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Built = Callable[[np.ndarray], Any]


def quadratic_gradient(H: np.ndarray, b: np.ndarray) -> Built:
    """Gradient of ``x.H.x / 2 + b.x`` for symmetric ``H`` of shape (D, D): ``H x + b``."""
    return lambda x: H @ x + b


def quartic_gradient(H: np.ndarray, c: float) -> Built:
    """Gradient of ``x.H.x / 2 + c * sum(x**4) / 4``: ``H x + c x**3``."""
    return lambda x: H @ x + c * x**3


def cubic(a: np.ndarray, b: np.ndarray) -> Built:
    """Scalar ``sum(a * x**3 + b * x)`` for ``x`` of any shape."""
    return lambda x: float(np.sum(a * x**3 + b * x))


def sine_product(a: np.ndarray) -> Built:
    """Scalar ``sum(sin(a * x)) + sum(x)**2`` for ``x`` of any shape: entries interact."""
    return lambda x: float(np.sum(np.sin(a * x)) + np.sum(x) ** 2)


def parabola(a: float, b: float, c: float) -> Built:
    """Scalar ``a + b * t + c * t**2`` of a number ``t``: a schedule unlike any of the course's."""
    return lambda t: a + b * t + c * t**2


def quadratic(H: np.ndarray, b: np.ndarray) -> Built:
    """Scalar ``x.H.x / 2 + b.x`` for ``x`` of shape (D,)."""
    return lambda x: float(x @ H @ x / 2 + b @ x)


def log_barrier(a: np.ndarray, m: np.ndarray | float = 0.0) -> Built:
    """Scalar ``sum(a * d - log(d))`` with ``d = x - m``, (D,): NaN where an entry is negative."""
    return lambda x: float(np.sum(a * (x - m) - np.log(x - m)))


def landscape(H: np.ndarray, m: np.ndarray, b: np.ndarray, c: float) -> Built:
    """Value and gradient of ``d.H.d / 2 + b.d + c * sum(d**4) / 4`` with ``d = x - m``."""

    def value_and_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
        d = x - m
        value = d @ H @ d / 2 + b @ d + c * np.sum(d**4) / 4
        return float(value), H @ d + b + c * d**3

    return value_and_gradient


REGISTRY: dict[str, Callable[..., Built]] = {
    f.__name__: f
    for f in (
        quadratic_gradient,
        quartic_gradient,
        cubic,
        sine_product,
        quadratic,
        log_barrier,
        landscape,
        parabola,
    )
}


def build(name: str, params: dict[str, Any]) -> Built:
    """The callable that ``name`` and ``params`` describe.

    Raises:
        KeyError: for a name that is not registered here.
    """
    return REGISTRY[name](**params)
