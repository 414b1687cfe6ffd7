"""`step_decay`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from torch.optim import lr_scheduler

from solutions.schedules.step_decay import step_decay
from tests.chapters.schedules.oracles import LR, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_step_decay_by_hand():
    """From 8, halved every 3 steps: 8 8 8, 4 4 4, 2."""
    assert rates(step_decay, 7, 8.0, 3, 0.5) == [8, 8, 8, 4, 4, 4, 2]


def test_step_decay_of_residual_networks():
    """A tenth after epochs 30, 60 and 90, from 0.1, with the default factor."""
    found = [step_decay(epoch, 0.1, 30) for epoch in (0, 29, 30, 59, 60, 89, 90)]
    np.testing.assert_allclose(found, [0.1, 0.1, 0.01, 0.01, 1e-3, 1e-3, 1e-4], **TIGHT)


@pytest.mark.parametrize("size", [1, 5, 7])
def test_step_decay_is_torchs(size):
    want = torch_rates(lambda o: lr_scheduler.StepLR(o, size, gamma=0.7), 40)
    np.testing.assert_allclose(rates(step_decay, 40, LR, size, 0.7), want, **TIGHT)
    want = torch_rates(lambda o: lr_scheduler.StepLR(o, size), 4)
    np.testing.assert_allclose(rates(step_decay, 4, LR, size), want, **TIGHT)
