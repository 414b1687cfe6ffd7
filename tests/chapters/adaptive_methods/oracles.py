"""Independent oracles that tests of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np
import torch

from solutions.adaptive_methods.adadelta import adadelta
from solutions.adaptive_methods.adagrad import adagrad
from solutions.adaptive_methods.adam import adam
from solutions.adaptive_methods.adam_almost import adam_almost
from solutions.adaptive_methods.adamw import adamw
from solutions.adaptive_methods.nadam import nadam
from solutions.adaptive_methods.rmsprop import rmsprop

MOMENTS = {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.75}


RULES = (adagrad, rmsprop, adadelta, adam_almost, adam, nadam, adamw)


def run(update, w, gradients, config):
    """The parameters after each step, and the last config."""
    path = []
    for gradient in gradients:
        w, config = update(w, gradient, config)
        path.append(w)
    return np.array(path), config


def run_torch(make, w, gradients):
    """The same by an optimizer of torch, which ``make`` makes from its parameters."""
    parameter = torch.tensor(w, requires_grad=True)
    optimizer = make([parameter])
    path = []
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(parameter.detach().numpy().copy())
    return np.array(path)
