"""`gradient_descent`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import itertools

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def gradient_descent(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "trajectory without its start",
    "After no step at all, how many points has the trajectory?",
    ("np.array(path)", "np.array(path)[1:]"),
)


solution.change(
    "the last point is missing",
    "Store a point before each step and one after the last: how many are these?",
    ("np.array(path)", "np.array(path)[:-1]"),
)


solution.change(
    "one array updated in place, stored many times",
    "All rows of your trajectory are equal. What does a list of arrays hold when an entry "
    "changes in place later?",
    ("[x0]", "[x0.copy()]"),
    (
        "path.append(path[-1] - lr * grad(path[-1]))",
        "path[-1] -= lr * grad(path[-1])\n        path.append(path[-1])",
    ),
)


solution.change(
    "only the last point",
    "The whole trajectory is asked for, one row for each point.",
    ("np.array(path)\n", "path[-1]\n"),
)


solution.change(
    "ascent for descent",
    "Does the loss fall along your trajectory?",
    ("- lr", "+ lr"),
)


solution.change(
    "gradient taken at the start only",
    "Your trajectory is a straight line with equal steps. Where is the gradient of step k taken?",
    ("grad(path[-1])", "grad(x0)"),
)


solution.change(
    "learning rate that decays",
    "Here the rate is the same at every step. Schedules come in a later chapter.",
    ("lr *", "lr / len(path) *"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("a table filled row by row")
def a_table_filled_row_by_row(grad, x0, lr, steps):
    path = np.zeros((steps + 1, x0.size))
    path[0] = x0
    for k in range(steps):
        path[k + 1] = path[k] - lr * grad(path[k])
    return path


@solution.style("moves one point in place and keeps copies, as a list")
def moves_one_point_and_keeps_copies(grad, x0, lr, steps):
    path = [x0.copy()]
    while len(path) <= steps:
        x0 -= lr * grad(x0)
        path.append(x0.copy())
    return path


@solution.style("recursion from the end")
def recursion_from_the_end(grad, x0, lr, steps):
    def upto(k):
        if k == 0:
            return x0[np.newaxis]
        before = upto(k - 1)
        return np.concatenate([before, before[-1:] - lr * grad(before[-1])[None]])

    return upto(steps)


@solution.style("itertools.accumulate")
def itertools_accumulate(grad, x0, lr, steps):
    points = itertools.accumulate(range(steps), lambda x, _: x - lr * grad(x), initial=x0)
    return np.vstack(list(points))


@solution.style("the optimizer's interface, and points in single precision")
def the_optimizer_interface(grad, x0, lr, steps):
    def sgd(w, dw, config):
        return w - config["learning_rate"] * dw, config

    x, config = x0.astype(np.float32), {"learning_rate": lr}
    path = [x]
    for _ in range(steps):
        x, config = sgd(x, grad(x).astype(np.float32), config)
        path.append(x.astype(np.float32))
    return np.stack(path)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "A list of points is read as the array that it makes.", ("return np.array(path)", "return path")
)
