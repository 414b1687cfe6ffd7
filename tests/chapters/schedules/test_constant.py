"""`constant`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
from torch.optim import lr_scheduler

from solutions.schedules.constant import constant
from tests.chapters.schedules.oracles import LR, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_constant_by_hand_and_as_torchs():
    """0.25 at steps 0, 1 and 1000."""
    assert [constant(step, 0.25) for step in (0, 1, 1000)] == [0.25] * 3
    want = torch_rates(lambda o: lr_scheduler.ConstantLR(o, factor=1.0, total_iters=5), 9)
    np.testing.assert_allclose(rates(constant, 9, LR), want, **TIGHT)
