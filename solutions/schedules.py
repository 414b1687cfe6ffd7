"""Chapter 6: answers, known mistakes and rubric for learning-rate schedules."""

from __future__ import annotations

import numpy as np

from solutions.declare import Book

book = Book()


@book.answer
def constant(step, lr):
    return lr


@book.answer
def step_decay(step, lr, step_size, gamma=0.1):
    return lr * gamma ** (step // step_size)


@book.answer
def exponential_decay(step, lr, k):
    return lr * np.exp(-k * step)


@book.answer
def inverse_time_decay(step, lr, k):
    return lr / (1 + k * step)


@book.answer
def linear_decay(step, lr, total, lr_min=0.0):
    done = min(step, total) / total
    return (1 - done) * lr + done * lr_min


@book.answer
def cosine_decay(step, lr, total, lr_min=0.0):
    done = min(step, total) / total
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * done)) / 2


@book.answer
def inverse_sqrt_decay(step, lr):
    return lr / np.sqrt(step + 1)


@book.answer
def linear_warmup(step, warmup_steps, schedule):
    if step < warmup_steps:
        return schedule(0) * step / warmup_steps
    return schedule(step - warmup_steps)


@book.answer
def cosine_warm_restarts(step, lr, T_0, T_mult=1, lr_min=0.0):
    length = T_0
    while step >= length:
        step = step - length
        length = length * T_mult
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * step / length)) / 2


@book.answer
def scale_learning_rate(lr, base_batch, batch):
    return lr * batch / base_batch


@book.answer
def learning_rate_range_test(losses, lrs, beta=0.9, divergence=4.0):
    smooth = [losses[0]]
    for loss in losses[1:]:
        s = beta * smooth[-1] + (1 - beta) * loss
        if not s <= divergence * min(smooth):  # true for NaN as well
            break
        smooth.append(s)
    slopes = np.diff(smooth) / np.diff(np.log(lrs[: len(smooth)]))
    return lrs[np.argmin(slopes)]


# --- constant -----------------------------------------------------------------------


@book.mistake(
    "constant",
    "returns the step",
    "Call it at steps 0 and 1: which of the two arguments should never show in the result?",
)
def _(step, lr):
    return step


@book.mistake(
    "constant",
    "rate times step",
    "The very first update should be as long as any other. How long is yours?",
)
def _(step, lr):
    return lr * step


@book.mistake(
    "constant",
    "a rate of its own",
    "Ask for two different rates. Does your function tell them apart?",
)
def _(step, lr):
    return 1e-3


@book.mistake(
    "constant",
    "decays with the steps",
    "Compare step 0 with step 50. This schedule is the one that all others are compared with.",
)
def _(step, lr):
    return lr / (1 + step)


# --- step_decay ---------------------------------------------------------------------


@book.mistake(
    "step_decay",
    "floor missing: falls at every step",
    "Between two drops the rate should not move at all. Print steps 0, 1 and 2.",
)
def _(step, lr, step_size, gamma=0.1):
    return lr * gamma ** (step / step_size)


@book.mistake(
    "step_decay",
    "rounds to the nearest drop",
    "The first drop comes after step_size steps. Does yours come after half as many?",
)
def _(step, lr, step_size, gamma=0.1):
    return lr * gamma ** np.floor(step / step_size + 0.5)


