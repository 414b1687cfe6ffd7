"""`numerical_gradient`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def numerical_gradient(f, x, h=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        above = f(x)
        x[i] = old - h
        below = f(x)
        x[i] = old
        grad[i] = (above - below) / (2 * h)
    return grad


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "forward difference",
    "Try f(x) = x**2 at x = 0 with h = 0.1: by symmetry the slope must come out as 0.",
    ("old - h", "old"),
    ("(2 * h)", "h"),
)


solution.change(
    "backward difference",
    "Try f(x) = x**2 at x = 0 with h = 0.1: by symmetry the slope must come out as 0.",
    ("old + h", "old"),
    ("(2 * h)", "h"),
)


solution.change(
    "divided by h instead of the distance between the points",
    "Try f(x) = x: the slope must be 1. How far apart are your two points?",
    ("(2 * h)", "h"),
)


solution.change(
    "points half a step away",
    "How far from x does the formula evaluate f? It is the whole step on either side.",
    ("old + h", "old + h / 2"),
    ("old - h", "old - h / 2"),
    ("(2 * h)", "h"),
)


solution.change(
    "entries not put back",
    "Print x after the call. When the second entry is moved, where should the first one be?",
    ("        x[i] = old\n", ""),
)


solution.change(
    "all entries moved at once",
    "All entries of your gradient are equal. Which entry of x should move when entry i of "
    "the gradient is computed?",
    ("x[i] = old + h\n        above = f(x)", "above = f(x + h)"),
    ("x[i] = old - h\n        below = f(x)", "below = f(x - h)"),
)


solution.change(
    "step fixed at 1e-5",
    "Call it with h = 1 on f(x) = x**3 at 0: the quotient is then 1. Where does the step "
    "come from?",
    ("    grad = ", "    h = 1e-5\n    grad = "),
)


solution.change(
    "another default for h",
    "Right whenever h is given. What does the signature in the docstring's line say?",
    ("h=1e-5", "h=1e-4"),
)


solution.change(
    "whole rows moved at once",
    "With x of shape (2, 3), how many numbers does your loop visit? `for i in range(len(x))` "
    "sees the first axis only.",
    ("np.ndindex(x.shape)", "range(len(x))"),
    ("old = x[i]", "old = x[i].copy()"),
)


solution.change(
    "gradient flat instead of in the shape of x",
    "The numbers are right. Compare the shapes of x and of your gradient.",
    ("return grad", "return grad.ravel()"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("np.nditer, as CS231n's eval_numerical_gradient")
def as_cs231n_eval_numerical_gradient(f, x, h=1e-5):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        ix = it.multi_index
        oldval = x[ix]
        x[ix] = oldval + h
        fxph = f(x)
        x[ix] = oldval - h
        fxmh = f(x)
        x[ix] = oldval
        grad[ix] = (fxph - fxmh) / (2 * h)
        it.iternext()
    return grad


@solution.style("rows of an identity matrix, x never changed")
def rows_of_an_identity_matrix(f, x, h=1e-5):
    steps = h * np.eye(x.size)
    slopes = [(f(x + e.reshape(x.shape)) - f(x - e.reshape(x.shape))) / (2 * h) for e in steps]
    return np.array(slopes).reshape(x.shape)


@solution.style("a flat view, steps added and taken back")
def a_flat_view(f, x, h=1e-5):
    work = x.copy()
    flat, slopes = work.ravel(), np.empty(x.size)
    for i in range(flat.size):
        flat[i] += h
        slopes[i] = f(work)
        flat[i] -= 2 * h
        slopes[i] -= f(work)
        flat[i] = x.flat[i]
    slopes /= 2 * h
    return slopes.reshape(x.shape)


@solution.style("two copies per entry, gradient kept in single precision")
def two_copies_per_entry(f, x, h=1e-5):
    def slope(index):
        ahead, behind = np.array(x), np.array(x)
        ahead[index] += h
        behind[index] -= h
        return (f(ahead) - f(behind)) / h / 2

    found = [slope(index) for index, _ in np.ndenumerate(x)]
    return np.array(found, dtype=np.float32).reshape(x.shape)


@solution.style("mean of a forward and a backward difference, recursive")
def mean_of_forward_and_backward_difference(f, x, h=1e-5):
    here = f(x)

    def partial(entry):
        if x.ndim == 0 or len(entry) == x.ndim:
            old = x[entry]
            x[entry] = old + h
            forward = (f(x) - here) / h
            x[entry] = old - h
            backward = (here - f(x)) / h
            x[entry] = old
            return (forward + backward) / 2
        return [partial((*entry, i)) for i in range(x.shape[len(entry)])]

    return np.array(partial(()))


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Every entry is written over.", ("grad = np.zeros_like(x)", "grad = np.ones_like(x)")
)
