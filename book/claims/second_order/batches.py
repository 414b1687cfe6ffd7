"""Chapter 5's experiments with minibatches: each gives the numbers of one seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from claims.digits import digits
from claims.second_order import optimizers
from claims.second_order.net import HIDDEN, batches, start, value_and_slope
from claims.second_order.optimizers import EPOCHS, Curve

RATES_SGD = (0.1, 0.3, 1.0, 3.0)
RATES = (0.03, 0.1, 0.3, 1.0)  # of L-BFGS without a line search
MEMORIES = (3, 10, 30, 100)
ITERATIONS = (2, 5, 10, 20)
MARKS = (30, 60, 100)


class Tuned:
    """One method at each of its settings; four for every method."""

    def __init__(self, run: Callable[[float], Curve], settings: Iterable[float]) -> None:
        self.runs = {setting: run(setting) for setting in settings}

    def lowest(self, epoch: int) -> float:
        """The training loss after an epoch at the setting where it is lowest then."""
        return float(min(run.losses()[epoch - 1] for run in self.runs.values()))

    @property
    def curve(self) -> list[float]:
        """The training losses at the setting that ends lowest, to four digits."""
        best = min(self.runs.values(), key=lambda run: run.losses()[-1])
        return [float(f"{v:.3e}") for v in best.losses()]

    @property
    def chosen(self) -> dict[str, float]:
        """The measures at the setting and the epoch whose validation loss is lowest."""
        return min((run.chosen for run in self.runs.values()), key=lambda row: row["validation"])

    @property
    def setting(self) -> float:
        """The setting that ends with the lowest training loss."""
        return min(self.runs, key=lambda setting: self.runs[setting].losses()[-1])

    def numbers(self, name: str, epochs: int) -> dict[str, float]:
        """All of it, under the method's name."""
        found = {f"{name} {mark}": self.lowest(mark) for mark in MARKS if mark <= epochs}
        return found | {
            f"{name} setting": float(self.setting),
            f"{name} test": self.chosen["test"],
            f"{name} accuracy": self.chosen["accuracy"],
        }


def full_batch(seed: int, epochs: int = EPOCHS) -> dict[str, float | list[float]]:
    """L-BFGS on all examples, SGD on all examples, and SGD on minibatches of 64.

    Training losses after 30, 60 and 100 epochs at the best of four settings each (memories of
    L-BFGS, rates of SGD), and L-BFGS's over either SGD's: ``"over full 30"``, ``"over 64 30"``.
    ``accuracy lead`` is SGD's test accuracy minus L-BFGS's, each at the setting and the epoch
    that validation loss chooses; ``end lead`` without early stopping.
    """
    all_of_them = len(digits(seed)["training"][1])
    methods = {
        "L-BFGS": Tuned(lambda m: optimizers.full(seed, int(m), epochs), MEMORIES),
        "full": Tuned(lambda lr: optimizers.sgd(seed, all_of_them, lr, epochs), RATES_SGD),
        "64": Tuned(lambda lr: optimizers.sgd(seed, 64, lr, epochs), RATES_SGD),
    }
    found: dict[str, float | list[float]] = {}
    for name, method in methods.items():
        found |= method.numbers(name, epochs) | {f"{name} curve": method.curve}
        last = min((r.rows[-1] for r in method.runs.values()), key=lambda row: row["validation"])
        found[f"{name} end accuracy"] = last["accuracy"]
    for mark in (m for m in MARKS if m <= epochs):
        for rival in ("full", "64"):
            found[f"over {rival} {mark}"] = found[f"L-BFGS {mark}"] / found[f"{rival} {mark}"]
    found["accuracy lead"] = found["64 accuracy"] - found["L-BFGS accuracy"]
    found["end lead"] = found["64 end accuracy"] - found["L-BFGS end accuracy"]
    return found


