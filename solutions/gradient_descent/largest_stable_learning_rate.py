"""`largest_stable_learning_rate`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def largest_stable_learning_rate(H):
    return 2 / np.linalg.eigvalsh(H)[-1]


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "1 / lambda_max for 2 / lambda_max",
    "At your rate the steep direction is solved in one step. How far beyond can you go before "
    "the error grows?",
    ("2 /", "1 /"),
)


solution.change(
    "smallest eigenvalue for the largest",
    "Try diag(1, 100) and your rate: which coordinate explodes?",
    ("[-1]", "[0]"),
)


solution.change(
    "trace for the largest eigenvalue",
    "The trace is the sum of all eigenvalues: safe, but is it the limit? Try the identity.",
    ("np.linalg.eigvalsh(H)[-1]", "np.trace(H)"),
)


solution.change(
    "Frobenius norm for the largest eigenvalue",
    "The Frobenius norm counts every eigenvalue. Try the identity in two dimensions.",
    ("np.linalg.eigvalsh(H)[-1]", "np.linalg.norm(H)"),
)


solution.change(
    "diagonal for the eigenvalues",
    "The diagonal holds the curvature along the axes. Is the steepest direction an axis?",
    ("np.linalg.eigvalsh(H)", "np.sort(np.diag(H))"),
)


solution.change(
    "the fastest rate, not the largest",
    "This rate makes the slowest direction as fast as it can be. The question is where the "
    "steepest one stops converging.",
    ("[-1]", "[[0, -1]].sum()"),
)


solution.change(
    "largest row sum for the largest eigenvalue",
    "A row sum bounds the eigenvalues from above, so your rate is safe but not the limit. "
    "Try [[2, 1], [1, 1]].",
    ("np.linalg.eigvalsh(H)[-1]", "np.abs(H).sum(axis=1).max()"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("eigenvalues as of any matrix, the real parts taken")
def eigenvalues_as_of_any_matrix(H):
    return 2.0 / max(np.linalg.eig(H)[0].real)


@solution.style("the spectral norm, from singular values")
def the_spectral_norm(H):
    return np.array([2.0]) / np.linalg.svd(H)[1].max()


@solution.style("power iteration by squaring, then a quotient")
def power_iteration_by_squaring(H):
    power = H / np.trace(H)
    for _ in range(60):
        power = power @ power
        power = power / np.trace(power)
    v = power @ np.linspace(1.0, 2.0, len(H))
    return 2 * (v @ v) / (v @ (H @ v))


@solution.style("bisection on whether every factor stays below one")
def bisection_on_stable_factors(H):
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = 0.0, 1e3
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        stable = all(abs(1 - middle * value) <= 1 for value in eigenvalues)
        low, high = (middle, high) if stable else (low, middle)
    return low


@solution.style("in single precision")
def in_single_precision(H):
    return 2 / np.linalg.eigvalsh(H.astype(np.float32)).max()
