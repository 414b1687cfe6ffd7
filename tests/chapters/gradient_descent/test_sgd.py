"""`sgd`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.gradient_descent.sgd import sgd

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_sgd_by_hand():
    """w = (1, -2), gradient (4, 10), rate 0.5: (1 - 2, -2 - 5) = (-1, -7)."""
    w, config = sgd(np.array([1.0, -2.0]), np.array([4.0, 10.0]), {"learning_rate": 0.5})
    np.testing.assert_array_equal(w, [-1.0, -7.0])
    assert config == {"learning_rate": 0.5}


@pytest.mark.parametrize("rate", [None, 0.3])
def test_sgd_is_torchs(rate):
    rng = RNG(1)
    w, config = rng.normal(size=(3, 2)), None if rate is None else {"learning_rate": rate}
    parameter = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=rate or 1e-2)
    for _ in range(4):
        dw = rng.normal(size=w.shape)
        parameter.grad = torch.tensor(dw)
        optimizer.step()
        w, config = sgd(w, dw, config)
        np.testing.assert_allclose(w, parameter.detach().numpy(), **TIGHT)


def test_sgd_leaves_its_arguments_alone():
    w, dw, config = np.ones(3), np.ones(3), {}
    sgd(w, dw, config)
    np.testing.assert_array_equal(w, 1.0)
    assert config == {}
