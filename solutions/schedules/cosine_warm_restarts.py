"""`cosine_warm_restarts`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.declare import Solution
from solutions.schedules._shared import cosine

solution = Solution()


@solution.answer
def cosine_warm_restarts(step, lr, T_0, T_mult=1, lr_min=0.0):
    length = T_0
    while step >= length:
        step = step - length
        length = length * T_mult
    return lr_min + (lr - lr_min) * (1 + np.cos(np.pi * step / length)) / 2


# --- known mistakes ------------------------------------------------------------------


def _cycle(step, first, factor):
    """Steps since the last restart and the cycle's length, cycles growing by ``factor``."""
    length = first
    while step >= length:
        step, length = step - length, length * factor
    return step, length


@solution.mistake(
    "never restarts: the cosine swings back",
    "Look at steps T_0 - 1, T_0 and T_0 + 1. A restart is a jump, not a slope.",
)
def never_restarts_the_cosine_swings_back(step, lr, T_0, T_mult=1, lr_min=0.0):
    return cosine(step / T_0, lr, lr_min)


@solution.mistake(
    "stays at the minimum: no restart",
    "What is your rate at step T_0, where the second cycle begins?",
)
def stays_at_the_minimum(step, lr, T_0, T_mult=1, lr_min=0.0):
    return cosine(min(step / T_0, 1), lr, lr_min)


@solution.mistake(
    "T_mult ignored: all cycles alike",
    "With T_mult 2 the second restart is at step 3 * T_0. Where is yours?",
)
def t_mult_ignored(step, lr, T_0, T_mult=1, lr_min=0.0):
    return cosine(step % T_0 / T_0, lr, lr_min)


@solution.mistake("T_mult stretches the first cycle already", "How long is cycle number 0?")
def t_mult_stretches_the_first_cycle_already(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = _cycle(step, T_0 * T_mult, T_mult)
    return cosine(t / length, lr, lr_min)


@solution.mistake(
    "T_mult applied a cycle late",
    "How long is your second cycle? It is the first one that T_mult stretches.",
)
def t_mult_applied_a_cycle_late(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = _cycle(step - T_0, T_0, T_mult) if step >= T_0 else (step, T_0)
    return cosine(t / length, lr, lr_min)


@solution.mistake(
    "step not reset at the restart",
    "Restarting means that the cosine begins anew. At the first step of a later cycle, what "
    "does your cosine get?",
)
def step_not_reset_at_the_restart(step, lr, T_0, T_mult=1, lr_min=0.0):
    return cosine(step / _cycle(step, T_0, T_mult)[1], lr, lr_min)


@solution.mistake(
    "off by one: the restart comes a step late",
    "At step T_0 the rate should be lr again. Does yours reach lr_min there?",
)
def off_by_one(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = step, T_0
    while t > length:
        t, length = t - length, length * T_mult
    return cosine(t / length, lr, lr_min)


@solution.mistake("minimum ignored", "Try lr_min near lr: the schedule should be almost flat.")
def minimum_ignored(step, lr, T_0, T_mult=1, lr_min=0.0):
    t, length = _cycle(step, T_0, T_mult)
    return cosine(t / length, lr, 0.0)


@solution.mistake(
    "cycles grow by T_0 instead of by a factor",
    "The first three cycles with T_mult 2 have the lengths T_0, 2 T_0 and 4 T_0. And yours?",
)
def cycles_grow_by_t_0_instead_of_by_a_factor(step, lr, T_0, T_mult=1, lr_min=0.0):
    length = T_0
    while step >= length:
        step, length = step - length, length + (T_mult - 1) * T_0
    return cosine(step / length, lr, lr_min)


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
