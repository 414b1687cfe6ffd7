"""`nesterov`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from solutions.momentum.nesterov import nesterov
from tests.chapters.momentum.oracles import START, run, run_torch

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_nesterov_by_hand():
    """rho 0.5, rate 0.1, w = 1, v = 2, gradient 4.

    v_new = 1 - 0.4 = 0.6; w = 1 - 0.5 * 2 + 1.5 * 0.6 = 0.9.
    """
    config = {**START, "velocity": np.full(1, 2.0)}
    w, config = nesterov(np.ones(1), np.full(1, 4.0), config)
    np.testing.assert_allclose(w, [0.9], **TIGHT)
    np.testing.assert_allclose(config["velocity"], [0.6], **TIGHT)


@pytest.mark.parametrize("config", [None, START], ids=["defaults", "given"])
def test_nesterov_is_torchs_at_a_constant_rate(config):
    rng = RNG(7)
    w, gradients = rng.normal(size=(2, 3)), list(rng.normal(size=(5, 2, 3)))
    given = config or {"learning_rate": 1e-2, "momentum": 0.9}
    want = run_torch(
        w, gradients, [given["learning_rate"]] * 5, momentum=given["momentum"], nesterov=True
    )
    np.testing.assert_allclose(run(nesterov, w, gradients, config)[0], want, **TIGHT)
