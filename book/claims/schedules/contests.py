"""Fixed rates against decays on the digits: every competitor has the same number of rates to try.

Rates are chosen by the loss on validation images, for each seed by itself; what is compared is
the loss on test images, which chose nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.signal import lfilter

from claims.schedules.nets import Runs, train
from claims.schedules.rates import schedule

STEPS = 1500
NOISY = 0.2  # share of the training labels that is drawn anew in the harder task
FIXED = "constant"
DECAYS = ("step", "halving", "exponential", "linear", "cosine", "stable")
FREE = "schedule-free"
RATES = 0.05 * 2.0 ** (np.arange(11) / 2)  # 0.05 to 1.6
DOUBLINGS = 2.0 ** np.arange(8)
SMALLEST = {"Adam": 0.0005, "momentum": 0.0025, "AdaGrad": 0.0025}
RULES: dict[str, tuple[Any, dict[str, Any]]] = {
    "Adam": (torch.optim.Adam, {}),
    "momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "AdaGrad": (torch.optim.Adagrad, {}),
}


def columns(names: tuple[str, ...], rates: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """Rates of every update, (steps, len(names) * len(rates)): schedules, then top rates."""
    return np.concatenate([np.outer(schedule(n, steps), rates) for n in names], axis=1)


def best(runs: Runs, names: tuple[str, ...]) -> dict[str, int]:
    """For each schedule the column whose validation loss is lowest."""
    by_name = runs.loss["validation"].reshape(len(names), -1)
    width = by_name.shape[1]
    return {n: i * width + int(by_name[i].argmin()) for i, n in enumerate(names)}


def contest(seed: int, wrong: float) -> dict[str, float | list[float]]:
    """A net of 32 hidden units, SGD with minibatches of 16, 1,500 updates, eleven top rates.

    Args:
        seed: split, start and minibatches.
        wrong: share of the training labels that is drawn anew.

    Returns:
        For each schedule its chosen ``"<name> rate"``, ``"<name> loss"`` and ``"<name> accuracy"``
        (per cent) on the test images, and the lists ``"<name> training"`` and
        ``"<name> validation"`` of losses at all rates.  For each decay ``"<name>"``, its test loss
        over the fixed rate's.
        ``"accuracy gain"`` is the cosine's over the fixed rate, in points; ``"training"`` the
        ratio of the least training losses, cosine over fixed.  ``"stable over cosine"`` and
        ``"free over cosine"`` are ratios of test losses.
    """
    names = (FIXED, *DECAYS)
    runs = train(columns(names, RATES), seed, wrong=wrong)
    found = _told(runs, names)
    alone = train(columns((FIXED,), RATES), seed, wrong=wrong, average=0.9)
    found |= _told(alone, (FREE,))
    for name in (*DECAYS, FREE):
        found[name] = found[f"{name} loss"] / found[f"{FIXED} loss"]
    found["accuracy gain"] = found["cosine accuracy"] - found[f"{FIXED} accuracy"]
    found["training"] = min(found["cosine training"]) / min(found[f"{FIXED} training"])
    found["stable over cosine"] = found["stable loss"] / found["cosine loss"]
    found["free over cosine"] = found[f"{FREE} loss"] / found["cosine loss"]
    return found


def _told(runs: Runs, names: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, column in best(runs, names).items():
        i = names.index(name) * len(RATES)
        found[f"{name} rate"] = float(RATES[column - i])
        found[f"{name} loss"] = float(runs.loss["test"][column])
        found[f"{name} accuracy"] = float(100 * runs.accuracy["test"][column])
        for part in ("training", "validation"):
            found[f"{name} {part}"] = runs.loss[part][i : i + len(RATES)].tolist()
    return found


def other_rules(seed: int) -> dict[str, float]:
    """Adam, AdaGrad and momentum 0.9 on the task with redrawn labels, eight doublings of the rate.

    Returns:
        ``"Adam"`` and ``"AdaGrad"``: test loss with a cosine over that with a fixed rate;
        ``"fixed Adam"`` the inverse; ``"momentum over Adam"``: test losses, both with a cosine;
        ``"wrong rate"``: Adam's highest test loss at a fixed rate over that at its chosen one;
        ``"octaves"``: at how many more rates Adam's validation loss is within a tenth of its
        lowest than momentum's, both with a cosine.
    """
    size = len(DOUBLINGS)
    test: dict[tuple[str, str], float] = {}
    good: dict[str, int] = {}
    for rule, (optimizer, options) in RULES.items():
        names = ("cosine",) if rule == "momentum" else ("cosine", FIXED)
        rates = columns(names, SMALLEST[rule] * DOUBLINGS)
        runs = train(rates, seed, wrong=NOISY, optimizer=optimizer, options=options)
        for name, column in best(runs, names).items():
            test[rule, name] = float(runs.loss["test"][column])
        decayed = runs.loss["validation"][:size]
        good[rule] = int((decayed <= 1.1 * decayed.min()).sum())
        if rule == "Adam":
            worst = float(runs.loss["test"][size:].max())
    return {
        "Adam": test["Adam", "cosine"] / test["Adam", FIXED],
        "AdaGrad": test["AdaGrad", "cosine"] / test["AdaGrad", FIXED],
        "fixed Adam": test["Adam", FIXED] / test["Adam", "cosine"],
        "momentum over Adam": test["momentum", "cosine"] / test["Adam", "cosine"],
        "wrong rate": worst / test["Adam", FIXED],
        "octaves": float(good["Adam"] - good["momentum"]),
    }


def stopped(seed: int, rate: float = 0.8) -> float:
    """Test loss of a cosine over 1,500 updates that is stopped at 750, over one meant for 750."""
    ahead = schedule("cosine", STEPS)[: STEPS // 2]
    meant = schedule("cosine", STEPS // 2)
    loss = train(rate * np.stack([ahead, meant], axis=1), seed, wrong=NOISY).loss["test"]
    return float(loss[0] / loss[1])


def restarts(seed: int, rate: float = 0.8, every: int = 15) -> dict[str, float | list[float]]:
    """One cosine and warm restarts from the same top rate, labels redrawn.

    Returns:
        The training losses ``"cosine"`` and ``"restarts"`` after every 15 updates, 0 to 1,500;
        ``"at 210"``, ``"at 645"`` and ``"at 1500"``: test loss with restarts over that of the one
        cosine, before each restart (after 215 and 645 updates) and at the end.
    """
    rates = rate * columns(("cosine", "restarts"), np.ones(1))
    at = range(0, STEPS + 1, every)
    training = train(rates, seed, wrong=NOISY, record=at).curve
    test = train(rates, seed, wrong=NOISY, record=at, on="test").curve
    ratio = test[:, 1] / test[:, 0]
    return {
        "cosine": training[:, 0].tolist(),
        "restarts": training[:, 1].tolist(),
        **{f"at {t}": float(ratio[t // every]) for t in (210, 645, 1500)},
    }


def range_test(seed: int, updates: int = 400) -> dict[str, float | list[float]]:
    """Rates from 0.0001 to 10, and the minibatch losses as they rise; clean labels.

    Returns:
        ``"losses"`` (as far as they are finite), ``"smooth"``; ``"pick"``, where the smoothed loss
        falls most steeply; ``"lowest"``, where it is lowest; ``"full"``, the training losses of
        full runs with a cosine at ``RATES``; ``"share"``, the pick over the top rate that is best
        for the validation images in full runs.
    """
    rates = np.geomspace(1e-4, 10, updates)
    raw = train(rates[:, None], seed, minibatch_curve=True).curve[:, 0]
    raw = raw[: np.argmin(np.append(np.isfinite(raw), False))]
    smooth = lfilter([0.04], [1, -0.96], raw, zi=[0.96 * raw[:20].mean()])[0]
    low = int(smooth.argmin())
    pick = rates[np.gradient(smooth, np.log(rates[: len(raw)]))[: low + 1].argmin()]
    full = train(columns(("cosine",), RATES), seed)
    return {
        "losses": raw.tolist(),
        "smooth": smooth.tolist(),
        "pick": float(pick),
        "lowest": float(rates[low]),
        "full": full.loss["training"].tolist(),
        "share": float(pick / RATES[best(full, ("cosine",))["cosine"]]),
    }
