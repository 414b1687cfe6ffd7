"""Independent oracles that tests of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np
import torch

from cs231n_lib.exercise.functions import build

RNG = np.random.default_rng


START = {"learning_rate": 0.1, "momentum": 0.5}


def run(update, w, gradients, config):
    """The parameters after each step, and the last config."""
    path = []
    for gradient in gradients:
        w, config = update(w, gradient, config)
        path.append(w)
    return np.array(path), config


def run_torch(w, gradients, rates, **options):
    """The same by torch.optim.SGD, with a learning rate for each step."""
    parameter = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=1.0, **options)
    path = []
    for gradient, rate in zip(gradients, rates, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(parameter.detach().numpy().copy())
    return np.array(path)


def bowl(seed: int, size: int = 3):
    rng = RNG(seed)
    A = rng.normal(size=(size, 2 * size))
    H = A @ A.T / (2 * size) + 0.1 * np.eye(size)
    return H, build("quartic_gradient", {"H": H, "c": 0.3}), rng.normal(size=size)
