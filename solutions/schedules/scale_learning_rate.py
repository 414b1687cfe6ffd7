"""`scale_learning_rate`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def scale_learning_rate(lr, base_batch, batch):
    return lr * batch / base_batch


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "ratio upside down",
    "Does a larger batch get a larger rate from you?",
    ("batch / base_batch", "base_batch / batch"),
)


solution.change(
    "square-root scaling",
    "That is another rule. Here four times the batch wants four times the rate.",
    ("batch / base_batch", "np.sqrt(batch / base_batch)"),
)


solution.change(
    "integer division",
    "What does your function return for half of the batch? Print the ratio.",
    ("batch / base_batch", "(batch // base_batch)"),
)


solution.change(
    "multiplied by the batch alone",
    "For batch = base_batch nothing should change.",
    (" / base_batch", ""),
)


solution.change(
    "one rate added too many",
    "For batch = base_batch nothing should change. By which factor does yours grow?",
    ("batch / base_batch", "(1 + batch / base_batch)"),
)


solution.change(
    "never scales down",
    "The rule works in both directions: what does a smaller batch want?",
    ("batch / base_batch", "max(batch / base_batch, 1)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("the rate of one example first")
def the_rate_of_one_example_first(lr, base_batch, batch):
    per_example = lr / base_batch
    return per_example * batch


@solution.style("exact fractions")
def exact_fractions(lr, base_batch, batch):
    return float(Fraction(batch, base_batch) * Fraction(lr))


@solution.style("through logarithms, single precision")
def through_logarithms_single_precision(lr, base_batch, batch):
    return np.exp(np.float32(np.log(lr) + np.log(batch) - np.log(base_batch)))


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "A millionth of an example is less than rounding is allowed.",
    ("return lr * batch / base_batch", "return lr * batch / (base_batch + 1e-06)"),
)
