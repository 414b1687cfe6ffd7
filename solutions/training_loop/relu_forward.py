"""`relu_forward`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def relu_forward(x):
    return np.maximum(0, x), x


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "absolute value",
    "What should a negative input give?",
    ("np.maximum(0, x)", "np.abs(x)"),
)


solution.change(
    "step function",
    "A positive input should pass unchanged: what does 0.5 become?",
    ("np.maximum(0, x)", "(x > 0).astype(float)"),
)


solution.change(
    "minimum for maximum",
    "Which half of the line passes, and which is cut to zero?",
    ("np.maximum", "np.minimum"),
)


solution.change(
    "leaky: negative inputs pass a little",
    "A slope of 0.01 on the left is another activation. What should -1 give here?",
    ("(0,", "(0.01 * x,"),
)


solution.change(
    "softplus, the smooth rectifier",
    "Your function has no kink: what does it give for -1?",
    ("np.maximum(0, x)", "np.log1p(np.exp(x))"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("product with the mask, cache the mask")
def relu_mask(x):
    mask = x > 0
    return x * mask, mask


@solution.style("in place, cache a copy")
def relu_in_place(x):
    cache = x.copy()
    x[x < 0] = 0
    return x, cache


@solution.style("half of x plus its absolute value")
def relu_half_sum(x):
    return 0.5 * (x + np.abs(x)), np.sign(x)


@solution.style("one loop over x.flat, cache a list of indices")
def relu_loop(x):
    out, active = np.zeros(x.size), []
    for i, value in enumerate(x.flat):
        if value > 0:
            out[i] = value
            active.append(i)
    return out.reshape(x.shape), active


@solution.style("torch's clamp, cache a dict of the output")
def relu_output(x):
    out = np.clip(x, 0, None)
    return out, {"out": out}


@solution.style("single precision")
def relu_single(x):
    out = np.maximum(x.astype(np.float32), np.float32(0))
    return out, (out, np.heaviside(x, 0).astype(np.float32))


@solution.style("where, cache the closed indices")
def relu_where(x):
    # a slope of 1 at 0 is as good as any other
    return np.where(x >= 0, x, 0.0), np.nonzero(x < 0)


@solution.style("slope 1 at zero, its mask kept as whole numbers")
def relu_slope_at_zero(x):
    return np.where(x > 0, x, 0), (x >= 0).astype(int)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "The cache belongs to its author: only the sign of x is needed, and twice x has it.",
    ("return (np.maximum(0, x), x)", "return (np.maximum(0, x), x * 2)"),
)


solution.equivalent(
    "The larger of two numbers is the same in either order.",
    ("return (np.maximum(0, x), x)", "return (np.maximum(x, 0), x)"),
)
