"""`relu_forward`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from solutions.training_loop.relu_forward import relu_forward

RNG = np.random.default_rng


def test_relu_forward_by_hand():
    """-2 is cut to 0, 3 and 0.5 pass."""
    out, _ = relu_forward(np.array([[-2.0, 3.0, 0.5]]))
    np.testing.assert_array_equal(out, [[0.0, 3.0, 0.5]])


@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4, 5)])
def test_relu_forward_against_torch(shape):
    x = RNG(2).normal(size=shape)
    np.testing.assert_array_equal(relu_forward(x)[0], F.relu(torch.tensor(x)).numpy())
