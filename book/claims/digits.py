"""The handwritten digits in three parts: to train on, to choose by, and to report."""

from __future__ import annotations

from functools import cache

import torch

from cs231n_lib.data import load_digits_split

Part = tuple[torch.Tensor, torch.Tensor]
PARTS = ("training", "validation", "test")
VALIDATION = 360  # as many as the test part has, a fifth of the 1,797 images


@cache
def digits(seed: int) -> dict[str, Part]:
    """Images (float64, rows of 64) and labels of each part; the seed draws the split.

    Settings are chosen on the validation part.  The test part chooses nothing: it is read once,
    for the number that is reported.
    """
    X, y, X_test, y_test = map(torch.from_numpy, load_digits_split(seed, test_fraction=0.2))
    return {
        "training": (X[VALIDATION:], y[VALIDATION:]),
        "validation": (X[:VALIDATION], y[:VALIDATION]),
        "test": (X_test, y_test),
    }


@torch.no_grad()
def losses(net: torch.nn.Module, seed: int) -> dict[str, float]:
    """Mean cross-entropy of a net on each part of that seed's split."""
    net.eval()
    found = {
        part: torch.nn.functional.cross_entropy(net(X), y).item()
        for part, (X, y) in digits(seed).items()
    }
    net.train()
    return found


@torch.no_grad()
def accuracies(net: torch.nn.Module, seed: int) -> dict[str, float]:
    """Share of images that a net names rightly, on each part of that seed's split."""
    net.eval()
    found = {
        part: (net(X).argmax(1) == y).double().mean().item()
        for part, (X, y) in digits(seed).items()
    }
    net.train()
    return found
