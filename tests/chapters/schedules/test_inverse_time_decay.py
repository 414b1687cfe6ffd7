"""`inverse_time_decay`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
from torch.optim import lr_scheduler

from solutions.schedules.inverse_time_decay import inverse_time_decay
from tests.chapters.schedules.oracles import LR, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_inverse_time_decay_by_hand_and_by_lambda():
    """With k = 1 and 12: 12, 6, 4, 3."""
    np.testing.assert_allclose(rates(inverse_time_decay, 4, 12.0, 1.0), [12, 6, 4, 3], **TIGHT)
    want = torch_rates(lambda o: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.4 * t)), 40)
    np.testing.assert_allclose(rates(inverse_time_decay, 40, LR, 0.4), want, **TIGHT)


def test_inverse_time_decay_by_its_differential_equation():
    """Its inverse is a straight line, of slope k / lr."""
    inverse = 1 / np.array(rates(inverse_time_decay, 30, LR, 0.4))
    np.testing.assert_allclose(np.diff(inverse), 0.4 / LR, rtol=1e-10)
