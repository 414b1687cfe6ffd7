"""Small nets of chapter 1, the data that no line separates, and what scores cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from scipy.stats import norm
from torch import nn
from torch.nn import functional as F

CLASSES = 10


def make_net(
    widths: Sequence[int],
    seed: int,
    activation: type[nn.Module] | None = nn.ReLU,
    std: float | None = None,
) -> nn.Sequential:
    """Affine layers of the given widths in float64, with an activation between them (or none).

    Weights are Gaussian with standard deviation ``std``, or sqrt(2 / fan-in)
    where ``std`` is None (He initialisation); biases are zero.
    """
    generator = torch.Generator().manual_seed(seed)
    layers: list[nn.Module] = []
    for i, (fan_in, fan_out) in enumerate(pairwise(widths)):
        if i and activation is not None:
            layers.append(activation())
        layer = nn.Linear(fan_in, fan_out, dtype=torch.float64)
        with torch.no_grad():
            scale = std if std is not None else (2.0 / fan_in) ** 0.5
            noise = torch.randn(fan_out, fan_in, generator=generator, dtype=torch.float64)
            layer.weight.copy_(scale * noise)
            layer.bias.zero_()
        layers.append(layer)
    return nn.Sequential(*layers)


def accuracy(net: nn.Module, X: torch.Tensor, y: torch.Tensor) -> float:
    """Share of rows of X whose largest score is the one of their label."""
    with torch.no_grad():
        return (net(X).argmax(dim=1) == y).double().mean().item()


def margin_loss(scores: torch.Tensor, y: torch.Tensor, delta: float = 1.0) -> torch.Tensor:
    """Mean multiclass hinge loss; PyTorch's own divides by the number of classes as well."""
    return scores.shape[1] * F.multi_margin_loss(scores, y, margin=delta)


def small_score_softmax(sigma: np.ndarray, classes: int = CLASSES) -> np.ndarray:
    """Expected softmax loss of scores N(0, sigma^2), to second order in sigma."""
    return np.log(classes) + 0.5 * np.asarray(sigma) ** 2 * (1 - 1 / classes)


def gaussian_score_svm(sigma: np.ndarray, classes: int = CLASSES, delta: float = 1.0) -> np.ndarray:
    """Expected SVM loss of independent scores N(0, sigma^2), exact for every sigma > 0.

    A difference of two scores is N(0, s^2), s = sqrt(2) sigma, and for such a d
    E max(0, delta + d) = delta Phi(delta / s) + s phi(delta / s).
    """
    s = np.sqrt(2.0) * np.asarray(sigma)
    return (classes - 1) * (delta * norm.cdf(delta / s) + s * norm.pdf(delta / s))


def rings(seed: int, n: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    """Points (n, 2) in a disc (class 0) and in a ring around it (class 1), labels (n,)."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    radius = np.where(y == 0, rng.uniform(0.0, 1.0, n), rng.uniform(1.3, 2.0, n))
    angle = rng.uniform(0.0, 2 * np.pi, n)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return torch.tensor(X), torch.tensor(y)


def collapse(net: nn.Sequential) -> tuple[torch.Tensor, torch.Tensor]:
    """One matrix (in, out) and one bias (out,) equal to a stack of affine layers.

    Raises:
        TypeError: when a layer of the stack is not affine.
    """
    with torch.no_grad():
        W = torch.eye(net[0].in_features, dtype=torch.float64)
        b = torch.zeros(net[0].in_features, dtype=torch.float64)
        for layer in net:
            if not isinstance(layer, nn.Linear):
                raise TypeError(f"{layer} is not affine: the stack does not collapse")
            W, b = W @ layer.weight.T, layer(b)
    return W, b
