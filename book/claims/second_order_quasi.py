"""Chapter 5's experiments: BFGS and L-BFGS on quadratics, K-FAC on one linear layer.

The quasi-Newton matrices are SciPy's, the exact block of the layer is autograd's.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import BFGS, LbfgsInvHessProduct
from scipy.sparse.linalg import cg
from torch.func import hessian

from claims.second_order_lab import spd, tensor

# --- BFGS and L-BFGS ------------------------------------------------------------------


def pairs(seed: int, size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Random steps on a quadratic and the differences of its gradients, (count, size) each."""
    S = np.random.default_rng(seed).normal(size=(count, size))
    return S, S @ spd(seed, size, 30.0)


def dense(S: np.ndarray, Y: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """SciPy's BFGS estimate of the inverse Hessian from ``scale`` times the identity."""
    estimate = BFGS(init_scale=scale)
    estimate.initialize(S.shape[1], "inv_hess")
    for s, y in zip(S, Y, strict=True):
        estimate.update(s, y)
    H = estimate.get_matrix()
    return np.tril(H) + np.tril(H, -1).T


def update_spectrum(seed: int, size: int = 8) -> np.ndarray:
    """Eigenvalues of what one more pair changes, ascending, over the largest magnitude."""
    S, Y = pairs(seed, size, 4)
    change = np.linalg.eigvalsh(dense(S, Y) - dense(S[:-1], Y[:-1]))
    return change / np.abs(change).max()


def update_rank(seed: int) -> float:
    """Eigenvalues of the change above round-off."""
    return float(np.sum(np.abs(update_spectrum(seed)) > 1e-10))


def two_loop(S: np.ndarray, Y: np.ndarray, slope: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """SciPy's two-loop product from ``scale`` times the identity.

    SciPy starts from the identity.  In coordinates longer by sqrt(scale) that is what we want.
    """
    root = np.sqrt(scale)
    return scale * LbfgsInvHessProduct(S / root, Y * root).matvec(slope)


def two_loop_gap(seed: int, size: int = 30, count: int = 10) -> float:
    """Two loops against the dense matrix times the gradient, relative to the latter."""
    S, Y = pairs(seed, size, count)
    slope = np.random.default_rng(seed + 100).normal(size=size)
    scale = float(S[-1] @ Y[-1] / (Y[-1] @ Y[-1]))
    full = dense(S, Y, scale) @ slope
    return float(np.linalg.norm(two_loop(S, Y, slope, scale) - full) / np.linalg.norm(full))


def exact_search(method: str, seed: int = 0, size: int = 12, steps: int = 16) -> np.ndarray:
    """Distance to a quadratic's minimum / that at the start, each line searched exactly.

    ``method``: "gradient", "BFGS", "L-BFGS" (one pair, scaled anew each time), or "CG".
    """
    A = spd(seed, size, 100.0)
    goal = np.random.default_rng(seed + 50).normal(size=size)
    path = [np.zeros(size)]
    if method == "CG":
        cg(A, A @ goal, rtol=0, atol=1e-14, maxiter=steps, callback=lambda x: path.append(x.copy()))
    else:
        S, Y = np.empty((0, size)), np.empty((0, size))
        for _ in range(steps):
            slope = A @ (path[-1] - goal)
            if np.linalg.norm(slope) < 1e-13:
                break
            if method == "BFGS":
                p = -dense(S, Y) @ slope
            elif method == "L-BFGS" and len(S):
                scale = float(S[-1] @ Y[-1] / (Y[-1] @ Y[-1]))
                p = -two_loop(S[-1:], Y[-1:], slope, scale)
            else:
                p = -slope
            s = -(slope @ p) / (p @ A @ p) * p
            S, Y = np.vstack([S, s]), np.vstack([Y, A @ s])
            path.append(path[-1] + s)
    return np.linalg.norm(np.array(path) - goal, axis=1) / np.linalg.norm(goal)


# --- K-FAC ----------------------------------------------------------------------------


def layer_blocks(
    seed: int, spread: float, examples: int = 400, kind: str = "softmax"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Exact block of one linear layer (4 inputs, 3 outputs), and K-FAC's factors A and S.

    The exact Gauss-Newton block of a linear layer under the loss is its Hessian, taken by
    autograd.  ``spread`` scales the weights; ``kind`` is "softmax" or "squared".
    """
    rng = np.random.default_rng(seed)
    X = tensor(rng.normal(size=(examples, 4)) @ rng.normal(size=(4, 4)))
    W = tensor(spread * rng.normal(size=(4, 3)))
    labels = torch.from_numpy(rng.integers(3, size=examples))

    def loss(w: torch.Tensor) -> torch.Tensor:
        out = X @ w.view(4, 3)
        if kind == "softmax":
            return torch.nn.functional.cross_entropy(out, labels)
        return 0.5 * ((out - torch.eye(3)[labels]) ** 2).sum(1).mean()

    exact = hessian(loss)(W.flatten()).numpy()
    p = torch.softmax(X @ W, dim=1)
    S = torch.diag(p.mean(0)) - p.T @ p / examples if kind == "softmax" else torch.eye(3)
    return exact, (X.T @ X / examples).numpy(), S.numpy()


def kfac_gap(seed: int, spread: float, examples: int = 400, kind: str = "softmax") -> float:
    """Frobenius distance of K-FAC's block from the exact one, over the exact one's norm."""
    exact, A, S = layer_blocks(seed, spread, examples, kind)
    return float(np.linalg.norm(np.kron(A, S) - exact) / np.linalg.norm(exact))
