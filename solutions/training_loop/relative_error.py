"""`relative_error`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def relative_error(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


# --- known mistakes ------------------------------------------------------------------


@solution.mistake(
    "mean instead of maximum", "A single wrong entry among thousands must not be averaged away."
)
def mean_instead_of_maximum(x, y):
    return np.mean(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


@solution.mistake(
    "absolute error", "Multiply both arrays by 1000: a relative error stays the same."
)
def absolute_error(x, y):
    return np.max(np.abs(x - y))


@solution.mistake(
    "maximum taken before dividing",
    "A small entry that is wrong by half hides behind a large one. Which comes first, the "
    "quotient of each entry or the maximum?",
)
def maximum_taken_before_dividing(x, y):
    return np.max(np.abs(x - y)) / max(1e-8, np.max(np.abs(x) + np.abs(y)))


@solution.mistake(
    "no floor: zero divided by zero", "Compare two arrays that are both 0 in one entry."
)
def no_floor_zero_divided_by_zero(x, y):
    return np.max(np.abs(x - y) / (np.abs(x) + np.abs(y)))


@solution.mistake(
    "floor added instead of taken as a maximum",
    "With |x| + |y| = 1e-8 the denominator is 1e-8, not twice that.",
)
def floor_added_instead_of_taken_as_a_maximum(x, y):
    return np.max(np.abs(x - y) / (1e-8 + np.abs(x) + np.abs(y)))


@solution.mistake(
    "larger magnitude for the sum of both", "Compare 3 with 2 by hand. The formula gives 1/5."
)
def larger_magnitude_for_the_sum_of_both(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.maximum(np.abs(x), np.abs(y))))


@solution.mistake("no absolute values in the denominator", "Try two negative numbers.")
def no_absolute_values_in_the_denominator(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, x + y))


@solution.mistake(
    "no absolute value in the numerator", "Exchange x and y: the error must stay the same."
)
def no_absolute_value_in_the_numerator(x, y):
    return np.max((x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


@solution.mistake(
    "divided by one of the two only", "Exchange x and y: the error must stay the same."
)
def divided_by_one_of_the_two_only(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x)))


# --- right in other styles -----------------------------------------------------------


@solution.style("a loop and Python's own max")
def a_loop_and_pythons_own_max(x, y):
    worst = 0.0
    for a, b in zip(x.ravel(), y.ravel(), strict=True):
        worst = max(worst, abs(a - b) / max(1e-8, abs(a) + abs(b)))
    return worst


@solution.style("magnitudes stacked, floor by clip, result an array of no axes")
def magnitudes_stacked_floor_by_clip_result(x, y):
    size = np.sum(np.abs([x, y]), axis=0).clip(1e-8)
    return np.asarray(np.linalg.norm(((x - y) / size).ravel(), ord=np.inf))


@solution.style("in place, sorted, the last entry")
def in_place_sorted_the_last_entry(x, y):
    gap = np.subtract(x, y)
    np.absolute(gap, out=gap)
    total = np.hypot(x, 0) + np.hypot(y, 0)
    total[total < 1e-8] = 1e-8
    gap /= total
    return float(np.sort(gap, axis=None)[-1])


@solution.style("single precision, where")
def single_precision_where(x, y):
    x, y = np.float32(x), np.float32(y)
    total = abs(x) + abs(y)
    return (abs(x - y) / np.where(total > 1e-8, total, np.float32(1e-8))).max()


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "A number and its negative have the same magnitude.",
    (
        "return np.max(np.abs(x - y) / np.maximum(1e-08, np.abs(x) + np.abs(y)))",
        "return np.max(np.abs(-(x - y)) / np.maximum(1e-08, np.abs(x) + np.abs(y)))",
    ),
    (
        "return np.max(np.abs(x - y) / np.maximum(1e-08, np.abs(x) + np.abs(y)))",
        "return np.max(np.abs(y - x) / np.maximum(1e-08, np.abs(x) + np.abs(y)))",
    ),
    (
        "return np.max(np.abs(x - y) / np.maximum(1e-08, np.abs(x) + np.abs(y)))",
        "return np.max(np.abs(x - y) / np.maximum(1e-08, np.abs(-x) + np.abs(y)))",
    ),
    (
        "return np.max(np.abs(x - y) / np.maximum(1e-08, np.abs(x) + np.abs(y)))",
        "return np.max(np.abs(x - y) / np.maximum(1e-08, np.abs(x) + np.abs(-y)))",
    ),
)


solution.equivalent(
    "The larger of two numbers is the same in either order.",
    (
        "return np.max(np.abs(x - y) / np.maximum(1e-08, np.abs(x) + np.abs(y)))",
        "return np.max(np.abs(x - y) / np.maximum(np.abs(x) + np.abs(y), 1e-08))",
    ),
)
