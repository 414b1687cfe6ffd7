"""`gradient_descent`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import torch

from cs231n_lib.exercise.functions import build
from solutions.gradient_descent.gradient_descent import gradient_descent

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_trajectory_by_hand():
    """L = x**2 / 2 from 8 with rate 0.5 halves each time: 8, 4, 2, 1."""
    path = gradient_descent(lambda x: x, np.array([8.0]), 0.5, 3)
    np.testing.assert_array_equal(path, [[8.0], [4.0], [2.0], [1.0]])
    assert gradient_descent(lambda x: x, np.array([8.0, 1.0]), 0.5, 0).shape == (1, 2)


def test_trajectory_on_a_bowl_has_a_closed_form():
    """x_k = x* + (I - alpha H)**k (x_0 - x*), with x* = -H**-1 b."""
    rng = RNG(7)
    A = rng.normal(size=(3, 6))
    H, b, x0 = A @ A.T / 6, rng.normal(size=3), rng.normal(size=3)
    path = gradient_descent(build("quadratic_gradient", {"H": H, "b": b}), x0, 0.2, 6)
    rest = -np.linalg.solve(H, b)
    for k, x in enumerate(path):
        power = np.linalg.matrix_power(np.eye(3) - 0.2 * H, k)
        np.testing.assert_allclose(x, rest + power @ (x0 - rest), **TIGHT)


def test_trajectory_is_torchs_on_a_curved_loss():
    def loss(x):
        return (x[0] ** 2 - x[1]) ** 2 + torch.cos(x[0]) + x[1] ** 2

    def grad(x):
        point = torch.tensor(x, requires_grad=True)
        return torch.autograd.grad(loss(point), point)[0].numpy()

    x = torch.tensor([0.7, -0.4], dtype=torch.float64, requires_grad=True)
    optimizer, want = torch.optim.SGD([x], lr=0.05), [x.detach().numpy().copy()]
    for _ in range(7):
        optimizer.zero_grad()
        loss(x).backward()
        optimizer.step()
        want.append(x.detach().numpy().copy())
    np.testing.assert_allclose(gradient_descent(grad, want[0], 0.05, 7), want, **TIGHT)
