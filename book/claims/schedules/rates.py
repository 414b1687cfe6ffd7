"""Schedules as PyTorch's schedulers give them, over a run of known length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.optim import lr_scheduler as s

Maker = Callable[[torch.optim.Optimizer], Any]


def torch_rates(make: Maker, steps: int, lr: float = 1.0) -> np.ndarray:
    """The rates that a scheduler of PyTorch gives updates 0 to ``steps - 1``, shape (steps,)."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


def schedule(name: str, steps: int) -> np.ndarray:
    """Multipliers of the top rate, shape (steps,): a schedule over a run of ``steps``.

    The hyperparameters are shares of the run: drops to a tenth at a half and three quarters,
    halved at each sixth, exponential and 1/t so that about a hundredth and a tenth are left, a
    ramp of a tenth, restarts after a seventh and three sevenths, and the last fifth of "stable"
    a straight line to zero.

    Raises:
        KeyError: if there is no schedule of this name.
    """
    T = steps
    ramp, last = max(T // 10, 1), max(T // 5, 1)
    makers: dict[str, Maker] = {
        "constant": lambda o: s.LambdaLR(o, lambda t: 1.0),
        "step": lambda o: s.MultiStepLR(o, [T // 2, 3 * T // 4], 0.1),
        "halving": lambda o: s.StepLR(o, max(T // 6, 1), 0.5),
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
        "stable": lambda o: s.LambdaLR(o, lambda t: min((T - t) / last, 1.0)),
    }
    return torch_rates(makers[name], steps)