def minibatch(seed: int, batch: int, epochs: int = EPOCHS) -> dict[str, float | list[float]]:
    """Three kinds of L-BFGS and SGD on minibatches of one size, four settings each.

    Training losses after 30, 60 and 100 epochs; each kind's over SGD's (``"mixed over SGD"``,
    at the end); and ``accuracy lead``, SGD's test accuracy minus that of the kind of L-BFGS
    with the lowest validation loss.
    """
    kinds = {
        "SGD": (optimizers.sgd, RATES_SGD),
        "mixed": (optimizers.mixed, RATES),
        "paired": (optimizers.paired, RATES),
        "searched": (lambda s, b, k, e: optimizers.searched(s, b, int(k), e), ITERATIONS),
    }
    found: dict[str, float | list[float]] = {}
    chosen, ends = {}, {}
    for name, (run, settings) in kinds.items():
        method = Tuned(lambda setting, run=run: run(seed, batch, setting, epochs), settings)
        found |= method.numbers(name, epochs)
        chosen[name], ends[name] = method.chosen, method.lowest(epochs)
    for name in ("mixed", "paired", "searched"):
        found[f"{name} over SGD"] = ends[name] / ends["SGD"]
    sgd = chosen.pop("SGD")
    best = min(chosen.values(), key=lambda row: row["validation"])
    found["accuracy lead"] = sgd["accuracy"] - best["accuracy"]
    return found


def mask(rng: np.random.Generator, examples: int, keep: float = 0.8) -> np.ndarray:
    """Inverted dropout: a mask for the hidden units of every example."""
    return (rng.random((examples, HIDDEN)) < keep) / keep


def pair_errors(seed: int, steps: int = 50) -> dict[str, float | list[float]]:
    """What becomes of y when the function changes within a pair, at L-BFGS's own steps.

    The steps s are those of SciPy's L-BFGS on all examples.  For each, y is taken honestly, on
    one function, and mixed, with the first gradient on another one: another minibatch of 64 or
    256, or another dropout mask.  Returns medians over the steps of |mixed - honest| / |honest|
    (``"64 error"``, ``"256 error"``, ``"mask error"``); the share of steps with s.y <= 0, mixed
    (``bad``) and honest (``honest bad``); and the median length of s.
    """
    path = list(optimizers.points(seed, steps))
    rng, examples = np.random.default_rng(seed), len(digits(seed)["training"][1])
    sources = {size: batches(seed, int(size)) for size in ("64", "256")}
    found: dict[str, float | list[float]] = {}
    for kind in ("64", "256", "mask"):
        errors, bad, honest_bad = [], [], []
        for here, there in pairwise(path):
            if kind == "mask":
                first, second = ({"mask": mask(rng, examples)} for _ in range(2))
            else:
                first, second = ({"rows": next(sources[kind])} for _ in range(2))
            error, *signs = one_pair(seed, here, there, first, second)
            errors.append(error)
            bad.append(signs[0])
            honest_bad.append(signs[1])
        found[f"{kind} error"] = float(np.median(errors))
        found[f"{kind} bad"] = float(np.mean(bad))
        found[f"{kind} honest bad"] = float(np.mean(honest_bad))
    found["length"] = float(np.median([np.linalg.norm(b - a) for a, b in pairwise(path)]))
    return found


def one_pair(
    seed: int, here: np.ndarray, there: np.ndarray, first: dict, second: dict
) -> tuple[float, bool, bool]:
    """Relative error of the mixed y, and whether s.y <= 0 for the mixed and for the honest one."""
    before, other = (value_and_slope(here, seed, **f)[1] for f in (second, first))
    honest = value_and_slope(there, seed, **second)[1] - before
    mixed = honest + before - other
    s = there - here
    error = float(np.linalg.norm(mixed - honest) / np.linalg.norm(honest))
    return error, bool(s @ mixed <= 0), bool(s @ honest <= 0)


def mask_errors(seed: int, draws: int = 20) -> dict[str, float]:
    """The same for dropout masks, at steps of given length down the gradient from the start.

    ``"error 0.1"`` and ``"bad 0.1"`` are for steps of length 0.1; medians and shares of ``draws``.
    """
    rng, w = np.random.default_rng(seed), start(seed)
    examples, found = len(digits(seed)["training"][1]), {}
    for length in (1.0, 0.1, 0.01, 0.001):
        told = []
        for _ in range(draws):
            first, second = ({"mask": mask(rng, examples)} for _ in range(2))
            slope = value_and_slope(w, seed, **first)[1]
            step = -length * slope / np.linalg.norm(slope)
            told.append(one_pair(seed, w, w + step, first, second))
        found[f"error {length:g}"] = float(np.median([t[0] for t in told]))
        found[f"bad {length:g}"] = float(np.mean([t[1] for t in told]))
    return found
