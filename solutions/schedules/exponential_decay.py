"""`exponential_decay`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def exponential_decay(step, lr, k):
    return lr * np.exp(-k * step)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "grows instead of decaying", "Is the rate at step 1 smaller than at step 0?", ("-k", "k")
)


solution.change(
    "1/t decay",
    "The ratio of two neighbouring rates should be the same everywhere. Is it in yours?",
    ("* np.exp(-k * step)", "/ (1 + k * step)"),
)


solution.change(
    "k taken for the factor of one step",
    "With a k near zero the rate should hardly change. What does yours do?",
    ("np.exp(-k * step)", "k**step"),
)


solution.change(
    "compound interest: loses the share k",
    "That is close for a small k. Try k = 1: does your rate vanish after a single step?",
    ("np.exp(-k * step)", "(1 - k) ** step"),
)


solution.change(
    "decay applied cumulatively",
    "Compare the ratio of steps 1 and 0 with the ratio of steps 6 and 5. The step already "
    "counts everything that has happened since the start.",
    ("* step)", "* step * (step + 1) / 2)"),
)


solution.change(
    "off by one: decays before the first step",
    "Which rate should the very first update have?",
    ("* step)", "* (step + 1))"),
)


solution.change(
    "half-life: two for e",
    "After 1/k steps about 37 percent of the rate should be left, not a half.",
    ("np.exp(", "2.0 ** ("),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a constant factor per step, as PyTorch has it")
def a_constant_factor_per_step(step, lr, k):
    gamma = math.exp(-k)
    return lr * gamma**step


@solution.style("a loop that multiplies")
def a_loop_that_multiplies(step, lr, k):
    for _ in range(step):
        lr = lr * math.exp(-k)
    return lr


@solution.style("division by a growing exponential")
def division_by_a_growing_exponential(step, lr, k):
    return lr / np.exp(k * step)


@solution.style("everything in the exponent, single precision")
def everything_in_the_exponent(step, lr, k):
    return np.exp(np.float32(np.log(lr) - k * step))
