"""Chapter 6 in other styles."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from solutions.declare import Variants

variants = Variants()


# --- constant -----------------------------------------------------------------------


@variants.of("constant", "a NumPy number of no dimensions")
def _(step, lr):
    return np.asarray(lr)


@variants.of("constant", "single precision, an array of one entry")
def _(step, lr):
    return np.full(1, lr, dtype=np.float32)


@variants.of("constant", "a table over all steps so far")
def _(step, lr):
    rates = [lr for _ in range(step + 1)]
    return rates[-1]


# --- step_decay ---------------------------------------------------------------------


@variants.of("step_decay", "a loop over the drops, as a scheduler makes them")
def _(step, lr, step_size, gamma=0.1):
    for t in range(1, step + 1):
        if t % step_size == 0:
            lr *= gamma
    return lr


@variants.of("step_decay", "floor of a real quotient")
def _(step, lr, step_size, gamma=0.1):
    return lr * np.power(gamma, np.floor(step / step_size))


@variants.of("step_decay", "recursion")
def _(step, lr, step_size, gamma=0.1):
    def rate(t):
        return lr if t < step_size else gamma * rate(t - step_size)

    return rate(step)


@variants.of("step_decay", "milestones counted, single precision")
def _(step, lr, step_size, gamma=0.1):
    milestones = np.arange(step_size, step + 1, step_size)
    return np.float32(lr) * np.prod(np.full(len(milestones), gamma, dtype=np.float32))


@variants.of("step_decay", "int() and the logarithm of the factor")
def _(step, lr, step_size, gamma=0.1):
    return math.exp(math.log(lr) + int(step / step_size) * math.log(gamma))


# --- exponential_decay --------------------------------------------------------------


@variants.of("exponential_decay", "a constant factor per step, as PyTorch has it")
def _(step, lr, k):
    gamma = math.exp(-k)
    return lr * gamma**step


@variants.of("exponential_decay", "a loop that multiplies")
def _(step, lr, k):
    for _ in range(step):
        lr = lr * math.exp(-k)
    return lr


@variants.of("exponential_decay", "division by a growing exponential")
def _(step, lr, k):
    return lr / np.exp(k * step)


@variants.of("exponential_decay", "everything in the exponent, single precision")
def _(step, lr, k):
    return np.exp(np.float32(np.log(lr) - k * step))


# --- inverse_time_decay -------------------------------------------------------------


@variants.of("inverse_time_decay", "a negative power")
def _(step, lr, k):
    return lr * (1.0 + step * k) ** -1


@variants.of("inverse_time_decay", "expanded by 1 / k")
def _(step, lr, k):
    half = 1 / k
    return lr * half / (half + step)


@variants.of("inverse_time_decay", "inverse rates added up in a loop")
def _(step, lr, k):
    inverse = 1 / lr
    for _ in range(step):
        inverse += k / lr
    return 1 / inverse


@variants.of("inverse_time_decay", "single precision")
def _(step, lr, k):
    return np.float32(lr) / np.float32(1 + k * step)


# --- linear_decay -------------------------------------------------------------------


@variants.of("linear_decay", "a branch for the end")
def _(step, lr, total, lr_min=0.0):
    if step >= total:
        return lr_min
    return lr - (lr - lr_min) * step / total


@variants.of("linear_decay", "np.interp, which stays at its ends")
def _(step, lr, total, lr_min=0.0):
    return np.interp(step, [0, total], [lr, lr_min])


@variants.of("linear_decay", "a table by np.linspace")
def _(step, lr, total, lr_min=0.0):
    return np.linspace(lr, lr_min, total + 1)[min(step, total)]


@variants.of("linear_decay", "seen from the end, cut off at zero")
def _(step, lr, total, lr_min=0.0):
    return lr_min + (lr - lr_min) * max(0.0, float(total - step)) / float(total)


@variants.of("linear_decay", "PyTorch's factor between two factors")
def _(step, lr, total, lr_min=0.0):
    start, end = 1.0, lr_min / lr
    return lr * (start + (end - start) * min(total, step) / total)


@variants.of("linear_decay", "np.clip in single precision")
def _(step, lr, total, lr_min=0.0):
    left = np.float32(1) - np.clip(np.float32(step / total), 0, 1)
    return np.float32(lr_min) + np.float32(lr - lr_min) * left


# --- cosine_decay -------------------------------------------------------------------


@variants.of("cosine_decay", "a branch for the end")
def _(step, lr, total, lr_min=0.0):
    if step > total:
        return lr_min
    return lr_min + 0.5 * (lr - lr_min) * (1 + math.cos(step / total * math.pi))


@variants.of("cosine_decay", "the squared cosine of half the angle")
def _(step, lr, total, lr_min=0.0):
    angle = np.pi * np.minimum(step, total) / total
    return (lr - lr_min) * np.cos(angle / 2) ** 2 + lr_min


@variants.of("cosine_decay", "a weighted mean of both rates")
def _(step, lr, total, lr_min=0.0):
    c = (1 - math.cos(math.pi * min(1.0, step / total))) / 2
    return (1 - c) * lr + c * lr_min


@variants.of("cosine_decay", "degrees, converted")
def _(step, lr, total, lr_min=0.0):
    degrees = 180 * min(step, total) / total
    return lr_min + (lr - lr_min) / 2 * (1 + np.cos(np.deg2rad(degrees)))


@variants.of("cosine_decay", "a shifted sine, single precision")
def _(step, lr, total, lr_min=0.0):
    angle = np.float32(np.pi / 2 - np.pi * np.clip(step / total, 0, 1))
    return np.float32(lr_min + (lr - lr_min) * (1 + np.sin(angle)) / 2)


# --- inverse_sqrt_decay -------------------------------------------------------------


@variants.of("inverse_sqrt_decay", "a negative power of the number of the update")
def _(step, lr):
    t = step + 1
    return lr * t**-0.5


@variants.of("inverse_sqrt_decay", "math.sqrt of the ratio")
def _(step, lr):
    return lr * math.sqrt(1 / (1 + step))


@variants.of("inverse_sqrt_decay", "a branch for the first step")
def _(step, lr):
    if step == 0:
        return lr
    return lr / np.hypot(1, np.sqrt(step))


@variants.of("inverse_sqrt_decay", "single precision through the logarithm")
def _(step, lr):
    return np.float32(lr) * np.exp(-np.float32(0.5) * np.log1p(np.float32(step)))


# --- linear_warmup ------------------------------------------------------------------


@variants.of("linear_warmup", "factor times shifted schedule, both cut off")
def _(step, warmup_steps, schedule):
    factor = min(1.0, step / max(1, warmup_steps)) if warmup_steps else 1.0
    return factor * schedule(max(0, step - warmup_steps))


@variants.of("linear_warmup", "the join belongs to the ramp")
def _(step, warmup_steps, schedule):
    top = schedule(0)
    if warmup_steps > 0 and step <= warmup_steps:
        return step / warmup_steps * top
    return schedule(step - warmup_steps)


@variants.of("linear_warmup", "a list of rates, ramp and schedule put together")
def _(step, warmup_steps, schedule):
    ramp = list(np.linspace(0, schedule(0), warmup_steps + 1)[:-1])
    return (ramp + [schedule(t) for t in range(step + 1)])[step]


@variants.of("linear_warmup", "np.interp and np.where")
def _(step, warmup_steps, schedule):
    ramp = np.interp(step, [0, max(warmup_steps, 1)], [0.0, schedule(0)])
    return np.where(step < warmup_steps, ramp, schedule(step - warmup_steps))


@variants.of("linear_warmup", "equal increments added up, single precision")
def _(step, warmup_steps, schedule):
    if step >= warmup_steps:
        return np.float32(schedule(step - warmup_steps))
    rate = 0.0
    for _ in range(step):
        rate += schedule(0) / warmup_steps
    return np.float32(rate)


# --- cosine_warm_restarts -----------------------------------------------------------


@variants.of("cosine_warm_restarts", "the step reduced in place")
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    while step >= T_0:
        step -= T_0
        T_0 *= T_mult
    return lr_min + 0.5 * (lr - lr_min) * (1 + math.cos(math.pi * step / T_0))


@variants.of("cosine_warm_restarts", "the geometric sum and its logarithm, as PyTorch does it")
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    if T_mult == 1:
        t, T_i = step % T_0, T_0
    else:
        n = int(math.log(step / T_0 * (T_mult - 1) + 1, T_mult))
        t = step - T_0 * (T_mult**n - 1) / (T_mult - 1)
        T_i = T_0 * T_mult**n
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * t / T_i)) / 2


@variants.of("cosine_warm_restarts", "counters moved one step at a time")
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = 0, T_0
    for _ in range(step):
        t += 1
        if t == length:
            t, length = 0, length * T_mult
    return lr_min + (lr - lr_min) * np.cos(np.pi * t / length / 2) ** 2


@variants.of("cosine_warm_restarts", "recursion from cycle to cycle")
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    def rate(t, length):
        if t >= length:
            return rate(t - length, length * T_mult)
        return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * t / length)) / 2

    return rate(step, T_0)


@variants.of("cosine_warm_restarts", "a table of all starts, searched; single precision")
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    lengths = [T_0]
    while sum(lengths) <= step:
        lengths.append(lengths[-1] * T_mult)
    starts = np.cumsum([0, *lengths])
    i = np.searchsorted(starts, step, side="right") - 1
    angle = np.float32(np.pi * (step - starts[i]) / lengths[i])
    return np.float32(lr_min) + np.float32(lr - lr_min) * (1 + np.cos(angle)) / 2


# --- scale_learning_rate ------------------------------------------------------------


@variants.of("scale_learning_rate", "the rate of one example first")
def _(lr, base_batch, batch):
    per_example = lr / base_batch
    return per_example * batch


@variants.of("scale_learning_rate", "exact fractions")
def _(lr, base_batch, batch):
    return float(Fraction(batch, base_batch) * Fraction(lr))


@variants.of("scale_learning_rate", "through logarithms, single precision")
def _(lr, base_batch, batch):
    return np.exp(np.float32(np.log(lr) + np.log(batch) - np.log(base_batch)))


# --- learning_rate_range_test -------------------------------------------------------


@variants.of("learning_rate_range_test", "one loop that keeps the best of everything")
def _(losses, lrs, beta=0.9, divergence=4.0):
    s = lowest = losses[0]
    best, rate = math.inf, None
    for i in range(1, len(losses)):
        new = beta * s + (1 - beta) * losses[i]
        if not math.isfinite(new) or new > divergence * lowest:
            break
        slope = (new - s) / math.log(lrs[i] / lrs[i - 1])
        if slope < best:
            best, rate = slope, lrs[i - 1]
        s, lowest = new, min(lowest, new)
    return rate


@variants.of("learning_rate_range_test", "whole arrays, cut at the first bad entry")
def _(losses, lrs, beta=0.9, divergence=4.0):
    s = np.array(losses, dtype=float)
    for i in range(1, len(s)):
        s[i] += beta * (s[i - 1] - s[i])
    lowest = np.minimum.accumulate(s)
    bad = ~np.isfinite(s)
    bad[1:] |= s[1:] > divergence * lowest[:-1]
    stop = np.argmax(bad) if bad.any() else len(s)
    slopes = np.diff(s[:stop]) / np.diff(np.log10(lrs[:stop]))
    return float(lrs[slopes.argmin()])


@variants.of("learning_rate_range_test", "the lowest loss includes the present one")
def _(losses, lrs, beta=0.9, divergence=4.0):
    kept, s = [], None
    for loss, lr in zip(losses, lrs, strict=True):
        s = loss if s is None else beta * s + (1 - beta) * loss
        kept.append((np.log(lr), s))
        lowest = min(value for _, value in kept)
        if np.isnan(s) or np.isinf(s) or s > divergence * lowest:
            kept.pop()
            break
    x, y = np.array(kept).T
    return lrs[int(np.argmin((y[1:] - y[:-1]) / (x[1:] - x[:-1])))]


@variants.of("learning_rate_range_test", "smoothing written as a sum of all past, single precision")
def _(losses, lrs, beta=0.9, divergence=4.0):
    losses = losses.astype(np.float32)
    smooth = []
    for i in range(len(losses)):
        weights = (1 - beta) * beta ** np.arange(i, -1, -1.0)
        weights[0] = beta**i
        smooth.append(np.sum(weights * losses[: i + 1]))
        if not np.isfinite(smooth[-1]) or smooth[-1] > divergence * np.min(smooth):
            smooth.pop()
            break
    steepness = -np.diff(smooth) / np.diff(np.log(lrs))[: len(smooth) - 1]
    return lrs[np.argmax(steepness)]
