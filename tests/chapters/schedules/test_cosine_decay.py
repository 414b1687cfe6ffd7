"""`cosine_decay`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from torch.optim import lr_scheduler

from solutions.schedules.cosine_decay import cosine_decay
from tests.chapters.schedules.oracles import LOW, LR, TOTAL, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_cosine_decay_by_hand():
    """From 9 to 1 in three steps: cosines 1, 1/2, -1/2, -1 give 9, 7, 3, 1, then 1."""
    np.testing.assert_allclose(rates(cosine_decay, 6, 9.0, 3, 1.0), [9, 7, 3, 1, 1, 1], **TIGHT)
    np.testing.assert_allclose(rates(cosine_decay, 4, 8.0, 2), [8, 4, 0, 0], **TIGHT)


@pytest.mark.parametrize("low", [0.0, LOW])
def test_cosine_decay_is_torchs_up_to_the_end_and_not_after_it(low):
    want = torch_rates(lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL, low), 2 * TOTAL)
    found = rates(cosine_decay, 2 * TOTAL, LR, TOTAL, low)
    np.testing.assert_allclose(found[: TOTAL + 1], want[: TOTAL + 1], rtol=1e-10, atol=1e-14)
    assert found[TOTAL:] == [low] * TOTAL
    assert want[-1] > 0.9 * LR  # PyTorch's has risen again
