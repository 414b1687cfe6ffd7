"""What holds for several exercises of the chapter at once."""

from __future__ import annotations

import numpy as np
import pytest
from torch.optim import lr_scheduler

from cs231n_lib.exercise.drivers import Schedule, Setting
from cs231n_lib.exercise.functions import build
from cs231n_lib.exercise.results import Notes, WrongResult
from solutions.schedules.constant import constant
from solutions.schedules.cosine_decay import cosine_decay
from solutions.schedules.cosine_warm_restarts import cosine_warm_restarts
from solutions.schedules.exponential_decay import exponential_decay
from solutions.schedules.inverse_sqrt_decay import inverse_sqrt_decay
from solutions.schedules.inverse_time_decay import inverse_time_decay
from solutions.schedules.linear_decay import linear_decay
from solutions.schedules.linear_warmup import linear_warmup
from solutions.schedules.step_decay import step_decay
from tests.chapters.schedules.oracles import LOW, LR, TOTAL, rates, torch_rates

TIGHT = {"rtol": 1e-12, "atol": 1e-14}


@pytest.mark.linear_decay
@pytest.mark.cosine_decay
@pytest.mark.parametrize("decay", [linear_decay, cosine_decay])
def test_both_decays_are_exact_at_their_ends_and_symmetric_about_the_middle(decay):
    assert decay(0, LR, TOTAL, LOW) == pytest.approx(LR, rel=1e-15)
    assert decay(TOTAL, LR, TOTAL, LOW) == LOW
    found = np.array(rates(decay, TOTAL + 1, LR, TOTAL, LOW))
    np.testing.assert_allclose(found + found[::-1], LR + LOW, rtol=1e-12)
    assert np.all(np.diff(found) < 0)


@pytest.mark.linear_warmup
@pytest.mark.cosine_decay
def test_warmup_and_cosine_is_torchs_sequence():
    """LinearLR refuses to start at 0: it starts at 1e-9 of the rate here."""
    warmup = 6

    def sequence(optimizer):
        ramp = lr_scheduler.LinearLR(optimizer, start_factor=1e-9, total_iters=warmup)
        cosine = lr_scheduler.CosineAnnealingLR(optimizer, TOTAL - warmup, LOW)
        return lr_scheduler.SequentialLR(optimizer, [ramp, cosine], milestones=[warmup])

    found = [
        linear_warmup(step, warmup, lambda t: cosine_decay(t, LR, TOTAL - warmup, LOW))
        for step in range(TOTAL + 1)
    ]
    np.testing.assert_allclose(found, torch_rates(sequence, TOTAL + 1), rtol=1e-7, atol=1e-9)
    assert found[0] == 0 and found[warmup] == LR


@pytest.mark.cosine_warm_restarts
@pytest.mark.cosine_decay
def test_each_cycle_is_a_cosine_decay():
    found = rates(cosine_warm_restarts, 35, LR, 5, 2, LOW)
    want = [cosine_decay(t, LR, T, LOW) for T in (5, 10, 20) for t in range(T)]
    np.testing.assert_allclose(found, want, **TIGHT)


ALL = {
    constant: (LR,),
    step_decay: (LR, 4, 0.5),
    exponential_decay: (LR, 0.2),
    inverse_time_decay: (LR, 0.2),
    linear_decay: (LR, 9, LOW),
    cosine_decay: (LR, 9, LOW),
    inverse_sqrt_decay: (LR,),
    linear_warmup: (4, build("parabola", {"a": LR, "b": -0.01, "c": 0.0})),
    cosine_warm_restarts: (LR, 3, 2, LOW),
}


@pytest.mark.parametrize(
    "schedule",
    [pytest.param(f, marks=getattr(pytest.mark, f.__name__), id=f.__name__) for f in ALL],
)
def test_numpy_integers_are_as_good_as_pythons_and_order_does_not_matter(schedule):
    steps = [int(s) for s in np.random.default_rng(1).permutation(12)]
    driver, setting = Schedule(), Setting({}, Notes())
    args = {str(i): value for i, value in enumerate(ALL[schedule])}
    python = driver.run(schedule, {"steps": steps, **args}, setting)
    numpy = driver.run(schedule, {"steps": np.array(steps), **args}, setting)
    np.testing.assert_array_equal(python["rate"], numpy["rate"])
    in_order = np.array(rates(schedule, 12, *ALL[schedule]))
    np.testing.assert_array_equal(python["rate"], in_order[steps])
    assert setting.notes.texts == []


def test_the_driver_asks_with_pythons_integers_and_with_numpys():
    asked = []

    def schedule(step, lr):
        asked.append(type(step))
        return [lr]

    found = Schedule().run(schedule, {"steps": [0, 1], "lr": 0.5}, Setting({}, Notes()))
    np.testing.assert_array_equal(found["rate"], [0.5, 0.5])
    Schedule().run(schedule, {"steps": np.arange(2), "lr": 0.5}, Setting({}, Notes()))
    assert asked == [int, int, np.int64, np.int64]


@pytest.mark.parametrize("wrong", [np.zeros(2), "0.1", None, [], {"rate": 0.1}])
def test_the_driver_wants_one_number(wrong):
    with pytest.raises(WrongResult, match="rate"):
        Schedule().run(lambda step: wrong, {"steps": [0]}, Setting({}, Notes()))
