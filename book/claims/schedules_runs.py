"""Many small networks trained side by side, each at a learning rate of its own.

``S`` seeds times ``C`` rates are one stack of weights.  The networks do not touch one another:
the gradient of the sum of their losses holds the gradient of each.  All runs of one seed see
the same start, the same data and the same minibatches, so that only their rates differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch.optim import lr_scheduler as torch_schedules

from cs231n_lib.data import load_digits_split

CLASSES = 10
_split = cache(load_digits_split)


@dataclass(frozen=True)
class Runs:
    """What came out: arrays of shape (S, C), and ``curve`` with one such array per record.

    ``loss`` and ``accuracy`` are of the last weights, on all training examples (with the
    labels as trained; infinite where a run blew up) and on the test set.
    """

    loss: np.ndarray
    accuracy: np.ndarray
    curve: np.ndarray


def digits(seed: int, wrong: float = 0.0) -> tuple[torch.Tensor, ...]:
    """A split of the digits; a share ``wrong`` of the training labels is drawn anew."""
    X, y, X_test, y_test = _split(seed)
    rng = np.random.default_rng(10_000 + seed)
    redrawn = rng.random(len(y)) < wrong
    y = np.where(redrawn, rng.integers(CLASSES, size=len(y)), y)
    return tuple(
        torch.from_numpy(a).to(torch.float32 if a.ndim == 2 else torch.int64)
        for a in (X, y, X_test, y_test)
    )


def start(seed: int, widths: Sequence[int], gain: float) -> list[torch.Tensor]:
    """Weights of shape (inputs, outputs) of variance gain**2 * 2 / inputs; biases of zero."""
    rng = torch.Generator().manual_seed(seed)
    made = []
    for n, m in pairwise(widths):
        made += [torch.randn(n, m, generator=rng) * gain * (2 / n) ** 0.5, torch.zeros(m)]
    return made


def scores(params: Sequence[torch.Tensor], X: torch.Tensor) -> torch.Tensor:
    """Outputs of all networks, (S, C, B, classes), for inputs (S, B, features).

    Weights are (S, C, n, m), biases (S, C, m); rectifiers between the layers.
    """
    h = X[:, None]
    for i in range(0, len(params), 2):
        h = h @ params[i] + params[i + 1][:, :, None]
        if i + 2 < len(params):
            h = torch.relu(h)
    return h


def losses(params: Sequence[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of each network, (S, C), for labels (S, B)."""
    s = scores(params, X)
    picked = y[:, None, :, None].expand(*s.shape[:2], -1, 1)
    return (torch.logsumexp(s, -1) - s.gather(3, picked).squeeze(3)).mean(2)


def sharpness(
    params: Sequence[torch.Tensor], X: torch.Tensor, y: torch.Tensor, rounds: int = 15
) -> torch.Tensor:
    """Largest curvature of each network's loss, (S, C), by the power method.

    Every round multiplies by the Hessian, through a second backward pass, and normalises.
    """
    with torch.enable_grad():
        free = [p.detach().clone().requires_grad_() for p in params]
        slopes = torch.autograd.grad(losses(free, X, y).sum(), free, create_graph=True)
        rng = torch.Generator().manual_seed(0)
        v = [torch.randn(p.shape[2:], generator=rng).expand(p.shape) for p in free]
        for _ in range(rounds):
            length = sum(part.square().flatten(2).sum(2) for part in v).sqrt()
            v = [part / length.view(*length.shape, *[1] * (part.ndim - 2)) for part in v]
            slope = sum((g * part).sum() for g, part in zip(slopes, v, strict=True))
            v = list(torch.autograd.grad(slope, free, retain_graph=True))
        return sum(part.square().flatten(2).sum(2) for part in v).sqrt()


