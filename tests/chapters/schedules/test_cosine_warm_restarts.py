"""`cosine_warm_restarts`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from torch.optim import lr_scheduler

from solutions.schedules.cosine_warm_restarts import cosine_warm_restarts
from tests.chapters.schedules.oracles import LOW, LR, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_restarts_by_hand():
    """From 8 to 0, cycles of 2 and 4 steps: 8 4, then 8, 4 + 2 sqrt 2 ..., 4, ..., then 8."""
    root = 2 * math.sqrt(2)  # 4 times the cosine of 45 degrees
    want = [8, 4, 8, 4 + root, 4, 4 - root, 8]
    np.testing.assert_allclose(rates(cosine_warm_restarts, 7, 8.0, 2, 2), want, **TIGHT)


@pytest.mark.parametrize("T_mult", [1, 2, 3])
@pytest.mark.parametrize("T_0", [1, 5])
def test_restarts_are_torchs_at_every_step(T_0, T_mult):
    def make(optimizer):
        return lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0, T_mult, eta_min=LOW)

    found = rates(cosine_warm_restarts, 80, LR, T_0, T_mult, LOW)
    np.testing.assert_allclose(found, torch_rates(make, 80), **TIGHT)


def test_restarts_have_their_defaults_from_torch():
    want = torch_rates(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 7), 30)
    np.testing.assert_allclose(rates(cosine_warm_restarts, 30, LR, 7), want, **TIGHT)
