"""Independent oracles that tests of several exercises of this chapter share."""

from __future__ import annotations

import warnings

import torch

LR = 0.3


LOW = 0.02


TOTAL = 24


def torch_rates(make, steps, lr=LR):
    """The rates that a scheduler of PyTorch sets for steps 0 to ``steps`` - 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = make(optimizer)
    rates = []
    with warnings.catch_warnings():
        # SequentialLR calls its schedulers with an epoch, which PyTorch itself deprecates
        warnings.simplefilter("ignore")
        for _ in range(steps):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return rates


def rates(schedule, steps, *args):
    return [schedule(step, *args) for step in range(steps)]
