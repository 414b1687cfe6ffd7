"""Chapter 6: learning-rate schedules, as functions of the step, and how to find a rate.

One convention for all: ``step`` counts the updates already made, so a run of ``total``
updates asks for the rates of steps 0 to total - 1, and a decay over ``total`` steps is
complete at step total.  It is PyTorch's: step is the scheduler's ``last_epoch``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercises.declare import Case, exercise
from cs231n_lib.exercises.drivers import Call, Schedule
from cs231n_lib.wire import Function


def _rate(rng: np.random.Generator) -> float:
    return float(10 ** rng.uniform(-2.5, -0.5))


def _later(rng: np.random.Generator, low: int, high: int, size: int = 4) -> np.ndarray:
    """NumPy integers from ``low`` to ``high - 1``, no two alike, in any order."""
    return rng.permutation(np.arange(low, high))[:size]


def _constant_cases(rng: np.random.Generator) -> Iterator[Case]:
    args = {"steps": [0, 1, int(rng.integers(2, 90))], "lr": _rate(rng)}
    yield Case("first steps", args, "the first steps")
    yield Case("any step", {"steps": _later(rng, 100, 999), "lr": _rate(rng)}, "later steps")


@exercise(groups={"first steps": 1, "any step": 1}, driver=Schedule(), cases=_constant_cases)
def constant(step: int, lr: float):
    """A learning rate that never changes.

        rate(step) = lr

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: the rate.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: the "constant" of every comparison; torch.optim.lr_scheduler.ConstantLR with
    factor 1 agrees at every step.
    """
    raise NotImplementedError


def _step_decay_cases(rng: np.random.Generator) -> Iterator[Case]:
    for low in (0.6, 0.2):
        size, gamma = int(rng.integers(7, 20)), float(rng.uniform(low, low + 0.2))
        joins = [0, size - 1, size, size + 1, 2 * size - 1, 2 * size, 2 * size + 1]
        args = {"steps": joins, "lr": _rate(rng), "step_size": size, "gamma": gamma}
        yield Case("joins", args, "both sides of the first two drops")
    size, gamma = int(rng.integers(7, 20)), float(rng.uniform(0.6, 0.8))
    args = {"steps": _later(rng, 2 * size, 5 * size), "lr": _rate(rng), "step_size": size}
    yield Case("between", {**args, "gamma": gamma}, "later steps, in any order")
    args = {"steps": [0, 1, 2], "lr": _rate(rng), "step_size": 1, "gamma": gamma}
    yield Case("between", args, "a drop at every step")
    size = int(rng.integers(20, 40))
    args = {"steps": [0, size - 1, size, 2 * size + 1], "lr": _rate(rng), "step_size": size}
    yield Case("defaults", args, "gamma left out")


@exercise(
    groups={"joins": 2, "between": 1, "defaults": 1}, driver=Schedule(), cases=_step_decay_cases
)
def step_decay(step: int, lr: float, step_size: int, gamma: float = 0.1):
    """A learning rate that drops to a fraction of itself every step_size steps.

        rate(step) = lr * gamma**n,   n the number of drops so far

    The first drop comes at step = step_size: steps 0 to step_size - 1 have the rate lr,
    the next step_size steps have gamma * lr, and so on without end.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first steps.
        step_size: number of steps between two drops, an integer of at least 1.
        gamma: factor of one drop, between 0 and 1.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: K. He et al., Deep residual learning for image recognition, CVPR 2016;
    torch.optim.lr_scheduler.StepLR agrees at every step.
    """
    raise NotImplementedError


def _exponential_cases(rng: np.random.Generator) -> Iterator[Case]:
    args = {"steps": [0, 1, 2, 5], "lr": _rate(rng), "k": float(rng.uniform(0.3, 0.6))}
    yield Case("first steps", args, "the first steps")
    args = {"steps": [1, 0, 3], "lr": _rate(rng), "k": float(rng.uniform(1.2, 1.8))}
    yield Case("first steps", args, "a fast decay")
    args = {"steps": _later(rng, 20, 40), "lr": _rate(rng), "k": float(rng.uniform(0.05, 0.1))}
    yield Case("later", args, "later steps, in any order")


@exercise(groups={"first steps": 1, "later": 1}, driver=Schedule(), cases=_exponential_cases)
def exponential_decay(step: int, lr: float, k: float):
    """A learning rate that loses the same share of itself at every step.

        rate(step) = lr * exp(-k * step)

    It goes on without end.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first step.
        k: decay per step, positive.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: lecture 6 of CS231n (2016); torch.optim.lr_scheduler.ExponentialLR with
    gamma = exp(-k) agrees at every step.
    """
    raise NotImplementedError


def _inverse_time_cases(rng: np.random.Generator) -> Iterator[Case]:
    args = {"steps": [0, 1, 2, 5], "lr": _rate(rng), "k": float(rng.uniform(0.3, 0.6))}
    yield Case("first steps", args, "the first steps")
    args = {"steps": [1, 0, 3], "lr": _rate(rng), "k": float(rng.uniform(2, 4))}
    yield Case("first steps", args, "a fast decay")
    args = {"steps": _later(rng, 20, 60), "lr": _rate(rng), "k": float(rng.uniform(0.05, 0.2))}
    yield Case("later", args, "later steps, in any order")


@exercise(groups={"first steps": 1, "later": 1}, driver=Schedule(), cases=_inverse_time_cases)
def inverse_time_decay(step: int, lr: float, k: float):
    """A learning rate that falls like one over the time ("1/t decay").

        rate(step) = lr / (1 + k * step)

    It goes on without end. After 1/k steps half of the rate is left.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first step.
        k: decay per step, positive.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: H. Robbins and S. Monro, A stochastic approximation method (1951); lecture 6
    of CS231n (2016). PyTorch has it only as a LambdaLR.
    """
    raise NotImplementedError


def _until_the_end_cases(rng: np.random.Generator) -> Iterator[Case]:
    """For decays that are complete at step ``total``."""

    def common(total: int, share: float | None) -> dict[str, Any]:
        lr = _rate(rng)
        minimum = {} if share is None else {"lr_min": share * lr}
        return {"lr": lr, "total": total, **minimum}

    low = float(rng.uniform(0.1, 0.4))
    total = int(rng.integers(20, 60))
    steps = [0, 1, total - 1, total]
    yield Case("ends", {"steps": steps, **common(total, low)}, "first and last steps")
    yield Case("ends", {"steps": steps, **common(total, None)}, "lr_min left out")
    total = int(rng.integers(20, 60))
    for share, label in ((low, "on the way, in any order"), (None, "lr_min left out")):
        args = {"steps": _later(rng, 2, total - 1), **common(total, share)}
        yield Case("between", args, label)
    args = {"steps": [0, 1, 2], **common(1, low)}
    yield Case("after", args, "a run of one step")
    for share, label in ((low, "past the end"), (None, "past the end, lr_min left out")):
        steps = [total // 2, total, total + 1, total + total // 3, 2 * total + 3]
        yield Case("after", {"steps": steps, **common(total, share)}, label)


_END_GROUPS = {"ends": 1, "between": 1, "after": 1}


@exercise(groups=_END_GROUPS, driver=Schedule(), cases=_until_the_end_cases)
def linear_decay(step: int, lr: float, total: int, lr_min: float = 0.0):
    """A learning rate that falls along a straight line from lr to lr_min.

    The line goes through lr at step 0 and through lr_min at step total, where the rate
    stays from then on. A run of total updates uses steps 0 to total - 1: its last update
    is one step short of lr_min, so no update is wasted on a rate of zero.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first step.
        total: step at which lr_min is reached, an integer of at least 1.
        lr_min: rate at step total and ever after.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: J. Devlin et al., BERT (2018). torch.optim.lr_scheduler.LinearLR with
    start_factor 1, end_factor lr_min / lr and total_iters total agrees at every step.
    """
    raise NotImplementedError


@exercise(groups=_END_GROUPS, driver=Schedule(), cases=_until_the_end_cases)
def cosine_decay(step: int, lr: float, total: int, lr_min: float = 0.0):
    """A learning rate that falls from lr to lr_min along half a period of the cosine.

        rate(step) = lr_min + (lr - lr_min) * (1 + cos(pi * step / total)) / 2

    for steps 0 to total; at step total the rate is lr_min, and it stays there. A run of
    total updates uses steps 0 to total - 1.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first step.
        total: step at which lr_min is reached, an integer of at least 1.
        lr_min: rate at step total and ever after.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: I. Loshchilov and F. Hutter, SGDR, ICLR 2017, equation 5.
    torch.optim.lr_scheduler.CosineAnnealingLR with T_max total agrees up to step total;
    after it PyTorch's rate rises again.
    """
    raise NotImplementedError


def _inverse_sqrt_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case("start", {"steps": [0, 1, 2], "lr": _rate(rng)}, "the first steps")
    yield Case("decay", {"steps": _later(rng, 3, 40), "lr": _rate(rng)}, "in any order")
    args = {"steps": [int(s) for s in _later(rng, 500, 9000)], "lr": _rate(rng)}
    yield Case("decay", args, "a long run")


@exercise(groups={"start": 1, "decay": 2}, driver=Schedule(), cases=_inverse_sqrt_cases)
def inverse_sqrt_decay(step: int, lr: float):
    """A learning rate that falls like one over the square root of the time.

        rate = lr / sqrt(t),   t = 1, 2, 3, ... the number of the update

    Mind the difference between t and step: step counts the updates already made, so the
    update at step 0 is number t = 1, and gets the rate lr. It goes on without end.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first update.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: A. Vaswani et al., Attention is all you need, NIPS 2017, equation 3, without
    its warm-up. PyTorch has it only as a LambdaLR.
    """
    raise NotImplementedError


def _warmup_cases(rng: np.random.Generator) -> Iterator[Case]:
    def schedule() -> Function:
        a = _rate(rng)
        b, c = -a * rng.uniform(0.01, 0.012), a * rng.uniform(5e-5, 8e-5)
        return Function("parabola", {"a": a, "b": float(b), "c": float(c)})

    W = int(rng.integers(8, 15))
    args = {"steps": [0, 1, W - 2], "warmup_steps": W, "schedule": schedule()}
    yield Case("ramp", args, "on the ramp")
    W = int(rng.integers(20, 30))
    args = {"steps": _later(rng, 1, W - 1), "warmup_steps": W, "schedule": schedule()}
    yield Case("ramp", args, "on the ramp, in any order")
    W = int(rng.integers(8, 15))
    args = {"steps": [W - 1, W, W + 1], "warmup_steps": W, "schedule": schedule()}
    yield Case("join", args, "both sides of the join")
    args = {"steps": [0, 1, 2], "warmup_steps": 1, "schedule": schedule()}
    yield Case("join", args, "a warm-up of one step")
    args = {"steps": _later(rng, W + 2, 60), "warmup_steps": W, "schedule": schedule()}
    yield Case("after", args, "after the warm-up, in any order")
    args = {"steps": [0, 1, 5], "warmup_steps": 0, "schedule": schedule()}
    yield Case("after", args, "no warm-up at all")


@exercise(groups={"ramp": 1, "join": 2, "after": 1}, driver=Schedule(), cases=_warmup_cases)
def linear_warmup(step: int, warmup_steps: int, schedule):
    """A ramp from zero in front of any schedule.

    During the first warmup_steps steps the rate rises along a straight line: it is 0 at
    step 0 and would be schedule(0) at step warmup_steps. From step warmup_steps on the
    schedule runs from its own beginning: step warmup_steps is its step 0. So the two
    pieces meet without a jump, and a run of total updates needs a schedule over
    total - warmup_steps of them.

    Parameters:
        step: number of updates already made, an integer from 0.
        warmup_steps: length of the ramp, an integer from 0; 0 means no warm-up.
        schedule: function from a step (an integer from 0) to a rate.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: P. Goyal et al., Accurate, large minibatch SGD (2017), section 2.2.
    torch.optim.lr_scheduler.SequentialLR of a LinearLR and another scheduler agrees,
    except that a LinearLR cannot start at exactly 0.
    """
    raise NotImplementedError


def _restart_cases(rng: np.random.Generator) -> Iterator[Case]:
    def first() -> dict[str, Any]:
        return {"lr": _rate(rng), "T_0": int(rng.integers(8, 15))}

    low = float(rng.uniform(0.1, 0.4))
    args = first()
    T = args["T_0"]
    steps = [0, 1, T - 1, T, T + 1, 2 * T - 1, 2 * T, 2 * T + 1]
    yield Case("cycles alike", {"steps": steps, **args}, "T_mult and lr_min left out")
    args = first()
    later = _later(rng, 2 * args["T_0"] + 1, 6 * args["T_0"])
    yield Case("cycles alike", {"steps": later, **args}, "later cycles, in any order")
    args = first()
    T, minimum = args["T_0"], low * args["lr"]
    steps = [0, T - 1, T, T + 1, 3 * T - 1, 3 * T, 3 * T + 1, 7 * T - 1, 7 * T, 7 * T + 1]
    args = {"steps": steps, **args, "T_mult": 2, "lr_min": minimum}
    yield Case("joins", args, "both sides of three restarts, each cycle twice as long")
    args = first()
    T = args["T_0"]
    steps = [T - 1, T, 2 * T, 4 * T - 1, 4 * T, 13 * T - 1, 13 * T, 13 * T + 2]
    yield Case("joins", {"steps": steps, **args, "T_mult": 3}, "each cycle three times as long")
    args = {"steps": [0, 1, 2, 3, 4, 5, 7], "lr": _rate(rng), "T_0": 1, "T_mult": 2}
    yield Case("joins", args, "a first cycle of one step")
    args = first()
    T, minimum = args["T_0"], low * args["lr"]
    args = {"steps": _later(rng, T + 2, 7 * T - 1), **args, "T_mult": 2, "lr_min": minimum}
    yield Case("within", args, "within longer cycles, in any order")
    args = {**first(), "T_mult": 1}
    T, minimum = args["T_0"], low * args["lr"]
    args = {"steps": _later(rng, 1, 3 * T), **args, "lr_min": minimum}
    yield Case("within", args, "a minimum, cycles alike")


@exercise(
    groups={"cycles alike": 1, "joins": 2, "within": 1},
    driver=Schedule(),
    cases=_restart_cases,
)
def cosine_warm_restarts(step: int, lr: float, T_0: int, T_mult: int = 1, lr_min: float = 0.0):
    """Cosine decay that starts again at lr whenever it is about to reach lr_min.

    Cycle number i = 0, 1, 2, ... has the length T_i = T_0 * T_mult**i. With t the steps
    since the beginning of the cycle (0 to T_i - 1):

        rate = lr_min + (lr - lr_min) * (1 + cos(pi * t / T_i)) / 2

    Every cycle begins at exactly lr; the first restart is at step T_0. The rate comes
    near lr_min at the last step of a cycle and never equals it.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate at the beginning of every cycle.
        T_0: length of the first cycle, an integer of at least 1.
        T_mult: how many times longer each cycle is than the one before, an integer of
            at least 1.
        lr_min: where each cycle is heading.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: I. Loshchilov and F. Hutter, SGDR, ICLR 2017, equation 5.
    torch.optim.lr_scheduler.CosineAnnealingWarmRestarts agrees at every step.
    """
    raise NotImplementedError


def _scale_cases(rng: np.random.Generator) -> Iterator[Case]:
    base = int(rng.integers(20, 60))
    args = {"lr": _rate(rng), "base_batch": base}
    yield Case("larger", {**args, "batch": 8 * base}, "eight times the batch")
    batch = int(rng.integers(5, 20)) * base + base // 3
    yield Case("larger", {**args, "batch": batch}, "no whole multiple")
    yield Case("smaller", {**args, "batch": base}, "the same batch")
    args = {"lr": _rate(rng), "base_batch": int(rng.integers(200, 300))}
    yield Case("smaller", {**args, "batch": int(rng.integers(8, 60))}, "a smaller batch")


@exercise(groups={"larger": 1, "smaller": 1}, driver=Call(("rate",)), cases=_scale_cases)
def scale_learning_rate(lr: float, base_batch: int, batch: int):
    """The linear scaling rule: N times the batch, N times the learning rate.

    Parameters:
        lr: rate that works with minibatches of base_batch examples.
        base_batch: that size, an integer of at least 1.
        batch: the new size, an integer of at least 1, larger or smaller; it need not be
            a multiple of base_batch.

    Returns:
        rate: the learning rate for minibatches of batch examples, a float.

    Source: P. Goyal et al., Accurate, large minibatch SGD (2017), section 2.1.
    """
    raise NotImplementedError


def _sweep(rng: np.random.Generator, drops: list[float], gaps: list[float]) -> dict[str, Any]:
    """Losses that fall by ``drops`` (times 0.95 to 1.05) while the log rate rises by ``gaps``."""
    falls = np.array(drops) * rng.uniform(0.95, 1.05, size=len(drops))
    start = rng.uniform(1.8, 2.6)
    losses = start * (1 - np.concatenate([[0], np.cumsum(falls)]))
    lrs = 10 ** rng.uniform(-6, -5) * np.exp(np.concatenate([[0], np.cumsum(gaps)]))
    return {"losses": losses, "lrs": lrs}


def _range_test_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Straight pieces: the smoothed loss is steepest at the end of the longest steep one."""

    def before() -> list[float]:
        return [0.002] * int(rng.integers(6, 12))

    n = int(rng.integers(8, 12))
    plateau, fall, spike = before(), [0.7 / n] * n, [-0.2, 0.2]
    drops = plateau + fall + [0.002] * 8 + spike + [-0.01] * 5
    yield Case("steepest", _sweep(rng, drops, [0.2] * len(drops)), "one bad batch after the fall")

    for early, late, label in ((0.3, 0.45, "steeper before"), (0.1, 0.6, "steeper after")):
        plateau, n = before(), int(rng.integers(8, 12))
        drops = [*plateau, *[early / n] * n, *[0.001] * 8, *[late / n] * n, *[-0.01] * 4]
        gaps = [0.1] * (len(plateau) + n) + [0.35] * (n + 12)
        yield Case("steepest", _sweep(rng, drops, gaps), f"rates get farther apart, {label}")

    plateau, n = before(), int(rng.integers(8, 12))
    drops = [0.5, *plateau, *[0.3 / n] * n, *[0.001] * 4]
    yield Case("steepest", _sweep(rng, drops, [0.2] * len(drops)), "a high first loss")

    plateau, n = before(), int(rng.integers(8, 12))
    drops = [*plateau, *[0.7 / n] * n, *[0.001] * 12, -0.9 / n, 0.9 / n, *[-0.01] * 4]
    args = {**_sweep(rng, drops, [0.15] * len(drops)), "beta": float(rng.uniform(0.7, 0.75))}
    yield Case("steepest", args, "less smoothing")

    def exploded(size: float) -> dict[str, Any]:
        """A fall, then one loss ``size`` times the lowest, then a steep fall that is too late."""
        plateau, n = before(), int(rng.integers(8, 12))
        drops = plateau + [0.7 / n] * n + [0.001] * 4
        after = [0.001, 0.001, 0.15, *[0.001] * 5]
        sweep = _sweep(rng, drops + after, [0.2] * (len(drops) + len(after)))
        sweep["losses"][len(drops) + 1] = size * sweep["losses"][len(drops)]
        return sweep

    yield Case("diverging", exploded(rng.uniform(250, 350)), "the loss explodes and comes back")
    # smoothed, it exceeds four times the lowest loss but not four times the first one
    yield Case("diverging", exploded(rng.uniform(80, 90)), "a smaller explosion")
    args = {**exploded(rng.uniform(40, 45)), "beta": 0.9, "divergence": 2.0}
    yield Case("diverging", args, "a stricter divergence")
    for low, label in ((3.3, "not yet diverging"), (4.3, "just diverging")):
        sweep = exploded(rng.uniform(low, low + 0.4))
        sweep["losses"] *= 5
        yield Case("diverging", {**sweep, "beta": 0.0}, f"no smoothing, {label}")
    # whole numbers, so that 4 is exactly four times 1; the steepest fall comes after it
    losses = int(rng.integers(1, 9)) * np.array([6.0, 6, 5, 3, 2, 1, 1, 4, 1, 1, 2])
    args = {"losses": losses, "lrs": 1e-5 * np.exp(0.3 * np.arange(len(losses))), "beta": 0.0}
    yield Case("diverging", args, "no smoothing, exactly four times the lowest loss")
    for label, ends in (("NaN", [np.nan]), ("infinite", [np.inf, np.nan])):
        sweep = exploded(1.0)
        sweep["losses"][-len(ends) - 3 :] = [*ends, *[np.nan] * 3]
        yield Case("not finite", sweep, f"the loss becomes {label}")


