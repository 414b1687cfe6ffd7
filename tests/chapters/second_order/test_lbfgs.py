"""`lbfgs`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scipy.optimize

from solutions.second_order.bfgs_inverse_update import bfgs_inverse_update
from solutions.second_order.lbfgs import lbfgs
from solutions.second_order.lbfgs_direction import lbfgs_direction
from solutions.second_order.newton_step import newton_step
from tests.chapters.second_order.oracles import positive, rosenbrock

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-11, "atol": 1e-11}


def quadratic(H, m):
    return lambda x: (float((x - m) @ H @ (x - m) / 2), H @ (x - m))


def test_lbfgs_by_hand():
    """f = x^2 / 4 from 8: p = -4, full step to 4; gamma = 2 is the exact inverse, so 0."""
    x, path = lbfgs(quadratic(np.array([[0.5]]), np.zeros(1)), np.full(1, 8.0))
    np.testing.assert_array_equal(path, [[8.0], [4.0], [0.0]])
    np.testing.assert_array_equal(x, [0.0])


@pytest.mark.parametrize("D", [2, 5, 10])
def test_lbfgs_reaches_scipys_minimum_of_rosenbrock(D):
    x0 = np.linspace(-1, 1, D)
    theirs = scipy.optimize.minimize(rosenbrock, x0, jac=True, method="L-BFGS-B", tol=1e-14)
    x, path = lbfgs(rosenbrock, x0, steps=500, tol=1e-7)
    np.testing.assert_allclose(x, theirs.x, atol=1e-4)
    np.testing.assert_allclose(x, 1.0, atol=1e-6)
    values = [rosenbrock(p)[0] for p in path]
    assert all(b < a for a, b in pairwise(values))


def test_lbfgs_reaches_scipys_minimum_of_a_regression():
    """Regularised logistic regression: strictly convex, so there is one minimum."""
    rng = RNG(10)
    X, labels = rng.normal(size=(40, 5)), rng.choice([-1.0, 1.0], size=40)

    def loss(w):
        margin = labels * (X @ w)
        weight = -labels / (1 + np.exp(margin))
        return float(np.mean(np.log1p(np.exp(-margin))) + w @ w / 20), X.T @ weight / 40 + w / 10

    theirs = scipy.optimize.minimize(
        loss, np.zeros(5), jac=True, method="L-BFGS-B", options={"gtol": 1e-10, "ftol": 0}
    )
    x, path = lbfgs(loss, np.zeros(5), tol=1e-7)
    assert np.max(np.abs(loss(x)[1])) <= 1e-7 < np.max(np.abs(loss(path[-2])[1]))
    np.testing.assert_allclose(x, theirs.x, atol=1e-6)


def test_lbfgs_with_room_for_all_pairs_takes_the_steps_of_dense_bfgs():
    rng, D = RNG(11), 4
    fun = quadratic(positive(rng, D), rng.normal(size=D))
    _, path = lbfgs(fun, rng.normal(size=D), steps=6)
    assert len(path) == 7
    for k in range(1, 6):
        pairs = [(b - a, fun(b)[1] - fun(a)[1]) for a, b in pairwise(path[: k + 1])]
        s, y = pairs[-1]
        H = np.eye(D) * (s @ y) / (y @ y)
        for s, y in pairs:
            H = bfgs_inverse_update(H, s, y)
        p, step = -H @ fun(path[k])[1], path[k + 1] - path[k]
        length = (step @ p) / (p @ p)
        np.testing.assert_allclose(step, length * p, rtol=1e-7, atol=1e-9)
        assert length == pytest.approx(0.5 ** round(-np.log2(length)), rel=1e-7)


def test_lbfgs_remembers_no_more_than_it_may():
    """Memory 1: direction k depends on the last two gradients and points alone."""
    rng = RNG(12)
    fun = quadratic(positive(rng, 3), rng.normal(size=3))
    _, path = lbfgs(fun, rng.normal(size=3), steps=5, memory=1)
    for a, b, c in zip(path[:-2], path[1:-1], path[2:], strict=True):
        p = lbfgs_direction(fun(b)[1], [b - a], [fun(b)[1] - fun(a)[1]])
        ratio = (c - b) / p
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-7)


def test_lbfgs_skips_pairs_of_negative_curvature_and_leaves_the_saddle():
    """f = (x^4 / 4 - x^2 / 2) + 2 y^2 from (0.1, 0): two minima at (+-1, 0), a saddle at 0.

    By hand: the first pair has s = 0.099, y = grad(0.199) - grad(0.1) = -0.092 < 0, so the
    second step is steepest descent again: from 0.199 by 0.199 - 0.199^3.
    """

    def fun(x):
        value = x[0] ** 4 / 4 - x[0] ** 2 / 2 + 2 * x[1] ** 2
        return float(value), np.array([x[0] ** 3 - x[0], 4 * x[1]])

    x, path = lbfgs(fun, np.array([0.1, 0.0]))
    np.testing.assert_allclose(path[1:3, 0], [0.199, 2 * 0.199 - 0.199**3], **TIGHT)
    np.testing.assert_allclose(x, [1.0, 0.0], atol=1e-7)
    newton = np.array([0.1, 0.0])
    for _ in range(6):
        hess = np.diag([3 * newton[0] ** 2 - 1, 4.0])
        newton = newton_step(newton, fun(newton)[1], hess)
    np.testing.assert_allclose(newton, 0.0, atol=1e-12)


def test_lbfgs_stops_by_the_largest_entry():
    fun = quadratic(np.eye(4), np.zeros(4))
    for tol, points in ((1.0, 1), (0.99, 2)):
        x, path = lbfgs(fun, np.ones(4), tol=tol)
        assert path.shape == (points, 4)
        np.testing.assert_array_equal(x, path[-1])
