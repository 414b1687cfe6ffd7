"""`affine_forward`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from solutions.training_loop.affine_forward import affine_forward
from tests.chapters.training_loop.oracles import earned

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_affine_forward_by_hand():
    """Rows (1, 2) and (0, -1); w has columns (1, 3) and (0, 2); b = (10, -1).

    Row 1: 1*1 + 2*3 + 10 = 17 and 1*0 + 2*2 - 1 = 3; row 2: -3 + 10 = 7 and -2 - 1 = -3.
    """
    x, w = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[1.0, 0.0], [3.0, 2.0]])
    out, _ = affine_forward(x, w, np.array([10.0, -1.0]))
    np.testing.assert_array_equal(out, [[17.0, 3.0], [7.0, -3.0]])


@pytest.mark.parametrize("shape", [(1, 3), (4, 6), (5, 2, 3), (2, 3, 4, 2)])
def test_affine_forward_against_torch(shape):
    rng = RNG(0)
    size = math.prod(shape[1:])
    x, w, b = rng.normal(size=shape), rng.normal(size=(size, 7)), rng.normal(size=7)
    out, _ = affine_forward(x, w, b)
    want = F.linear(torch.tensor(x).flatten(1), torch.tensor(w).T, torch.tensor(b))
    np.testing.assert_allclose(out, want.numpy(), **TIGHT)


def test_unflattened_product_loses_the_tensor_points_only():
    got = earned("affine_forward", lambda x, w, b: (x @ w + b, (x, w, b)))
    assert got == {"matrix": 2, "tensor": 0}
