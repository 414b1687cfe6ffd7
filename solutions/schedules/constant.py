"""`constant`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def constant(step, lr):
    return lr


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "returns the step",
    "Call it at steps 0 and 1: which of the two arguments should never show in the result?",
    ("return lr", "return step"),
)


solution.change(
    "rate times step",
    "The very first update should be as long as any other. How long is yours?",
    ("return lr", "return lr * step"),
)


solution.change(
    "a rate of its own",
    "Ask for two different rates. Does your function tell them apart?",
    ("return lr", "return 1e-3"),
)


solution.change(
    "decays with the steps",
    "Compare step 0 with step 50. This schedule is the one that all others are compared with.",
    ("return lr", "return lr / (1 + step)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a NumPy number of no dimensions")
def a_numpy_number_of_no_dimensions(step, lr):
    return np.asarray(lr)


@solution.style("single precision, an array of one entry")
def single_precision_an_array_of_one_entry(step, lr):
    return np.full(1, lr, dtype=np.float32)


@solution.style("a table over all steps so far")
def a_table_over_all_steps_so_far(step, lr):
    rates = [lr for _ in range(step + 1)]
    return rates[-1]
