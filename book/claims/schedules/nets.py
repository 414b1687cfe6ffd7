"""Many small networks trained side by side, each at a learning rate of its own.

``C`` rates are one stack of weights.  The networks do not touch one another: the gradient of the
sum of their losses holds the gradient of each.  All of them see the same start, the same data and
the same minibatches, so that only their rates differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from claims.digits import PARTS, Part
from claims.digits import digits as split

CLASSES = 10
Parameters = Sequence[torch.Tensor]


@dataclass(frozen=True)
class Runs:
    """What came out, one number for each network.

    Attributes:
        loss: mean cross-entropy of the last weights on each part of the data, arrays of shape
            (C,); infinite where a run blew up.  Training labels are those it was trained with.
        accuracy: share of images named rightly, likewise.
        curve: what was recorded along the way, (records, C).
    """

    loss: dict[str, np.ndarray]
    accuracy: dict[str, np.ndarray]
    curve: np.ndarray


def digits(seed: int, wrong: float = 0.0) -> dict[str, Part]:
    """A split of the digits; a share ``wrong`` of the training labels is drawn anew."""
    parts = dict(split(seed))
    X, y = parts["training"]
    rng = np.random.default_rng(10_000 + seed)
    redrawn = rng.random(len(y)) < wrong
    labels = np.where(redrawn, rng.integers(CLASSES, size=len(y)), y.numpy())
    parts["training"] = X, torch.from_numpy(labels).to(y.dtype)
    return parts


def start(seed: int, widths: Sequence[int], gain: float = 1.0) -> list[torch.Tensor]:
    """Weights of shape (inputs, outputs) of variance gain**2 * 2 / inputs; biases of zero."""
    rng = torch.Generator().manual_seed(seed)
    made = []
    for n, m in pairwise(widths):
        weights = torch.randn(n, m, generator=rng, dtype=torch.float64)
        made += [weights * gain * (2 / n) ** 0.5, torch.zeros(m, dtype=torch.float64)]
    return made


def scores(params: Parameters, X: torch.Tensor) -> torch.Tensor:
    """Outputs of all networks, (C, B, classes), for inputs (B, features).

    Weights are (C, n, m), biases (C, m); rectifiers between the layers.
    """
    h = X.expand(len(params[0]), *X.shape)
    for i in range(0, len(params), 2):
        h = torch.baddbmm(params[i + 1][:, None], torch.relu(h) if i else h, params[i])
    return h


def losses(params: Parameters, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of each network, (C,), for labels (B,)."""
    return torch.logsumexp(s := scores(params, X), 2).mean(1) - _picked(s, y).mean(1)


