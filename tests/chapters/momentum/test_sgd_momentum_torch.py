"""`sgd_momentum_torch`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from solutions.momentum.sgd_momentum import sgd_momentum
from solutions.momentum.sgd_momentum_torch import sgd_momentum_torch
from tests.chapters.momentum.oracles import START, run, run_torch

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


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


def test_torchs_form_is_torchs_when_the_rate_changes():
    rng, rates = RNG(3), [0.5, 0.5, 0.05, 0.2]
    w, config = rng.normal(size=(4,)), {"momentum": 0.8}
    gradients = list(rng.normal(size=(4, 4)))
    want = run_torch(w, gradients, rates, momentum=0.8)
    for g, rate, after in zip(gradients, rates, want, strict=True):
        w, config = sgd_momentum_torch(w, g, {**config, "learning_rate": rate})
        np.testing.assert_allclose(w, after, **TIGHT)


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
