"""`softmax_loss`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from torch.nn import functional as F

from autograder.judging import reference
from cs231n_lib import exercises
from solutions.training_loop.softmax_loss import softmax_loss
from tests.chapters.training_loop.oracles import tensor

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_softmax_loss_by_hand():
    """Scores (log 1, log 2, log 5) give probabilities 1/8, 2/8, 5/8; two such examples.

    With labels 1 and 2 the loss is (log 4 + log 8/5) / 2, the gradient half of
    (1/8, 2/8 - 1, 5/8) and of (1/8, 2/8, 5/8 - 1).
    """
    x = np.log([[1.0, 2.0, 5.0], [1.0, 2.0, 5.0]])
    loss, dx = softmax_loss(x, np.array([1, 2]))
    assert loss == pytest.approx((math.log(4) + math.log(1.6)) / 2, rel=1e-14)
    np.testing.assert_allclose(dx, np.array([[1, -6, 5], [1, 2, -3]]) / 16, **TIGHT)


@pytest.mark.parametrize("shift", [0.0, 1e3, -1e3])
def test_softmax_loss_against_torch(shift):
    rng = RNG(4)
    x, y = rng.normal(size=(5, 7)) + shift, rng.integers(0, 7, size=5)
    leaf = tensor(x)
    want = F.cross_entropy(leaf, torch.tensor(y))
    want.backward()
    loss, dx = softmax_loss(x, y)
    # at 1e3 the scores themselves are only given to 1e-13
    assert loss == pytest.approx(want.item(), rel=1e-11)
    np.testing.assert_allclose(dx, leaf.grad.numpy(), rtol=1e-11, atol=1e-14)


def test_softmax_rows_that_lie_far_apart():
    x = RNG(5).normal(size=(4, 3)) + np.array([[900.0], [-900.0], [0.0], [2000.0]])
    y = np.array([0, 2, 1, 1])
    loss, dx = softmax_loss(x, y)
    want = np.mean(logsumexp(x, axis=1) - x[np.arange(4), y])
    assert loss == pytest.approx(want, rel=1e-10)
    assert np.all(np.isfinite(dx))


def test_softmax_gradient_rows_sum_to_zero_and_shifts_change_nothing():
    rng = RNG(6)
    x, y = rng.normal(size=(6, 4)), rng.integers(0, 4, size=6)
    loss, dx = softmax_loss(x, y)
    np.testing.assert_allclose(dx.sum(axis=1), 0, atol=1e-15)
    shifted = softmax_loss(x + rng.normal(size=(6, 1)), y)
    assert shifted[0] == pytest.approx(loss, rel=1e-13)
    np.testing.assert_allclose(shifted[1], dx, **TIGHT)


def test_large_scores_are_numbers_that_single_precision_holds() -> None:
    """Else rounding the scores alone is an error of 3e-5, all that is allowed."""
    cases = reference.draw(exercises.get("softmax_loss"), 0, times=10)
    large = [c.args["x"] for c in cases if "large scores" in c.groups]
    assert len(large) == 40
    for x in large:
        np.testing.assert_array_equal(x, x.astype(np.float32))
