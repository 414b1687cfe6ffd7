"""`inverse_time_decay`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def inverse_time_decay(step, lr, k):
    return lr / (1 + k * step)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "the one missing: division by zero at t = 0",
    "What is your rate at step 0? Something has to keep the denominator away from zero.",
    ("lr /", "np.float64(lr) /"),
    ("1 + k", "k"),
)


solution.change(
    "brackets missing",
    "Print steps 0, 1 and 2: does your rate fall? Which operation does Python do first?",
    ("(1 + k * step)", "1 + k * step"),
)


solution.change(
    "k outside the brackets",
    "Which rate should step 0 have, whatever k is? Then double k and look at step 1.",
    ("(1 + k * step)", "(k * (1 + step))"),
)


solution.change(
    "decay applied cumulatively",
    "The formula starts from the first rate, not from that of the step before. Look at the "
    "ratio of your steps 2 and 1.",
    ("(1 + k * step)", "np.prod(1 + k * np.arange(step + 1))"),
)


solution.change(
    "power of the step: compound decay",
    "A power falls much faster than one over the time. After 2/k steps a third should be left.",
    ("(1 + k * step)", "(1 + k) ** step"),
)


solution.change(
    "exponential decay",
    "After 1/k steps exactly half of the rate should be left. How much is it in yours?",
    ("/ (1 + k * step)", "* np.exp(-k * step)"),
)


solution.change(
    "off by one: decays before the first step",
    "Which rate should the very first update have?",
    ("* step)", "* (step + 1))"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a negative power")
def a_negative_power(step, lr, k):
    return lr * (1.0 + step * k) ** -1


@solution.style("expanded by 1 / k")
def expanded_by_1_k(step, lr, k):
    half = 1 / k
    return lr * half / (half + step)


@solution.style("inverse rates added up in a loop")
def inverse_rates_added_up_in_a_loop(step, lr, k):
    inverse = 1 / lr
    for _ in range(step):
        inverse += k / lr
    return 1 / inverse


@solution.style("single precision")
def single_precision(step, lr, k):
    return np.float32(lr) / np.float32(1 + k * step)
