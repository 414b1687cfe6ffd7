"""`newton_step`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def newton_step(x, grad, hess):
    return x - np.linalg.lstsq(hess, grad, rcond=None)[0]


# --- known mistakes ------------------------------------------------------------------


@solution.mistake(
    "Hessian for its inverse",
    "On a parabola with curvature 4, should the step be four times the gradient, or a quarter?",
)
def hessian_for_its_inverse(x, grad, hess):
    return x - hess @ grad


@solution.mistake(
    "sign of the step flipped",
    "On a parabola the step must land on the minimum. On which side of you does yours land?",
)
def sign_of_the_step_flipped(x, grad, hess):
    return x + np.linalg.pinv(hess) @ grad


@solution.mistake(
    "the step instead of the new point",
    "Shift the whole problem by 10: your result should shift along.",
)
def the_step_instead_of_the_new_point(x, grad, hess):
    return -np.linalg.pinv(hess) @ grad


@solution.mistake(
    "diagonal of the Hessian only",
    "You treat the parameters one at a time. Rotate a bowl: does one step still reach its minimum?",
)
def diagonal_of_the_hessian_only(x, grad, hess):
    return x - grad / np.diag(hess)


@solution.mistake(
    "negative curvature turned positive",
    "Your step runs away from saddles: a good idea with another name, saddle-free Newton. "
    "Where does Newton's own method go from a point near a saddle?",
)
def negative_curvature_turned_positive(x, grad, hess):
    values, vectors = np.linalg.eigh(hess)
    inverse = np.where(np.abs(values) > 1e-12, 1 / np.abs(values), 0.0)
    return x - vectors @ (inverse * (vectors.T @ grad))


@solution.mistake(
    "damped where the Hessian is singular",
    "Adding to the diagonal makes the matrix invertible, but a slope along a flat direction "
    "then gives a huge step. How far should the step go along it?",
)
def damped_where_the_hessian_is_singular(x, grad, hess):
    if np.linalg.matrix_rank(hess) < len(x):
        hess = hess + 1e-3 * np.eye(len(x))
    return x - np.linalg.solve(hess, grad)


@solution.mistake(
    "shortest point instead of shortest step",
    "What is to have the least norm: the new point, or the step to it? Try a start far from zero.",
)
def shortest_point_instead_of_shortest_step(x, grad, hess):
    return np.linalg.pinv(hess) @ (hess @ x - grad)


@solution.mistake(
    "a gradient step along flat directions",
    "Along a direction without curvature the model knows no best point. Where does that leave "
    "the point?",
)
def a_gradient_step_along_flat_directions(x, grad, hess):
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
def solve_and_least_squares_only_when_the_rank(x, grad, hess):
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