@book.mistake(
    "step_decay",
    "off by one: drops a step late",
    "With step_size 3, steps 0, 1 and 2 have the first rate. Count how many of yours do.",
)
def _(step, lr, step_size, gamma=0.1):
    return lr * gamma ** (max(step - 1, 0) // step_size)


@book.mistake(
    "step_decay",
    "off by one: drops a step early",
    "With step_size 3, steps 0, 1 and 2 have the first rate. Count how many of yours do.",
)
def _(step, lr, step_size, gamma=0.1):
    return lr * gamma ** ((step + 1) // step_size)


@book.mistake(
    "step_decay",
    "drops only once",
    "Ask for a step after the second drop: by which factor has the rate fallen altogether?",
)
def _(step, lr, step_size, gamma=0.1):
    return lr * gamma if step >= step_size else lr


@book.mistake(
    "step_decay",
    "decay applied cumulatively, at every step",
    "How many drops have there been at step 1? And how often does gamma act by then?",
)
def _(step, lr, step_size, gamma=0.1):
    return lr * gamma ** (step // step_size * step)


@book.mistake(
    "step_decay",
    "falls by gamma instead of to gamma",
    "With gamma 0.1 the rate should drop to a tenth. How much of it is left in yours?",
)
def _(step, lr, step_size, gamma=0.1):
    return lr * (1 - gamma) ** (step // step_size)


@book.mistake(
    "step_decay",
    "subtracts at every drop",
    "Three drops with gamma 0.5 leave an eighth of the rate. How much do yours leave?",
)
def _(step, lr, step_size, gamma=0.1):
    return lr * (1 - (1 - gamma) * (step // step_size))


# --- exponential_decay --------------------------------------------------------------


@book.mistake(
    "exponential_decay",
    "grows instead of decaying",
    "Is the rate at step 1 smaller than at step 0?",
)
def _(step, lr, k):
    return lr * np.exp(k * step)


@book.mistake(
    "exponential_decay",
    "1/t decay",
    "The ratio of two neighbouring rates should be the same everywhere. Is it in yours?",
)
def _(step, lr, k):
    return lr / (1 + k * step)


@book.mistake(
    "exponential_decay",
    "k taken for the factor of one step",
    "With a k near zero the rate should hardly change. What does yours do?",
)
def _(step, lr, k):
    return lr * k**step


@book.mistake(
    "exponential_decay",
    "compound interest: loses the share k",
    "That is close for a small k. Try k = 1: does your rate vanish after a single step?",
)
def _(step, lr, k):
    return lr * (1 - k) ** step


@book.mistake(
    "exponential_decay",
    "decay applied cumulatively",
    "Compare the ratio of steps 1 and 0 with the ratio of steps 6 and 5. The step already "
    "counts everything that has happened since the start.",
)
def _(step, lr, k):
    return lr * np.exp(-k * step * (step + 1) / 2)


@book.mistake(
    "exponential_decay",
    "off by one: decays before the first step",
    "Which rate should the very first update have?",
)
def _(step, lr, k):
    return lr * np.exp(-k * (step + 1))


@book.mistake(
    "exponential_decay",
    "half-life: two for e",
    "After 1/k steps about 37 percent of the rate should be left, not a half.",
)
def _(step, lr, k):
    return lr * 2.0 ** (-k * step)


# --- inverse_time_decay -------------------------------------------------------------


@book.mistake(
    "inverse_time_decay",
    "the one missing: division by zero at t = 0",
    "What is your rate at step 0? Something has to keep the denominator away from zero.",
)
def _(step, lr, k):
    return np.float64(lr) / (k * step)


@book.mistake(
    "inverse_time_decay",
    "brackets missing",
    "Print steps 0, 1 and 2: does your rate fall? Which operation does Python do first?",
)
def _(step, lr, k):
    return lr / 1 + k * step


@book.mistake(
    "inverse_time_decay",
    "k outside the brackets",
    "Which rate should step 0 have, whatever k is? Then double k and look at step 1.",
)
def _(step, lr, k):
    return lr / (k * (1 + step))


@book.mistake(
    "inverse_time_decay",
    "decay applied cumulatively",
    "The formula starts from the first rate, not from that of the step before. Look at the "
    "ratio of your steps 2 and 1.",
)
def _(step, lr, k):
    return lr / np.prod(1 + k * np.arange(step + 1))


@book.mistake(
    "inverse_time_decay",
    "power of the step: compound decay",
    "A power falls much faster than one over the time. After 2/k steps a third should be left.",
)
def _(step, lr, k):
    return lr / (1 + k) ** step


@book.mistake(
    "inverse_time_decay",
    "exponential decay",
    "After 1/k steps exactly half of the rate should be left. How much is it in yours?",
)
def _(step, lr, k):
    return lr * np.exp(-k * step)


@book.mistake(
    "inverse_time_decay",
    "off by one: decays before the first step",
    "Which rate should the very first update have?",
)
def _(step, lr, k):
    return lr / (1 + k * (step + 1))


# --- linear_decay and cosine_decay: the same mistakes on two curves -------------------


def _line(done, lr, lr_min):
    return (1 - done) * lr + done * lr_min


def _cosine(done, lr, lr_min):
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * done)) / 2


@book.mistake(
    "linear_decay",
    "off by one: at the minimum a step too early",
    "With total = 2, step 1 is halfway. Where is yours?",
)
def _(step, lr, total, lr_min=0.0):
    return _line(min(step / max(total - 1, 1), 1), lr, lr_min)


@book.mistake(
    "linear_decay",
    "off by one: starts a step down the line",
    "Which rate should the very first update have?",
)
def _(step, lr, total, lr_min=0.0):
    return _line(min((step + 1) / total, 1), lr, lr_min)


@book.mistake(
    "linear_decay",
    "falls on after the end",
    "Ask for a step far past the end. Would you train with that rate?",
)
def _(step, lr, total, lr_min=0.0):
    return _line(step / total, lr, lr_min)


@book.mistake(
    "linear_decay",
    "begins again after the end",
    "What does your function return at step total, and one later?",
)
def _(step, lr, total, lr_min=0.0):
    return _line(step % total / total, lr, lr_min)


@book.mistake(
    "linear_decay",
    "minimum as a floor",
    "Halfway through, the rate should be the mean of lr and lr_min. Yours aims at zero and "
    "stops on the way.",
)
def _(step, lr, total, lr_min=0.0):
    return max(lr * (1 - step / total), lr_min)


@book.mistake(
    "linear_decay",
    "minimum added on top",
    "What is your rate at step 0 when lr_min is not zero?",
)
def _(step, lr, total, lr_min=0.0):
    return lr * (1 - min(step / total, 1)) + lr_min


@book.mistake(
    "linear_decay",
    "minimum ignored",
    "Try lr_min near lr: the schedule should be almost flat.",
)
def _(step, lr, total, lr_min=0.0):
    return lr * (1 - min(step / total, 1))


@book.mistake(
    "linear_decay",
    "integer division: waits, then drops",
    "Print the share of the run that is done at step 1. Is it a fraction?",
)
def _(step, lr, total, lr_min=0.0):
    return _line(min(step // total, 1), lr, lr_min)


@book.mistake(
    "linear_decay",
    "decay applied cumulatively",
    "Each step of a straight line is equally high. Are yours? The step already counts "
    "everything since the start.",
)
def _(step, lr, total, lr_min=0.0):
    done = np.arange(min(step, total) + 1) / total
    return lr_min + (lr - lr_min) * np.prod(1 - done)


@book.mistake(
    "cosine_decay",
    "degrees for radians",
    "What does NumPy's cosine take: what is np.cos(180)?",
)
def _(step, lr, total, lr_min=0.0):
    done = min(step, total) / total
    return lr_min + (lr - lr_min) * (1 + np.cos(180 * done)) / 2


@book.mistake(
    "cosine_decay",
    "off by one: at the minimum a step too early",
    "With total = 2, step 1 is halfway. Where is yours?",
)
def _(step, lr, total, lr_min=0.0):
    return _cosine(min(step / max(total - 1, 1), 1), lr, lr_min)


@book.mistake(
    "cosine_decay",
    "off by one: starts a step down the curve",
    "Which rate should the very first update have?",
)
def _(step, lr, total, lr_min=0.0):
    return _cosine(min((step + 1) / total, 1), lr, lr_min)


@book.mistake(
    "cosine_decay",
    "rises again after the end",
    "A cosine turns round at its minimum. What should happen past step total?",
)
def _(step, lr, total, lr_min=0.0):
    return _cosine(step / total, lr, lr_min)


@book.mistake(
    "cosine_decay",
    "a whole period instead of half",
    "Where is your lowest rate: halfway or at the end?",
)
def _(step, lr, total, lr_min=0.0):
    return _cosine(2 * min(step / total, 1), lr, lr_min)


@book.mistake(
    "cosine_decay",
    "a quarter of a period",
    "The curve should end as flat as it begins. Where does yours fall fastest?",
)
def _(step, lr, total, lr_min=0.0):
    return lr_min + (lr - lr_min) * np.cos(np.pi / 2 * min(step / total, 1))


@book.mistake(
    "cosine_decay",
    "factor one half missing",
    "What is your rate at step 0, and between which values does 1 + cos lie?",
)
def _(step, lr, total, lr_min=0.0):
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * min(step / total, 1)))


@book.mistake(
    "cosine_decay",
    "minimum as a floor",
    "Halfway through, the rate should be the mean of lr and lr_min. Yours aims at zero and "
    "stops on the way.",
)
def _(step, lr, total, lr_min=0.0):
    return max(_cosine(min(step / total, 1), lr, 0.0), lr_min)


@book.mistake(
    "cosine_decay",
    "minimum added on top",
    "What is your rate at step 0 when lr_min is not zero?",
)
def _(step, lr, total, lr_min=0.0):
    return lr_min + _cosine(min(step / total, 1), lr, 0.0)


# --- inverse_sqrt_decay -------------------------------------------------------------


@book.mistake(
    "inverse_sqrt_decay",
    "division by zero at t = 0",
    "Which number has the update at step 0? The formula counts from one.",
)
def _(step, lr):
    return np.float64(lr) / np.sqrt(step)


@book.mistake(
    "inverse_sqrt_decay",
    "the first two steps alike",
    "You avoid the division by zero at step 0 only: compare your steps 0 and 1. All "
    "other steps are one number behind as well.",
)
def _(step, lr):
    return lr / np.sqrt(max(step, 1))


@book.mistake(
    "inverse_sqrt_decay",
    "one added outside the root",
    "At step 3 the rate should have fallen to a half. Where is yours?",
)
def _(step, lr):
    return lr / (1 + np.sqrt(step))


@book.mistake(
    "inverse_sqrt_decay",
    "root missing: 1/t decay",
    "Four times as many updates should halve the rate. What do they do to yours?",
)
def _(step, lr):
    return lr / (step + 1)


@book.mistake(
    "inverse_sqrt_decay",
    "root taken of the rate too",
    "Double lr: your rate should double at every step.",
)
def _(step, lr):
    return np.sqrt(lr / (step + 1))


@book.mistake(
    "inverse_sqrt_decay",
    "root cut to an integer",
    "Compare steps 1 and 2: is the root of 3 the same number as the root of 2?",
)
def _(step, lr):
    return lr / int(np.sqrt(step + 1))


@book.mistake(
    "inverse_sqrt_decay",
    "decay applied cumulatively",
    "The formula starts from the first rate, not from that of the step before. What is left "
    "of it after four updates?",
)
def _(step, lr):
    return lr / np.exp(np.sum(np.log(np.arange(1, step + 2))) / 2)


# --- linear_warmup ------------------------------------------------------------------


@book.mistake(
    "linear_warmup",
    "jumps at the join: schedule not shifted",
    "Where in its own course is the schedule when the warm-up ends?",
)
def _(step, warmup_steps, schedule):
    return schedule(0) * step / warmup_steps if step < warmup_steps else schedule(step)


@book.mistake(
    "linear_warmup",
    "the schedule runs on during the warm-up",
    "A ramp is a straight line, whatever the schedule. Does yours bend? Which step is the "
    "schedule's first?",
)
def _(step, warmup_steps, schedule):
    return schedule(step) * (step / warmup_steps if step < warmup_steps else 1)


@book.mistake(
    "linear_warmup",
    "ramp towards a later step of the schedule",
    "Which rate should stand at the top of the ramp: where does the schedule begin?",
)
def _(step, warmup_steps, schedule):
    if step < warmup_steps:
        return schedule(warmup_steps) * step / warmup_steps
    return schedule(step)


@book.mistake(
    "linear_warmup",
    "ramp starts above zero",
    "What is your rate at step 0? And is the top reached a step before the join?",
)
def _(step, warmup_steps, schedule):
    if step < warmup_steps:
        return schedule(0) * (step + 1) / warmup_steps
    return schedule(step - warmup_steps)


@book.mistake(
    "linear_warmup",
    "off by one: top of the ramp a step too early",
    "The ramp has warmup_steps steps of equal height. Count yours.",
)
def _(step, warmup_steps, schedule):
    if step < warmup_steps:
        return schedule(0) * min(step / max(warmup_steps - 1, 1), 1)
    return schedule(step - warmup_steps)


@book.mistake(
    "linear_warmup",
    "integer division: zero until the join",
    "Print the share of the ramp that is done at step 1. Is it a fraction?",
)
def _(step, warmup_steps, schedule):
    if step < warmup_steps:
        return schedule(0) * (step // warmup_steps)
    return schedule(step - warmup_steps)


@book.mistake(
    "linear_warmup",
    "no warm-up",
    "At step 0 the rate should be zero. Does warmup_steps change anything in yours?",
)
def _(step, warmup_steps, schedule):
    return schedule(max(step - warmup_steps, 0))


@book.mistake(
    "linear_warmup",
    "ramp downwards",
    "Is your rate at step 1 higher than at step 0?",
)
def _(step, warmup_steps, schedule):
    if step < warmup_steps:
        return schedule(0) * (1 - step / warmup_steps)
    return schedule(step - warmup_steps)


# --- cosine_warm_restarts -----------------------------------------------------------


def _cycle(step, first, factor):
    """Steps since the last restart and the cycle's length, cycles growing by ``factor``."""
    length = first
    while step >= length:
        step, length = step - length, length * factor
    return step, length


@book.mistake(
    "cosine_warm_restarts",
    "never restarts: the cosine swings back",
    "Look at steps T_0 - 1, T_0 and T_0 + 1. A restart is a jump, not a slope.",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    return _cosine(step / T_0, lr, lr_min)


@book.mistake(
    "cosine_warm_restarts",
    "stays at the minimum: no restart",
    "What is your rate at step T_0, where the second cycle begins?",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    return _cosine(min(step / T_0, 1), lr, lr_min)


@book.mistake(
    "cosine_warm_restarts",
    "T_mult ignored: all cycles alike",
    "With T_mult 2 the second restart is at step 3 * T_0. Where is yours?",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    return _cosine(step % T_0 / T_0, lr, lr_min)


@book.mistake(
    "cosine_warm_restarts",
    "T_mult stretches the first cycle already",
    "How long is cycle number 0?",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = _cycle(step, T_0 * T_mult, T_mult)
    return _cosine(t / length, lr, lr_min)


@book.mistake(
    "cosine_warm_restarts",
    "T_mult applied a cycle late",
    "How long is your second cycle? It is the first one that T_mult stretches.",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = _cycle(step - T_0, T_0, T_mult) if step >= T_0 else (step, T_0)
    return _cosine(t / length, lr, lr_min)


@book.mistake(
    "cosine_warm_restarts",
    "step not reset at the restart",
    "Restarting means that the cosine begins anew. At the first step of a later cycle, what "
    "does your cosine get?",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    return _cosine(step / _cycle(step, T_0, T_mult)[1], lr, lr_min)


@book.mistake(
    "cosine_warm_restarts",
    "off by one: the restart comes a step late",
    "At step T_0 the rate should be lr again. Does yours reach lr_min there?",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = step, T_0
    while t > length:
        t, length = t - length, length * T_mult
    return _cosine(t / length, lr, lr_min)


@book.mistake(
    "cosine_warm_restarts",
    "minimum ignored",
    "Try lr_min near lr: the schedule should be almost flat.",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = _cycle(step, T_0, T_mult)
    return _cosine(t / length, lr, 0.0)


@book.mistake(
    "cosine_warm_restarts",
    "cycles grow by T_0 instead of by a factor",
    "The first three cycles with T_mult 2 have the lengths T_0, 2 T_0 and 4 T_0. And yours?",
)
def _(step, lr, T_0, T_mult=1, lr_min=0.0):
    length = T_0
    while step >= length:
        step, length = step - length, length + (T_mult - 1) * T_0
    return _cosine(step / length, lr, lr_min)


# --- scale_learning_rate ------------------------------------------------------------


@book.mistake(
    "scale_learning_rate",
    "ratio upside down",
    "Does a larger batch get a larger rate from you?",
)
def _(lr, base_batch, batch):
    return lr * base_batch / batch


@book.mistake(
    "scale_learning_rate",
    "square-root scaling",
    "That is another rule. Here four times the batch wants four times the rate.",
)
def _(lr, base_batch, batch):
    return lr * np.sqrt(batch / base_batch)


@book.mistake(
    "scale_learning_rate",
    "integer division",
    "What does your function return for half of the batch? Print the ratio.",
)
def _(lr, base_batch, batch):
    return lr * (batch // base_batch)


@book.mistake(
    "scale_learning_rate",
    "multiplied by the batch alone",
    "For batch = base_batch nothing should change.",
)
def _(lr, base_batch, batch):
    return lr * batch


@book.mistake(
    "scale_learning_rate",
    "one rate added too many",
    "For batch = base_batch nothing should change. By which factor does yours grow?",
)
def _(lr, base_batch, batch):
    return lr * (1 + batch / base_batch)


@book.mistake(
    "scale_learning_rate",
    "never scales down",
    "The rule works in both directions: what does a smaller batch want?",
)
def _(lr, base_batch, batch):
    return lr * max(batch / base_batch, 1)


# --- learning_rate_range_test -------------------------------------------------------


def _smoothed(losses, beta, limit, start=None):
    """The smoothed losses before the first one that is not within ``limit(those before it)``."""
    smooth = [losses[0] if start is None else beta * start + (1 - beta) * losses[0]]
    for loss in losses[1:]:
        s = beta * smooth[-1] + (1 - beta) * loss
        if not s <= limit(smooth):
            break
        smooth.append(s)
    return np.array(smooth)


def _slopes(smooth, lrs):
    return np.diff(smooth) / np.diff(np.log(lrs[: len(smooth)]))


def _above(divergence):
    return lambda smooth: divergence * min(smooth)


@book.mistake(
    "learning_rate_range_test",
    "rate of the lowest loss",
    "Where the loss is lowest it has stopped falling, and is about to rise. Where does it "
    "fall fastest?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    return lrs[np.argmin(_smoothed(losses, beta, _above(divergence)))]


@book.mistake(
    "learning_rate_range_test",
    "not smoothed",
    "One lucky minibatch decides your answer. What should happen to the losses first?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    return lrs[np.argmin(_slopes(_smoothed(losses, 0.0, _above(divergence)), lrs))]


@book.mistake(
    "learning_rate_range_test",
    "slope by the rate, not by its logarithm",
    "Rates of a range test grow by factors, so the first ones lie extremely close to each "
    "other. What does that do to your slopes?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    smooth = _smoothed(losses, beta, _above(divergence))
    return lrs[np.argmin(np.diff(smooth) / np.diff(lrs[: len(smooth)]))]


@book.mistake(
    "learning_rate_range_test",
    "difference instead of slope",
    "The rates need not be evenly spaced. By what do you divide the fall of the loss?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    return lrs[np.argmin(np.diff(_smoothed(losses, beta, _above(divergence))))]


@book.mistake(
    "learning_rate_range_test",
    "goes on after divergence",
    "After an explosion the loss can come down steeply. Should that count?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    smooth = _smoothed(losses, beta, lambda smooth: np.finfo(np.float64).max)
    return lrs[np.argmin(_slopes(smooth, lrs))]


@book.mistake(
    "learning_rate_range_test",
    "divergence measured from the first loss",
    "The first loss is a bad one anyway. Which of the losses so far must the next one be "
    "compared with?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    smooth = _smoothed(losses, beta, lambda smooth: divergence * smooth[0])
    return lrs[np.argmin(_slopes(smooth, lrs))]


@book.mistake(
    "learning_rate_range_test",
    "NaN does not end the test",
    "Is NaN larger than four times the best loss? Ask Python. And what does argmin make of it?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    smooth = [losses[0]]
    for loss in losses[1:]:
        s = beta * smooth[-1] + (1 - beta) * loss
        if s > divergence * min(smooth):
            break
        smooth.append(s)
    return lrs[np.argmin(_slopes(smooth, lrs))]


@book.mistake(
    "learning_rate_range_test",
    "rate at which the steepest step ends",
    "A slope lies between two rates. Which of the two is asked for?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    return lrs[np.argmin(_slopes(_smoothed(losses, beta, _above(divergence)), lrs)) + 1]


@book.mistake(
    "learning_rate_range_test",
    "smoothing starts from zero",
    "Your smoothed curve begins far below the first loss, so it can only rise. What is s[0]?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    smooth = _smoothed(losses, beta, _above(divergence), start=0.0)
    return lrs[np.argmin(_slopes(smooth, lrs))]


@book.mistake(
    "learning_rate_range_test",
    "weights of the smoothing exchanged",
    "With beta near 1 the curve should be very smooth: which of the two has the weight beta?",
)
def _(losses, lrs, beta=0.9, divergence=4.0):
    return lrs[np.argmin(_slopes(_smoothed(losses, 1 - beta, _above(divergence)), lrs))]


book.rubric(
    "schedules_best_rate",
    """
    None of them for the whole run. The high rate makes the fastest progress at first, but it
    settles on a high plateau: its steps are too long (and too noisy) to descend into the
    narrow parts of the loss. The low rate would get far down, but needs very many updates. The
    very high rate diverges and is of no use. So start high, as high as is stable, and let
    the rate decay when the loss stops falling: first the speed of the one, then the depth of
    the other. In this sense all of the stable rates are good ones, each at its time.
    """,
    (1, "says that no single rate is best: begin with a high one and let it decay"),
    (1, "says why high first: fast progress, then a plateau because steps are long or noisy"),
    (1, "says why low later and not always: it gets lower but slowly; the very high one diverges"),
)
