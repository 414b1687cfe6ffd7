"""Chapter 6: every answer against PyTorch's schedulers and a number worked by hand."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from cs231n_lib.exercises.drivers import Schedule, Setting
from cs231n_lib.exercises.functions import build
from cs231n_lib.exercises.results import Notes, WrongResult
from solutions.schedules import (
    constant,
    cosine_decay,
    cosine_warm_restarts,
    exponential_decay,
    inverse_sqrt_decay,
    inverse_time_decay,
    learning_rate_range_test,
    linear_decay,
    linear_warmup,
    scale_learning_rate,
    step_decay,
)

TIGHT = {"rtol": 1e-12, "atol": 1e-14}
LR, LOW, TOTAL = 0.3, 0.02, 24


def torch_rates(make, steps, lr=LR):
    """The rates that a scheduler of PyTorch sets for steps 0 to ``steps`` - 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = make(optimizer)
    rates = []
    with warnings.catch_warnings():
        # SequentialLR calls its schedulers with an epoch, which PyTorch itself deprecates
        warnings.simplefilter("ignore")
        for _ in range(steps):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return rates


def rates(schedule, steps, *args):
    return [schedule(step, *args) for step in range(steps)]


# --- without an end -----------------------------------------------------------------


@pytest.mark.constant
def test_constant_by_hand_and_as_torchs():
    """0.25 at steps 0, 1 and 1000."""
    assert [constant(step, 0.25) for step in (0, 1, 1000)] == [0.25] * 3
    want = torch_rates(lambda o: lr_scheduler.ConstantLR(o, factor=1.0, total_iters=5), 9)
    np.testing.assert_allclose(rates(constant, 9, LR), want, **TIGHT)


@pytest.mark.step_decay
def test_step_decay_by_hand():
    """From 8, halved every 3 steps: 8 8 8, 4 4 4, 2."""
    assert rates(step_decay, 7, 8.0, 3, 0.5) == [8, 8, 8, 4, 4, 4, 2]


@pytest.mark.step_decay
def test_step_decay_of_residual_networks():
    """A tenth after epochs 30, 60 and 90, from 0.1, with the default factor."""
    found = [step_decay(epoch, 0.1, 30) for epoch in (0, 29, 30, 59, 60, 89, 90)]
    np.testing.assert_allclose(found, [0.1, 0.1, 0.01, 0.01, 1e-3, 1e-3, 1e-4], **TIGHT)


@pytest.mark.step_decay
@pytest.mark.parametrize("size", [1, 5, 7])
def test_step_decay_is_torchs(size):
    want = torch_rates(lambda o: lr_scheduler.StepLR(o, size, gamma=0.7), 40)
    np.testing.assert_allclose(rates(step_decay, 40, LR, size, 0.7), want, **TIGHT)
    want = torch_rates(lambda o: lr_scheduler.StepLR(o, size), 4)
    np.testing.assert_allclose(rates(step_decay, 4, LR, size), want, **TIGHT)


@pytest.mark.exponential_decay
def test_exponential_decay_by_hand_and_as_torchs():
    """With k = log 2 the rate halves at every step: 8, 4, 2, 1."""
    np.testing.assert_allclose(rates(exponential_decay, 4, 8.0, math.log(2)), [8, 4, 2, 1], **TIGHT)
    want = torch_rates(lambda o: lr_scheduler.ExponentialLR(o, gamma=math.exp(-0.13)), 40)
    np.testing.assert_allclose(rates(exponential_decay, 40, LR, 0.13), want, **TIGHT)


@pytest.mark.inverse_time_decay
def test_inverse_time_decay_by_hand_and_by_lambda():
    """With k = 1 and 12: 12, 6, 4, 3."""
    np.testing.assert_allclose(rates(inverse_time_decay, 4, 12.0, 1.0), [12, 6, 4, 3], **TIGHT)
    want = torch_rates(lambda o: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.4 * t)), 40)
    np.testing.assert_allclose(rates(inverse_time_decay, 40, LR, 0.4), want, **TIGHT)


@pytest.mark.inverse_time_decay
def test_inverse_time_decay_by_its_differential_equation():
    """Its inverse is a straight line, of slope k / lr."""
    inverse = 1 / np.array(rates(inverse_time_decay, 30, LR, 0.4))
    np.testing.assert_allclose(np.diff(inverse), 0.4 / LR, rtol=1e-10)


@pytest.mark.inverse_sqrt_decay
def test_inverse_sqrt_decay_by_hand_and_by_lambda():
    """From 6: updates number 1, 4 and 9 (steps 0, 3 and 8) get 6, 3 and 2."""
    found = [inverse_sqrt_decay(step, 6.0) for step in (0, 3, 8)]
    np.testing.assert_allclose(found, [6, 3, 2], **TIGHT)
    want = torch_rates(lambda o: lr_scheduler.LambdaLR(o, lambda t: (t + 1) ** -0.5), 40)
    np.testing.assert_allclose(rates(inverse_sqrt_decay, 40, LR), want, **TIGHT)


