"""`relative_error`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def relative_error(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "mean instead of maximum",
    "A single wrong entry among thousands must not be averaged away.",
    ("np.max(", "np.mean("),
)


solution.change(
    "absolute error",
    "Multiply both arrays by 1000: a relative error stays the same.",
    (" / np.maximum(1e-8, np.abs(x) + np.abs(y))", ""),
)


solution.change(
    "maximum taken before dividing",
    "A small entry that is wrong by half hides behind a large one. Which comes first, the "
    "quotient of each entry or the maximum?",
    (" / np.maximum(", ") / np.max(np.maximum("),
)


solution.change(
    "no floor: zero divided by zero",
    "Compare two arrays that are both 0 in one entry.",
    ("np.maximum(1e-8, ", "("),
)


solution.change(
    "floor added instead of taken as a maximum",
    "With |x| + |y| = 1e-8 the denominator is 1e-8, not twice that.",
    ("np.maximum(1e-8, ", "(1e-8 + "),
)


solution.change(
    "larger magnitude for the sum of both",
    "Compare 3 with 2 by hand. The formula gives 1/5.",
    ("np.abs(x) + np.abs(y)", "np.maximum(np.abs(x), np.abs(y))"),
)


solution.change(
    "no absolute values in the denominator",
    "Try two negative numbers.",
    ("np.abs(x) + np.abs(y)", "x + y"),
)


solution.change(
    "no absolute value in the numerator",
    "Exchange x and y: the error must stay the same.",
    ("np.abs(x - y)", "(x - y)"),
)


solution.change(
    "divided by one of the two only",
    "Exchange x and y: the error must stay the same.",
    (" + np.abs(y)", ""),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a loop and Python's own max")
def a_loop_and_python_max(x, y):
    worst = 0.0
    for a, b in zip(x.ravel(), y.ravel(), strict=True):
        worst = max(worst, abs(a - b) / max(1e-8, abs(a) + abs(b)))
    return worst


@solution.style("magnitudes stacked, floor by clip, result an array of no axes")
def magnitudes_stacked_floor_by_clip(x, y):
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
