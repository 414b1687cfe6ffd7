"""`inverse_sqrt_decay`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from torch.optim import lr_scheduler

from solutions.schedules.inverse_sqrt_decay import inverse_sqrt_decay
from tests.chapters.schedules.oracles import LR, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_inverse_sqrt_decay_by_hand_and_by_lambda():
    """From 6: updates number 1, 4 and 9 (steps 0, 3 and 8) get 6, 3 and 2."""
    found = [inverse_sqrt_decay(step, 6.0) for step in (0, 3, 8)]
    np.testing.assert_allclose(found, [6, 3, 2], **TIGHT)
    want = torch_rates(lambda o: lr_scheduler.LambdaLR(o, lambda t: (t + 1) ** -0.5), 40)
    np.testing.assert_allclose(rates(inverse_sqrt_decay, 40, LR), want, **TIGHT)


def test_inverse_sqrt_decay_is_the_transformers_after_its_warmup():
    """Equation 3 of Vaswani et al.: d**-0.5 * min(n**-0.5, n * warmup**-1.5), n from 1."""
    model, warmup = 512, 4000
    for number in (4000, 4001, 100_000):
        want = model**-0.5 * min(number**-0.5, number * warmup**-1.5)
        assert inverse_sqrt_decay(number - 1, model**-0.5) == pytest.approx(want, rel=1e-12)
