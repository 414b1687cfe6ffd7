"""`lbfgs`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

from collections import deque

import numpy as np

from solutions.declare import Solution
from solutions.second_order.backtracking_line_search import backtracking_line_search
from solutions.second_order.lbfgs_direction import lbfgs_direction

solution = Solution()


@solution.answer
def lbfgs(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    x, path = x0, [x0]
    g = fun_and_grad(x)[1]
    s_list, y_list = [], []
    for _ in range(steps):
        if np.max(np.abs(g)) <= tol:
            break
        p = lbfgs_direction(g, s_list, y_list)
        s = backtracking_line_search(lambda z: fun_and_grad(z)[0], x, p, g) * p
        y = fun_and_grad(x + s)[1] - g
        x, g = x + s, g + y
        if s @ y > 0:
            s_list = [*s_list, s][-memory:]
            y_list = [*y_list, y][-memory:]
        path.append(x)
    return x, np.array(path)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "keeps pairs of negative curvature",
    "Start near a saddle and print s . y of each pair. Does every direction still go down?",
    ("if s @ y > 0:", "if True:"),
)


solution.change(
    "never forgets a pair",
    "How many pairs do you hold after twenty steps with a memory of ten?",
    ("[*s_list, s][-memory:]", "[*s_list, s]"),
    ("[*y_list, y][-memory:]", "[*y_list, y]"),
)


solution.change(
    "forgets the newest pair",
    "When the memory is full, one pair must go. Which one tells least about the place you are at?",
    ("[*s_list, s][-memory:]", "[*s_list, s][:memory]"),
    ("[*y_list, y][-memory:]", "[*y_list, y][:memory]"),
)


solution.change(
    "steepest descent: no pair is ever used",
    "Print how many pairs reach the direction. If none does, look at the sign of s . y: in which "
    "order are the two gradients subtracted?",
    ("(g, s_list, y_list)", "(g, [], [])"),
)


solution.change(
    "no line search",
    "Your steps always have the full length of the direction. Does the value fall in every step?",
    ("backtracking_line_search(lambda z: fun_and_grad(z)[0], x, p, g) * p", "p"),
)


solution.change(
    "direction stored for the step",
    "Compare the s that you store with x_new - x when the line search has shrunk the step.",
    ("[*s_list, s]", "[*s_list, p]"),
)


solution.change(
    "pairs handed over newest first",
    "In which order does lbfgs_direction want its pairs? Print the lists after three steps.",
    ("[*s_list, s][-memory:]", "[s, *s_list][:memory]"),
    ("[*y_list, y][-memory:]", "[y, *y_list][:memory]"),
)


solution.change(
    "stops by the length of the gradient",
    "With four equal entries, the length of a vector is twice its largest entry. Which of the two "
    "is compared with tol?",
    ("np.max(np.abs(g))", "np.linalg.norm(g)"),
)


solution.change(
    "trajectory without its start",
    "After one step, how many points has your run visited?",
    ("np.array(path)", "np.array(path)[1:]"),
)


# --- right in other styles -----------------------------------------------------------


def _halving(f, x, fx, p, g):
    """Armijo's backtracking with the defaults of the course."""
    a = 1.0
    for _ in range(31):
        if f(x + a * p)[0] <= fx + 1e-4 * a * np.dot(g, p):
            return a
        a /= 2
    return 0.0


