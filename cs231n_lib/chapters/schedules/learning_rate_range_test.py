"""The question `learning_rate_range_test` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def _sweep(rng: np.random.Generator, drops: list[float], gaps: list[float]) -> dict[str, Any]:
    """Losses that fall by ``drops`` (times 0.95 to 1.05) while the log rate rises by ``gaps``."""
    falls = np.array(drops) * rng.uniform(0.95, 1.05, size=len(drops))
    start = rng.uniform(1.8, 2.6)
    losses = start * (1 - np.concatenate([[0], np.cumsum(falls)]))
    lrs = 10 ** rng.uniform(-6, -5) * np.exp(np.concatenate([[0], np.cumsum(gaps)]))
    return {"losses": losses, "lrs": lrs}


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Straight pieces: the smoothed loss is steepest at the end of the longest steep one."""

    def before() -> list[float]:
        return [0.002] * int(rng.integers(6, 12))

    n = int(rng.integers(8, 12))
    plateau, fall, spike = before(), [0.7 / n] * n, [-0.2, 0.2]
    drops = plateau + fall + [0.002] * 8 + spike + [-0.01] * 5
    yield Case("steepest", _sweep(rng, drops, [0.2] * len(drops)), "one bad batch after the fall")

    for early, late, label in ((0.3, 0.45, "steeper before"), (0.1, 0.6, "steeper after")):
        plateau, n = before(), int(rng.integers(8, 12))
        drops = [*plateau, *[early / n] * n, *[0.001] * 8, *[late / n] * n, *[-0.01] * 4]
        gaps = [0.1] * (len(plateau) + n) + [0.35] * (n + 12)
        yield Case("steepest", _sweep(rng, drops, gaps), f"rates get farther apart, {label}")

    plateau, n = before(), int(rng.integers(8, 12))
    drops = [0.5, *plateau, *[0.3 / n] * n, *[0.001] * 4]
    yield Case("steepest", _sweep(rng, drops, [0.2] * len(drops)), "a high first loss")

    plateau, n = before(), int(rng.integers(8, 12))
    drops = [*plateau, *[0.7 / n] * n, *[0.001] * 12, -0.9 / n, 0.9 / n, *[-0.01] * 4]
    args = {**_sweep(rng, drops, [0.15] * len(drops)), "beta": float(rng.uniform(0.7, 0.75))}
    yield Case("steepest", args, "less smoothing")

    def exploded(size: float) -> dict[str, Any]:
        """A fall, then one loss ``size`` times the lowest, then a steep fall that is too late."""
        plateau, n = before(), int(rng.integers(8, 12))
        drops = plateau + [0.7 / n] * n + [0.001] * 4
        after = [0.001, 0.001, 0.15, *[0.001] * 5]
        sweep = _sweep(rng, drops + after, [0.2] * (len(drops) + len(after)))
        sweep["losses"][len(drops) + 1] = size * sweep["losses"][len(drops)]
        return sweep

    yield Case("diverging", exploded(rng.uniform(250, 350)), "the loss explodes and comes back")
    # smoothed, it exceeds four times the lowest loss but not four times the first one
    yield Case("diverging", exploded(rng.uniform(80, 90)), "a smaller explosion")
    args = {**exploded(rng.uniform(40, 45)), "beta": 0.9, "divergence": 2.0}
    yield Case("diverging", args, "a stricter divergence")
    for low, label in ((3.3, "not yet diverging"), (4.3, "just diverging")):
        sweep = exploded(rng.uniform(low, low + 0.4))
        sweep["losses"] *= 5
        yield Case("diverging", {**sweep, "beta": 0.0}, f"no smoothing, {label}")
    # whole numbers, so that 4 is exactly four times 1; the steepest fall comes after it
    losses = int(rng.integers(1, 9)) * np.array([6.0, 6, 5, 3, 2, 1, 1, 4, 1, 1, 2])
    lrs = 10 ** rng.uniform(-6, -5) * np.exp(0.3 * np.arange(len(losses)))
    args = {"losses": losses, "lrs": lrs, "beta": 0.0}
    yield Case("diverging", args, "no smoothing, exactly four times the lowest loss")
    for label, ends in (("NaN", [np.nan]), ("infinite", [np.inf, np.nan])):
        sweep = exploded(1.0)
        sweep["losses"][-len(ends) - 3 :] = [*ends, *[np.nan] * 3]
        yield Case("not finite", sweep, f"the loss becomes {label}")


@exercise(
    section="Where to start: the range test",
    groups={"steepest": 2, "diverging": 1, "not finite": 1},
    driver=Call(("rate",)),
    cases=cases,
)
def learning_rate_range_test(
    losses: np.ndarray, lrs: np.ndarray, beta: float = 0.9, divergence: float = 4.0
):
    """The learning rate at which the loss of a range test falls most steeply.

    A range test trains for some updates while the rate rises: losses[i] was measured at
    the rate lrs[i]. The answer is computed in three stages:

    1. Smooth: s[0] = losses[0];  s[i] = beta * s[i-1] + (1 - beta) * losses[i].
    2. Stop before the first i at which s[i] exceeds divergence times the lowest of
       s[0], ..., s[i-1], or is not finite (infinite or NaN); what comes at i and later
       does not count, whatever it is.
    3. Among the slopes by the logarithm of the rate,

           (s[i+1] - s[i]) / (log(lrs[i+1]) - log(lrs[i])),

       with i and i+1 both before the stop, find the most negative one, and return
       lrs[i]: the rate at which that step begins.

    Parameters:
        losses: positive losses, shape (N,); they may become infinite or NaN.
        lrs: the rates, shape (N,), rising, with any spacing.
        beta: weight of the past in the smoothing, from 0 to below 1.
        divergence: how many times the lowest loss means divergence, above 1.
            At least two losses come before it, and the loss falls somewhere.

    Returns:
        rate: one of the entries of lrs, a float.

    Source: L. Smith, Cyclical learning rates for training neural networks, WACV 2017,
    section 3.3; the rule of the steepest descent is that of the fastai library.
    """
    raise NotImplementedError
