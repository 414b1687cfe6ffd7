"""`step_decay`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def step_decay(step, lr, step_size, gamma=0.1):
    return lr * gamma ** (step // step_size)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "floor missing: falls at every step",
    "Between two drops the rate should not move at all. Print steps 0, 1 and 2.",
    ("step // step_size", "step / step_size"),
)


solution.change(
    "rounds to the nearest drop",
    "The first drop comes after step_size steps. Does yours come after half as many?",
    ("(step // step_size)", "np.floor(step / step_size + 0.5)"),
)


solution.change(
    "off by one: drops a step late",
    "With step_size 3, steps 0, 1 and 2 have the first rate. Count how many of yours do.",
    ("step //", "max(step - 1, 0) //"),
)


solution.change(
    "off by one: drops a step early",
    "With step_size 3, steps 0, 1 and 2 have the first rate. Count how many of yours do.",
    ("step //", "(step + 1) //"),
)


solution.change(
    "drops only once",
    "Ask for a step after the second drop: by which factor has the rate fallen altogether?",
    ("(step // step_size)", "min(step // step_size, 1)"),
)


solution.change(
    "decay applied cumulatively, at every step",
    "How many drops have there been at step 1? And how often does gamma act by then?",
    ("step // step_size", "step // step_size * step"),
)


solution.change(
    "falls by gamma instead of to gamma",
    "With gamma 0.1 the rate should drop to a tenth. How much of it is left in yours?",
    ("* gamma **", "* (1 - gamma) **"),
)


solution.change(
    "subtracts at every drop",
    "Three drops with gamma 0.5 leave an eighth of the rate. How much do yours leave?",
    ("gamma ** (step // step_size)", "(1 - (1 - gamma) * (step // step_size))"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a loop over the drops, as a scheduler makes them")
def a_loop_over_the_drops(step, lr, step_size, gamma=0.1):
    for t in range(1, step + 1):
        if t % step_size == 0:
            lr *= gamma
    return lr


@solution.style("floor of a real quotient")
def floor_of_a_real_quotient(step, lr, step_size, gamma=0.1):
    return lr * np.power(gamma, np.floor(step / step_size))


@solution.style("recursion")
def recursion(step, lr, step_size, gamma=0.1):
    def rate(t):
        return lr if t < step_size else gamma * rate(t - step_size)

    return rate(step)


@solution.style("milestones counted, single precision")
def milestones_counted_single_precision(step, lr, step_size, gamma=0.1):
    milestones = np.arange(step_size, step + 1, step_size)
    return np.float32(lr) * np.prod(np.full(len(milestones), gamma, dtype=np.float32))


@solution.style("int() and the logarithm of the factor")
def int_and_the_logarithm_of_the_factor(step, lr, step_size, gamma=0.1):
    return math.exp(math.log(lr) + int(step / step_size) * math.log(gamma))
