"""`linear_decay`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
from torch.optim import lr_scheduler

from solutions.schedules.linear_decay import linear_decay
from tests.chapters.schedules.oracles import LOW, LR, TOTAL, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_linear_decay_by_hand():
    """From 9 to 1 in four steps: 9, 7, 5, 3, then 1 for ever; to zero: 9, 6.75, 4.5."""
    assert rates(linear_decay, 7, 9.0, 4, 1.0) == [9, 7, 5, 3, 1, 1, 1]
    assert rates(linear_decay, 3, 9.0, 4) == [9, 6.75, 4.5]
    assert rates(linear_decay, 3, 9.0, 1, 2.0) == [9, 2, 2]


def test_linear_decay_is_torchs_also_after_the_end():
    def line(optimizer):
        return lr_scheduler.LinearLR(optimizer, 1.0, LOW / LR, total_iters=TOTAL)

    found = rates(linear_decay, 2 * TOTAL, LR, TOTAL, LOW)
    np.testing.assert_allclose(found, torch_rates(line, 2 * TOTAL), **TIGHT)


def test_linear_decay_to_zero_is_torchs_polynomial_of_degree_one():
    want = torch_rates(lambda o: lr_scheduler.PolynomialLR(o, total_iters=TOTAL), 2 * TOTAL)
    np.testing.assert_allclose(rates(linear_decay, 2 * TOTAL, LR, TOTAL), want, **TIGHT)
