"""`nadam`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods.adam import adam
from solutions.adaptive_methods.nadam import nadam
from tests.chapters.adaptive_methods.oracles import MOMENTS, run

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_nadam_by_hand():
    """Betas 0.5 and 0.75, rate 0.1, epsilon 1, gradient 4: m = 2, corrected at step two 2/0.75.

    ahead = 0.5 * 8/3 + 0.5 * 4 / 0.5 = 16/3; v corrected 16; w = 1 - 0.1 * 16/15.
    """
    w, _ = nadam(np.ones(1), np.full(1, 4.0), {**MOMENTS, "epsilon": 1.0})
    np.testing.assert_allclose(w, [1 - 1.6 / 15], **TIGHT)


def test_nadam_with_beta1_zero_is_adam():
    rng = RNG(4)
    gradients = list(rng.normal(size=(4, 3)))
    config = {"learning_rate": 0.1, "beta1": 0.0}
    a, _ = run(nadam, np.zeros(3), gradients, config)
    b, _ = run(adam, np.zeros(3), gradients, config)
    np.testing.assert_allclose(a, b, **TIGHT)
