"""Chapter 1's experiments on nets: their first loss, their layers, their steps."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from claims.digits import accuracies, digits
from claims.training_loop.nets import CLASSES, collapse, make_net, margin_loss, rings
from claims.training_loop.side_by_side import (
    all_losses,
    all_right,
    descent,
    losses,
    right,
    scores,
    step,
    train,
)

WIDTHS = (64, 100, CLASSES)
SCALES = tuple(np.logspace(-2, -0.35, 14).tolist())
RATES = (0.01, 0.1, 0.5, 1.0, 3.0)
STEPS, EARLY, EVERY = 1500, 150, 10


# --- the loss before the first step ---------------------------------------------------


def initial_losses(seed: int) -> dict[str, float]:
    """Losses of an untrained 64-100-10 ReLU net on the training digits, over the textbook's.

    ``"softmax small"`` is the softmax loss over log 10 with weights of deviation 0.01,
    ``"svm He"`` the SVM loss over 9 with He initialisation in both layers; ``"default"`` is what
    ``torch.nn.Linear`` draws.  ``"spread small"`` ... is the spread of the scores.
    """
    torch.manual_seed(seed)
    default = nn.Sequential(nn.Linear(64, 100), nn.ReLU(), nn.Linear(100, CLASSES)).double()
    made = {
        "small": make_net(WIDTHS, seed, std=0.01),
        "He": make_net(WIDTHS, seed),
        "default": default,
    }
    found = {}
    for name, net in made.items():
        spread, softmax, svm = first_losses(net, seed)
        found[f"softmax {name}"] = softmax / float(np.log(CLASSES))
        found[f"svm {name}"] = svm / (CLASSES - 1)
        found[f"spread {name}"] = spread
    return found


def initial_by_scale(seed: int) -> dict[str, list[float]]:
    """Spread of the scores, softmax and SVM loss of untrained nets, for each scale of weights.

    The scales are :data:`SCALES`, and He initialisation in the last place.
    """
    rows = [first_losses(make_net(WIDTHS, seed, std=std), seed) for std in (*SCALES, None)]
    return dict(zip(("spread", "softmax", "svm"), map(list, zip(*rows, strict=True)), strict=True))


@torch.no_grad()
def first_losses(net: nn.Module, seed: int) -> tuple[float, float, float]:
    """Spread of a net's scores within an image, softmax loss, SVM loss, on the training digits."""
    X, y = digits(seed)["training"]
    scores = net(X)
    spread = scores.var(dim=1).mean().sqrt().item()
    return spread, F.cross_entropy(scores, y).item(), margin_loss(scores, y).item()


# --- the linear sandwich --------------------------------------------------------------


@cache
def ring_net(seed: int, kind: str, steps: int = STEPS) -> nn.Sequential:
    """A net trained on rings: ``"linear"`` (one layer), ``"sandwich"`` or ``"relu"`` (four)."""
    widths = (2, 2) if kind == "linear" else (2, 16, 16, 16, 2)
    net = make_net(widths, seed, activation=nn.ReLU if kind == "relu" else None)
    X, y = rings(seed)
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2, fused=True)
    train([net], optimizer, X, y, steps=steps, seed=seed, batch=len(y))
    return net


def sandwich_on_rings(seed: int) -> dict[str, float]:
    """Four affine layers on a disc inside a ring: without activation, with ReLU, and one layer.

    Accuracies on 4,000 fresh points are shares; ``"gap"`` is the largest difference between the
    four layers without activation and the one affine map that they multiply out to, over the
    largest score; ``"deeper"`` and ``"relu gain"`` are differences in points of accuracy.
    """
    X, y = rings(1000 + seed, 4000)
    kinds = ("linear", "sandwich", "relu")
    found = {kind: all_right([ring_net(seed, kind)], X, y).item() for kind in kinds}
    return {
        **found,
        "gap": collapse_gap(ring_net(seed, "sandwich"), X),
        "deeper": 100 * (found["sandwich"] - found["linear"]),
        "relu gain": 100 * (found["relu"] - found["sandwich"]),
    }


@torch.no_grad()
def collapse_gap(net: nn.Sequential, X: torch.Tensor) -> float:
    """Largest difference between affine layers and the one they come to, over the largest score."""
    W, b = collapse(net)
    found = net(X)
    return ((found - (X @ W + b)).abs().max() / found.abs().max()).item()


CAPACITY = {
    "one layer": ((64, CLASSES), None),
    "16 units": ((64, 16, CLASSES), None),
    "2 units": ((64, 2, CLASSES), None),
    "16 units, ReLU": ((64, 16, CLASSES), nn.ReLU),
}
ADAM_RATES = (0.003, 0.01, 0.03)


def capacity_on_digits(seed: int, steps: int = 2000) -> dict[str, float]:
    """Test accuracy, in per cent, of linear nets and of a ReLU net on the digits.

    Adam, batches of 128, at the best of three rates by validation loss.  ``"wide"``,
    ``"squeezed"`` are accuracy less that of one layer, in points; ``"relu gain"`` is that of 16
    ReLU units less that of 16 units without; ``"rank"`` is the rank of the two units' product.
    """
    X, y = digits(seed)["training"]
    found: dict[str, float] = {}
    for name, (widths, activation) in CAPACITY.items():
        tries = [make_net(widths, seed, activation) for _ in ADAM_RATES]
        optimizer = descent(tries, ADAM_RATES, torch.optim.Adam)
        train(tries, optimizer, X, y, steps=steps, seed=seed, batch=128)
        best = tries[int(all_losses(tries, *digits(seed)["validation"]).argmin())]
        found[name] = 100 * accuracies(best, seed)["test"]
        if name == "2 units":
            found["rank"] = float(torch.linalg.matrix_rank(collapse(best)[0]))
    found["wide"] = found["16 units"] - found["one layer"]
    found["squeezed"] = found["2 units"] - found["one layer"]
    found["relu gain"] = found["16 units, ReLU"] - found["16 units"]
    return found


