"""`nesterov_lookahead`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from cs231n_lib.exercise.functions import build
from solutions.momentum.nesterov_lookahead import nesterov_lookahead
from tests.chapters.momentum.oracles import START, bowl

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_lookahead_by_hand():
    """Gradient x, rho 0.5, rate 0.1, from w = 1 with v = 2.

    Look-ahead at 1 + 1 = 2; v = 1 - 0.2 = 0.8; w = 1.8.
    """
    config = {**START, "velocity": np.full(1, 2.0)}
    w, config = nesterov_lookahead(np.ones(1), lambda x: x, config)
    np.testing.assert_allclose(w, [1.8], **TIGHT)
    np.testing.assert_allclose(config["velocity"], [0.8], **TIGHT)


def test_lookahead_on_a_bowl_is_a_linear_map():
    """One step multiplies (x, v) by a matrix: v' = rho (I - alpha H) v - alpha H x."""
    H, _, x = bowl(6)
    grad = build("quadratic_gradient", {"H": H, "b": np.zeros(3)})
    eye = np.eye(3)
    lower = np.hstack([-0.1 * H, 0.5 * (eye - 0.1 * H)])
    M = np.vstack([np.hstack([eye, np.zeros((3, 3))]) + lower, lower])
    state, config = np.concatenate([x, np.zeros(3)]), dict(START)
    for _ in range(5):
        state = M @ state
        x, config = nesterov_lookahead(x, grad, config)
        np.testing.assert_allclose(np.concatenate([x, config["velocity"]]), state, **TIGHT)


def test_lookahead_asks_for_one_gradient_at_the_right_point():
    asked = []

    def grad(x):
        asked.append(x.copy())
        return np.zeros_like(x)

    nesterov_lookahead(np.ones(2), grad, {**START, "velocity": np.array([2.0, -4.0])})
    np.testing.assert_array_equal(asked, [[2.0, -1.0]])
