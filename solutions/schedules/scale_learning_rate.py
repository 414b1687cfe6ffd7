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


@solution.mistake("ratio upside down", "Does a larger batch get a larger rate from you?")
def ratio_upside_down(lr, base_batch, batch):
    return lr * base_batch / batch


@solution.mistake(
    "square-root scaling",
    "That is another rule. Here four times the batch wants four times the rate.",
)
def square_root_scaling(lr, base_batch, batch):
    return lr * np.sqrt(batch / base_batch)


@solution.mistake(
    "integer division", "What does your function return for half of the batch? Print the ratio."
)
def integer_division(lr, base_batch, batch):
    return lr * (batch // base_batch)


@solution.mistake("multiplied by the batch alone", "For batch = base_batch nothing should change.")
def multiplied_by_the_batch_alone(lr, base_batch, batch):
    return lr * batch


@solution.mistake(
    "one rate added too many",
    "For batch = base_batch nothing should change. By which factor does yours grow?",
)
def one_rate_added_too_many(lr, base_batch, batch):
    return lr * (1 + batch / base_batch)


@solution.mistake(
    "never scales down", "The rule works in both directions: what does a smaller batch want?"
)
def never_scales_down(lr, base_batch, batch):
    return lr * max(batch / base_batch, 1)


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
