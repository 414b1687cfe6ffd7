"""`lbfgs_direction`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def lbfgs_direction(grad, s_list, y_list):
    q = grad
    alphas = []
    for s, y in zip(reversed(s_list), reversed(y_list), strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    if s_list:
        s, y = s_list[-1], y_list[-1]
        q = (s @ y) / (y @ y) * q
    for s, y, alpha in zip(s_list, y_list, reversed(alphas), strict=True):
        beta = (y @ q) / (s @ y)
        q = q + (alpha - beta) * s
    return -q


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "sign of the direction flipped",
    "Without any pairs your direction should be that of steepest descent. Does it go down?",
    ("return -q", "return q"),
)


solution.change(
    "no scaling between the loops",
    "With one pair, what does the initial matrix do to directions at right angles to s and y? "
    "The docstring says where its scale comes from.",
    (
        "if s_list:\n        s, y = s_list[-1], y_list[-1]\n"
        "        q = (s @ y) / (y @ y) * q\n    ",
        "",
    ),
)


solution.change(
    "loops in the wrong order",
    "With one pair all is well. With two, which pair does the first loop meet first?",
    ("reversed(s_list), reversed(y_list)", "s_list, y_list"),
    ("s_list, y_list, reversed(alphas)", "reversed(s_list), reversed(y_list), reversed(alphas)"),
)


solution.change(
    "second loop not turned round",
    "Both of your loops run the same way. The second one undoes the first from the inside out.",
    ("s_list, y_list, reversed(alphas)", "reversed(s_list), reversed(y_list), alphas"),
)


solution.change(
    "scale of the oldest pair",
    "The scale should describe the curvature here and now. Which of the pairs knows most about it?",
    ("s_list[-1], y_list[-1]", "s_list[0], y_list[0]"),
)


solution.change(
    "scale upside down",
    "Multiply all gradients by ten: the curvature grows, so the scale of an inverse Hessian must "
    "fall. Does yours?",
    ("(s @ y) / (y @ y)", "(y @ y) / (s @ y)"),
)


solution.change(
    "second loop without its own product",
    "Take grad equal to y of a single pair: the direction must be -s. What does the second loop "
    "subtract from the number that the first one stored?",
    ("beta = (y @ q) / (s @ y)\n        ", ""),
    ("(alpha - beta)", "alpha"),
)


solution.change(
    "the products added in the second loop",
    "The second loop takes the difference of two numbers. Check one pair against the dense update.",
    ("alpha - beta", "alpha + beta"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("indices and rho, as the textbook prints it")
def indices_and_rho(grad, s_list, y_list):
    m = len(s_list)
    q, alpha = grad.copy(), np.zeros(m)
    rho = [1.0 / np.dot(y_list[i], s_list[i]) for i in range(m)]
    for i in range(m - 1, -1, -1):
        alpha[i] = rho[i] * np.dot(s_list[i], q)
        q -= alpha[i] * y_list[i]
    gamma = 1.0
    if m > 0:
        gamma = np.dot(s_list[-1], y_list[-1]) / np.dot(y_list[-1], y_list[-1])
    r = gamma * q
    for i in range(m):
        beta = rho[i] * np.dot(y_list[i], r)
        r += s_list[i] * (alpha[i] - beta)
    return -r


@solution.style("dense matrix, updated pair by pair")
def dense_matrix_updated_pair_by_pair(grad, s_list, y_list):
    eye = np.eye(len(grad))
    H = eye
    if len(s_list):
        H = eye * (s_list[-1] @ y_list[-1]) / (y_list[-1] @ y_list[-1])
    for s, y in zip(s_list, y_list, strict=True):
        V = eye - np.outer(y, s) / (y @ s)
        H = V.T @ H @ V + np.outer(s, s) / (y @ s)
    return -H @ grad


@solution.style("starts from minus the gradient, as PyTorch does")
def starts_from_minus_the_gradient(grad, s_list, y_list):
    q = np.negative(grad)
    ro = [1.0 / y.dot(s) for s, y in zip(s_list, y_list, strict=True)]
    al = [0.0] * len(s_list)
    for i in range(len(s_list) - 1, -1, -1):
        al[i] = s_list[i].dot(q) * ro[i]
        q = q + y_list[i] * -al[i]
    h_diag = 1 / (ro[-1] * y_list[-1].dot(y_list[-1])) if ro else 1.0
    d = q * h_diag
    for i in range(len(s_list)):
        d = d + s_list[i] * (al[i] - y_list[i].dot(d) * ro[i])
    return d


@solution.style("recursion that calls itself")
def recursion_that_calls_itself(grad, s_list, y_list):
    def apply(q, k, gamma):
        if k == 0:
            return gamma * q
        s, y = s_list[k - 1], y_list[k - 1]
        a = (s @ q) / (y @ s)
        r = apply(q - a * y, k - 1, gamma)
        return r + (a - (y @ r) / (y @ s)) * s

    gamma = 1.0
    for s, y in zip(s_list, y_list, strict=True):
        gamma = (s @ y) / np.sum(y**2)
    return -apply(grad, len(s_list), gamma)


@solution.style("arrays of pairs in single precision")
def arrays_of_pairs_in_single_precision(grad, s_list, y_list):
    r = grad.astype(np.float32)
    S, Y = np.array(s_list, np.float32), np.array(y_list, np.float32)
    stack = []
    for s, y in zip(S[::-1], Y[::-1], strict=True):
        stack.append((s, y, s @ r / (s @ y)))
        r = r - stack[-1][2] * y
    if stack:
        r *= (S[-1] @ Y[-1]) / np.linalg.norm(Y[-1]) ** 2
    while stack:
        s, y, a = stack.pop()
        r = r + s * (a - y @ r / (s @ y))
    return -r


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "There are as many steps as differences of gradients.",
    (
        "for s, y in zip(reversed(s_list), reversed(y_list), strict=True):",
        "for s, y in zip(reversed(s_list), reversed(y_list), strict=False):",
    ),
    (
        "for s, y, alpha in zip(s_list, y_list, reversed(alphas), strict=True):",
        "for s, y, alpha in zip(s_list, y_list, reversed(alphas), strict=False):",
    ),
    (
        "for s, y in zip(reversed(s_list), reversed(y_list), strict=True):",
        "for s, y in zip(reversed(s_list), reversed(y_list)):",
    ),
    (
        "for s, y, alpha in zip(s_list, y_list, reversed(alphas), strict=True):",
        "for s, y, alpha in zip(s_list, y_list, reversed(alphas)):",
    ),
)


solution.equivalent(
    "There are as many steps as differences of gradients.", ("if s_list:", "if y_list:")
)


solution.equivalent(
    "A product of two vectors is the same in either order.",
    ("beta = y @ q / (s @ y)", "beta = q @ y / (s @ y)"),
    ("beta = y @ q / (s @ y)", "beta = y @ q / (y @ s)"),
    ("alphas.append(s @ q / (s @ y))", "alphas.append(q @ s / (s @ y))"),
    ("alphas.append(s @ q / (s @ y))", "alphas.append(s @ q / (y @ s))"),
    ("q = s @ y / (y @ y) * q", "q = y @ s / (y @ y) * q"),
)
