"""`kfac_precondition`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def kfac_precondition(grad_W, A, S, damping):
    A = A + np.sqrt(damping) * np.eye(len(A))
    S = S + np.sqrt(damping) * np.eye(len(S))
    return np.linalg.inv(A) @ grad_W @ np.linalg.inv(S)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "the two factors swapped",
    "A belongs to the inputs of the layer, S to its outputs. Which index of W is which?",
    (
        "np.linalg.inv(A) @ grad_W @ np.linalg.inv(S)",
        "np.linalg.inv(S) @ grad_W @ np.linalg.inv(A)",
    ),
)


solution.change(
    "damping left out",
    "One example alone makes both factors singular. What keeps the step finite then?",
    ("A = A + np.sqrt(damping) * np.eye(len(A))\n    ", ""),
    ("S = S + np.sqrt(damping) * np.eye(len(S))\n    ", ""),
)


solution.change(
    "damping without its root",
    "Along a direction that is flat in both factors, by what number is the gradient divided? It "
    "should be `damping` itself.",
    ("A + np.sqrt(damping)", "A + damping"),
    ("S + np.sqrt(damping)", "S + damping"),
)


solution.change(
    "only one factor damped",
    "Each factor may be singular on its own. Which of yours is protected?",
    ("S + np.sqrt(damping) * np.eye(len(S))", "S"),
)


solution.change(
    "factors multiplied, not inverted",
    "Along a direction with large curvature, should the preconditioned step be longer or shorter?",
    ("np.linalg.inv(A)", "A"),
    ("np.linalg.inv(S)", "S"),
)


solution.change(
    "damping added to every entry",
    "Adding a number to a matrix adds it to all entries. Where should damping go?",
    (" * np.eye(len(A))", ""),
    (" * np.eye(len(S))", ""),
)


solution.change(
    "input factor left out",
    "Scale the inputs of the layer by ten: the raw gradient grows tenfold. What should your step "
    "do?",
    ("np.linalg.inv(A) @ ", ""),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("two linear systems, no inverse")
def two_linear_systems(grad_W, A, S, damping):
    root = damping**0.5
    left = np.linalg.solve(A + root * np.identity(A.shape[0]), grad_W)
    return np.linalg.solve(S.T + root * np.identity(S.shape[0]), left.T).T


@solution.style("eigenvectors of both factors")
def eigenvectors_of_both_factors(grad_W, A, S, damping):
    a, U = np.linalg.eigh(A)
    b, V = np.linalg.eigh(S)
    root = np.sqrt(damping)
    return U @ (U.T @ grad_W @ V / np.outer(a + root, b + root)) @ V.T


@solution.style("the whole Kronecker product, solved at once")
def the_whole_kronecker_product(grad_W, A, S, damping):
    A[np.diag_indices_from(A)] += np.sqrt(damping)
    S[np.diag_indices_from(S)] += np.sqrt(damping)
    return np.linalg.solve(np.kron(A, S), grad_W.ravel()).reshape(grad_W.shape)


@solution.style("einsum in single precision")
def einsum_in_single_precision(grad_W, A, S, damping):
    lam = np.float32(np.sqrt(damping))
    left = np.linalg.inv(A.astype(np.float32) + lam * np.eye(len(A), dtype=np.float32))
    right = np.linalg.inv(S.astype(np.float32) + lam * np.eye(len(S), dtype=np.float32))
    return np.einsum("ij,jk,kl->il", left, grad_W.astype(np.float32), right)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "A gradient has as many rows as the layer has inputs.",
    ("A = A + np.sqrt(damping) * np.eye(len(A))", "A = A + np.sqrt(damping) * np.eye(len(grad_W))"),
)
