"""K-FAC's block of one linear layer against the exact one, and the Fisher matrix's two kinds."""

from __future__ import annotations

import numpy as np
import torch
from torch.func import hessian

from claims.digits import digits
from claims.second_order.newton import tensor


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


def block_gap(seed: int, spread: float = 1.0, examples: int = 400, kind: str = "softmax") -> float:
    """Frobenius distance of K-FAC's block from the exact one, over the exact one's norm."""
    exact, A, S = layer_blocks(seed, spread, examples, kind)
    return float(np.linalg.norm(np.kron(A, S) - exact) / np.linalg.norm(exact))


def fisher_gap(seed: int) -> dict[str, float]:
    """The output factor from the data's labels against that from drawn labels, relative distance.

    Softmax regression on the digits: ``start`` with zero weights, ``trained`` after 100
    iterations of torch's L-BFGS.  Drawn labels enter by their exact mean, diag(p) - p p^T.
    ``ratio`` is the first's trace over the second's, when trained.
    """
    X, y = digits(seed)["training"]
    X = torch.cat([X, torch.ones(len(X), 1)], dim=1)
    W = torch.zeros(65, 10, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([W], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = torch.nn.functional.cross_entropy(X @ W, y) + 5e-5 * (W**2).sum()
        value.backward()
        return value

    found = {"start": distance(W, X, y)[0]}
    optimizer.step(closure)
    found["trained"], found["ratio"] = distance(W, X, y)
    return found


@torch.no_grad()
def distance(W: torch.Tensor, X: torch.Tensor, y: torch.Tensor) -> tuple[float, float]:
    """Relative distance of mean g g^T from mean diag(p) - p p^T, and the quotient of traces."""
    p = torch.softmax(X @ W, dim=1)
    g = p - torch.eye(10, dtype=p.dtype)[y]
    empirical, drawn = g.T @ g / len(g), torch.diag(p.mean(0)) - p.T @ p / len(p)
    gap = torch.linalg.norm(empirical - drawn) / torch.linalg.norm(drawn)
    return gap.item(), (empirical.trace() / drawn.trace()).item()
