"""`sgd_momentum`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from solutions.momentum.sgd_momentum import sgd_momentum
from tests.chapters.momentum.oracles import START, run, run_torch

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_momentum_by_hand():
    """rho 0.5, rate 0.1, gradient 2 twice, from w = 1 at rest.

    v = -0.2, w = 0.8; then v = 0.5 * -0.2 - 0.2 = -0.3, w = 0.5.
    """
    path, config = run(sgd_momentum, np.ones(1), [np.full(1, 2.0)] * 2, START)
    np.testing.assert_allclose(path, [[0.8], [0.5]], **TIGHT)
    np.testing.assert_allclose(config["velocity"], [-0.3], **TIGHT)


@pytest.mark.parametrize("config", [None, START], ids=["defaults", "given"])
def test_momentum_is_torchs_at_a_constant_rate(config):
    rng = RNG(1)
    w, gradients = rng.normal(size=(2, 3)), list(rng.normal(size=(5, 2, 3)))
    given = config or {"learning_rate": 1e-2, "momentum": 0.9}
    want = run_torch(w, gradients, [given["learning_rate"]] * 5, momentum=given["momentum"])
    np.testing.assert_allclose(run(sgd_momentum, w, gradients, config)[0], want, **TIGHT)


def test_momentum_is_a_three_term_recursion():
    """Without a velocity: w_{k+1} = w_k - alpha_k g_k + rho (w_k - w_{k-1}), any rates."""
    rng, rates = RNG(2), [0.5, 0.1, 0.1, 0.4]
    w, config = rng.normal(size=3), dict(START)
    before = w
    for rate in rates:
        g = rng.normal(size=3)
        want = w - rate * g + 0.5 * (w - before)
        before = w
        w, config = sgd_momentum(w, g, {**config, "learning_rate": rate})
        np.testing.assert_allclose(w, want, **TIGHT)


def test_a_constant_gradient_speeds_the_ball_up_to_ten_times():
    """Fixed point of v = 0.9 v - 0.1: v = -1, ten times the plain step of 0.1."""
    config = {"learning_rate": 0.1, "momentum": 0.9}
    _, config = run(sgd_momentum, np.zeros(1), [np.ones(1)] * 400, config)
    np.testing.assert_allclose(config["velocity"], [-1.0], **TIGHT)
