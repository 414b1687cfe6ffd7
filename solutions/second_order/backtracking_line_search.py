"""`backtracking_line_search`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def backtracking_line_search(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    start, slope = f(x), grad @ p
    for k in range(max_shrinks + 1):
        step = alpha * shrink**k
        if f(x + step * p) <= start + c * step * slope:  # never true of NaN
            return step
    return 0.0


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "never shrinks",
    "Search along a direction that is far too long: is your first trial always the answer?",
    ("alpha * shrink**k", "alpha"),
    ("return 0.0", "return step"),
)


solution.change(
    "any decrease is enough",
    "With c = 0.4 some steps that lower f must be refused. Where does c enter your test?",
    ("start + c * step * slope", "start"),
)


solution.change(
    "sign of the slope flipped",
    "Going down, grad . p is negative. Is your bound below f(x) then, or above it?",
    ("start + c", "start - c"),
)


solution.change(
    "squared gradient for the slope",
    "The slope along p depends on p. Halve p: the predicted decrease should halve too.",
    ("grad @ p", "-grad @ grad"),
)


solution.change(
    "bound that does not move with the step",
    "A shorter step promises a smaller decrease. Does your bound rise when the step shrinks?",
    ("c * step * slope", "c * slope"),
)


solution.change(
    "accepts NaN",
    "What is nan > 1 in Python, and what is nan <= 1? Write your test so that NaN fails it.",
    ("if f(", "if not f("),
    ("<=", ">"),
    ("  # never true of NaN", ""),
)


solution.change(
    "keeps the last step when it gives up",
    "Search uphill: no step is good. What should the caller be told?",
    ("return 0.0", "return step"),
)


solution.change(
    "gives up one shrink too early",
    "With max_shrinks = 3 there are four trials: the first step and three shorter ones.",
    ("max_shrinks + 1", "max_shrinks"),
)


solution.change(
    "always halves",
    "Try shrink = 0.8: the trials should lie closer together.",
    ("shrink**k", "0.5**k"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("while loop that multiplies the step")
def while_loop_that_multiplies_the_step(
    f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30
):
    fx, m = f(x), c * np.dot(grad, p)
    shrinks = 0
    while not f(x + alpha * p) <= fx + alpha * m:
        if shrinks == max_shrinks:
            return 0.0
        alpha *= shrink
        shrinks += 1
    return alpha


@solution.style("calls itself with a shorter step")
def calls_itself_with_a_shorter_step(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    def search(a, left):
        value = f(x + a * p)
        if np.isfinite(value) and value - f(x) <= c * a * np.sum(grad * p):
            return a
        return search(a * shrink, left - 1) if left > 0 else 0

    return search(alpha, max_shrinks)


@solution.style("all trials at once, the first good one")
def all_trials_at_once(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    steps = alpha * np.power(shrink, np.arange(max_shrinks + 1.0))
    values = np.array([f(x + a * p) for a in steps])
    good = np.flatnonzero(values <= f(x) + c * steps * grad.dot(p))
    return steps[good[0]] if good.size else 0.0


@solution.style("step and slope in single precision")
def step_and_slope_in_single_precision(
    f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30
):
    a, slope = np.float32(alpha), np.float32(grad @ p)
    for _ in range(max_shrinks + 1):
        if f(x + a * p) - f(x) <= np.float32(c) * a * slope:
            return a
        a = a * np.float32(shrink)
    return np.float32(0)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Zero stays zero.",
    ("return 0.0", "return -0.0"),
    ("return 0.0", "return 0.0 * 2"),
    ("return 0.0", "return np.round(0.0)"),
)


solution.equivalent(
    "A product of two vectors is the same in either order.",
    ("start, slope = (f(x), grad @ p)", "start, slope = (f(x), p @ grad)"),
)
