"""Rules against each other on the digits: each at the best of seven rates, 1,500 steps.

Rates are chosen by the validation loss, and the test loss is reported.  Where the question is how
far a rule gets in training, both are the training loss.
"""

from __future__ import annotations

import numpy as np

from claims.adaptive_methods.nets import Setting, judged, train

Run = dict[str, list[float]]


def half_decades(first: float, count: int = 7) -> tuple[float, ...]:
    """Rates half a decade apart, from 10 to the power ``first`` on."""
    return tuple(10 ** (first + k / 2) for k in range(count))


GRID = {
    "sgd": half_decades(-2),
    "momentum": half_decades(-3),
    "nesterov": half_decades(-3),
    "adagrad": half_decades(-2.5),
    "adadelta": half_decades(-1),
    "rmsprop": half_decades(-4),
    "window": half_decades(-4),
    "almost": half_decades(-4),
    "adam": half_decades(-4),
}
FALLING = ("momentum", "adagrad", "adam")
SHORTER = 0.995


def race(seed: int) -> dict[str, float | list[float]]:
    """All rules of ``GRID``, three of them also with a falling rate, Adam also with beta2 0.995.

    Returns lists over the seven rates (``"adam training"``, ``"adam cosine test"`` ...) and the
    numbers that ``ratios`` makes of them.
    """
    kinds = {name: [Setting(name, lr) for lr in rates] for name, rates in GRID.items()}
    for name in FALLING:
        kinds[f"{name} cosine"] = [Setting(name, lr, falling=True) for lr in GRID[name]]
    kinds["adam 0.995"] = [Setting("adam", lr, beta2=SHORTER) for lr in GRID["adam"]]
    kinds["start"] = [Setting("adam", lr) for lr in (1e-3, 5e-4)]
    runs = trained(seed, kinds)
    found: dict[str, float | list[float]] = {
        f"{name} {part}": losses for name, run in runs.items() for part, losses in run.items()
    }
    return found | ratios(runs)


def trained(seed: int, kinds: dict[str, list[Setting]], **options: int) -> dict[str, Run]:
    """What :func:`judged` finds for each kind of setting, all trained side by side."""
    settings = [s for kin in kinds.values() for s in kin]
    everything = judged(seed, train(seed, settings, **options))
    runs, first = {}, 0
    for name, kin in kinds.items():
        here = slice(first, first + len(kin))
        runs[name] = {part: losses[here] for part, losses in everything.items()}
        first += len(kin)
    return runs


def tuned(run: Run, part: str = "test") -> float:
    """What a run has on ``part`` at the setting whose validation loss is lowest."""
    return run[part][int(np.argmin(run["validation"]))]


def off(run: Run) -> float:
    """Validation loss at a rate half a decade off, over the lowest: both sides' geometric mean.

    The lowest is looked for among the inner rates, so that there are two sides.
    """
    loss = np.array(run["validation"])
    best = 1 + int(np.argmin(loss[1:-1]))
    return float(np.sqrt(loss[best - 1] * loss[best + 1]) / loss[best])


def ratios(runs: dict[str, Run]) -> dict[str, float]:
    """The effects that the claims are about, named by what is divided by what."""
    test = {name: tuned(run) for name, run in runs.items()}
    train_loss = {name: min(run["training"]) for name, run in runs.items()}
    others = [train_loss[name] for name in ("momentum", "nesterov", "adagrad", "adadelta")]
    gain = {name: test[name] / test[f"{name} cosine"] for name in FALLING}
    aside = {name: off(runs[name]) for name in ("momentum", "rmsprop", "adam")}
    at_a_hundredth = GRID["adam"].index(10**-2)
    return {
        "sgd over slowest": train_loss["sgd"] / max(*others, train_loss["rmsprop"]),
        "adagrad over rmsprop, training": train_loss["adagrad"] / train_loss["rmsprop"],
        "adagrad over rmsprop": test["adagrad"] / test["rmsprop"],
        **{f"adam over {name}": test["adam"] / test[name] for name in ("momentum", "rmsprop")},
        "adam over adagrad": test["adam"] / test["adagrad"],
        "momentum over adam, cosine": test["momentum cosine"] / test["adam cosine"],
        **{f"{name} off": value for name, value in aside.items()},
        "momentum off over adam off": aside["momentum"] / aside["adam"],
        **{f"cosine over constant, {name}": 1 / value for name, value in gain.items()},
        "constant over cosine, adam": gain["adam"],
        "momentum's gain over adam's": gain["momentum"] / gain["adam"],
        "beta2, same rate": runs["adam 0.995"]["training"][at_a_hundredth]
        / runs["adam"]["training"][at_a_hundredth],
        "beta2, tuned": test["adam 0.995"] / test["adam"],
        "almost over adam": test["almost"] / test["adam"],
        "window over rmsprop": test["window"] / test["rmsprop"],
        "0.001 over tuned": runs["start"]["test"][0] / test["adam"],
        "0.0005 over tuned": runs["start"]["test"][1] / test["adam"],
        **{f"{name} accuracy, tuned": tuned(run, "accuracy") for name, run in runs.items()},
        **{f"{name} loss, tuned": value for name, value in test.items()},
    }


def small_batches(seed: int) -> dict[str, float]:
    """Adam with batches of 8: a falling rate against a constant one, each at its best of seven.

    ``training`` and ``test`` are the ratios of the losses, cosine over constant.
    """
    kinds = {
        kind: [Setting("adam", lr, falling=kind == "cosine") for lr in GRID["adam"]]
        for kind in ("cosine", "constant")
    }
    runs = trained(seed, kinds, batch=8)
    return {
        "training": min(runs["cosine"]["training"]) / min(runs["constant"]["training"]),
        "test": tuned(runs["cosine"]) / tuned(runs["constant"]),
    }


MAP_RATES = half_decades(-3, 5)
MAP_STRENGTHS = {"adam": half_decades(-4, 5), "adamw": half_decades(-2, 5)}


def decay_map(seed: int) -> dict[str, float | list[float]]:
    """Adam with an L2 penalty and AdamW, five rates by five strengths each, along a cosine.

    Lists ``"adam validation"``, ``"adamw validation"`` run over the rates first and the strengths
    within; ``none`` is Adam without either.  The ratios are of test losses, each at the setting
    of the lowest validation loss.
    """
    kinds = {
        "adam": [Setting("adam", lr, True, penalty=p) for lr, p in _pairs("adam")],
        "none": [Setting("adam", lr, True) for lr in MAP_RATES],
        "adamw": [Setting("adam", lr, True, decay=d) for lr, d in _pairs("adamw")],
    }
    runs = trained(seed, kinds)
    return {
        **{f"{name} validation": run["validation"] for name, run in runs.items()},
        **{f"{name} test": tuned(run) for name, run in runs.items()},
        **{f"{name} accuracy": tuned(run, "accuracy") for name, run in runs.items()},
        "adamw over adam": tuned(runs["adamw"]) / tuned(runs["adam"]),
        "adamw over none": tuned(runs["adamw"]) / tuned(runs["none"]),
    }


def _pairs(name: str) -> list[tuple[float, float]]:
    return [(lr, strength) for lr in MAP_RATES for strength in MAP_STRENGTHS[name]]
