"""BFGS and L-BFGS on quadratics, by SciPy's matrices: rank, two loops, exact line searches."""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import BFGS, LbfgsInvHessProduct
from scipy.sparse.linalg import cg

from claims.second_order.newton import spd


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
    K = estimate.get_matrix()
    return np.tril(K) + np.tril(K, -1).T


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


def numbers_kept(size: int = 1000, memory: int = 10) -> float:
    """Numbers in the state of torch's L-BFGS after thirty steps, per parameter."""
    x = torch.ones(size, dtype=torch.float64, requires_grad=True)
    curvature = torch.linspace(1, 30, size, dtype=torch.float64)
    optimizer = torch.optim.LBFGS([x], max_iter=30, history_size=memory)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = (curvature * x**4).sum() / 4
        value.backward()
        return value

    optimizer.step(closure)
    kept = 0
    for value in optimizer.state[x].values():
        parts = value if isinstance(value, list) else [value]
        kept += sum(part.numel() for part in parts if torch.is_tensor(part))
    return kept / size


def exact_search(method: str, seed: int = 0, size: int = 12, steps: int = 16) -> np.ndarray:
    """Distance to a quadratic's minimum over that at the start, each line searched exactly.

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
