"""`hessian_vector_product`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import scipy.optimize
import torch

from solutions.second_order.hessian_vector_product import hessian_vector_product
from tests.chapters.second_order.oracles import rosenbrock

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-11, "atol": 1e-11}


def test_product_by_hand():
    """Gradient x^3 at 1, v = 2, h = 1/2: (2^3 - 0^3) / 1 = 8; the exact product is 6."""
    found = hessian_vector_product(lambda x: x**3, np.ones(1), np.full(1, 2.0), h=0.5)
    np.testing.assert_allclose(found, [8.0], **TIGHT)


def test_product_is_torchs():
    rng = RNG(13)
    A, x, v = (torch.tensor(rng.normal(size=size)) for size in ((6, 4), 4, 4))

    def f(x):
        return torch.sum(torch.tanh(A @ x)) + torch.logsumexp(x, 0)

    def grad(x):
        return torch.autograd.functional.jacobian(f, torch.tensor(x)).numpy()

    _, want = torch.autograd.functional.hvp(f, x, v)
    found = hessian_vector_product(grad, x.numpy(), v.numpy())
    np.testing.assert_allclose(found, want.numpy(), rtol=1e-7, atol=1e-8)


def test_the_error_of_the_product_falls_with_the_square_of_h():
    x, v = np.array([0.4, -0.8]), np.array([1.0, 0.5])
    errors = [
        np.max(np.abs(hessian_vector_product(np.sin, x, v, h=h) - np.cos(x) * v))
        for h in (0.1, 0.05, 0.025)
    ]
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4.0, rtol=2e-2)


def test_products_with_unit_vectors_make_the_hessian():
    rng = RNG(14)
    x = rng.normal(size=5)
    columns = [hessian_vector_product(lambda z: rosenbrock(z)[1], x, e) for e in np.eye(5)]
    np.testing.assert_allclose(columns, scipy.optimize.rosen_hess(x), rtol=1e-6, atol=1e-5)
