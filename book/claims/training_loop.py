"""The experiments of chapter 1: initial losses, the linear sandwich, the loop, kinks.

Everything runs in float64 on the CPU in well under a second per seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from scipy.stats import norm
from torch import nn
from torch.nn import functional as F

from cs231n_lib.data import load_digits_split

CLASSES = 10


@cache
def digits(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """The digits as float64 tensors: X_train (1348, 64), y_train, X_test (449, 64), y_test."""
    X, y, X_test, y_test = load_digits_split(seed=seed)
    return (
        torch.tensor(X),
        torch.tensor(y),
        torch.tensor(X_test),
        torch.tensor(y_test),
    )


def make_net(
    widths: Sequence[int],
    seed: int,
    activation: type[nn.Module] | None = nn.ReLU,
    std: float | None = None,
) -> nn.Sequential:
    """Affine layers of the given widths, with an activation between them (or none).

    Weights are Gaussian with standard deviation ``std``, or sqrt(2 / fan-in)
    where ``std`` is None; biases are zero.
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


# --- the loss before the first step ---------------------------------------------------


def margin_loss(scores: torch.Tensor, y: torch.Tensor, delta: float = 1.0) -> torch.Tensor:
    """Mean multiclass hinge loss; PyTorch's own divides by the number of classes as well."""
    return scores.shape[1] * F.multi_margin_loss(scores, y, margin=delta)


def initial_losses(seed: int, std: float | None = 1e-2) -> tuple[float, float]:
    """Softmax and SVM loss of an untrained 64-100-10 ReLU net on the training digits."""
    X, y, _, _ = digits()
    with torch.no_grad():
        scores = make_net((64, 100, CLASSES), seed, std=std)(X)
        return F.cross_entropy(scores, y).item(), margin_loss(scores, y).item()


def initial_softmax(seed: int, std: float | None = 1e-2) -> float:
    """First value of :func:`initial_losses`."""
    return initial_losses(seed, std)[0]


def initial_svm(seed: int, std: float | None = 1e-2) -> float:
    """Second value of :func:`initial_losses`."""
    return initial_losses(seed, std)[1]


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


# --- the linear sandwich --------------------------------------------------------------


