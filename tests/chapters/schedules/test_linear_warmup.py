"""`linear_warmup`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
from torch.optim import lr_scheduler

from cs231n_lib.exercise.functions import build
from solutions.schedules.linear_decay import linear_decay
from solutions.schedules.linear_warmup import linear_warmup
from tests.chapters.schedules.oracles import LR, TOTAL, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


def test_warmup_by_hand():
    """Four steps up to 8, then 8 - t: 0, 2, 4, 6, 8, 7, 6."""
    assert rates(linear_warmup, 7, 4, lambda t: 8.0 - t) == [0, 2, 4, 6, 8, 7, 6]
    assert rates(linear_warmup, 3, 0, lambda t: 8.0 - t) == [8, 7, 6]


def test_warmup_and_line_by_lambda():
    """The linear schedule with warm-up that is common for transformers, zero at step 0."""
    warmup = 5

    def factor(t):
        return t / warmup if t < warmup else (TOTAL - t) / (TOTAL - warmup)

    found = [
        linear_warmup(step, warmup, lambda t: linear_decay(t, LR, TOTAL - warmup))
        for step in range(TOTAL)
    ]
    want = torch_rates(lambda o: lr_scheduler.LambdaLR(o, factor), TOTAL)
    np.testing.assert_allclose(found, want, **TIGHT)


def test_a_parabola_by_hand():
    """2 + 3 t - t**2 at 0, 1 and 4: 2, 4, -2."""
    parabola = build("parabola", {"a": 2.0, "b": 3.0, "c": -1.0})
    assert [parabola(t) for t in (0, 1, 4)] == [2, 4, -2]
