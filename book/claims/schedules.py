"""Chapter 6's experiments: fixed rates against decays, warm-up, batch size, on the digits.

The networks and their training are in ``schedules_runs``, the rows in ``schedules_table``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from scipy.signal import lfilter

from claims.schedules_runs import Runs, schedule, sharpness, train

SEEDS = (10, 11, 12, 13, 14, 15)  # all that is reported
TUNING = (0, 1, 2)  # used to choose rates, never reported
STEPS = 800
NOISY = 0.2  # share of the training labels that is drawn anew in the harder task
DECAYS = ("step", "exponential", "linear", "cosine")
RATES = 0.1 * 2.0 ** (np.arange(9) / 2)  # 0.1 to 1.6
FACTORS = (1, 2, 4, 8, 16, 32, 64, 128)  # times the batch
BASE_BATCH = 4
ADAPTIVE = {  # rates for the optimizers that divide by a size of the gradient
    "Adam": tuple(0.002 * 2.0 ** np.arange(5)),
    "Adagrad": tuple(0.02 * 2.0 ** np.arange(5)),
}
SCALING_RATES = 0.02 * 2.0 ** np.arange(8)
WARM_RATES = 0.1 * 2.0 ** (np.arange(9) / 2)


# --- the noisy quadratic --------------------------------------------------------------


def second_moments(rates: np.ndarray, start: float, noise: float = 1.0) -> np.ndarray:
    """E[x**2] before each update and after the last, for curvature 1, exactly.

    ``x <- x - rate * (x + xi)`` with independent noise of variance ``noise``.
    """
    moments = [start]
    for rate in rates:
        moments.append((1 - rate) ** 2 * moments[-1] + rate**2 * noise)
    return np.array(moments)


def greedy_rates(steps: int, start: float, noise: float = 1.0) -> np.ndarray:
    """The rate that minimises the next E[x**2], at every step, for curvature 1."""
    rates, moment = [], start
    for _ in range(steps):
        rates.append(moment / (moment + noise))
        moment = second_moments(np.array(rates[-1:]), moment, noise)[-1]
    return np.array(rates)


def floor_ratio(seed: int, rate: float = 0.02, times: float = 2.0, steps: int = 400_000) -> float:
    """Simulated stationary variance at ``times * rate`` over that at ``rate``."""
    noise = np.random.default_rng(seed).normal(size=steps)
    floors = [lfilter([-a], [1, a - 1], noise)[2000:].var() for a in (times * rate, rate)]
    return float(floors[0] / floors[1])


# --- fixed rates against decays --------------------------------------------------------


@cache
def tuned(
    wrong: float, names: tuple[str, ...], rates: tuple[float, ...], optimizer: str = "SGD"
) -> tuple[Runs, dict[str, tuple[float, float]]]:
    """The tuning runs, and for each schedule the top rates of least loss and most accuracy.

    Every schedule gets the same rates and seeds.  Columns run over schedules, then rates.
    """
    columns = np.concatenate([np.outer(schedule(n, STEPS), rates) for n in names], axis=1)
    runs = train(columns, TUNING, wrong=wrong, optimizer=getattr(torch.optim, optimizer))
    shape = (len(names), len(rates))
    by_loss = runs.loss.mean(0).reshape(shape).argmin(1)
    by_accuracy = runs.accuracy.mean(0).reshape(shape).argmax(1)
    picks = zip(names, by_loss, by_accuracy, strict=True)
    return runs, {name: (rates[i], rates[j]) for name, i, j in picks}


@cache
def contest(
    wrong: float,
    names: tuple[str, ...] = ("constant", *DECAYS),
    rates: tuple[float, ...] = tuple(RATES),
    optimizer: str = "SGD",
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Per schedule: training losses and test accuracies on ``SEEDS``, each at its own rate."""
    best = tuned(wrong, names, rates, optimizer)[1]
    wanted = sorted({(n, lr) for n in names for lr in best[n]})  # a rate may win twice
    columns = np.stack([schedule(n, STEPS) * lr for n, lr in wanted], axis=1)
    runs = train(columns, SEEDS, wrong=wrong, optimizer=getattr(torch.optim, optimizer))
    place = {pair: i for i, pair in enumerate(wanted)}
    return {
        n: (runs.loss[:, place[n, best[n][0]]], runs.accuracy[:, place[n, best[n][1]]])
        for n in names
    }


def loss_ratio(seed: int, wrong: float, name: str = "cosine", optimizer: str = "SGD") -> float:
    """Training loss of a tuned decay over that of the tuned fixed rate."""
    if optimizer == "SGD":
        result = contest(wrong)
    else:
        result = contest(wrong, ("constant", name), ADAPTIVE[optimizer], optimizer)
    i = SEEDS.index(seed)
    return float(result[name][0][i] / result["constant"][0][i])


