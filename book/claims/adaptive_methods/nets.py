"""A small net on the handwritten digits, trained at many settings side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod

import numpy as np
import torch

from claims.adaptive_methods.rules import SideBySide, cosine
from claims.digits import digits

STEPS, BATCH = 1500, 64
SHAPES = ((32, 64), (32,), (10, 32), (10,))  # of a 64-32-10 net, as torch keeps them
SIZES = [prod(shape) for shape in SHAPES]
GUESSING = float(np.log(10))  # the loss of a net that knows nothing


@dataclass(frozen=True)
class Setting:
    """How one net is trained.

    Attributes:
        rule: a name of ``rules.maker``.
        lr: the learning rate, or the first one if it falls.
        falling: whether the rate follows half a cosine to zero.
        penalty: strength of an L2 penalty, added to the gradient.
        decay: strength of decoupled decay; a weight loses rate * decay of itself at each step.
        beta2: of Adam's kin.
    """

    rule: str
    lr: float
    falling: bool = False
    penalty: float = 0.0
    decay: float = 0.0
    beta2: float | None = None


def first_weights(seed: int) -> torch.Tensor:
    """torch's start of the net for that seed, as one row of 2,410 numbers."""
    torch.manual_seed(seed)
    net = torch.nn.Sequential(
        torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
    ).double()
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def logits(weights: torch.Tensor, X: torch.Tensor) -> torch.Tensor:
    """Outputs of every net on every image, shape (nets, images, 10); a row of weights a net."""
    parts = zip(weights.split(SIZES, dim=1), SHAPES, strict=True)
    w1, b1, w2, b2 = (part.reshape(len(weights), *shape) for part, shape in parts)
    hidden = X @ w1.reshape(-1, X.shape[1]).T  # one product for the first layers of all nets
    hidden = torch.relu(hidden.reshape(len(X), *b1.shape) + b1).transpose(0, 1)
    return hidden @ w2.transpose(1, 2) + b2[:, None]


def cross_entropy(weights: torch.Tensor, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of each net, shape (nets,)."""
    scores = torch.log_softmax(logits(weights, X), dim=-1)
    return -scores[:, torch.arange(len(y)), y].mean(dim=1)


def train(
    seed: int, settings: Sequence[Setting], *, steps: int = STEPS, batch: int = BATCH
) -> torch.Tensor:
    """Weights of a net for each setting after ``steps`` minibatches, shape (settings, 2410).

    The seed sets split, start and batches, and nothing else does: all nets see the same ones.
    """
    X, y = digits(seed)["training"]
    weights = first_weights(seed).repeat(len(settings), 1)
    kinds = []
    for (rule, beta2), kin in groupby(enumerate(settings), lambda s: (s[1].rule, s[1].beta2)):
        place = [k for k, _ in kin]
        options = {} if beta2 is None else {"betas": (0.9, beta2)}
        shape = (len(place), weights.shape[1])
        kinds.append((slice(place[0], place[-1] + 1), SideBySide(rule, shape, **options)))
    lr, penalty, decay = (
        torch.tensor([getattr(s, name) for s in settings], dtype=torch.float64)[:, None]
        for name in ("lr", "penalty", "decay")
    )
    falling = torch.tensor([s.falling for s in settings])[:, None]
    order = torch.Generator().manual_seed(seed)
    for multiplier in cosine(steps).tolist():
        rate = lr * torch.where(falling, multiplier, 1.0)
        rows = torch.randint(len(y), (batch,), generator=order)
        weights.requires_grad_()
        (gradient,) = torch.autograd.grad(cross_entropy(weights, X[rows], y[rows]).sum(), weights)
        weights = weights.detach()
        if penalty.any():
            gradient += penalty * weights
        if decay.any():
            weights *= 1 - rate * decay
        for place, rule in kinds:
            weights[place] += rate[place] * rule.step(gradient[place])
    return weights


def judged(seed: int, weights: torch.Tensor) -> dict[str, list[float]]:
    """Losses of each net on each part of the digits, and its share of right test answers.

    A net that has diverged counts as one that guesses: no loss is above log 10.
    """
    found = {}
    for part, (X, y) in digits(seed).items():
        loss = np.nan_to_num(cross_entropy(weights, X, y).numpy(), nan=GUESSING)
        found[part] = np.minimum(loss, GUESSING).tolist()
    X, y = digits(seed)["test"]
    right = (logits(weights, X).argmax(-1) == y).double().mean(dim=1)
    return found | {"accuracy": right.tolist()}
