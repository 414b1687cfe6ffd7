"""`bfgs_inverse_update`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def bfgs_inverse_update(H, s, y):
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    left = np.eye(len(s)) - rho * np.outer(s, y)
    return left @ H @ left.T + rho * np.outer(s, s)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "kept although s.y is not positive",
    "Look at the eigenvalues of your result when s . y is negative: is it still positive "
    "definite? What happens when s . y is zero?",
    ("if s @ y <= 0:\n        return H\n    ", ""),
)


solution.change(
    "s and y exchanged",
    "Your result maps s to y. The inverse Hessian maps differences of gradients to steps.",
    ("np.outer(s, y)", "np.outer(y, s)"),
    ("np.outer(s, s)", "np.outer(y, y)"),
)


solution.change(
    "the two outer factors exchanged",
    "Multiply your result by y: do you get s? Which of the two factors meets y first?",
    ("left @ H @ left.T", "left.T @ H @ left"),
)


@solution.mistake(
    "DFP's update",
    "Your update satisfies the secant equation, but it is the older one, of Davidon, Fletcher "
    "and Powell. In one dimension they agree; from two on compare with the formula.",
)
def dfp_update(H, s, y):
    if s @ y <= 0:
        return H
    Hy = H @ y
    return H - np.outer(Hy, Hy) / (y @ Hy) + np.outer(s, s) / (s @ y)


@solution.mistake(
    "a change of rank one",
    "Your change is a multiple of a single outer product, the symmetric rank-one update. It "
    "meets the secant equation, yet it does not keep the matrix positive definite. BFGS has rank "
    "two.",
)
def symmetric_rank_one_update(H, s, y):
    gap = s - H @ y
    return H if s @ y <= 0 else H + np.outer(gap, gap) / (gap @ y)


solution.change(
    "last term left out",
    "Multiply your result by y: you get zero. Which part of the formula should give s?",
    (" + rho * np.outer(s, s)", ""),
)


solution.change(
    "last term not divided by s.y",
    "Multiply your result by y: you get a multiple of s. Of which number?",
    ("rho * np.outer(s, s)", "np.outer(s, s)"),
)


solution.change(
    "tiny steps skipped",
    "Measure s in millimetres instead of metres: the same pair should be kept or skipped. "
    "Which sign does your test ask for, and which size?",
    ("<= 0", "<= 1e-10"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("expanded into two outer products, no matrix product")
def expanded_into_two_outer_products(H, s, y):
    sy = np.dot(s, y)
    if not sy > 0:
        return H
    Hy = H.dot(y)
    cross = np.outer(Hy, s)
    return H - (cross + cross.T) / sy + (1 + y.dot(Hy) / sy) * np.outer(s, s) / sy


@solution.style("columns and rows, as scipy writes it")
def columns_and_rows(H, s, y):
    if np.vdot(s, y) <= 0:
        return H.copy()
    eye = np.eye(len(H), dtype=int)
    rho = 1.0 / np.dot(y, s)
    A1 = eye - s[:, np.newaxis] * y[np.newaxis, :] * rho
    A2 = eye - y[:, np.newaxis] * s[np.newaxis, :] * rho
    return np.dot(A1, np.dot(H, A2)) + rho * s[:, np.newaxis] * s[np.newaxis, :]


@solution.style("in place, entry by entry")
def in_place_entry_by_entry(H, s, y):
    sy = sum(a * b for a, b in zip(s, y, strict=True))
    if sy > 0:
        Hy = H @ y
        scale = (sy + y @ Hy) / sy**2
        for i in range(len(s)):
            for j in range(len(s)):
                H[i, j] += scale * s[i] * s[j] - (Hy[i] * s[j] + s[i] * Hy[j]) / sy
    return H


@solution.style("einsum in single precision")
def einsum_in_single_precision(H, s, y):
    if np.inner(s, y) <= 0:
        return H
    s, y = s / np.linalg.norm(s), y / np.linalg.norm(s)
    H, s, y = (a.astype(np.float32) for a in (H, s, y))
    rho = 1 / np.einsum("i,i", s, y)
    V = np.eye(len(s), dtype=np.float32) - rho * np.einsum("i,j->ij", y, s)
    return np.einsum("ki,kl,lj->ij", V, H, V) + rho * np.einsum("i,j->ij", s, s)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "The factor occurs twice in the product, so its sign cancels.",
    (
        "left = np.eye(len(s)) - rho * np.outer(s, y)",
        "left = rho * np.outer(s, y) - np.eye(len(s))",
    ),
)


solution.equivalent(
    "A product of two vectors is the same in either order.",
    ("if s @ y <= 0:", "if y @ s <= 0:"),
    ("rho = 1 / (s @ y)", "rho = 1 / (y @ s)"),
)


solution.equivalent(
    "The matrix has as many rows as each of the vectors has entries.",
    (
        "left = np.eye(len(s)) - rho * np.outer(s, y)",
        "left = np.eye(len(y)) - rho * np.outer(s, y)",
    ),
    (
        "left = np.eye(len(s)) - rho * np.outer(s, y)",
        "left = np.eye(len(H)) - rho * np.outer(s, y)",
    ),
)