# --- the loop -------------------------------------------------------------------------


def nudges(seed: int, steps: int = STEPS) -> dict[str, float]:
    """Run the loop at five rates; what share of its steps made things better?

    Of every tenth step: ``"batch 0.1"`` is the share that lowered the loss of the batch that the
    gradient is of, ``"worse 0.1"`` the share after which fewer of its images are named rightly,
    ``"all 0.1"`` the share that lowered the loss of the whole training part.  ``"early 0.1"`` and
    ``"end 0.1"`` are training accuracies after 150 steps and at the end, ``"awake 0.1"`` the share
    of hidden units, over all images, that are positive at the end.  The same names without a
    rate are of the rate with the lowest validation loss, which is ``"best"``.
    """
    X, y = digits(seed)["training"]
    nets = [make_net(WIDTHS, seed) for _ in RATES]
    optimizer = descent(nets, RATES)
    order = torch.Generator().manual_seed(seed)
    better, worse, overall = (torch.zeros(len(RATES)) for _ in range(3))
    early = torch.zeros(len(RATES))
    for t in range(steps):
        rows = torch.randperm(len(y), generator=order)[:64]
        watched = t % EVERY == 0
        before_all = all_losses(nets, X, y) if watched else None
        before = step(nets, optimizer, X[rows], y[rows])
        if watched:
            with torch.no_grad():
                after = scores(nets, X[rows])
            better += losses(after, y[rows]) < losses(before, y[rows])
            worse += right(after, y[rows]) < right(before, y[rows])
            overall += all_losses(nets, X, y) < before_all
        if t + 1 == EARLY:
            early = all_right(nets, X, y)
    seen = len(range(0, steps, EVERY))
    told = {
        "batch": better / seen,
        "worse": worse / seen,
        "all": overall / seen,
        "early": early,
        "end": all_right(nets, X, y),
        "awake": torch.tensor([(net[0](X) > 0).double().mean() for net in nets]),
    }
    best = int(all_losses(nets, *digits(seed)["validation"]).argmin())
    found = {
        f"{name} {lr}": float(values[k])
        for name, values in told.items()
        for k, lr in enumerate(RATES)
    }
    found |= {name: float(values[best]) for name, values in told.items()}
    return {**found, "harm": 1 - found["all"], "best": RATES[best]}


# --- a small sample -------------------------------------------------------------------

SAMPLE = 320  # five minibatches of 64
USUAL = (0.1, 0.5, 1.0)
TOO_HIGH = (10.0, 100.0, 1e3, 1e4)


def small_sample(seed: int, steps: int = STEPS) -> dict[str, float]:
    """Train a 64-100-10 net on five minibatches of 64 digits and nothing else.

    Accuracies on that sample, the best of three rates: ``"right"``; ``"frozen"`` (the first layer
    gets no gradient), ``"no mask"`` (the backward pass forgets the ReLU), ``"shuffled"`` (the
    labels of other images).  Losses at the end over that at the start: ``"too low"`` at rate
    1e-5, ``"zero"`` with all weights zero, at the best of the three rates.  Of four rates from 10
    to 10,000: ``"exploded"``, the share whose loss is Inf or NaN in the end, ``"lost"``, the share
    that names fewer than a fifth rightly, and ``"highest loss"``.
    """
    X, y = (part[:SAMPLE] for part in digits(seed)["training"])
    mixed = y[torch.randperm(SAMPLE, generator=torch.Generator().manual_seed(seed))]
    runs = [(kind, lr) for kind in ("right", "frozen", "shuffled", "zero") for lr in USUAL]
    runs += [("too low", 1e-5)] + [("too high", lr) for lr in TOO_HIGH]
    kinds, rates = zip(*runs, strict=True)
    nets = [make_net(WIDTHS, seed, std=0.0 if kind == "zero" else None) for kind in kinds]
    for net, kind in zip(nets, kinds, strict=True):
        net[0].requires_grad_(kind != "frozen")
    labels = torch.stack([mixed if kind == "shuffled" else y for kind in kinds])
    first = all_losses(nets, X, labels)
    train(nets, descent(nets, rates), X, labels, steps=steps, seed=seed)
    unmasked = [make_net(WIDTHS, seed) for _ in USUAL]
    train(unmasked, descent(unmasked, USUAL), X, y, steps=steps, seed=seed, masked=False)

    last, named = all_losses(nets, X, labels), all_right(nets, X, labels)
    where = {kind: [k for k, other in enumerate(kinds) if other == kind] for kind in kinds}
    high = where["too high"]
    return {
        **{kind: float(named[where[kind]].max()) for kind in ("right", "frozen", "shuffled")},
        "no mask": float(all_right(unmasked, X, y).max()),
        **{kind: float((last / first)[where[kind]].min()) for kind in ("too low", "zero")},
        "exploded": float((~last[high].isfinite()).double().mean()),
        "lost": float((named[high] < 0.2).double().mean()),
        "highest loss": float(last[high].max()),
    }
