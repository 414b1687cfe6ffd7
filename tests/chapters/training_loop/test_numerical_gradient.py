"""`numerical_gradient`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from cs231n_lib.exercise.functions import build
from solutions.training_loop.numerical_gradient import numerical_gradient

RNG = np.random.default_rng


def test_numerical_gradient_by_hand():
    """f = x1^3 + 2 x2: ((1.1)^3 - (0.9)^3) / 0.2 = (1.331 - 0.729) / 0.2 = 3.01, and 2.

    The truth is 3: the surplus is exactly h^2.
    """
    got = numerical_gradient(lambda x: x[0] ** 3 + 2 * x[1], np.array([1.0, 4.0]), h=0.1)
    np.testing.assert_allclose(got, [3.01, 2.0], rtol=1e-12)


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 1, 3)])
def test_numerical_gradient_against_the_closed_form(shape):
    rng = RNG(9)
    a, x = rng.uniform(1, 2, size=shape), rng.normal(size=shape)
    f = build("sine_product", {"a": a})
    before = x.copy()
    got = numerical_gradient(f, x)
    np.testing.assert_allclose(got, a * np.cos(a * x) + 2 * x.sum(), rtol=1e-8, atol=1e-8)
    np.testing.assert_array_equal(x, before)


def test_numerical_gradient_against_scipy():
    """scipy's forward difference agrees to the order of its own error, h."""
    f = build("sine_product", {"a": np.array([1.0, 1.5, 2.0])})
    x = np.array([0.3, -0.4, 1.0])
    np.testing.assert_allclose(numerical_gradient(f, x), approx_fprime(x, f), atol=1e-6)


def test_numerical_gradient_error_falls_by_four_when_h_is_halved():
    x = np.array([0.7])
    errors = [
        abs(numerical_gradient(lambda t: math.sin(t[0]), x, h)[0] - math.cos(0.7))
        for h in (1e-2, 5e-3)
    ]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=1e-3)


def test_default_step():
    """x**3 at 0 gives h**2 exactly, so the default can be read off."""
    got = numerical_gradient(lambda t: float(t[0]) ** 3, np.array([0.0]))
    assert got[0] == pytest.approx(1e-10, rel=1e-9)
