"""Chapter 3: every answer against an independent oracle and a number worked by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from cs231n_lib.exercises.functions import build
from solutions.momentum import (
    anneal_momentum,
    nesterov,
    nesterov_lookahead,
    sgd_momentum,
    sgd_momentum_torch,
)

RNG = np.random.default_rng
TIGHT = {"rtol": 1e-12, "atol": 1e-12}
START = {"learning_rate": 0.1, "momentum": 0.5}


def run(update, w, gradients, config):
    """The parameters after each step, and the last config."""
    path = []
    for gradient in gradients:
        w, config = update(w, gradient, config)
        path.append(w)
    return np.array(path), config


def run_torch(w, gradients, rates, **options):
    """The same by torch.optim.SGD, with a learning rate for each step."""
    parameter = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=1.0, **options)
    path = []
    for gradient, rate in zip(gradients, rates, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(parameter.detach().numpy().copy())
    return np.array(path)


def bowl(seed: int, size: int = 3):
    rng = RNG(seed)
    A = rng.normal(size=(size, 2 * size))
    H = A @ A.T / (2 * size) + 0.1 * np.eye(size)
    return H, build("quartic_gradient", {"H": H, "c": 0.3}), rng.normal(size=size)


# --- sgd_momentum -------------------------------------------------------------------


@pytest.mark.sgd_momentum
def test_momentum_by_hand():
    """rho 0.5, rate 0.1, gradient 2 twice, from w = 1 at rest.

    v = -0.2, w = 0.8; then v = 0.5 * -0.2 - 0.2 = -0.3, w = 0.5.
    """
    path, config = run(sgd_momentum, np.ones(1), [np.full(1, 2.0)] * 2, START)
    np.testing.assert_allclose(path, [[0.8], [0.5]], **TIGHT)
    np.testing.assert_allclose(config["velocity"], [-0.3], **TIGHT)


@pytest.mark.sgd_momentum
@pytest.mark.parametrize("config", [None, START], ids=["defaults", "given"])
def test_momentum_is_torchs_at_a_constant_rate(config):
    rng = RNG(1)
    w, gradients = rng.normal(size=(2, 3)), list(rng.normal(size=(5, 2, 3)))
    given = config or {"learning_rate": 1e-2, "momentum": 0.9}
    want = run_torch(w, gradients, [given["learning_rate"]] * 5, momentum=given["momentum"])
    np.testing.assert_allclose(run(sgd_momentum, w, gradients, config)[0], want, **TIGHT)


@pytest.mark.sgd_momentum
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


@pytest.mark.sgd_momentum
def test_a_constant_gradient_speeds_the_ball_up_to_ten_times():
    """Fixed point of v = 0.9 v - 0.1: v = -1, ten times the plain step of 0.1."""
    config = {"learning_rate": 0.1, "momentum": 0.9}
    _, config = run(sgd_momentum, np.zeros(1), [np.ones(1)] * 400, config)
    np.testing.assert_allclose(config["velocity"], [-1.0], **TIGHT)


# --- sgd_momentum_torch -------------------------------------------------------------


@pytest.mark.sgd_momentum_torch
def test_torchs_form_by_hand():
    """As above, but v holds bare gradients: v = 2, w = 0.8; v = 3, w = 0.5.

    Then the rate drops to 0.01 with gradient 0: v = 1.5, w = 0.5 - 0.015 = 0.485,
    where the other form would move by its old velocity: 0.5 - 0.15 = 0.35.
    """
    path, config = run(sgd_momentum_torch, np.ones(1), [np.full(1, 2.0)] * 2, START)
    np.testing.assert_allclose(path, [[0.8], [0.5]], **TIGHT)
    w, config = sgd_momentum_torch(path[-1], np.zeros(1), {**config, "learning_rate": 0.01})
    np.testing.assert_allclose(w, [0.485], **TIGHT)
    _, config = run(sgd_momentum, np.ones(1), [np.full(1, 2.0)] * 2, START)
    w, _ = sgd_momentum(path[-1], np.zeros(1), {**config, "learning_rate": 0.01})
    np.testing.assert_allclose(w, [0.35], **TIGHT)


@pytest.mark.sgd_momentum_torch
def test_torchs_form_is_torchs_when_the_rate_changes():
    rng, rates = RNG(3), [0.5, 0.5, 0.05, 0.2]
    w, config = rng.normal(size=(4,)), {"momentum": 0.8}
    gradients = list(rng.normal(size=(4, 4)))
    want = run_torch(w, gradients, rates, momentum=0.8)
    for g, rate, after in zip(gradients, rates, want, strict=True):
        w, config = sgd_momentum_torch(w, g, {**config, "learning_rate": rate})
        np.testing.assert_allclose(w, after, **TIGHT)


@pytest.mark.sgd_momentum_torch
def test_both_forms_agree_at_a_constant_rate_only():
    rng = RNG(4)
    w, gradients = rng.normal(size=3), list(rng.normal(size=(6, 3)))
    a, _ = run(sgd_momentum, w, gradients, START)
    b, _ = run(sgd_momentum_torch, w, gradients, START)
    np.testing.assert_allclose(a, b, **TIGHT)
    rates, paths = [0.5, 0.5, 0.05, 0.2], []
    for update in (sgd_momentum, sgd_momentum_torch):
        x, config = w, dict(START)
        for g, rate in zip(gradients, rates, strict=False):
            x, config = update(x, g, {**config, "learning_rate": rate})
        paths.append(x)
    assert np.max(np.abs(paths[0] - paths[1])) > 1e-3


# --- nesterov_lookahead and nesterov ------------------------------------------------


@pytest.mark.nesterov_lookahead
def test_lookahead_by_hand():
    """Gradient x, rho 0.5, rate 0.1, from w = 1 with v = 2.

    Look-ahead at 1 + 1 = 2; v = 1 - 0.2 = 0.8; w = 1.8.
    """
    config = {**START, "velocity": np.full(1, 2.0)}
    w, config = nesterov_lookahead(np.ones(1), lambda x: x, config)
    np.testing.assert_allclose(w, [1.8], **TIGHT)
    np.testing.assert_allclose(config["velocity"], [0.8], **TIGHT)


@pytest.mark.nesterov_lookahead
@pytest.mark.nesterov
@pytest.mark.parametrize("config", [None, START], ids=["defaults", "given"])
def test_both_forms_of_nesterov_agree_through_the_shift(config):
    """x~ = x + rho v at every step, on a loss that is no quadratic."""
    _, grad, x = bowl(5)
    rho = (config or {"momentum": 0.9})["momentum"]
    shifted, ahead, behind = x, config, config
    for _ in range(8):
        x, ahead = nesterov_lookahead(x, grad, ahead)
        shifted, behind = nesterov(shifted, grad(shifted), behind)
        np.testing.assert_allclose(shifted, x + rho * ahead["velocity"], **TIGHT)
        np.testing.assert_allclose(behind["velocity"], ahead["velocity"], **TIGHT)


@pytest.mark.nesterov_lookahead
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


@pytest.mark.nesterov_lookahead
def test_lookahead_asks_for_one_gradient_at_the_right_point():
    asked = []

    def grad(x):
        asked.append(x.copy())
        return np.zeros_like(x)

    nesterov_lookahead(np.ones(2), grad, {**START, "velocity": np.array([2.0, -4.0])})
    np.testing.assert_array_equal(asked, [[2.0, -1.0]])


@pytest.mark.nesterov
def test_nesterov_by_hand():
    """rho 0.5, rate 0.1, w = 1, v = 2, gradient 4.

    v_new = 1 - 0.4 = 0.6; w = 1 - 0.5 * 2 + 1.5 * 0.6 = 0.9.
    """
    config = {**START, "velocity": np.full(1, 2.0)}
    w, config = nesterov(np.ones(1), np.full(1, 4.0), config)
    np.testing.assert_allclose(w, [0.9], **TIGHT)
    np.testing.assert_allclose(config["velocity"], [0.6], **TIGHT)


@pytest.mark.nesterov
@pytest.mark.parametrize("config", [None, START], ids=["defaults", "given"])
def test_nesterov_is_torchs_at_a_constant_rate(config):
    rng = RNG(7)
    w, gradients = rng.normal(size=(2, 3)), list(rng.normal(size=(5, 2, 3)))
    given = config or {"learning_rate": 1e-2, "momentum": 0.9}
    want = run_torch(
        w, gradients, [given["learning_rate"]] * 5, momentum=given["momentum"], nesterov=True
    )
    np.testing.assert_allclose(run(nesterov, w, gradients, config)[0], want, **TIGHT)


# --- anneal_momentum ----------------------------------------------------------------


@pytest.mark.anneal_momentum
def test_anneal_by_hand():
    """From 0.5 to 0.9 in five steps: 0.5, 0.6, 0.7, 0.8, 0.9, and 0.9 ever after."""
    found = [anneal_momentum(step, 5, 0.5, 0.9) for step in range(8)]
    np.testing.assert_allclose(found, [0.5, 0.6, 0.7, 0.8, 0.9, 0.9, 0.9, 0.9], **TIGHT)
    assert anneal_momentum(0, 1) == 0.99


@pytest.mark.anneal_momentum
@pytest.mark.parametrize("total", [2, 3, 17])
def test_anneal_is_linspace_and_then_constant(total):
    found = [anneal_momentum(step, total) for step in range(total)]
    np.testing.assert_allclose(found, np.linspace(0.5, 0.99, total), **TIGHT)
    assert anneal_momentum(3 * total, total) == pytest.approx(0.99)


@pytest.mark.anneal_momentum
def test_anneal_against_exact_fractions():
    for step in range(11):
        want = Fraction(1, 5) + (Fraction(4, 5) - Fraction(1, 5)) * Fraction(step, 10)
        assert anneal_momentum(step, 11, 0.2, 0.8) == pytest.approx(float(want), rel=1e-14)


# --- what all of them have in common ------------------------------------------------


@pytest.mark.parametrize(
    "update",
    [
        pytest.param(f, marks=getattr(pytest.mark, f.__name__), id=f.__name__)
        for f in (sgd_momentum, sgd_momentum_torch, nesterov)
    ],
)
def test_nothing_given_is_changed(update):
    w, dw, v = np.ones(3), np.ones(3), np.ones(3)
    config = {**START, "velocity": v}
    update(w, dw, config)
    for array in (w, dw, v):
        np.testing.assert_array_equal(array, 1.0)
    assert config["velocity"] is v