def accuracy_gain(seed: int, wrong: float, name: str = "cosine") -> float:
    """Test accuracy of a tuned decay minus that of the tuned fixed rate, in points."""
    i, result = SEEDS.index(seed), contest(wrong)
    return float(100 * (result[name][1][i] - result["constant"][1][i]))


FOUR = {"low": 0.01, "good": 0.3, "high": 1.2, "very high": 10.0}
MOMENTS = tuple(int(t) for t in np.unique(np.geomspace(1, 1000, 36).round()))


@cache
def four_rates() -> Runs:
    """A softmax classifier at the rates of ``FOUR``, then at high with a cosine.

    Labels as in the harder task; training losses at ``MOMENTS``.
    """
    fixed = np.outer(schedule("constant", 1000), list(FOUR.values()))
    decayed = schedule("cosine", 1000)[:, None] * FOUR["high"]
    return train(np.hstack([fixed, decayed]), SEEDS, wrong=NOISY, hidden=(), record=MOMENTS)


def over_good(seed: int, first: int, last: int, column: int = 2) -> float:
    """Mean training loss of the high rate between two updates over the good one's.

    ``column`` 4 takes the high rate with its decay in place of the fixed one.
    """
    inside = (np.array(MOMENTS) >= first) & (np.array(MOMENTS) <= last)
    curve = four_rates().curve[inside, SEEDS.index(seed)].mean(0)
    return float(curve[column] / curve[1])


@cache
def range_test(updates: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Rates from 0.0001 to 10, and the minibatch losses (updates, 6 seeds) as they rise."""
    rates = np.geomspace(1e-4, 10, updates)
    return rates, train(rates[:, None], SEEDS, minibatch_curve=True).curve[:, :, 0]


@cache
def paths(names: tuple[str, ...], rate: float = 0.57) -> np.ndarray:
    """Training losses on the harder task after every 10 updates: (81, 6 seeds, schedules)."""
    columns = np.stack([rate * schedule(n, STEPS) for n in names], axis=1)
    return train(columns, SEEDS, wrong=NOISY, record=range(0, STEPS + 1, 10)).curve


# --- warm-up ---------------------------------------------------------------------------


@cache
def warmed(hidden: tuple[int, ...], gain: float) -> tuple[np.ndarray, np.ndarray]:
    """Final training losses (5 seeds, rates): constant, and with a ramp of 100 of 300 updates."""
    ramp = np.minimum(np.arange(300) / 100, 1)
    columns = np.hstack([np.outer(np.ones(300), WARM_RATES), np.outer(ramp, WARM_RATES)])
    loss = train(columns, SEEDS[:5], batch=64, hidden=hidden, gain=gain).loss
    return loss[:, : len(WARM_RATES)], loss[:, len(WARM_RATES) :]


def largest_rate(losses: np.ndarray, limit: float = 1.0) -> float:
    """The largest of ``WARM_RATES`` up to which every loss stays below ``limit``."""
    failed = np.flatnonzero(~(losses < limit))
    return float(WARM_RATES[failed[0] - 1 if len(failed) else -1])


def warmup_gain(seed: int, hidden: tuple[int, ...] = (32, 32, 32), gain: float = 2.0) -> float:
    """Largest rate that still trains, with warm-up over without."""
    cold, warm = (largest_rate(part[SEEDS.index(seed)]) for part in warmed(hidden, gain))
    return warm / cold


@cache
def warmup_story(rate: float = 0.4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Without and with warm-up: minibatch losses (300, 6, 2), sharpness (17, 2), its updates.

    The sharpness is that of the first seed's network.
    """
    columns = rate * np.stack([np.ones(300), np.minimum(np.arange(300) / 100, 1)], axis=1)
    at = np.arange(0, 161, 10)
    net: dict[str, Any] = {"batch": 64, "hidden": (32, 32, 32), "gain": 2.0}
    losses = train(columns, SEEDS, minibatch_curve=True, **net).curve
    first = SEEDS[:1]
    bends = train(columns[: at[-1] + 1], first, record=tuple(at), measure=sharpness, **net).curve
    return losses, bends[:, 0], at


# --- batch size ------------------------------------------------------------------------


@cache
def scaling(factor: int, epochs: int = 4) -> np.ndarray:
    """Training losses (3 seeds, rates) after ``epochs`` at ``factor`` times the batch."""
    batch = BASE_BATCH * factor
    steps = epochs * (1348 // batch)
    columns = np.outer(np.ones(steps), SCALING_RATES)
    return train(columns, SEEDS[:3], batch=batch).loss


def scaled_ratio(seed: int, factor: int, power: float = 1.0) -> float:
    """Loss at N times the batch and N**power times the rate 0.02, over the loss at neither."""
    column = round(np.log2(factor**power))
    i = SEEDS.index(seed)
    return float(scaling(factor)[i, column] / scaling(1)[i, 0])


def best_rate(seed: int, factor: int) -> float:
    """The rate of least training loss at ``factor`` times the batch."""
    return float(SCALING_RATES[scaling(factor)[SEEDS.index(seed)].argmin()])
