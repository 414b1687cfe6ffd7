"""`adam`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.adaptive_methods.adam import adam
from solutions.adaptive_methods.adamw import adamw
from solutions.adaptive_methods.l2_gradient import l2_gradient
from tests.chapters.adaptive_methods.oracles import MOMENTS, run, run_torch

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_l2_in_the_gradient_is_torchs_coupled_weight_decay():
    rng = RNG(2)
    start, gradients = rng.normal(size=4), list(rng.normal(size=(5, 4)))
    want = run_torch(lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.7), start, gradients)
    w, config, path = start, {"learning_rate": 0.1}, []
    for g in gradients:
        w, config = adam(w, l2_gradient(w, g, 0.7), config)
        path.append(w)
    np.testing.assert_allclose(path, want, **TIGHT)
    decoupled, _ = run(adamw, start, gradients, {"learning_rate": 0.1, "weight_decay": 0.7})
    assert np.max(np.abs(decoupled - want)) > 0.01


def test_adam_by_hand():
    """Betas 0.5 and 0.75, rate 0.1, epsilon 1, gradient 4: both corrected means are 4 and

    16, the step 0.1 * 4 / 5. Gradient 0 then: m = 1 over 0.75, v = 3 over 7/16.
    """
    path, config = run(
        adam, np.ones(1), [np.full(1, 4.0), np.zeros(1)], {**MOMENTS, "epsilon": 1.0}
    )
    second = 0.1 * (4 / 3) / (np.sqrt(48 / 7) + 1)
    np.testing.assert_allclose(path, [[0.92], [0.92 - second]], **TIGHT)
    assert config["t"] == 2
    np.testing.assert_allclose([config["m"][0], config["v"][0]], [1.0, 3.0], **TIGHT)


def test_adam_on_the_numbers_of_cs231ns_notebook():
    """The values that assignment 2 prints for its own check, to the digits given there."""
    N, D = 4, 5
    w = np.linspace(-0.4, 0.6, num=N * D).reshape(N, D)
    dw = np.linspace(-0.6, 0.4, num=N * D).reshape(N, D)
    m = np.linspace(0.6, 0.9, num=N * D).reshape(N, D)
    v = np.linspace(0.7, 0.5, num=N * D).reshape(N, D)
    next_w, config = adam(w, dw, {"learning_rate": 1e-2, "m": m, "v": v, "t": 5})
    np.testing.assert_allclose(next_w[0, :3], [-0.40094747, -0.34836187, -0.29577703], atol=5e-9)
    np.testing.assert_allclose(config["v"][0, :3], [0.69966, 0.68908382, 0.67851319], atol=5e-9)
    np.testing.assert_allclose(config["m"][0, :3], [0.48, 0.49947368, 0.51894737], atol=5e-9)
    assert config["t"] == 6


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.2, 0.5)])
def test_adams_first_step_has_the_length_of_the_rate(betas):
    config = {"learning_rate": 0.3, "beta1": betas[0], "beta2": betas[1]}
    w, _ = adam(np.zeros(3), np.array([1e-3, -1.0, 1e3]), config)
    np.testing.assert_allclose(w, [-0.3, 0.3, -0.3], rtol=1e-4)
