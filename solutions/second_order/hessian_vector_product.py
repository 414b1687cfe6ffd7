"""`hessian_vector_product`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def hessian_vector_product(grad, x, v, h=1e-5):
    return (grad(x + h * v) - grad(x - h * v)) / (2 * h)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "forward difference for centred",
    "Replace h by -h: a centred difference does not notice. Does yours?",
    ("grad(x - h * v)", "grad(x)"),
    ("(2 * h)", "h"),
)


solution.change(
    "backward difference for centred",
    "Replace h by -h: a centred difference does not notice. Does yours?",
    ("grad(x + h * v)", "grad(x)"),
    ("(2 * h)", "h"),
)


solution.change(
    "not divided by the step",
    "Halve h on a quadratic: the product should stay the same.",
    (" / (2 * h)", ""),
)


solution.change(
    "divided by h alone",
    "How far apart are the two points at which you ask for the gradient?",
    ("(2 * h)", "h"),
)


solution.change(
    "v scaled to length one",
    "Double v: the product should double.",
    ("return (", "v = v / np.linalg.norm(v)\n    return ("),
)


@solution.mistake(
    "gradient times v", "Where the gradient is zero, is the Hessian zero as well? Your product is."
)
def gradient_times_v(grad, x, v, h=1e-5):
    return grad(x) * v


solution.change(
    "all parameters moved alike",
    "Your points x + h and x - h do not depend on v. Along which direction is the curvature asked?",
    ("x + h * v", "x + h"),
    ("x - h * v", "x - h"),
    ("(2 * h)", "(2 * h) * v"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("two steps to either side, then one division")
def two_steps_to_either_side(grad, x, v, h=1e-5):
    up, down = x.copy(), x.copy()
    up += h * v
    down -= h * v
    return np.subtract(grad(up), grad(down)) / h / 2


@solution.style("mean of the forward and the backward difference")
def mean_of_the_forward_and_the_backward(grad, x, v, h=1e-5):
    here = grad(x)
    return 0.5 * ((grad(x + h * v) - here) / h + (here - grad(x - h * v)) / h)


@solution.style("unit direction, scaled back")
def unit_direction_scaled_back(grad, x, v, h=1e-5):
    length = np.sqrt(np.sum(v**2))
    unit, eps = v / length, h * length
    return length * (grad(x + eps * unit) - grad(x - eps * unit)) / (2 * eps)


@solution.style("points in single precision")
def points_in_single_precision(grad, x, v, h=1e-5):
    x, v = x.astype(np.float32), v.astype(np.float32)
    step = np.float32(h) * v
    return ((grad(x + step) - grad(x - step)) / (2 * h)).astype(np.float32)
