"""`newton_step`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def newton_step(x, grad, hess):
    return x - np.linalg.lstsq(hess, grad, rcond=None)[0]


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "Hessian for its inverse",
    "On a parabola with curvature 4, should the step be four times the gradient, or a quarter?",
    ("np.linalg.lstsq(hess, grad, rcond=None)[0]", "hess @ grad"),
)


solution.change(
    "sign of the step flipped",
    "On a parabola the step must land on the minimum. On which side of you does yours land?",
    ("x - ", "x + "),
)


solution.change(
    "the step instead of the new point",
    "Shift the whole problem by 10: your result should shift along.",
    ("return x -", "return -"),
)


solution.change(
    "diagonal of the Hessian only",
    "You treat the parameters one at a time. Rotate a bowl: does one step still reach its minimum?",
    ("np.linalg.lstsq(hess, grad, rcond=None)[0]", "grad / np.diag(hess)"),
)


@solution.mistake(
    "negative curvature turned positive",
    "Your step runs away from saddles: a good idea with another name, saddle-free Newton. "
    "Where does Newton's own method go from a point near a saddle?",
)
def saddle_free_newton(x, grad, hess):
    values, vectors = np.linalg.eigh(hess)
    inverse = np.where(np.abs(values) > 1e-12, 1 / np.abs(values), 0.0)
    return x - vectors @ (inverse * (vectors.T @ grad))


solution.change(
    "damped where the Hessian is singular",
    "Adding to the diagonal makes the matrix invertible, but a slope along a flat direction "
    "then gives a huge step. How far should the step go along it?",
    (
        "return x",
        "if np.linalg.matrix_rank(hess) < len(x):\n"
        "        hess = hess + 1e-3 * np.eye(len(x))\n    return x",
    ),
)


solution.change(
    "shortest point instead of shortest step",
    "What is to have the least norm: the new point, or the step to it? Try a start far from zero.",
    ("return x - ", "return "),
    ("hess, grad", "hess, hess @ x - grad"),
)


@solution.mistake(
    "a gradient step along flat directions",
    "Along a direction without curvature the model knows no best point. Where does that leave "
    "the point?",
)
def gradient_step_along_flat_directions(x, grad, hess):
    values, vectors = np.linalg.eigh(hess)
    values = np.where(np.abs(values) > 1e-12, values, 1.0)
    return x - vectors @ ((vectors.T @ grad) / values)


# --- right in other styles -----------------------------------------------------------


@solution.style("Moore-Penrose inverse")
def moore_penrose_inverse(x, grad, hess):
    return x - np.linalg.pinv(hess) @ grad


@solution.style("eigenvectors one by one, flat ones skipped")
def eigenvectors_one_by_one(x, grad, hess):
    values, vectors = np.linalg.eigh(hess)
    new = x.copy()
    for value, v in zip(values, vectors.T, strict=True):
        if abs(value) > 1e-12 * np.abs(values).max():
            new -= (v @ grad) / value * v
    return new


@solution.style("solve, and least squares only when the rank falls short")
def solve_unless_the_rank_falls_short(x, grad, hess):
    if np.linalg.matrix_rank(hess) == len(x):
        x += np.linalg.solve(hess, -grad)
    else:
        x += np.linalg.pinv(hess, hermitian=True) @ -grad
    return x


@solution.style("singular values in single precision")
def singular_values_in_single_precision(x, grad, hess):
    U, sigma, Vt = np.linalg.svd(hess.astype(np.float32))
    kept = sigma > 1e-5 * sigma[0]
    p = Vt[kept].T @ ((U.T[kept] @ grad.astype(np.float32)) / sigma[kept])
    return (x - p).astype(np.float32)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "No limit is what NumPy takes when none is given.",
    (
        "return x - np.linalg.lstsq(hess, grad, rcond=None)[0]",
        "return x - np.linalg.lstsq(hess, grad)[0]",
    ),
)
