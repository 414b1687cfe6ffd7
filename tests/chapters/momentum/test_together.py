"""What holds for several exercises of the chapter at once."""

from __future__ import annotations

import numpy as np
import pytest

from solutions.momentum.nesterov import nesterov
from solutions.momentum.nesterov_lookahead import nesterov_lookahead
from solutions.momentum.sgd_momentum import sgd_momentum
from solutions.momentum.sgd_momentum_torch import sgd_momentum_torch
from tests.chapters.momentum.oracles import START, bowl

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


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
