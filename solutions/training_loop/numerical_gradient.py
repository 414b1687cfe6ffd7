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


def _differences(f, x, right, left, width):
    """(f(x + right e_i) - f(x + left e_i)) / width for every entry."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = 1.0
        grad[i] = (f(x + right * step) - f(x + left * step)) / width
    return grad


@solution.mistake(
    "forward difference",
    "Try f(x) = x**2 at x = 0 with h = 0.1: by symmetry the slope must come out as 0.",
)
def forward_difference(f, x, h=1e-5):
    return _differences(f, x, h, 0.0, h)


@solution.mistake(
    "backward difference",
    "Try f(x) = x**2 at x = 0 with h = 0.1: by symmetry the slope must come out as 0.",
)
def backward_difference(f, x, h=1e-5):
    return _differences(f, x, 0.0, -h, h)


@solution.mistake(
    "divided by h instead of the distance between the points",
    "Try f(x) = x: the slope must be 1. How far apart are your two points?",
)
def divided_by_h_instead_of_the_distance_between(f, x, h=1e-5):
    return _differences(f, x, h, -h, h)


@solution.mistake(
    "points half a step away",
    "How far from x does the formula evaluate f? It is the whole step on either side.",
)
def points_half_a_step_away(f, x, h=1e-5):
    return _differences(f, x, h / 2, -h / 2, h)


@solution.mistake(
    "entries not put back",
    "Print x after the call. When the second entry is moved, where should the first one be?",
)
def entries_not_put_back(f, x, h=1e-5):
    x, grad = x.copy(), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        grad[i] = (above - f(x)) / (2 * h)
    return grad


@solution.mistake(
    "all entries moved at once",
    "All entries of your gradient are equal. Which entry of x should move when entry i of "
    "the gradient is computed?",
)
def all_entries_moved_at_once(f, x, h=1e-5):
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


@solution.mistake(
    "step fixed at 1e-5",
    "Call it with h = 1 on f(x) = x**3 at 0: the quotient is then 1. Where does the step "
    "come from?",
)
def step_fixed_at_1e_5(f, x, h=1e-5):
    return _differences(f, x, 1e-5, -1e-5, 2e-5)


@solution.mistake(
    "another default for h",
    "Right whenever h is given. What does the signature in the docstring's line say?",
)
def another_default_for_h(f, x, h=1e-4):
    return _differences(f, x, h, -h, 2 * h)


@solution.mistake(
    "whole rows moved at once",
    "With x of shape (2, 3), how many numbers does your loop visit? `for i in range(len(x))` "
    "sees the first axis only.",
)
def whole_rows_moved_at_once(f, x, h=1e-5):
    grad = np.zeros(x.shape)
    for i in range(len(x)):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = (f(x + step) - f(x - step)) / (2 * h)
    return grad


@solution.mistake(
    "gradient flat instead of in the shape of x",
    "The numbers are right. Compare the shapes of x and of your gradient.",
)
def gradient_flat_instead_of_in_the_shape_of_x(f, x, h=1e-5):
    return _differences(f, x, h, -h, 2 * h).ravel()


# --- right in other styles -----------------------------------------------------------


@solution.style("np.nditer, as CS231n's eval_numerical_gradient")
def np_nditer_as_cs231ns_eval_numerical_gradient(f, x, h=1e-5):
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
def mean_of_a_forward_and_a_backward_difference(f, x, h=1e-5):
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