@pytest.mark.inverse_sqrt_decay
def test_inverse_sqrt_decay_is_the_transformers_after_its_warmup():
    """Equation 3 of Vaswani et al.: d**-0.5 * min(n**-0.5, n * warmup**-1.5), n from 1."""
    model, warmup = 512, 4000
    for number in (4000, 4001, 100_000):
        want = model**-0.5 * min(number**-0.5, number * warmup**-1.5)
        assert inverse_sqrt_decay(number - 1, model**-0.5) == pytest.approx(want, rel=1e-12)


# --- with an end --------------------------------------------------------------------


@pytest.mark.linear_decay
def test_linear_decay_by_hand():
    """From 9 to 1 in four steps: 9, 7, 5, 3, then 1 for ever; to zero: 9, 6.75, 4.5."""
    assert rates(linear_decay, 7, 9.0, 4, 1.0) == [9, 7, 5, 3, 1, 1, 1]
    assert rates(linear_decay, 3, 9.0, 4) == [9, 6.75, 4.5]
    assert rates(linear_decay, 3, 9.0, 1, 2.0) == [9, 2, 2]


@pytest.mark.linear_decay
def test_linear_decay_is_torchs_also_after_the_end():
    def line(optimizer):
        return lr_scheduler.LinearLR(optimizer, 1.0, LOW / LR, total_iters=TOTAL)

    found = rates(linear_decay, 2 * TOTAL, LR, TOTAL, LOW)
    np.testing.assert_allclose(found, torch_rates(line, 2 * TOTAL), **TIGHT)


@pytest.mark.linear_decay
def test_linear_decay_to_zero_is_torchs_polynomial_of_degree_one():
    want = torch_rates(lambda o: lr_scheduler.PolynomialLR(o, total_iters=TOTAL), 2 * TOTAL)
    np.testing.assert_allclose(rates(linear_decay, 2 * TOTAL, LR, TOTAL), want, **TIGHT)


@pytest.mark.cosine_decay
def test_cosine_decay_by_hand():
    """From 9 to 1 in three steps: cosines 1, 1/2, -1/2, -1 give 9, 7, 3, 1, then 1."""
    np.testing.assert_allclose(rates(cosine_decay, 6, 9.0, 3, 1.0), [9, 7, 3, 1, 1, 1], **TIGHT)
    np.testing.assert_allclose(rates(cosine_decay, 4, 8.0, 2), [8, 4, 0, 0], **TIGHT)


@pytest.mark.cosine_decay
@pytest.mark.parametrize("low", [0.0, LOW])
def test_cosine_decay_is_torchs_up_to_the_end_and_not_after_it(low):
    want = torch_rates(lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL, low), 2 * TOTAL)
    found = rates(cosine_decay, 2 * TOTAL, LR, TOTAL, low)
    np.testing.assert_allclose(found[: TOTAL + 1], want[: TOTAL + 1], rtol=1e-10, atol=1e-14)
    assert found[TOTAL:] == [low] * TOTAL
    assert want[-1] > 0.9 * LR  # PyTorch's has risen again


@pytest.mark.linear_decay
@pytest.mark.cosine_decay
@pytest.mark.parametrize("decay", [linear_decay, cosine_decay])
def test_both_decays_are_exact_at_their_ends_and_symmetric_about_the_middle(decay):
    assert decay(0, LR, TOTAL, LOW) == pytest.approx(LR, rel=1e-15)
    assert decay(TOTAL, LR, TOTAL, LOW) == LOW
    found = np.array(rates(decay, TOTAL + 1, LR, TOTAL, LOW))
    np.testing.assert_allclose(found + found[::-1], LR + LOW, rtol=1e-12)
    assert np.all(np.diff(found) < 0)


# --- put together -------------------------------------------------------------------


@pytest.mark.linear_warmup
def test_warmup_by_hand():
    """Four steps up to 8, then 8 - t: 0, 2, 4, 6, 8, 7, 6."""
    assert rates(linear_warmup, 7, 4, lambda t: 8.0 - t) == [0, 2, 4, 6, 8, 7, 6]
    assert rates(linear_warmup, 3, 0, lambda t: 8.0 - t) == [8, 7, 6]


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


@pytest.mark.linear_warmup
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


@pytest.mark.cosine_warm_restarts
def test_restarts_by_hand():
    """From 8 to 0, cycles of 2 and 4 steps: 8 4, then 8, 4 + 2 sqrt 2 ..., 4, ..., then 8."""
    root = 2 * math.sqrt(2)  # 4 times the cosine of 45 degrees
    want = [8, 4, 8, 4 + root, 4, 4 - root, 8]
    np.testing.assert_allclose(rates(cosine_warm_restarts, 7, 8.0, 2, 2), want, **TIGHT)


