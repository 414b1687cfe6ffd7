"""Chapter 6's experiments on four rates, on warm-up and on batches: the numbers of one seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize

from claims.schedules.contests import NOISY
from claims.schedules.nets import digits, finite_or_not, gradients, sharpness, train
from claims.schedules.quadratic import greedy_rates, second_moments, tuned_top
from claims.schedules.rates import schedule

LONG = 3000
FOUR = {"low": 0.01, "good": 0.3, "high": 1.2, "very high": 10.0}
MOMENTS = tuple(range(200)) + tuple(int(t) for t in np.geomspace(200, LONG, 60).round())
DEEP = {"batch": 64, "hidden": (32, 32, 32), "gain": 2.0}  # a start that is twice too large
WARM_RATES = 0.05 * 2.0 ** (np.arange(33) / 4)  # 0.05 to 12.8
RAMP = np.minimum(np.arange(300) / 100, 1.0)
BENDS_AT = tuple(range(0, 161, 10))
BASE_BATCH, BASE_RATE, EPOCHS = 4, 0.02, 6
FACTORS = (1, 2, 4, 8, 16, 32, 64, 128)  # times the batch
BATCH_RATES = BASE_RATE * 2.0 ** (np.arange(15) / 2)  # 0.02 to 2.56
ADAM_RATE = 0.0005


def tuned_against_fixed(name: str, steps: int = 1000, start: float = 100.0) -> float:
    """E[x**2] at the end of the noisy quadratic: a schedule over the fixed rate, both tuned.

    ``name`` is one of ``schedule``'s or "greedy", the best rate for each step.
    """
    if name == "greedy":
        end = float(second_moments(greedy_rates(steps, start), start)[-1])
    else:
        end = tuned_top(schedule(name, steps), start)[1]
    return end / tuned_top(np.ones(steps), start)[1]


def four_rates(seed: int) -> dict[str, float | list[float]]:
    """A softmax classifier at the rates of ``FOUR``, then at high with a cosine; labels redrawn.

    What is recorded is the excess: the training loss minus the least that the model can have.

    Returns:
        The curves of the excess at ``MOMENTS``, by name ("decay" for the cosine).
        ``"faster"``: updates of high over those of good until the excess is a fifth of the first;
        ``"unsettled"``: mean excess in the second half, high over good; ``"decayed"``: the excess
        at the end with the decay over the least of the four.
    """
    fixed = np.outer(np.ones(LONG), list(FOUR.values()))
    rates = np.hstack([fixed, schedule("cosine", LONG)[:, None] * FOUR["high"]])
    curve = train(rates, seed, wrong=NOISY, hidden=(), record=MOMENTS).curve - least_loss(seed)
    at = np.array(sorted(set(MOMENTS)))
    first = {
        n: at[np.argmax(curve[:, k] < curve[0, k] / 5)] for k, n in enumerate(FOUR) if k in (1, 2)
    }
    late = curve[at >= LONG // 2].mean(0)
    return {
        **{name: curve[:, k].tolist() for k, name in enumerate((*FOUR, "decay"))},
        "faster": float(first["high"] / first["good"]),
        "unsettled": float(late[2] / late[1]),
        "decayed": float(curve[-1, 4] / curve[-1, :4].min()),
    }


def least_loss(seed: int) -> float:
    """The least training loss of a softmax classifier on redrawn labels, by L-BFGS."""
    X, y = digits(seed, NOISY)["training"]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = torch.from_numpy(flat)
        value, slopes = gradients([w[:640].view(1, 64, 10), w[640:].view(1, 10)], X, y)
        return float(value), torch.cat([s.flatten() for s in slopes]).numpy()

    options = {"maxiter": 1500, "maxfun": 2000, "ftol": 1e-14, "gtol": 1e-8}
    return float(minimize(loss, np.zeros(650), jac=True, method="L-BFGS-B", options=options).fun)


def largest_rate(losses: np.ndarray, limit: float = 1.0) -> float:
    """The largest of ``WARM_RATES`` up to which every loss stays below ``limit``.

    Raises:
        ValueError: if the first one fails or none does: then the grid does not contain the answer.
    """
    failed = np.flatnonzero(~(losses < limit))
    if not len(failed) or failed[0] == 0:
        raise ValueError("the largest rate that trains lies outside the grid: widen it")
    return float(WARM_RATES[failed[0] - 1])


def warmup_gain(seed: int, hidden: tuple[int, ...], gain: float) -> dict[str, float]:
    """Largest rate that still trains: 300 updates, without and with a ramp over 100 of them.

    Returns:
        ``"cold"``, ``"warm"``, and ``"value"``, the second over the first.
    """
    rates = np.hstack([np.outer(np.ones(300), WARM_RATES), np.outer(RAMP, WARM_RATES)])
    loss = train(rates, seed, batch=64, hidden=hidden, gain=gain).loss["training"]
    cold, warm = (largest_rate(part) for part in np.split(loss, 2))
    return {"cold": cold, "warm": warm, "value": warm / cold}


def warmup_story(seed: int, rate: float = 0.4) -> dict[str, float | list[float]]:
    """A net with weights twice too large, without and with warm-up to the rate 0.4.

    Returns:
        ``"cold"`` and ``"warm"``: losses of the 300 minibatches, as far as they are finite;
        ``"cold bends"`` and ``"warm bends"``: largest curvature after 0, 10, ..., 160 updates;
        ``"cold top"`` and ``"warm top"``: highest loss over the first; ``"edge"``: median of the
        curvature over 2 / rate with warm-up, updates 50 to 160.
    """
    rates = rate * np.stack([np.ones(300), RAMP], axis=1)
    net: dict[str, Any] = dict(DEEP)
    loss = finite_or_not(train(rates, seed, minibatch_curve=True, **net).curve)
    bends = train(rates[: BENDS_AT[-1] + 1], seed, record=BENDS_AT, measure=sharpness, **net).curve
    at = np.array(BENDS_AT[5:])
    top = loss.max(0) / loss[0]
    return {
        "cold": loss[:, 0].tolist(),
        "warm": loss[:, 1].tolist(),
        "cold bends": bends[:, 0].tolist(),
        "warm bends": bends[:, 1].tolist(),
        "cold top": float(top[0]),
        "warm top": float(top[1]),
        "edge": float(np.median(bends[5:, 1] * rates[at, 1] / 2)),
    }


def batches(seed: int) -> dict[str, float | list[float]]:
    """Six epochs with 1 to 128 times the batch 4, at fifteen fixed rates from 0.02 on.

    Returns:
        For each factor N: ``"training N"``, the training losses at all rates; ``"best N"``, the
        rate whose validation loss is lowest, and ``"ratio N"``, the same over that for N = 1;
        ``"same N"``, the training loss at N times the rate 0.02 over that of batch 4 at 0.02, and
        ``"root N"``, at the root of N times it.
    """
    found: dict[str, float | list[float]] = {}
    for n in FACTORS:
        runs = train(np.outer(np.ones(_updates(n)), BATCH_RATES), seed, batch=BASE_BATCH * n)
        training = runs.loss["training"].tolist()
        first = found.setdefault("training 1", training)
        found[f"training {n}"] = training
        found[f"best {n}"] = rate = float(BATCH_RATES[runs.loss["validation"].argmin()])
        found[f"ratio {n}"] = rate / found["best 1"]  # type: ignore[operator]
        for word, power in (("same", 1.0), ("root", 0.5)):
            end = training[round(2 * np.log2(n**power))]
            found[f"{word} {n}"] = float(end / first[0])  # type: ignore[index]
    return found


def adam_batches(seed: int, factor: int = 16) -> dict[str, float]:
    """Adam with batch 64 over batch 4 at 0.0005: training losses after six epochs.

    ``"root"`` is with four times the rate, ``"linear"`` with sixteen times.
    """
    ends = {}
    for n, rates in ((1, (1.0,)), (factor, (factor**0.5, float(factor)))):
        columns = np.outer(np.ones(_updates(n)), ADAM_RATE * np.array(rates))
        runs = train(columns, seed, batch=BASE_BATCH * n, optimizer=torch.optim.Adam)
        ends[n] = runs.loss["training"]
    root, linear = ends[factor] / ends[1][0]
    return {"root": float(root), "linear": float(linear)}


def _updates(factor: int) -> int:
    """Updates in six epochs at so many times the base batch."""
    return EPOCHS * (len(digits(0)["training"][0]) // (BASE_BATCH * factor))
