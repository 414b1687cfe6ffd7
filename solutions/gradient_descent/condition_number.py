"""`condition_number`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import itertools

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def condition_number(H):
    sigma = np.linalg.svd(H, compute_uv=False)  # largest first
    if sigma[-1] <= np.finfo(np.float64).eps * len(H) * sigma[0]:
        return np.inf
    return sigma[0] / sigma[-1]


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "eigenvalues of a matrix that is not symmetric",
    "Eigenvalues and singular values agree in magnitude only for a symmetric matrix. Compute "
    "both for [[1, 5], [0, 1]].",
    ("np.linalg.svd(H, compute_uv=False)", "np.sort(np.abs(np.linalg.eigvals(H)))[::-1]"),
    # rounding splits a multiple eigenvalue of zero: the singular case is not the point here
    (
        "sigma[-1] <= np.finfo(np.float64).eps * len(H) * sigma[0]",
        "np.linalg.matrix_rank(H) < len(H)",
    ),
)


solution.change(
    "eigenvalues with their signs",
    "A condition number is at least 1. Try a matrix with a negative eigenvalue.",
    ("np.linalg.svd(H, compute_uv=False)", "np.linalg.eigvalsh((H + H.T) / 2)[::-1]"),
    (
        "    if sigma[-1] <= np.finfo(np.float64).eps * len(H) * sigma[0]:\n"
        "        return np.inf\n",
        "",
    ),
)


solution.change(
    "the square of the condition number",
    "H.T @ H stretches twice. Try the matrix diag(1, 3).",
    ("sigma[0] / sigma[-1]", "(sigma[0] / sigma[-1]) ** 2"),
)


solution.change(
    "ratio upside down",
    "A condition number is at least 1, and large when the matrix is hard to invert.",
    ("np.inf", "0.0"),
    ("sigma[0] / sigma[-1]", "sigma[-1] / sigma[0]"),
)


solution.change(
    "Frobenius norm for the largest singular value",
    "The identity should have condition number 1 in every dimension. What does yours have?",
    ("sigma[0] / sigma[-1]", "np.linalg.norm(H) * np.linalg.norm(np.linalg.inv(H))"),
)


solution.change(
    "small singular values taken for zero",
    "Your threshold is far above rounding errors: a matrix with condition number 1e4 is still "
    "regular.",
    ("np.finfo(np.float64).eps * len(H) * sigma[0]", "5e-2"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("np.linalg.cond, after a look at the rank")
def np_linalg_cond(H):
    if np.linalg.matrix_rank(H) < H.shape[0]:
        return np.inf
    return np.linalg.cond(H)


@solution.style("spectral norms of the matrix and of its inverse")
def spectral_norms_of_the_matrix(H):
    try:
        kappa = np.linalg.norm(H, 2) * np.linalg.norm(np.linalg.inv(H), 2)
    except np.linalg.LinAlgError:
        return float("inf")
    return float("inf") if kappa * np.finfo(float).eps * len(H) >= 1 else kappa


@solution.style("eigenvalues of the symmetric matrix made of H and its transpose")
def eigenvalues_of_a_symmetric_block(H):
    D = len(H)
    block = np.zeros((2 * D, 2 * D))
    block[:D, D:], block[D:, :D] = H, H.T
    sigma = np.sort(np.linalg.eigvalsh(block))[D:]  # the other half are their negatives
    singular = sigma[0] <= np.finfo(np.float64).eps * D * sigma[-1]
    return np.inf if singular else sigma[-1] / sigma[0]


@solution.style("roots of the eigenvalues of the product with the transpose")
def roots_of_eigenvalues_of_the_product(H):
    smallest, *_, largest = np.sqrt(np.abs(np.linalg.eigvalsh(H.T @ H)))
    full = np.linalg.matrix_rank(H) == len(H)
    return largest / smallest if full else np.inf


@solution.style("rotates columns until they are orthogonal, then compares lengths")
def rotates_columns_until_orthogonal(H):
    U = np.array(H, dtype=float).T  # one-sided Jacobi, on rows
    for _ in range(30):
        for p, q in itertools.combinations(range(len(U)), 2):
            a, b, c = U[p] @ U[p], U[q] @ U[q], U[p] @ U[q]
            angle = np.arctan2(2 * c, a - b) / 2
            cos, sin = np.cos(angle), np.sin(angle)
            U[p], U[q] = cos * U[p] + sin * U[q], cos * U[q] - sin * U[p]
    sigma = np.linalg.norm(U, axis=1)
    if sigma.min() <= np.finfo(np.float64).eps * len(H) * sigma.max():
        return np.inf
    return sigma.max() / sigma.min()


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "A matrix and its negative have the same singular values.",
    ("sigma = np.linalg.svd(H, compute_uv=False)", "sigma = np.linalg.svd(-H, compute_uv=False)"),
)


solution.equivalent(
    "Infinity stays infinity.",
    ("return np.inf", "return np.inf * 2"),
    ("return np.inf", "return np.inf + 1"),
    ("return np.inf", "return np.inf - 1"),
    ("return np.inf", "return np.inf / 2"),
    ("return np.inf", "return np.square(np.inf)"),
    ("return np.inf", "return np.sqrt(np.inf)"),
    ("return np.inf", "return np.exp(np.inf)"),
    ("return np.inf", "return np.log(np.inf)"),
    ("return np.inf", "return np.round(np.inf)"),
)


solution.equivalent(
    "A square matrix has as many singular values as rows.",
    (
        "if sigma[-1] <= np.finfo(np.float64).eps * len(H) * sigma[0]:",
        "if sigma[-1] <= np.finfo(np.float64).eps * len(sigma) * sigma[0]:",
    ),
)
