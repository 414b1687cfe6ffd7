"""`relu_backward`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from solutions.training_loop.relu_backward import relu_backward
from solutions.training_loop.relu_forward import relu_forward
from tests.chapters.training_loop.oracles import earned, tensor

RNG = np.random.default_rng


def test_relu_backward_by_hand():
    """Inputs (-2, 3, 0.5), upstream (7, -4, 1): the first is blocked, -4 passes as it is."""
    _, cache = relu_forward(np.array([-2.0, 3.0, 0.5]))
    dx = relu_backward(np.array([7.0, -4.0, 1.0]), cache)
    np.testing.assert_array_equal(dx, [0.0, -4.0, 1.0])


@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4, 5)])
def test_relu_backward_against_autograd(shape):
    x, dout = RNG(3).normal(size=(2, *shape))
    leaf = tensor(x)
    (want,) = torch.autograd.grad(F.relu(leaf), leaf, torch.tensor(dout))
    np.testing.assert_array_equal(relu_backward(dout, relu_forward(x)[1]), want.numpy())


def test_mask_from_the_output_is_as_good_as_from_the_input():
    got = earned(
        "relu_backward",
        lambda dout, cache: np.where(cache > 0, dout, 0.0),
        relu_forward=lambda x: (np.maximum(x, 0),) * 2,
    )
    assert got == {"gradient": 1}
