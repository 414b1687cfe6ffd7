"""`exponential_decay`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
from torch.optim import lr_scheduler

from solutions.schedules.exponential_decay import exponential_decay
from tests.chapters.schedules.oracles import LR, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_exponential_decay_by_hand_and_as_torchs():
    """With k = log 2 the rate halves at every step: 8, 4, 2, 1."""
    np.testing.assert_allclose(rates(exponential_decay, 4, 8.0, math.log(2)), [8, 4, 2, 1], **TIGHT)
    want = torch_rates(lambda o: lr_scheduler.ExponentialLR(o, gamma=math.exp(-0.13)), 40)
    np.testing.assert_allclose(rates(exponential_decay, 40, LR, 0.13), want, **TIGHT)
