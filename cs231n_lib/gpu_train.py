"""A small network on the device, trained by a NumPy update rule.

All parameters lie in one vector, so that a rule is compiled for one shape.  The gradient is
PyTorch's; the step is yours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from cs231n_lib.data import CIFAR_FOLDER, cifar10_is_there, load_cifar10, load_digits_split
from cs231n_lib.gpu_measure import Optimizer

Data = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Shapes = list[tuple[int, ...]]
DENSE: Shapes = [(64, 128), (128,), (128, 10), (10,)]
CONVOLUTIONS: Shapes = [(32, 3, 3, 3), (32,), (64, 32, 3, 3), (64,), (4096, 10), (10,)]


@dataclass(frozen=True)
class Trained:
    """What came of one training: loss of the last tenth of the updates, and the test set's
    share that is classified right, between 0 and 1; seconds per update, the first ten left out."""

    loss: float
    accuracy: float
    seconds: float


def pictures(folder: str | Path = CIFAR_FOLDER) -> tuple[str, Data]:
    """CIFAR-10 where it has been downloaded, else scikit-learn's digits; with its name."""
    if cifar10_is_there(folder):
        return "CIFAR-10", load_cifar10(folder)
    return "digits", load_digits_split()


def train(
    step: Callable[..., tuple[Any, dict[str, Any]]],
    config: Mapping[str, Any],
    data: Data,
    device: str,
    *,
    updates: int = 500,
    batch: int = 128,
    schedule: Callable[[int], float] | None = None,
    seed: int = 0,
) -> Trained:
    """Train a network on minibatches: a dense one on digits, a convolutional one on CIFAR-10.

    Args:
        step: ``w, config = step(w, gradient, config)`` for tensors on ``device``, compiled
            already.
        config: what the rule is started with.
        data: training images and labels, test images and labels, as NumPy arrays.
        updates: number of updates.
        schedule: from the number of updates already made to the learning rate of the next
            one, which the config gets under ``"learning_rate"``.
    """
    import torch

    X, y, X_test, y_test = (_on(device, a) for a in data)
    shapes = DENSE if X.ndim == 2 else CONVOLUTIONS
    w, state = _start(shapes, seed).to(device), dict(config)
    order, losses, begin = np.random.default_rng(seed), [], time.perf_counter()
    for count in range(updates):
        if count == min(10, updates - 1):
            _wait(device)
            begin = time.perf_counter()
        if schedule is not None:
            state["learning_rate"] = float(schedule(count))
        rows = torch.from_numpy(order.integers(len(X), size=batch)).to(device)
        w = w.detach().requires_grad_()
        loss = torch.nn.functional.cross_entropy(_scores(w, shapes, X[rows]), y[rows])
        (gradient,) = torch.autograd.grad(loss, w)
        w, state = step(w.detach(), gradient, state)
        losses.append(loss.detach())
    _wait(device)
    seconds = (time.perf_counter() - begin) / max(updates - 10, 1)
    with torch.no_grad():
        right = torch.cat(
            [
                _scores(w, shapes, images).argmax(1) == labels
                for images, labels in zip(X_test.split(1000), y_test.split(1000), strict=True)
            ]
        )
    last = torch.stack(losses[-max(updates // 10, 1) :])
    return Trained(float(last.mean()), float(right.double().mean()), seconds)


def by_torch(
    optimizer: Optimizer,
) -> Callable[..., tuple[Any, dict[str, Any]]]:
    """One of PyTorch's optimizers with the signature of an update rule.

    The optimizer takes the rate from ``config["learning_rate"]`` where there is one.
    """
    import torch

    held: dict[str, Any] = {}

    def step(w: Any, gradient: Any, config: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        if not held:
            held["w"] = torch.nn.Parameter(w.clone())
            held["optimizer"] = optimizer([held["w"]])
        for group in held["optimizer"].param_groups if "learning_rate" in config else ():
            group["lr"] = config["learning_rate"]
        held["w"].grad = gradient
        held["optimizer"].step()
        return held["w"].detach(), config

    return step


def _on(device: str, array: np.ndarray) -> Any:
    import torch

    tensor = torch.from_numpy(array)
    return (tensor.float() if tensor.is_floating_point() else tensor.long()).to(device)


def _wait(device: str) -> None:
    import torch

    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def _start(shapes: Shapes, seed: int) -> Any:
    """Normal numbers of variance 2 over the number of inputs; biases are zero."""
    import torch

    numbers = torch.Generator().manual_seed(seed)
    parts = []
    for shape in shapes:
        inputs = prod(shape[1:]) if len(shape) == 4 else shape[0]
        scale = 0.0 if len(shape) == 1 else (2 / inputs) ** 0.5
        parts.append(scale * torch.randn(prod(shape), generator=numbers))
    return torch.cat(parts)


def _scores(w: Any, shapes: Shapes, X: Any) -> Any:
    """The network's scores: two dense layers, or two convolutions and a dense layer."""
    from torch.nn import functional as F

    parts = w.split([prod(shape) for shape in shapes])
    p = [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
    if len(p) == 4:
        return F.relu(X @ p[0] + p[1]) @ p[2] + p[3]
    X = F.max_pool2d(F.relu(F.conv2d(X, p[0], p[1], padding=1)), 2)
    X = F.max_pool2d(F.relu(F.conv2d(X, p[2], p[3], padding=1)), 2)
    return X.flatten(1) @ p[4] + p[5]
