"""`svm_loss`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from solutions.training_loop.svm_loss import svm_loss
from tests.chapters.training_loop.oracles import tensor

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_svm_loss_by_hand():
    """Scores (3.2, 5.1, -1.7) with label 0: hinges 5.1 - 3.2 + 1 = 2.9 and 0.

    Scores (2, 2.5, 1.4) with label 2: hinges 1.6 and 2.1, together 3.7. Mean 3.3.
    Gradients: (-1, 1, 0) / 2 and (1, 1, -2) / 2.
    """
    x = np.array([[3.2, 5.1, -1.7], [2.0, 2.5, 1.4]])
    loss, dx = svm_loss(x, np.array([0, 2]))
    assert loss == pytest.approx(3.3, rel=1e-14)
    np.testing.assert_array_equal(dx, [[-0.5, 0.5, 0.0], [0.5, 0.5, -1.0]])


def test_svm_loss_against_torch():
    rng = RNG(7)
    x, y = 2 * rng.normal(size=(8, 5)), rng.integers(0, 5, size=8)
    leaf = tensor(x)
    want = 5 * F.multi_margin_loss(leaf, torch.tensor(y))  # theirs divides by the classes
    want.backward()
    loss, dx = svm_loss(x, y)
    assert loss == pytest.approx(want.item(), rel=1e-13)
    np.testing.assert_allclose(dx, leaf.grad.numpy(), **TIGHT)


def test_svm_loss_against_loops():
    rng = RNG(8)
    x, y = rng.normal(size=(4, 6)), rng.integers(0, 6, size=4)
    total = 0.0
    for i, j in itertools.product(range(4), range(6)):
        if j != y[i]:
            total += max(0.0, x[i, j] - x[i, y[i]] + 1.0)
    assert svm_loss(x, y)[0] == pytest.approx(total / 4, rel=1e-13)


def test_svm_loss_of_a_clear_winner_is_zero():
    x = np.array([[0.0, 2.0, -1.0]])
    loss, dx = svm_loss(x, np.array([1]))
    assert loss == 0.0
    np.testing.assert_array_equal(dx, np.zeros((1, 3)))
