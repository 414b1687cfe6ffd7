"""`newton_step`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scipy.optimize
import torch

from solutions.second_order.newton_step import newton_step

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-11, "atol": 1e-11}


def test_newton_by_hand():
    """H = diag(2, 4), grad = (2, -2) at (1, 1): p = (-1, 0.5), so (0, 1.5)."""
    x = newton_step(np.ones(2), np.array([2.0, -2.0]), np.diag([2.0, 4.0]))
    np.testing.assert_allclose(x, [0.0, 1.5], **TIGHT)


@pytest.mark.parametrize("signs", [(1, 1, 1), (1, -1, 1), (-1, -1, -1)])
def test_newton_lands_on_the_critical_point_of_a_quadratic_whatever_its_kind(signs):
    """From anywhere in one step: a minimum, a saddle, a maximum attract it alike."""
    rng = RNG(1)
    Q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    H, critical = (Q * (np.array(signs) * [1.0, 3.0, 7.0])) @ Q.T, rng.normal(size=3)
    for _ in range(3):
        x = 10 * rng.normal(size=3)
        np.testing.assert_allclose(newton_step(x, H @ (x - critical), H), critical, **TIGHT)


def test_newton_with_torchs_derivatives_doubles_its_digits():
    """On log(sum(exp)) + |x|^2 / 2 the error is squared, up to a constant, at every step."""

    def f(x):
        return torch.logsumexp(3 * x, 0) + x @ x / 2

    x, errors = torch.tensor([0.5, -0.3, 0.1], dtype=torch.float64), []
    for _ in range(8):
        grad = torch.autograd.functional.jacobian(f, x).numpy()
        hess = torch.autograd.functional.hessian(f, x).numpy()
        errors.append(np.max(np.abs(grad)))
        x = torch.tensor(newton_step(x.numpy(), grad, hess))
    assert errors[-1] < 1e-14
    small = [(a, b) for a, b in pairwise(errors) if 1e-7 < a < 1]
    assert len(small) >= 2
    assert all(b < 10 * a**2 for a, b in small)


@pytest.mark.parametrize("slope", [0.0, 2.0])
def test_newton_does_not_move_along_a_flat_direction(slope):
    """Curvature 3 along u, none along v: p = -(u.g / 3) u, and nothing along v."""
    u, v = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
    x = np.array([5.0, -7.0])
    p = newton_step(x, 1.5 * u + slope * v, 3 * np.outer(u, u)) - x
    np.testing.assert_allclose(p, -0.5 * u, **TIGHT)


def test_newton_with_a_singular_hessian_is_the_limit_of_vanishing_damping_if_solvable():
    rng = RNG(2)
    B = rng.normal(size=(4, 2))
    H, x = B @ B.T, rng.normal(size=4)
    g = H @ rng.normal(size=4)
    limit = x - np.linalg.solve(H + 1e-8 * np.eye(4), g)
    np.testing.assert_allclose(newton_step(x, g, H), limit, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(newton_step(x, g, H), x - scipy.linalg.pinvh(H) @ g, **TIGHT)