@pytest.mark.cosine_warm_restarts
@pytest.mark.parametrize("T_mult", [1, 2, 3])
@pytest.mark.parametrize("T_0", [1, 5])
def test_restarts_are_torchs_at_every_step(T_0, T_mult):
    def make(optimizer):
        return lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0, T_mult, eta_min=LOW)

    found = rates(cosine_warm_restarts, 80, LR, T_0, T_mult, LOW)
    np.testing.assert_allclose(found, torch_rates(make, 80), **TIGHT)


@pytest.mark.cosine_warm_restarts
def test_restarts_have_their_defaults_from_torch():
    want = torch_rates(lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 7), 30)
    np.testing.assert_allclose(rates(cosine_warm_restarts, 30, LR, 7), want, **TIGHT)


@pytest.mark.cosine_warm_restarts
@pytest.mark.cosine_decay
def test_each_cycle_is_a_cosine_decay():
    found = rates(cosine_warm_restarts, 35, LR, 5, 2, LOW)
    want = [cosine_decay(t, LR, T, LOW) for T in (5, 10, 20) for t in range(T)]
    np.testing.assert_allclose(found, want, **TIGHT)


# --- choosing a rate ----------------------------------------------------------------


@pytest.mark.scale_learning_rate
def test_scaling_by_hand():
    """Goyal et al.: 0.1 at 256 becomes 3.2 at 8192; half the batch halves the rate."""
    assert scale_learning_rate(0.1, 256, 8192) == pytest.approx(3.2, rel=1e-14)
    assert scale_learning_rate(0.1, 256, 128) == pytest.approx(0.05, rel=1e-14)
    assert scale_learning_rate(0.1, 256, 256) == pytest.approx(0.1, rel=1e-14)


@pytest.mark.scale_learning_rate
def test_scaling_there_and_back_changes_nothing():
    there = scale_learning_rate(LR, 24, 100)
    assert scale_learning_rate(there, 100, 24) == pytest.approx(LR, rel=1e-14)


@pytest.mark.learning_rate_range_test
def test_range_test_by_hand():
    """beta 1/2, rates ten times apart: s = 8, 7, 4, 3, then 2 * 3 < 16.5 stops the test.

    Losses 8, 6, 1, 2, 30, 0: slopes by decade -1, -3, -1, so the answer is the second rate.
    """
    losses, lrs = np.array([8.0, 6.0, 1.0, 2.0, 30.0, 0.0]), 10.0 ** np.arange(-5, 1)
    assert learning_rate_range_test(losses, lrs, 0.5, 2.0) == 1e-4


@pytest.mark.learning_rate_range_test
def test_range_test_with_uneven_rates_by_hand():
    """beta 0: the loss falls by 2 over one decade, then by 3 over two."""
    losses, lrs = np.array([9.0, 7.0, 4.0]), np.array([1e-4, 1e-3, 1e-1])
    assert learning_rate_range_test(losses, lrs, 0.0) == 1e-4


@pytest.mark.learning_rate_range_test
def test_range_test_is_the_maximum_of_an_interpolated_curve():
    """Without smoothing, on a fine grid: the inflection of a logistic curve in log rate."""
    x = np.linspace(-6, 1, 702)
    losses = 1 + 2 / (1 + np.exp(3 * (x + 2.345)))
    found = learning_rate_range_test(losses, 10**x, beta=0.0)
    assert abs(math.log10(found) + 2.345) < 0.02


@pytest.mark.learning_rate_range_test
@pytest.mark.parametrize("end", [np.nan, np.inf, 1e6])
def test_range_test_does_not_look_past_divergence(end):
    rng = np.random.default_rng(0)
    lrs = np.geomspace(1e-5, 1, 40)
    losses = np.interp(np.arange(40), [0, 10, 20, 40], [3, 2.9, 1, 0.9])
    want = learning_rate_range_test(losses, lrs)
    for _ in range(5):
        losses[30:] = [end, *rng.uniform(0.1, 1e4, size=9)]
        assert learning_rate_range_test(losses, lrs) == want


@pytest.mark.learning_rate_range_test
def test_range_test_default_divergence_is_four_times_the_lowest():
    """Without smoothing: 3.9 times the lowest goes on to a steeper fall, 4.1 times does not."""
    lrs = 10.0 ** np.arange(5)
    goes_on = np.array([2.0, 1.0, 3.9, 0.9, 0.9])
    stops = np.array([2.0, 1.0, 4.1, 0.9, 0.9])
    assert learning_rate_range_test(goes_on, lrs, beta=0.0) == lrs[2]
    assert learning_rate_range_test(stops, lrs, beta=0.0) == lrs[0]


# --- what all schedules have in common ----------------------------------------------

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


@pytest.mark.linear_warmup
def test_a_parabola_by_hand():
    """2 + 3 t - t**2 at 0, 1 and 4: 2, 4, -2."""
    parabola = build("parabola", {"a": 2.0, "b": 3.0, "c": -1.0})
    assert [parabola(t) for t in (0, 1, 4)] == [2, 4, -2]
