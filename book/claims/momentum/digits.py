"""A small net on the handwritten digits, trained by momentum or Nesterov at several settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from claims.digits import digits

STEPS, BATCH = 1500, 64
EFFECTIVE = (0.1, 0.5, 2.5)  # rates over 1 - rho, from timid to bold


@dataclass(frozen=True)
class Setting:
    """How one copy of the net is trained.

    Attributes:
        lr: the rate.
        rho: the momentum; the first step's where it is annealed.
        nesterov: whether ``torch.optim.SGD`` looks ahead.
        last_rho: the last step's momentum, reached along a straight line; None: constant.
        kick: start the velocity in a random direction, ``kick`` times as long as the terminal
            velocity that the first gradient would build up.
    """

    lr: float
    rho: float
    nesterov: bool = False
    last_rho: float | None = None
    kick: float = 0.0


def digits_losses(
    seed: int, settings: Sequence[Setting], at: Sequence[int] = (STEPS,)
) -> dict[int, list[dict[str, float]]]:
    """Losses of a 64-32-10 net after ``at`` minibatches of 64, for each setting.

    The seed sets the split, the start and the batches, and nothing else does: all settings of
    one seed see the same ones.  The copies learn side by side, each in a group of
    ``torch.optim.SGD`` of its own.

    Returns:
        By number of steps, for each setting the mean cross-entropy on each part of the data;
        infinite where a copy has overflowed.
    """
    torch.manual_seed(seed)
    X, y = digits(seed)["training"]
    net = torch.nn.Sequential(
        torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
    ).double()
    copies = [[p.detach().clone().requires_grad_() for p in net.parameters()] for _ in settings]
    optimizer = torch.optim.SGD(
        [
            {"params": copy, "lr": s.lr, "momentum": s.rho, "nesterov": s.nesterov}
            for copy, s in zip(copies, settings, strict=True)
        ]
    )
    order = torch.Generator().manual_seed(seed)
    direction = torch.Generator().manual_seed(seed + 1)  # of the kick: the batches stay the same
    rhos = [
        np.linspace(s.rho, s.rho if s.last_rho is None else s.last_rho, max(at)) for s in settings
    ]
    found = {}
    for t in range(max(at)):
        for group, rho in zip(optimizer.param_groups, rhos, strict=True):
            group["momentum"] = float(rho[t])
        batch = torch.randint(len(y), (BATCH,), generator=order)
        optimizer.zero_grad()
        _cross_entropy(copies, X[batch], y[batch]).sum().backward()
        if t == 0:
            _kick(optimizer, copies, settings, direction)
        optimizer.step()
        if t + 1 in at:
            found[t + 1] = _by_part(copies, seed)
    return found


def _cross_entropy(
    copies: Sequence[Sequence[torch.Tensor]], X: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """Mean cross-entropy of each copy of the net, all of them at once."""
    W1, b1, W2, b2 = (torch.stack(same) for same in zip(*copies, strict=True))
    hidden = torch.relu(X @ W1.mT + b1[:, None])
    scores = hidden @ W2.mT + b2[:, None]
    right = y.expand(len(copies), -1)
    return torch.nn.functional.cross_entropy(scores.mT, right, reduction="none").mean(1)


def _kick(
    optimizer: torch.optim.SGD,
    copies: Sequence[Sequence[torch.Tensor]],
    settings: Sequence[Setting],
    direction: torch.Generator,
) -> None:
    """Give the copies that want one a first velocity, scaled by their first gradient."""
    noises = [torch.randn(p.shape, generator=direction, dtype=p.dtype) for p in copies[0]]
    for copy, s in zip(copies, settings, strict=True):
        if s.kick:
            for p, noise in zip(copy, noises, strict=True):
                length = s.kick * p.grad.norm() / (1 - s.rho)
                optimizer.state[p]["momentum_buffer"] = length / noise.norm() * noise


@torch.no_grad()
def _by_part(copies: Sequence[Sequence[torch.Tensor]], seed: int) -> list[dict[str, float]]:
    parts = {
        part: torch.nan_to_num(_cross_entropy(copies, X, y), nan=float("inf"), posinf=float("inf"))
        for part, (X, y) in digits(seed).items()
    }
    return [{part: float(loss[k]) for part, loss in parts.items()} for k in range(len(copies))]
