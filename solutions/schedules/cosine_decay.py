"""`cosine_decay`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def cosine_decay(step, lr, total, lr_min=0.0):
    done = min(step, total) / total
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * done)) / 2


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "degrees for radians",
    "What does NumPy's cosine take: what is np.cos(180)?",
    ("np.pi * done", "180 * done"),
)


solution.change(
    "off by one: at the minimum a step too early",
    "With total = 2, step 1 is halfway. Where is yours?",
    ("min(step, total) / total", "min(step / max(total - 1, 1), 1)"),
)


solution.change(
    "off by one: starts a step down the curve",
    "Which rate should the very first update have?",
    ("min(step, total)", "min(step + 1, total)"),
)


solution.change(
    "rises again after the end",
    "A cosine turns round at its minimum. What should happen past step total?",
    ("min(step, total)", "step"),
)


solution.change(
    "a whole period instead of half",
    "Where is your lowest rate: halfway or at the end?",
    ("np.pi *", "2 * np.pi *"),
)


solution.change(
    "a quarter of a period",
    "The curve should end as flat as it begins. Where does yours fall fastest?",
    ("(1 + np.cos(np.pi * done)) / 2", "np.cos(np.pi / 2 * done)"),
)


solution.change(
    "factor one half missing",
    "What is your rate at step 0, and between which values does 1 + cos lie?",
    (" / 2", ""),
)


solution.change(
    "minimum as a floor",
    "Halfway through, the rate should be the mean of lr and lr_min. Yours aims at zero and "
    "stops on the way.",
    ("lr_min + (lr - lr_min)", "max(lr_min, lr"),
    (" / 2", " / 2)"),
)


solution.change(
    "minimum added on top",
    "What is your rate at step 0 when lr_min is not zero?",
    ("(lr - lr_min)", "lr"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a branch for the end")
def a_branch_for_the_end(step, lr, total, lr_min=0.0):
    if step > total:
        return lr_min
    return lr_min + 0.5 * (lr - lr_min) * (1 + math.cos(step / total * math.pi))


@solution.style("the squared cosine of half the angle")
def the_squared_cosine_of_half_the_angle(step, lr, total, lr_min=0.0):
    angle = np.pi * np.minimum(step, total) / total
    return (lr - lr_min) * np.cos(angle / 2) ** 2 + lr_min


@solution.style("a weighted mean of both rates")
def a_weighted_mean_of_both_rates(step, lr, total, lr_min=0.0):
    c = (1 - math.cos(math.pi * min(1.0, step / total))) / 2
    return (1 - c) * lr + c * lr_min


@solution.style("degrees, converted")
def degrees_converted(step, lr, total, lr_min=0.0):
    degrees = 180 * min(step, total) / total
    return lr_min + (lr - lr_min) / 2 * (1 + np.cos(np.deg2rad(degrees)))


@solution.style("a shifted sine, single precision")
def a_shifted_sine(step, lr, total, lr_min=0.0):
    angle = np.float32(np.pi / 2 - np.pi * np.clip(step / total, 0, 1))
    return np.float32(lr_min + (lr - lr_min) * (1 + np.sin(angle)) / 2)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "The smaller of two numbers is the same in either order.",
    ("done = min(step, total) / total", "done = min(total, step) / total"),
)


solution.equivalent(
    "The cosine of a number and of its negative are the same.",
    (
        "return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * done)) / 2",
        "return lr_min + (lr - lr_min) * (1 + np.cos(-(np.pi * done))) / 2",
    ),
)
