"""Features that are rarely on: what one rate for all weights costs, and what AdaGrad gains."""

from __future__ import annotations

import numpy as np
import torch

from claims.adaptive_methods.rules import paths

FEATURES, EXAMPLES, STREAMS = 20, 3000, 16
RARE_RATES = {
    "sgd": tuple(10 ** (-2.5 + k / 2) for k in range(7)),
    "sgd falling": tuple(10 ** (-1 + k / 2) for k in range(7)),
    "adagrad": tuple(10 ** (-2 + k / 2) for k in range(7)),
    "adam": tuple(10 ** (-3.5 + k / 2) for k in range(7)),
}


def frequencies() -> np.ndarray:
    """How often each feature is on: from every second example to one of 500."""
    return np.geomspace(0.5, 0.002, FEATURES)


def risk(gap: np.ndarray) -> np.ndarray:
    """Expected excess of the squared error over two, for weights that are off by ``gap``.

    The last axis counts the features, which are on or off independently of each other.
    """
    p = frequencies()
    return (np.sum(p * (1 - p) * gap**2, axis=-1) + (gap @ p) ** 2) / 2


def rare_features(seed: int) -> dict[str, float | list[float]]:
    """Linear regression on features of all frequencies, one example a step.

    The wanted weights are 1 or -1, the start is 0, the answers carry noise of deviation 0.5.
    Sixteen streams of 3,000 examples: the first half of them chooses the rate of each rule, by
    its risk at the end, the other half gives the numbers.  ``sgd falling`` has its rate fall
    with one over the root of t.

    Returns for each rule its ``risk`` and the list ``gap``, the typical distance of each weight
    from the wanted one; AdaGrad's risk over that of the better SGD, and the same of the typical
    distance of the five rarest weights.
    """
    rng = np.random.default_rng(seed)
    on = torch.tensor(rng.random((EXAMPLES, STREAMS, FEATURES)) < frequencies()).double()
    noise = torch.tensor(0.5 * rng.normal(size=(EXAMPLES, STREAMS, 1)))
    start = rng.choice([-1.0, 1.0], size=(STREAMS, FEATURES))

    def gradient(gap: torch.Tensor, t: int) -> torch.Tensor:
        return on[t] * ((on[t] * gap).sum(-1, keepdim=True) - noise[t])

    found: dict[str, float | list[float]] = {}
    chosen_by, gaps, half = {}, {}, STREAMS // 2
    for name, rates in RARE_RATES.items():
        fall = 1 / np.sqrt(np.arange(1, EXAMPLES + 1)) if "falling" in name else None
        with np.errstate(over="ignore", invalid="ignore"):
            last = paths(name.split()[0], rates, gradient, start, EXAMPLES, fall=fall)[-1]
            risks = np.nan_to_num(risk(last), nan=np.inf)
        best = int(np.argmin(risks[:, :half].mean(axis=1)))
        chosen_by[name] = risks[best, :half].mean()
        gaps[name] = np.sqrt(np.mean(last[best, half:] ** 2, axis=0))
        found[f"{name} rate"] = rates[best]
        found[f"{name} risk"] = float(risks[best, half:].mean())
        found[f"{name} gap"] = gaps[name].tolist()
    plain = min(("sgd", "sgd falling"), key=chosen_by.__getitem__)
    rarest = {name: np.sqrt(np.mean(gap[-5:] ** 2)) for name, gap in gaps.items()}
    found["risk"] = found["adagrad risk"] / found[f"{plain} risk"]
    found["rarest"] = float(rarest["adagrad"] / rarest[plain])
    return found
