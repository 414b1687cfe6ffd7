"""Nets of one shape trained side by side: the same batches, each with its own start and rate.

The layers of all nets are stacked, so that one product serves them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn
from torch.nn import functional as F

Nets = Sequence[nn.Sequential]


def scores(nets: Nets, X: torch.Tensor, masked: bool = True) -> torch.Tensor:
    """Scores of every net for every row of X, shape (nets, N, classes).

    Without ``masked`` the forward pass is that of a ReLU and the backward pass of no ReLU: the
    mistake of a gradient that forgets which units are off.
    """
    out = X
    for layers in zip(*nets, strict=True):
        if isinstance(layers[0], nn.Linear):
            W, b = (torch.stack([getattr(m, n) for m in layers]) for n in ("weight", "bias"))
            out = out @ W.mT + b[:, None]
        else:
            after = layers[0](out)
            out = after if masked else out + (after - out).detach()
    return out


def losses(found: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean softmax loss of each net from its scores; labels (N,), or (nets, N); shape (nets,)."""
    labels = y.expand(found.shape[:2])
    each = F.cross_entropy(found.flatten(0, 1), labels.flatten(), reduction="none")
    return each.view(labels.shape).mean(1)


def right(found: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Share of rows that each net names rightly, shape (nets,)."""
    return (found.argmax(2) == y).double().mean(1)


@torch.no_grad()
def all_losses(nets: Nets, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean softmax loss of each net on (X, y), shape (nets,)."""
    return losses(scores(nets, X), y)


@torch.no_grad()
def all_right(nets: Nets, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Share of the rows of (X, y) that each net names rightly, shape (nets,)."""
    return right(scores(nets, X), y)


def descent(
    nets: Nets, rates: Sequence[float], rule: Callable[..., torch.optim.Optimizer] = torch.optim.SGD
) -> torch.optim.Optimizer:
    """An optimizer that gives each net its own rate."""
    groups = [{"params": net.parameters(), "lr": lr} for net, lr in zip(nets, rates, strict=True)]
    return rule(groups, fused=True)


def step(
    nets: Nets,
    optimizer: torch.optim.Optimizer,
    X: torch.Tensor,
    y: torch.Tensor,
    masked: bool = True,
) -> torch.Tensor:
    """One step of every net on the same batch; returns the scores before it."""
    found = scores(nets, X, masked)
    optimizer.zero_grad()
    losses(found, y).sum().backward()  # each loss depends on the parameters of one net alone
    optimizer.step()
    return found.detach()


def train(
    nets: Nets,
    optimizer: torch.optim.Optimizer,
    X: torch.Tensor,
    y: torch.Tensor,
    *,
    steps: int,
    seed: int,
    batch: int = 64,
    masked: bool = True,
) -> None:
    """Train on ``steps`` batches, each drawn without replacement; labels may differ by net."""
    order = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        rows = torch.randperm(len(X), generator=order)[:batch]
        step(nets, optimizer, X[rows], y[..., rows], masked)
