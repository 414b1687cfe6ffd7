"""Steps under gradients that an experiment makes up: how they fade, start, and recover."""

from __future__ import annotations

import numpy as np
import torch

from claims.adaptive_methods.rules import (
    BETA1,
    BETA2,
    as_rule,
    maker,
    run,
    steps_under,
    told,
)
from cs231n_lib.probes import traits


def typical_steps(name: str, gradients: np.ndarray) -> np.ndarray:
    """Root mean square step over the coordinates at the rate 1, for each step."""
    return np.sqrt(np.mean(steps_under(maker(name, 1.0), gradients) ** 2, axis=1))


def step_exponents(seed: int) -> dict[str, float]:
    """Power of t by which the typical step falls under noise, between t = 100 and 3,000."""
    noise = np.random.default_rng(seed).normal(size=(3000, 50))
    log_t = np.log(np.arange(100, 3001))
    return {
        name: float(np.polyfit(log_t, np.log(typical_steps(name, noise)[99:]), 1)[0])
        for name in ("adagrad", "rmsprop")
    }


def walked_later() -> float:
    """AdaGrad on a constant slope: distance in steps 1,001 to 4,000 over the first 1,000."""
    lengths = np.abs(steps_under(maker("adagrad", 1.0), np.ones((4000, 1))))
    return float(lengths[1000:].sum() / lengths[:1000].sum())


def stormy(seed: int, steps: int = 1500, storm: int = 20, size: int = 50) -> np.ndarray:
    """Noise of deviation 1, and 100 times that in the first ``storm`` steps."""
    noise = np.random.default_rng(seed).normal(size=(steps, size))
    noise[:storm] *= 100
    return noise


def after_storm(seed: int) -> dict[str, float]:
    """RMSProp, AdaGrad and a window of 100 squares after a storm of 20 steps.

    ``rmsprop over adagrad``: typical steps 1,400 to 1,500.  ``leaky over window``: steps until
    the typical step is back at half the rate for good, RMSProp's over the window's.
    """
    gradients = stormy(seed)
    steps = {name: typical_steps(name, gradients) for name in ("rmsprop", "adagrad", "window")}
    late = {name: np.sqrt(np.mean(s[-100:] ** 2)) for name, s in steps.items()}
    back = {name: np.flatnonzero(s < 0.5)[-1] + 2 for name, s in steps.items()}
    return {
        "rmsprop over adagrad": float(late["rmsprop"] / late["adagrad"]),
        "leaky over window": float(back["rmsprop"] / back["window"]),
        "leaky": float(back["rmsprop"]),
        "window": float(back["window"]),
    }


# --- bias correction ----------------------------------------------------------------


def excess(t: np.ndarray | float, beta1: float = BETA1, beta2: float = BETA2) -> np.ndarray:
    """Uncorrected over corrected step number t: (1 - beta1^t) / sqrt(1 - beta2^t)."""
    return (1 - beta1 ** np.asarray(t)) / np.sqrt(1 - beta2 ** np.asarray(t))


def uncorrected() -> dict[str, float]:
    """Steps of Adam without correction over Adam's, measured with torch.

    ``first``; the ``longest`` and the step ``longest at`` which it comes; the ``last`` step at
    which the two differ by more than 5 %, up to 5,000.
    """
    gradients = np.random.default_rng(0).normal(size=(5000, 20))
    almost, adam = (
        np.linalg.norm(steps_under(maker(name, 1e-3), gradients), axis=1)
        for name in ("almost", "adam")
    )
    ratio = almost / adam
    return {
        "first": float(ratio[0]),
        "longest": float(ratio.max()),
        "longest at": float(ratio.argmax() + 1),
        "last": float(np.flatnonzero(np.abs(ratio - 1) > 0.05)[-1] + 1),
    }


# --- where Adam breaks --------------------------------------------------------------

RARE = {"0.9": (0.9, False), "0.99": (0.99, False), "0.999": (0.999, False), "AMSGrad": (0.9, True)}


def rare_slopes(seed: int, steps: int, copies: int) -> np.ndarray:
    """The slope 300 in one step of 100, at random, and else -1; shape (steps, copies)."""
    return np.where(np.random.default_rng(seed).random((steps, copies)) < 0.01, 300.0, -1.0)


def counterexample(
    seed: int, steps: int = 5000, copies: int = 10, first_rate: float = 1.0
) -> dict[str, float | list[float]]:
    """Adam on [-1, 1] under rare large slopes, from 0, with the rate ``first_rate / sqrt(t)``.

    The mean slope is +2.01, so the minimum is at -1; staying at +1 has the regret 4.02 a step.
    With the first rate 1 a rule that divides by the slopes' typical size, 30, can walk the length
    of the interval four times in 5,000 steps.
    For four settings: the mean regret over the last fifth of the steps, as a share of that, and
    the mean point of the copies after every 50th step (``path ...``).
    """
    slopes = rare_slopes(seed, steps, copies)
    rates = first_rate / np.sqrt(np.arange(1, steps + 1))
    found: dict[str, float | list[float]] = {}
    for name, (beta2, amsgrad) in RARE.items():
        make = maker("adam", 1.0, betas=(BETA1, beta2), amsgrad=amsgrad)
        path = run(make, told(slopes), np.zeros(copies), steps, rates=rates, box=1.0).mean(axis=1)
        found[name] = float((path[-steps // 5 :].mean() + 1) / 2)
        found[f"path {name}"] = path[::50].tolist()
    return found


# --- what is printed ----------------------------------------------------------------

# The traits as a lecture prints them: first moments, second, leaky, bias correction.
TABLE = {
    "sgd": (False, False, False, False),
    "momentum": (True, False, False, False),
    "nesterov": (True, False, False, False),
    "adagrad": (False, True, False, False),
    "rmsprop": (False, True, True, False),
    "adam": (True, True, True, True),
}


def confirmed_traits() -> float:
    """Share of the 24 entries of ``TABLE`` that the probes find in torch's rules."""
    found = (traits(as_rule(name)).values() for name in TABLE)
    agree = [
        f == s
        for row, said in zip(found, TABLE.values(), strict=True)
        for f, s in zip(row, said, strict=True)
    ]
    return float(np.mean(agree))


def rootless(root: bool = False) -> dict[str, float]:
    """The 500th step when all gradients are 100 times as large, over the step before.

    For the three rules that a lecture prints, whose divisor is the sum or mean of squares
    itself; with ``root`` its root.  ``mixed`` divides a mean of gradients.
    """
    g = torch.tensor(np.random.default_rng(0).normal(size=500))
    found: dict[str, list[float]] = {"adagrad": [], "rmsprop": [], "mixed": []}
    for scale in (1.0, 100.0):
        total = leaky = mean = torch.tensor(0.0, dtype=torch.float64)
        for slope in scale * g:
            total = total + slope**2
            leaky = 0.99 * leaky + 0.01 * slope**2
            mean = 0.9 * mean + 0.1 * slope
        divisors = [v.sqrt() if root else v for v in (total, leaky, leaky)]
        for kept, top, bottom in zip(found.values(), (slope, slope, mean), divisors, strict=True):
            kept.append(float(top / bottom))
    return {name: two[1] / two[0] for name, two in found.items()}
