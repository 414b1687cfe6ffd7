"""Chapter 6: learning-rate schedules, as functions of the step, and how to find a rate.

One convention for all: ``step`` counts the updates already made, so a run of ``total``
updates asks for the rates of steps 0 to total - 1, and a decay over ``total`` steps is
complete at step total.  It is PyTorch's: step is the scheduler's ``last_epoch``.
"""

from __future__ import annotations

import numpy as np

from cs231n_lib.exercises import schedules_cases as cases
from cs231n_lib.exercises.declare import exercise
from cs231n_lib.exercises.drivers import Call, Schedule


@exercise(groups={"first steps": 1, "any step": 1}, driver=Schedule(), cases=cases.constant)
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


@exercise(
    groups={"joins": 2, "between": 1, "defaults": 1}, driver=Schedule(), cases=cases.step_decay
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


@exercise(groups={"first steps": 1, "later": 1}, driver=Schedule(), cases=cases.exponential)
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


@exercise(groups={"first steps": 1, "later": 1}, driver=Schedule(), cases=cases.inverse_time)
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


_END_GROUPS = {"ends": 1, "between": 1, "after": 1}


@exercise(groups=_END_GROUPS, driver=Schedule(), cases=cases.until_the_end)
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


@exercise(groups=_END_GROUPS, driver=Schedule(), cases=cases.until_the_end)
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


@exercise(groups={"start": 1, "decay": 2}, driver=Schedule(), cases=cases.inverse_sqrt)
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


@exercise(groups={"ramp": 1, "join": 2, "after": 1}, driver=Schedule(), cases=cases.warmup)
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


@exercise(
    groups={"cycles alike": 1, "joins": 2, "within": 1},
    driver=Schedule(),
    cases=cases.restart,
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


@exercise(groups={"larger": 1, "smaller": 1}, driver=Call(("rate",)), cases=cases.scale)
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


@exercise(
    groups={"steepest": 2, "diverging": 1, "not finite": 1},
    driver=Call(("rate",)),
    cases=cases.range_test,
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
