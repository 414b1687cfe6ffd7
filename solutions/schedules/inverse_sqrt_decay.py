"""`inverse_sqrt_decay`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def inverse_sqrt_decay(step, lr):
    return lr / np.sqrt(step + 1)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "division by zero at t = 0",
    "Which number has the update at step 0? The formula counts from one.",
    ("step + 1", "step"),
)


solution.change(
    "the first two steps alike",
    "You avoid the division by zero at step 0 only: compare your steps 0 and 1. All "
    "other steps are one number behind as well.",
    ("step + 1", "max(step, 1)"),
)


solution.change(
    "one added outside the root",
    "At step 3 the rate should have fallen to a half. Where is yours?",
    ("np.sqrt(step + 1)", "(1 + np.sqrt(step))"),
)


solution.change(
    "root missing: 1/t decay",
    "Four times as many updates should halve the rate. What do they do to yours?",
    ("np.sqrt(step + 1)", "(step + 1)"),
)


solution.change(
    "root taken of the rate too",
    "Double lr: your rate should double at every step.",
    ("lr / np.sqrt(step + 1)", "np.sqrt(lr / (step + 1))"),
)


solution.change(
    "root cut to an integer",
    "Compare steps 1 and 2: is the root of 3 the same number as the root of 2?",
    ("np.sqrt(step + 1)", "int(np.sqrt(step + 1))"),
)


solution.change(
    "decay applied cumulatively",
    "The formula starts from the first rate, not from that of the step before. What is left "
    "of it after four updates?",
    ("np.sqrt(step + 1)", "np.prod(np.sqrt(np.arange(1, step + 2)))"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a negative power of the number of the update")
def a_negative_power_of_the_number_of_the_update(step, lr):
    t = step + 1
    return lr * t**-0.5


@solution.style("math.sqrt of the ratio")
def math_sqrt_of_the_ratio(step, lr):
    return lr * math.sqrt(1 / (1 + step))


@solution.style("a branch for the first step")
def a_branch_for_the_first_step(step, lr):
    if step == 0:
        return lr
    return lr / np.hypot(1, np.sqrt(step))


@solution.style("single precision through the logarithm")
def single_precision_through_the_logarithm(step, lr):
    return np.float32(lr) * np.exp(-np.float32(0.5) * np.log1p(np.float32(step)))