@solution.style("deque of pairs, textbook recursion, everything inside")
def deque_of_pairs(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    pairs = deque(maxlen=memory)
    x = x0.copy()
    path = [x.copy()]
    value, g = fun_and_grad(x)
    for _ in range(steps):
        if np.linalg.norm(g, np.inf) <= tol:
            break
        q, stack = g.copy(), []
        for s, y, rho in reversed(pairs):
            a = rho * np.dot(s, q)
            q -= a * y
            stack.append(a)
        if pairs:
            s, y, rho = pairs[-1]
            q /= rho * np.dot(y, y)
        for s, y, rho in pairs:
            q += s * (stack.pop() - rho * np.dot(y, q))
        x_new = x - _halving(fun_and_grad, x, value, -q, g) * q
        value, g_new = fun_and_grad(x_new)
        s, y = x_new - x, g_new - g
        if np.dot(s, y) > 0:
            pairs.append((s, y, 1.0 / np.dot(s, y)))
        x, g = x_new, g_new
        path.append(x.copy())
    return x, path


@solution.style("dense inverse Hessian, rebuilt from the pairs at every step")
def dense_inverse_hessian(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    S, Y, path = [], [], np.array([x0])
    while len(path) <= steps:
        value, g = fun_and_grad(path[-1])
        if not (np.abs(g) > tol).any():
            break
        eye = np.eye(len(x0))
        H = eye * (S[-1] @ Y[-1] / (Y[-1] @ Y[-1])) if S else eye
        for s, y in zip(S, Y, strict=True):
            V = eye - np.outer(y, s) / (y @ s)
            H = V.T @ H @ V + np.outer(s, s) / (y @ s)
        p = -H @ g
        x = path[-1] + _halving(fun_and_grad, path[-1], value, p, g) * p
        s, y = x - path[-1], fun_and_grad(x)[1] - g
        if s @ y > 0:
            S.append(s)
            Y.append(y)
        if len(S) > memory:
            del S[0], Y[0]
        path = np.vstack([path, x])
    return path[-1], path


@solution.style("rows of a preallocated trajectory, arrays of pairs, recursion")
def rows_of_a_preallocated_trajectory(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    def apply(q, S, Y, gamma):
        if len(S) == 0:
            return gamma * q
        a = S[-1] @ q / (Y[-1] @ S[-1])
        r = apply(q - a * Y[-1], S[:-1], Y[:-1], gamma)
        return r + (a - Y[-1] @ r / (Y[-1] @ S[-1])) * S[-1]

    path = np.zeros((steps + 1, len(x0)))
    path[0] = x0
    S, Y = np.empty((0, len(x0))), np.empty((0, len(x0)))
    n = 0
    while n < steps:
        value, g = fun_and_grad(path[n])
        if max(abs(g)) <= tol:
            break
        gamma = S[-1] @ Y[-1] / np.sum(Y[-1] ** 2) if len(S) else 1.0
        p = -apply(g, S, Y, gamma)
        path[n + 1] = path[n] + _halving(fun_and_grad, path[n], value, p, g) * p
        s, y = path[n + 1] - path[n], fun_and_grad(path[n + 1])[1] - g
        if s @ y > 0:
            S, Y = np.vstack([S, s])[-memory:], np.vstack([Y, y])[-memory:]
        n += 1
    return path[n], path[: n + 1]


@solution.style("pairs that are skipped below 1e-10 times |y| squared, as torch and scipy do")
def pairs_that_are_skipped_below_1e_10_times_y(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    x, path, S, Y = x0, [x0], [], []
    value, g = fun_and_grad(x)
    while len(path) - 1 < steps and np.abs(g).max() > tol:
        q, al = -g, []
        for s, y in zip(S[::-1], Y[::-1], strict=True):
            al.insert(0, s.dot(q) / y.dot(s))
            q = q - al[0] * y
        d = q * (S[-1].dot(Y[-1]) / Y[-1].dot(Y[-1])) if S else q
        for s, y, a in zip(S, Y, al, strict=True):
            d = d + s * (a - y.dot(d) / y.dot(s))
        t = _halving(fun_and_grad, x, value, d, g)
        x = x + t * d
        value, new = fun_and_grad(x)
        y, s, g = new - g, t * d, new
        if y.dot(s) > 1e-10 * y.dot(y):
            if len(S) == memory:
                S.pop(0)
                Y.pop(0)
            S.append(s)
            Y.append(y)
        path.append(x)
    return path[-1], np.stack(path)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Nothing has changed when the next round begins, so that every further round stops there "
    "as well.",
    ("break", "continue"),
)


solution.equivalent(
    "The gradient is the second of two, which is also the last.",
    ("g = fun_and_grad(x)[1]", "g = fun_and_grad(x)[-1]"),
    ("y = fun_and_grad(x + s)[1] - g", "y = fun_and_grad(x + s)[-1] - g"),
)


solution.equivalent(
    "A list of points is read as the array that it makes.",
    ("return (x, np.array(path))", "return (x, path)"),
)


solution.equivalent(
    "A number and its negative have the same magnitude.",
    ("if np.max(np.abs(g)) <= tol:", "if np.max(np.abs(-g)) <= tol:"),
)


solution.equivalent(
    "A product of two vectors is the same in either order.", ("if s @ y > 0:", "if y @ s > 0:")
)


solution.equivalent(
    "The step is a positive multiple of its direction; or the search gave up, and then y is zero.",
    ("if s @ y > 0:", "if p @ y > 0:"),
)
