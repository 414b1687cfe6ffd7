"""`kfac_precondition`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from solutions.second_order.kfac_precondition import kfac_precondition
from tests.chapters.second_order.oracles import positive

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-11, "atol": 1e-11}


def test_kfac_by_hand():
    """A = 3, S = diag(1, 7), damping 1: (8, 8) / 4 = (2, 2), then by 2 and 8: (1, 1/4)."""
    found = kfac_precondition(np.full((1, 2), 8.0), np.full((1, 1), 3.0), np.diag([1.0, 7.0]), 1.0)
    np.testing.assert_allclose(found, [[1.0, 0.25]], **TIGHT)


def gauss_newton(x, g):
    """Mean of vec(x_n g_n^T) vec(x_n g_n^T)^T over pairs: the Fisher block of one layer."""
    rows = np.einsum("nd,nm->ndm", x, g).reshape(len(x), -1)
    return rows.T @ rows / len(x)


def test_kfac_is_exact_when_inputs_and_gradients_are_independent():
    """Every input meets every gradient once: then the mean of products is the product of means."""
    rng = RNG(15)
    inputs, gradients = rng.normal(size=(6, 3)), rng.normal(size=(5, 2))
    x, g = np.repeat(inputs, 5, axis=0), np.tile(gradients, (6, 1))
    W = rng.normal(size=(3, 2))
    exact = np.linalg.solve(gauss_newton(x, g), W.ravel()).reshape(3, 2)
    found = kfac_precondition(W, x.T @ x / 30, g.T @ g / 30, 0.0)
    np.testing.assert_allclose(found, exact, **TIGHT)


def test_kfac_is_not_exact_when_they_depend_on_each_other():
    rng = RNG(16)
    x = rng.normal(size=(30, 3))
    g = x[:, :2] ** 2
    W = rng.normal(size=(3, 2))
    exact = np.linalg.solve(gauss_newton(x, g), W.ravel()).reshape(3, 2)
    found = kfac_precondition(W, x.T @ x / 30, g.T @ g / 30, 0.0)
    assert np.max(np.abs(found - exact)) > 0.1 * np.max(np.abs(exact))


@pytest.mark.parametrize("damping", [0.01, 0.5])
def test_kfac_of_one_example_solves_the_damped_block(damping):
    """One example: the block is A (x) S itself; damping adds to its factors, see the docstring."""
    rng = RNG(17)
    x, g = rng.normal(size=(1, 3)), rng.normal(size=(1, 4))
    A, S, root = x.T @ x, g.T @ g, np.sqrt(damping)
    np.testing.assert_allclose(gauss_newton(x, g), np.kron(A, S), **TIGHT)
    block = gauss_newton(x, g) + damping * np.eye(12)
    block += root * (np.kron(A, np.eye(4)) + np.kron(np.eye(3), S))
    W = rng.normal(size=(3, 4))
    want = np.linalg.solve(block, W.ravel()).reshape(3, 4)
    np.testing.assert_allclose(kfac_precondition(W, A, S, damping), want, rtol=1e-9, atol=1e-9)


def test_kfac_does_not_care_in_which_coordinates_the_layer_is_written():
    """x -> R x, W -> R^-T W leaves out = x @ W as it was; the undamped step goes along."""
    rng = RNG(18)
    R, A, S = rng.normal(size=(3, 3)), positive(rng, 3), positive(rng, 2)
    dW = rng.normal(size=(3, 2))
    step = kfac_precondition(dW, A, S, 0.0)
    moved = kfac_precondition(R @ dW, R @ A @ R.T, S, 0.0)
    np.testing.assert_allclose(moved, np.linalg.solve(R.T, step), rtol=1e-8, atol=1e-8)