def rings(seed: int, n: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    """Points (n, 2) in a disc (class 0) and in a ring around it (class 1), labels (n,)."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    radius = np.where(y == 0, rng.uniform(0.0, 1.0, n), rng.uniform(1.3, 2.0, n))
    angle = rng.uniform(0.0, 2 * np.pi, n)
    X = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return torch.tensor(X), torch.tensor(y)


def fit(net: nn.Module, X: torch.Tensor, y: torch.Tensor, steps: int = 200) -> nn.Module:
    """Minimise the softmax loss on all of (X, y) with Adam; returns the same net."""
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(net(X), y).backward()
        optimizer.step()
    return net


def accuracy(net: nn.Module, X: torch.Tensor, y: torch.Tensor) -> float:
    """Share of rows of X whose largest score is the one of their label."""
    with torch.no_grad():
        return (net(X).argmax(dim=1) == y).double().mean().item()


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


SANDWICH = (2, 16, 16, 16, 2)


@cache
def ring_net(seed: int, kind: str) -> nn.Sequential:
    """A net trained on rings: ``"linear"`` (one layer), ``"sandwich"`` or ``"relu"``."""
    widths = (2, 2) if kind == "linear" else SANDWICH
    net = make_net(widths, seed, activation=nn.ReLU if kind == "relu" else None)
    return fit(net, *rings(seed))


def ring_accuracy(seed: int, kind: str) -> float:
    """Accuracy of :func:`ring_net` on fresh points of the same two rings."""
    return accuracy(ring_net(seed, kind), *rings(1000 + seed))


def sandwich_gap(seed: int) -> float:
    """Largest difference between the trained sandwich and its one collapsed map, relative."""
    net = ring_net(seed, "sandwich")
    X, _ = rings(1000 + seed)
    W, b = collapse(net)
    with torch.no_grad():
        scores = net(X)
        return ((scores - (X @ W + b)).abs().max() / scores.abs().max()).item()


def sandwich_gain(seed: int) -> float:
    """Test accuracy of four linear layers minus that of one, in percentage points."""
    return 100 * (ring_accuracy(seed, "sandwich") - ring_accuracy(seed, "linear"))


def relu_gain(seed: int) -> float:
    """Test accuracy with ReLU minus that without, same widths, in percentage points."""
    return 100 * (ring_accuracy(seed, "relu") - ring_accuracy(seed, "sandwich"))


@cache
def bottleneck(seed: int, width: int | None) -> tuple[int, float]:
    """Rank and test accuracy of 64-width-10 without activation on the digits.

    ``width=None`` is the single layer 64-10.
    """
    X, y, X_test, y_test = digits()
    widths = (64, CLASSES) if width is None else (64, width, CLASSES)
    net = fit(make_net(widths, seed, activation=None), X, y, steps=150)
    rank = int(torch.linalg.matrix_rank(collapse(net)[0]))
    return rank, accuracy(net, X_test, y_test)


def bottleneck_cost(seed: int, width: int = 2) -> float:
    """Percentage points of accuracy lost by squeezing a linear net through ``width`` units."""
    return 100 * (bottleneck(seed, None)[1] - bottleneck(seed, width)[1])


# --- the loop -------------------------------------------------------------------------


@cache
def loop_run(
    seed: int, lr: float, steps: int = 150, batch: int = 64
) -> tuple[float, float, float, float]:
    """Run the loop on the digits; what share of its steps made things better?

    Returns the percentage of steps that lowered the loss of the batch they were
    computed on, the percentage that lowered the loss of the whole training set,
    the training accuracy at the end, and the share of hidden units, over all
    images, that are active at the end (both in percent).
    """
    X, y, _, _ = digits()
    rng = np.random.default_rng(seed)
    net = make_net((64, 100, CLASSES), seed)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    on_batch = on_all = 0
    with torch.no_grad():
        before_all = F.cross_entropy(net(X), y)
    for _ in range(steps):
        rows = torch.tensor(rng.choice(len(y), size=batch, replace=False))
        before = F.cross_entropy(net(X[rows]), y[rows])
        optimizer.zero_grad()
        before.backward()
        optimizer.step()
        with torch.no_grad():
            on_batch += int(F.cross_entropy(net(X[rows]), y[rows]) < before)
            after_all = F.cross_entropy(net(X), y)
            on_all += int(after_all < before_all)
            before_all = after_all
    with torch.no_grad():
        awake = (net[0](X) > 0).double().mean().item()
    return (
        100 * on_batch / steps,
        100 * on_all / steps,
        100 * accuracy(net, X, y),
        100 * awake,
    )


# --- finite differences ---------------------------------------------------------------


class Probe:
    """The loss of a small smooth (tanh) net on 20 digits, as a function of one weight.

    The weights are float32 numbers, so that the float32 and the float64 version
    are the same net and the derivatives in float64 are the truth for both.
    """

    def __init__(self, dtype: torch.dtype, seed: int = 0, examples: int = 20) -> None:
        """Build the net of ``seed`` in ``dtype`` (torch.float32 or torch.float64)."""
        X, y, _, _ = digits()
        generator = torch.Generator().manual_seed(seed)
        self.shapes = ((64, 20), (20, CLASSES))
        parts = [torch.randn(s, generator=generator) / s[0] ** 0.5 for s in self.shapes]
        self.theta = torch.cat([p.flatten() for p in parts]).to(dtype)
        self.X, self.y = X[:examples].to(dtype), y[:examples]

    def loss(self, k: int, shift: float | torch.Tensor) -> torch.Tensor:
        """Softmax loss with weight number k moved by ``shift``."""
        direction = torch.zeros_like(self.theta)
        direction[k] = 1.0
        W1, W2 = (self.theta + shift * direction).split([a * b for a, b in self.shapes])
        hidden = torch.tanh(self.X @ W1.view(self.shapes[0]))
        return F.cross_entropy(hidden @ W2.view(self.shapes[1]), self.y)

    def derivatives(self, k: int) -> tuple[float, float, float, float]:
        """Loss and its first three derivatives with respect to weight k, by autograd."""
        t = torch.zeros((), dtype=self.theta.dtype, requires_grad=True)
        values = [self.loss(k, t)]
        for _ in range(3):
            values.append(torch.autograd.grad(values[-1], t, create_graph=True)[0])
        f, f1, f2, f3 = (v.item() for v in values)
        return f, f1, f2, f3


# --- kinks ----------------------------------------------------------------------------


def kink_share(h: np.ndarray, examples: int, seed: int = 0) -> np.ndarray:
    """Share of first-layer weights whose check at step h straddles some ReLU's kink.

    Moving weight (i, j) by h moves the input a[n, j] of hidden unit j on example
    n by h * x[n, i]: example n puts a kink inside [w - h, w + h] when
    |a[n, j]| < h |x[n, i]|.  Constant pixels move nothing and count as safe.
    """
    X = digits()[0][:examples]
    with torch.no_grad():
        a = make_net((64, 100, CLASSES), seed)[0](X).numpy()
    x = np.abs(X.numpy())[:, :, None]
    with np.errstate(divide="ignore"):
        first = np.where(x > 0, np.abs(a)[:, None, :] / x, np.inf).min(axis=0)
    return np.array([(first < step).mean() for step in np.atleast_1d(h)])