def gradients(
    params: Parameters, X: torch.Tensor, y: torch.Tensor
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The losses (C,) and their gradients, written out: much faster than tracing them."""
    inputs = [X.expand(len(params[0]), *X.shape)]
    for i in range(0, len(params), 2):
        h = torch.baddbmm(params[i + 1][:, None], inputs[-1], params[i])
        if i + 2 < len(params):
            inputs.append(h.relu_())
    norm = torch.logsumexp(h, 2)
    loss = norm.mean(1) - _picked(h, y).mean(1)
    slope = torch.exp(h - norm[:, :, None])
    slope[:, torch.arange(len(y)), y] -= 1
    slope /= len(y)
    found: list[torch.Tensor] = []
    for i in range(len(params) - 2, -1, -2):
        below = inputs.pop()
        found = [torch.bmm(below.transpose(1, 2), slope), slope.sum(1), *found]
        if i:
            slope = torch.bmm(slope, params[i].transpose(1, 2)) * (below > 0)
    return loss, found


def _picked(s: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The scores of the right classes, (C, B)."""
    return s.gather(2, y[None, :, None].expand(len(s), -1, 1)).squeeze(2)


def hits(params: Parameters, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Share of images that each network names rightly, (C,)."""
    return (scores(params, X).argmax(2) == y).double().mean(1)


def sharpness(params: Parameters, X: torch.Tensor, y: torch.Tensor, rounds: int = 15):
    """Largest curvature of each network's loss, (C,), by the power method.

    Every round multiplies by the Hessian, through a second backward pass, and normalises.
    """
    with torch.enable_grad():
        free = [p.detach().clone().requires_grad_() for p in params]
        slopes = torch.autograd.grad(losses(free, X, y).sum(), free, create_graph=True)
        rng = torch.Generator().manual_seed(0)
        v = [torch.randn(p.shape[1:], generator=rng).to(p).expand(p.shape) for p in free]
        for _ in range(rounds):
            length = _length(v)
            v = [_each(1 / length, part) * part for part in v]
            slope = sum((g * part).sum() for g, part in zip(slopes, v, strict=True))
            v = list(torch.autograd.grad(slope, free, retain_graph=True))
        return _length(v)


@torch.no_grad()
def train(
    rates: np.ndarray,
    seed: int,
    *,
    batch: int = 16,
    wrong: float = 0.0,
    hidden: Sequence[int] = (32,),
    gain: float = 1.0,
    optimizer: Callable[..., torch.optim.Optimizer] | None = None,
    options: dict[str, Any] | None = None,
    average: float | None = None,
    record: Sequence[int] = (),
    measure: Callable[..., torch.Tensor] = losses,
    on: str = "training",
    minibatch_curve: bool = False,
) -> Runs:
    """Train ``C`` networks of one seed; ``rates`` is (updates, C).

    Minibatches come epoch by epoch, reshuffled, the incomplete last one left out.  The
    optimizer proposes a step at the rate 1, and each network takes its own rate times it.

    Args:
        rates: the learning rate of each update and network.
        seed: draws the split, the redrawn labels, the start and the minibatches.
        batch: images in a minibatch.
        wrong: share of the training labels that is drawn anew.
        hidden: widths of the hidden layers.
        gain: the initial weights are so many times those of He.
        optimizer: a class of ``torch.optim``; None is SGD.
        options: its further arguments.
        average: None, or Schedule-Free's beta: gradients are taken between the iterate and the
            mean of all iterates, and the mean is what counts in the end.
        record: numbers of updates after which ``measure`` is noted, in rising order.
        measure: function (params, X, y) giving (C,).
        on: the part of the data that is measured.
        minibatch_curve: note instead the loss of every minibatch, before its update.
    """
    data = digits(seed, wrong)
    X, y = data["training"]
    steps, C = rates.shape
    params = [
        p[None].repeat(C, *[1] * p.ndim) for p in start(seed, (X.shape[1], *hidden, CLASSES), gain)
    ]
    iterates, means = ([p.clone() for p in params] for _ in range(2))
    proposer = optimizer and optimizer(params, lr=1.0, **(options or {}))
    shuffle = np.random.default_rng(seed)
    per_epoch = len(X) // batch
    share = torch.from_numpy(np.ascontiguousarray(rates)).double()
    moments = set(record)
    curve: list[np.ndarray] = []
    for t in range(steps):
        if t % per_epoch == 0:
            order = torch.from_numpy(shuffle.permutation(len(X)))
        if t in moments:
            curve.append(_numbers(measure, params, *data[on]))
        rows = order[t % per_epoch * batch :][:batch]
        loss, slopes = gradients(params, X[rows], y[rows])
        if minibatch_curve:
            curve.append(loss.numpy())
        if proposer:
            slopes = _proposed(proposer, params, slopes)
        for p, slope, z, mean in zip(params, slopes, iterates, means, strict=True):
            if average is None:
                p.addcmul_(slope, _each(-share[t], p))
            else:
                z.addcmul_(slope, _each(-share[t], p))
                mean.lerp_(z, 1 / (t + 1))
                torch.lerp(z, mean, average, out=p)
    final: Parameters = params if average is None else means
    if steps in moments:
        curve.append(_numbers(measure, final, *data[on]))
    return Runs(
        {p: finite_or_not(_numbers(losses, final, *data[p])) for p in PARTS},
        {p: _numbers(hits, final, *data[p]) for p in PARTS},
        np.array(curve),
    )


def finite_or_not(loss: np.ndarray) -> np.ndarray:
    """Losses, infinite where a run blew up so far that its loss is no number."""
    return np.where(np.isnan(loss), np.inf, loss)


def _proposed(
    optimizer: torch.optim.Optimizer, params: Parameters, slopes: Parameters
) -> list[torch.Tensor]:
    """What an optimizer at the rate 1 would subtract; the parameters stay where they are."""
    before = [p.clone() for p in params]
    for p, slope in zip(params, slopes, strict=True):
        p.grad = slope
    optimizer.step()
    steps = [old - p for old, p in zip(before, params, strict=True)]
    for p, old in zip(params, before, strict=True):
        p.copy_(old)
    return steps


def _each(numbers: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """One number per network, shaped to multiply the parameters of all."""
    return numbers.view(-1, *[1] * (like.ndim - 1))


def _length(parts: Parameters) -> torch.Tensor:
    return torch.stack([p.square().flatten(1).sum(1) for p in parts]).sum(0).sqrt()


def _numbers(measure: Callable[..., torch.Tensor], *args: Any) -> np.ndarray:
    with torch.no_grad():
        return measure(*args).double().numpy()