@exercise(
    groups={"steepest": 2, "diverging": 1, "not finite": 1},
    driver=Call(("rate",)),
    cases=_range_test_cases,
)
def learning_rate_range_test(
    losses: np.ndarray, lrs: np.ndarray, beta: float = 0.9, divergence: float = 4.0
):
    """The learning rate at which the loss of a range test falls most steeply.

    A range test trains for some updates while the rate rises: losses[i] was measured at
    the rate lrs[i]. The answer is computed in three stages:

    1. Smooth: s[0] = losses[0];  s[i] = beta * s[i-1] + (1 - beta) * losses[i].
    2. Stop before the first i at which s[i] exceeds divergence times the lowest of
       s[0], ..., s[i-1], or is not finite (infinite or NaN); what comes at i and later
       does not count, whatever it is.
    3. Among the slopes by the logarithm of the rate,

           (s[i+1] - s[i]) / (log(lrs[i+1]) - log(lrs[i])),

       with i and i+1 both before the stop, find the most negative one, and return
       lrs[i]: the rate at which that step begins.

    Parameters:
        losses: positive losses, shape (N,); they may become infinite or NaN.
        lrs: the rates, shape (N,), rising, with any spacing.
        beta: weight of the past in the smoothing, from 0 to below 1.
        divergence: how many times the lowest loss means divergence, above 1.
            At least two losses come before it, and the loss falls somewhere.

    Returns:
        rate: one of the entries of lrs, a float.

    Source: L. Smith, Cyclical learning rates for training neural networks, WACV 2017,
    section 3.3; the rule of the steepest descent is that of the fastai library.
    """
    raise NotImplementedError
