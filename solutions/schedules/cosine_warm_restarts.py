"""`cosine_warm_restarts`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def cosine_warm_restarts(step, lr, T_0, T_mult=1, lr_min=0.0):
    length = T_0
    while step >= length:
        step = step - length
        length = length * T_mult
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * step / length)) / 2


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "never restarts: the cosine swings back",
    "Look at steps T_0 - 1, T_0 and T_0 + 1. A restart is a jump, not a slope.",
    (
        "while step >= length:\n        step = step - length\n"
        "        length = length * T_mult\n    ",
        "",
    ),
)


solution.change(
    "stays at the minimum: no restart",
    "What is your rate at step T_0, where the second cycle begins?",
    (
        "while step >= length:\n        step = step - length\n        length = length * T_mult",
        "step = min(step, length)",
    ),
)


solution.change(
    "T_mult ignored: all cycles alike",
    "With T_mult 2 the second restart is at step 3 * T_0. Where is yours?",
    ("\n        length = length * T_mult", ""),
)


solution.change(
    "T_mult stretches the first cycle already",
    "How long is cycle number 0?",
    ("length = T_0", "length = T_0 * T_mult"),
)


solution.change(
    "T_mult applied a cycle late",
    "How long is your second cycle? It is the first one that T_mult stretches.",
    ("length = T_0", "length = T_0\n    if step >= length:\n        step = step - length"),
)


solution.change(
    "step not reset at the restart",
    "Restarting means that the cosine begins anew. At the first step of a later cycle, what "
    "does your cosine get?",
    ("length = T_0", "t, length = step, T_0"),
    ("np.pi * step", "np.pi * t"),
)


solution.change(
    "off by one: the restart comes a step late",
    "At step T_0 the rate should be lr again. Does yours reach lr_min there?",
    ("step >= length", "step > length"),
)


solution.change(
    "minimum ignored",
    "Try lr_min near lr: the schedule should be almost flat.",
    ("lr_min + (lr - lr_min)", "lr"),
)


solution.change(
    "cycles grow by T_0 instead of by a factor",
    "The first three cycles with T_mult 2 have the lengths T_0, 2 T_0 and 4 T_0. And yours?",
    ("length * T_mult", "length + (T_mult - 1) * T_0"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("the step reduced in place")
def the_step_reduced_in_place(step, lr, T_0, T_mult=1, lr_min=0.0):
    while step >= T_0:
        step -= T_0
        T_0 *= T_mult
    return lr_min + 0.5 * (lr - lr_min) * (1 + math.cos(math.pi * step / T_0))


@solution.style("the geometric sum and its logarithm, as PyTorch does it")
def the_geometric_sum_and_its_logarithm(step, lr, T_0, T_mult=1, lr_min=0.0):
    if T_mult == 1:
        t, T_i = step % T_0, T_0
    else:
        n = int(math.log(step / T_0 * (T_mult - 1) + 1, T_mult))
        t = step - T_0 * (T_mult**n - 1) / (T_mult - 1)
        T_i = T_0 * T_mult**n
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * t / T_i)) / 2


@solution.style("counters moved one step at a time")
def counters_moved_one_step_at_a_time(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = 0, T_0
    for _ in range(step):
        t += 1
        if t == length:
            t, length = 0, length * T_mult
    return lr_min + (lr - lr_min) * np.cos(np.pi * t / length / 2) ** 2


@solution.style("recursion from cycle to cycle")
def recursion_from_cycle_to_cycle(step, lr, T_0, T_mult=1, lr_min=0.0):
    def rate(t, length):
        if t >= length:
            return rate(t - length, length * T_mult)
        return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * t / length)) / 2

    return rate(step, T_0)


@solution.style("a table of all starts, searched; single precision")
def a_table_of_all_starts(step, lr, T_0, T_mult=1, lr_min=0.0):
    lengths = [T_0]
    while sum(lengths) <= step:
        lengths.append(lengths[-1] * T_mult)
    starts = np.cumsum([0, *lengths])
    i = np.searchsorted(starts, step, side="right") - 1
    angle = np.float32(np.pi * (step - starts[i]) / lengths[i])
    return np.float32(lr_min) + np.float32(lr - lr_min) * (1 + np.cos(angle)) / 2


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "The cosine of a number and of its negative are the same.",
    (
        "return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * step / length)) / 2",
        "return lr_min + (lr - lr_min) * (1 + np.cos(-(np.pi * step / length))) / 2",
    ),
)