def train(
    rates: np.ndarray,
    seeds: Sequence[int],
    *,
    batch: int = 16,
    wrong: float = 0.0,
    hidden: Sequence[int] = (32,),
    gain: float = 1.0,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.SGD,
    options: dict[str, Any] | None = None,
    record: Sequence[int] = (),
    measure: Callable[..., torch.Tensor] = losses,
    minibatch_curve: bool = False,
) -> Runs:
    """Train ``len(seeds)`` times ``C`` networks; ``rates`` is (updates, C).

    Minibatches come epoch by epoch, reshuffled, the incomplete last one left out.  The
    optimizer proposes a step at the rate 1, and each network takes its own rate times it.

    Parameters:
        record: numbers of updates after which ``measure`` is noted, in rising order.
        measure: function (params, X, y) of all training examples, giving (S, C).
        minibatch_curve: note instead the loss of every minibatch, before its update.
    """
    data = [digits(s, wrong) for s in seeds]
    X, y, X_test, y_test = (torch.stack(part) for part in zip(*data, strict=True))
    steps, C = rates.shape
    begun = [start(s, (X.shape[2], *hidden, CLASSES), gain) for s in seeds]
    params = [
        torch.stack(same)[:, None].repeat(1, C, *[1] * same[0].ndim).requires_grad_()
        for same in zip(*begun, strict=True)
    ]
    move = optimizer(params, lr=1.0, **(options or {}))
    shuffles = [np.random.default_rng(s) for s in seeds]
    per_epoch = X.shape[1] // batch
    rows = torch.arange(len(seeds))[:, None]
    share = torch.tensor(rates, dtype=torch.float32)
    curve: list[np.ndarray] = []
    for t in range(steps):
        if t % per_epoch == 0:
            order = torch.from_numpy(np.stack([r.permutation(X.shape[1]) for r in shuffles]))
        if t in record:
            curve.append(_numbers(measure, params, X, y))
        picked = order[:, t % per_epoch * batch :][:, :batch]
        loss = losses(params, X[rows, picked], y[rows, picked])
        if minibatch_curve:
            curve.append(loss.detach().double().numpy())
        move.zero_grad()
        loss.sum().backward()
        before = [p.detach().clone() for p in params]
        move.step()
        with torch.no_grad():
            for p, old in zip(params, before, strict=True):
                p.copy_(torch.lerp(old, p, share[t].view(1, C, *[1] * (p.ndim - 2))))
    if steps in record:
        curve.append(_numbers(measure, params, X, y))
    last = np.nan_to_num(_numbers(losses, params, X, y), nan=np.inf)
    return Runs(last, _numbers(_hits, params, X_test, y_test), np.array(curve))


def _hits(params: Sequence[torch.Tensor], X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (scores(params, X).argmax(-1) == y[:, None]).double().mean(2)


def _numbers(measure: Callable[..., torch.Tensor], *args: Any) -> np.ndarray:
    with torch.no_grad():
        return measure(*args).double().numpy()


def torch_rates(
    make: Callable[[torch.optim.Optimizer], Any], steps: int, lr: float = 1.0
) -> np.ndarray:
    """The rates that a scheduler of PyTorch gives updates 0 to ``steps - 1``."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


def schedule(name: str, steps: int) -> np.ndarray:
    """Multipliers of the top rate, (steps,): PyTorch's schedulers over a run of ``steps``.

    The hyperparameters are shares of the run: drops to a tenth at a half and three quarters,
    exponential and 1/t so that about a hundredth and a tenth are left, a ramp of a tenth,
    restarts after a seventh and three sevenths.
    """
    s, T = torch_schedules, steps
    ramp = max(T // 10, 1)
    makers: dict[str, Callable[[torch.optim.Optimizer], Any]] = {
        "constant": lambda o: s.LambdaLR(o, lambda t: 1.0),
        "step": lambda o: s.MultiStepLR(o, [T // 2, 3 * T // 4], 0.1),
        "exponential": lambda o: s.ExponentialLR(o, 0.01 ** (1 / T)),
        "1/t": lambda o: s.LambdaLR(o, lambda t: 1 / (1 + 9 * t / T)),
        "linear": lambda o: s.LinearLR(o, 1.0, 0.0, T),
        "cosine": lambda o: s.CosineAnnealingLR(o, T),
        "inverse root": lambda o: s.LambdaLR(o, lambda t: (1 + t) ** -0.5),
        "restarts": lambda o: s.CosineAnnealingWarmRestarts(o, -(-T // 7), 2),
        "warm-up": lambda o: s.LambdaLR(o, lambda t: min(t / ramp, 1.0)),
        "warm-up + cosine": lambda o: s.SequentialLR(
            o,
            [s.LinearLR(o, 1e-6, 1.0, ramp), s.CosineAnnealingLR(o, T - ramp)],
            [ramp],
        ),
    }
    return torch_rates(makers[name], steps)
