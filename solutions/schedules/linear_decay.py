"""`linear_decay`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def linear_decay(step, lr, total, lr_min=0.0):
    done = min(step, total) / total
    return (1 - done) * lr + done * lr_min


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "off by one: at the minimum a step too early",
    "With total = 2, step 1 is halfway. Where is yours?",
    ("min(step, total) / total", "min(step / max(total - 1, 1), 1)"),
)


solution.change(
    "off by one: starts a step down the line",
    "Which rate should the very first update have?",
    ("min(step, total)", "min(step + 1, total)"),
)


solution.change(
    "falls on after the end",
    "Ask for a step far past the end. Would you train with that rate?",
    ("min(step, total)", "step"),
)


solution.change(
    "begins again after the end",
    "What does your function return at step total, and one later?",
    ("min(step, total)", "step % total"),
)


solution.change(
    "minimum as a floor",
    "Halfway through, the rate should be the mean of lr and lr_min. Yours aims at zero and "
    "stops on the way.",
    ("(1 - done) * lr + done * lr_min", "max((1 - done) * lr, lr_min)"),
)


solution.change(
    "minimum added on top",
    "What is your rate at step 0 when lr_min is not zero?",
    ("+ done * lr_min", "+ lr_min"),
)


solution.change(
    "minimum ignored",
    "Try lr_min near lr: the schedule should be almost flat.",
    (" + done * lr_min", ""),
)


solution.change(
    "integer division: waits, then drops",
    "Print the share of the run that is done at step 1. Is it a fraction?",
    ("/ total", "// total"),
)


solution.change(
    "decay applied cumulatively",
    "Each step of a straight line is equally high. Are yours? The step already counts "
    "everything since the start.",
    ("min(step, total) / total", "1 - np.prod(1 - np.arange(min(step, total) + 1) / total)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a branch for the end")
def a_branch_for_the_end(step, lr, total, lr_min=0.0):
    if step >= total:
        return lr_min
    return lr - (lr - lr_min) * step / total


@solution.style("np.interp, which stays at its ends")
def np_interp_which_stays_at_its_ends(step, lr, total, lr_min=0.0):
    return np.interp(step, [0, total], [lr, lr_min])


@solution.style("a table by np.linspace")
def a_table_by_np_linspace(step, lr, total, lr_min=0.0):
    return np.linspace(lr, lr_min, total + 1)[min(step, total)]


@solution.style("seen from the end, cut off at zero")
def seen_from_the_end(step, lr, total, lr_min=0.0):
    return lr_min + (lr - lr_min) * max(0.0, float(total - step)) / float(total)


@solution.style("PyTorch's factor between two factors")
def pytorchs_factor_between_two_factors(step, lr, total, lr_min=0.0):
    start, end = 1.0, lr_min / lr
    return lr * (start + (end - start) * min(total, step) / total)


@solution.style("np.clip in single precision")
def np_clip_in_single_precision(step, lr, total, lr_min=0.0):
    left = np.float32(1) - np.clip(np.float32(step / total), 0, 1)
    return np.float32(lr_min) + np.float32(lr - lr_min) * left


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "The smaller of two numbers is the same in either order.",
    ("done = min(step, total) / total", "done = min(total, step) / total"),
)
