"""`affine_backward`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from solutions.training_loop.affine_backward import affine_backward
from solutions.training_loop.affine_forward import affine_forward
from tests.chapters.training_loop.oracles import earned, tensor

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_affine_backward_by_hand():
    """One unit: out_n = x_n1 w_1 + x_n2 w_2 + b with x = ((1, 2), (3, 5)), dout = (1, -2).

    dw = 1*(1, 2) - 2*(3, 5) = (-5, -8); db = 1 - 2 = -1; dx rows w and -2 w, w = (4, 6).
    """
    x, w = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[4.0], [6.0]])
    _, cache = affine_forward(x, w, np.array([0.5]))
    dx, dw, db = affine_backward(np.array([[1.0], [-2.0]]), cache)
    np.testing.assert_array_equal(dw, [[-5.0], [-8.0]])
    np.testing.assert_array_equal(db, [-1.0])
    np.testing.assert_array_equal(dx, [[4.0, 6.0], [-8.0, -12.0]])


@pytest.mark.parametrize("shape", [(1, 3), (4, 6), (5, 2, 3), (2, 3, 4, 2)])
def test_affine_backward_against_autograd(shape):
    rng = RNG(1)
    size = math.prod(shape[1:])
    x, w, b = rng.normal(size=shape), rng.normal(size=(size, 7)), rng.normal(size=7)
    dout = rng.normal(size=(shape[0], 7))
    leaves = [tensor(a) for a in (x, w, b)]
    out = leaves[0].flatten(1) @ leaves[1] + leaves[2]
    want = torch.autograd.grad(out, leaves, torch.tensor(dout))
    got = affine_backward(dout, affine_forward(x, w, b)[1])
    for g, t in zip(got, want, strict=True):
        assert g.shape == tuple(t.shape)
        np.testing.assert_allclose(g, t.numpy(), **TIGHT)


def test_affine_backward_right_for_a_wrong_forward_keeps_its_points():
    """A forward that doubles x @ w is wrong; its own gradient must not be punished again."""

    def forward(x, w, b):
        return 2 * (x.reshape(len(x), -1) @ w) + b, (x, w, b)

    def backward(dout, cache):
        dx, dw, db = affine_backward(dout, cache)
        return 2 * dx, 2 * dw, db

    assert earned("affine_forward", forward) == {"matrix": 0, "tensor": 0}
    assert earned("affine_backward", backward, affine_forward=forward) == {
        "dx": 1,
        "dw": 1,
        "db": 1,
    }
    assert earned("affine_backward", backward)["dx"] == 0  # with a right forward it is wrong
