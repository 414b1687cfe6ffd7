"""`l2_gradient`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def l2_gradient(w, dw, reg):
    return dw + reg * w


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "twice the penalty's gradient",
    "Differentiate the loss of the docstring by one weight: what becomes of its factor 1/2?",
    ("reg * w", "2 * reg * w"),
)


solution.change(
    "half the penalty's gradient",
    "Differentiate the loss of the docstring by one weight: what becomes of its factor 1/2?",
    ("reg * w", "reg / 2 * w"),
)


solution.change(
    "the penalty's value instead of its gradient",
    "The penalty is one number. How does it change when one single weight does?",
    ("reg * w", "reg / 2 * np.sum(w**2)"),
)


solution.change(
    "sign of the penalty flipped",
    "A step against your gradient: does it shrink the weights or blow them up?",
    ("dw + reg", "dw - reg"),
)


solution.change(
    "the data's gradient forgotten", "With reg = 0, what is left of your gradient?", ("dw + ", "")
)


solution.change(
    "gradient of an L1 penalty",
    "Should the pull on a weight grow with the weight, or depend on its sign only?",
    ("reg * w", "reg * np.sign(w)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("in place")
def in_place(w, dw, reg):
    dw += reg * w
    return dw


@solution.style("the derivative of half the square, by the product rule")
def the_derivative_of_half_the_square(w, dw, reg):
    penalty = 0.5 * reg * (w + w)
    return np.add(dw, penalty)


@solution.style("one coordinate at a time, in single precision")
def one_coordinate_at_a_time(w, dw, reg):
    out = np.zeros(w.shape, dtype=np.float32)
    for i in np.ndindex(*w.shape):
        out[i] = dw[i] + reg * w[i]
    return out
