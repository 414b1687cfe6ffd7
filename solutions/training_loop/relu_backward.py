"""`relu_backward`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.training_loop.relu_forward import (
    relu_half_sum,
    relu_in_place,
    relu_loop,
    relu_mask,
    relu_output,
    relu_single,
    relu_slope_at_zero,
    relu_where,
)

solution = Solution()


@solution.answer
def relu_backward(dout, cache):
    x = cache
    return dout * (x > 0)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "gradient 1 everywhere",
    "If the input is negative, the output is 0 and stays 0 when the input moves a little. "
    "What gradient belongs there?",
    (" * (x > 0)", ""),
)


solution.change(
    "multiplied by the output instead of the slope",
    "Double all inputs: the slopes of the rectifier stay what they were. Does your gradient?",
    ("(x > 0)", "np.maximum(0, x)"),
)


solution.change(
    "mask taken from dout",
    "Give a negative dout to an active unit. Which array decides whether a gradient passes: "
    "the one that came in going forward, or the one that comes back?",
    ("x > 0", "dout > 0"),
)


solution.change(
    "upstream gradient forgotten",
    "Your result is the local slope. What does the chain rule still ask for?",
    ("dout *", "1.0 *"),
)


solution.change(
    "mask inverted",
    "Where the forward pass let the input through, does your gradient pass too?",
    ("x > 0", "x < 0"),
)


solution.change(
    "derivative of the absolute value",
    "On the negative side the output does not move at all. What slope is that?",
    ("(x > 0)", "np.sign(x)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("boolean mask in a tuple of one", relu_forward=relu_mask)
def boolean_mask_in_a_tuple_of_one(dout, cache):
    return (np.where(cache, dout, 0.0),)


@solution.style("dout changed in place", relu_forward=relu_in_place)
def dout_changed_in_place(dout, cache):
    dout[cache <= 0] = 0
    return dout


@solution.style("slope from the sign", relu_forward=relu_half_sum)
def slope_from_the_sign(dout, cache):
    return dout * (1 + cache) / 2


@solution.style("only the listed entries copied", relu_forward=relu_loop)
def only_the_listed_entries_copied(dout, cache):
    dx = np.zeros_like(dout)
    for i in cache:
        dx.flat[i] = dout.flat[i]
    return dx


@solution.style("mask taken from the output", relu_forward=relu_output)
def mask_taken_from_the_output(dout, cache):
    return np.multiply(dout, cache["out"] > 0)


@solution.style("single precision, Heaviside's step", relu_forward=relu_single)
def single_precision_heaviside_step(dout, cache):
    _, slope = cache
    return dout.astype(np.float32) * slope


@solution.style("zeros put at the closed indices", relu_forward=relu_where)
def zeros_put_at_the_closed_indices(dout, cache):
    dx = dout.copy()
    dx[cache] = 0.0
    return dx


@solution.style("slope 1 at zero, the gradient in a tuple", relu_forward=relu_slope_at_zero)
def slope_1_at_zero(dout, cache):
    return (dout * cache,)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Differs at x = 0 only, where ReLU has a kink and either slope is right.",
    ("return dout * (x > 0)", "return dout * (x >= 0)"),
)


solution.equivalent("The cache is x.", ("return dout * (x > 0)", "return dout * (cache > 0)"))
