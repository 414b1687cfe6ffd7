"""`largest_stable_learning_rate`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.gradient_descent.largest_stable_learning_rate import largest_stable_learning_rate

RNG = np.random.default_rng


def test_largest_stable_rate_by_hand():
    """[[2, 1], [1, 2]] has eigenvalues 1 and 3: 2 / 3."""
    H = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert largest_stable_learning_rate(H) == pytest.approx(2 / 3)


def test_descent_converges_just_below_and_diverges_just_above():
    A = RNG(4).normal(size=(3, 5))
    H = torch.tensor(A @ A.T)
    limit = largest_stable_learning_rate(H.numpy())
    sizes = []
    for rate in (0.98 * limit, 1.02 * limit):
        x = torch.ones(3, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([x], lr=rate)
        for _ in range(1500):
            optimizer.zero_grad()
            (x @ H @ x / 2).backward()
            optimizer.step()
        sizes.append(float(x.detach().norm()))
    assert sizes[0] < 1e-6 and sizes[1] > 1e6
