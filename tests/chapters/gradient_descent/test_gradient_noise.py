"""`gradient_noise`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solutions.gradient_descent.gradient_noise import gradient_noise

RNG = np.random.default_rng


def test_noise_by_hand():
    """Gradients 0, 0, 3 with mean 1: the batches of two have means 0, 1.5, 1.5, so
    the squared distances are 1, 1/4, 1/4 with mean 1/2. One example: (1 + 1 + 4) / 3 = 2."""
    grads = np.array([[0.0], [0.0], [3.0]])
    assert gradient_noise(grads, 2) == pytest.approx(0.5)
    assert gradient_noise(grads, 1) == pytest.approx(2.0)
    assert gradient_noise(grads, 3) == 0.0


@pytest.mark.parametrize("B", [1, 2, 4, 6, 7])
def test_noise_by_all_batches(B):
    grads = RNG(8).normal(size=(7, 3)) + 1
    means = [grads[list(rows)].mean(axis=0) for rows in itertools.combinations(range(7), B)]
    want = np.mean([np.sum((m - grads.mean(axis=0)) ** 2) for m in means])
    assert gradient_noise(grads, B) == pytest.approx(want, rel=1e-12, abs=1e-25)
