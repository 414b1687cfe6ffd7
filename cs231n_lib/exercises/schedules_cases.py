"""Cases of chapter 6: steps on both sides of every join, and whatever tells two schedules apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercises.declare import Case
from cs231n_lib.wire import Function


def _rate(rng: np.random.Generator) -> float:
    return float(10 ** rng.uniform(-2.5, -0.5))


def _later(rng: np.random.Generator, low: int, high: int, size: int = 4) -> np.ndarray:
    """NumPy integers from ``low`` to ``high - 1``, no two alike, in any order."""
    return rng.permutation(np.arange(low, high))[:size]


def constant(rng: np.random.Generator) -> Iterator[Case]:
    args = {"steps": [0, 1, int(rng.integers(2, 90))], "lr": _rate(rng)}
    yield Case("first steps", args, "the first steps")
    yield Case("any step", {"steps": _later(rng, 100, 999), "lr": _rate(rng)}, "later steps")


def step_decay(rng: np.random.Generator) -> Iterator[Case]:
    for low in (0.6, 0.2):
        size, gamma = int(rng.integers(7, 20)), float(rng.uniform(low, low + 0.2))
        joins = [0, size - 1, size, size + 1, 2 * size - 1, 2 * size, 2 * size + 1]
        args = {"steps": joins, "lr": _rate(rng), "step_size": size, "gamma": gamma}
        yield Case("joins", args, "both sides of the first two drops")
    size, gamma = int(rng.integers(7, 20)), float(rng.uniform(0.6, 0.8))
    # one of them is nearer to the next drop than to the last
    some = np.append(
        _later(rng, 2 * size, 4 * size), _later(rng, 4 * size + size // 2 + 1, 5 * size - 1, 1)
    )
    args = {"steps": some, "lr": _rate(rng), "step_size": size}
    yield Case("between", {**args, "gamma": gamma}, "later steps, in any order")
    args = {"steps": [0, 1, 2], "lr": _rate(rng), "step_size": 1, "gamma": gamma}
    yield Case("between", args, "a drop at every step")
    size = int(rng.integers(20, 40))
    some = rng.permutation([0, size - 1, size, 2 * size + 1, int(rng.integers(2, 5 * size))])
    args = {"steps": some, "lr": _rate(rng), "step_size": size}
    yield Case("defaults", args, "gamma left out")


def _decays(
    rng: np.random.Generator, fast: tuple[float, float], last: int, slow: tuple[float, float]
) -> Iterator[Case]:
    """A decay of strength k: gentle and fast over the first steps, slow up to ``last``."""
    args = {"steps": [0, 1, 2, 5], "lr": _rate(rng), "k": float(rng.uniform(0.3, 0.6))}
    yield Case("first steps", args, "the first steps")
    args = {"steps": [1, 0, 3], "lr": _rate(rng), "k": float(rng.uniform(*fast))}
    yield Case("first steps", args, "a fast decay")
    args = {"steps": _later(rng, 20, last), "lr": _rate(rng), "k": float(rng.uniform(*slow))}
    yield Case("later", args, "later steps, in any order")


def exponential(rng: np.random.Generator) -> Iterator[Case]:
    yield from _decays(rng, (1.2, 1.8), 40, (0.05, 0.1))


def inverse_time(rng: np.random.Generator) -> Iterator[Case]:
    yield from _decays(rng, (2, 4), 60, (0.05, 0.2))


def until_the_end(rng: np.random.Generator) -> Iterator[Case]:
    """For decays that are complete at step ``total``."""

    def common(total: int, share: float | None) -> dict[str, Any]:
        lr = _rate(rng)
        minimum = {} if share is None else {"lr_min": share * lr}
        return {"lr": lr, "total": total, **minimum}

    low = float(rng.uniform(0.1, 0.4))
    total = int(rng.integers(20, 60))
    steps = [0, 1, total - 1, total]
    yield Case("ends", {"steps": steps, **common(total, low)}, "first and last steps")
    yield Case("ends", {"steps": steps, **common(total, None)}, "lr_min left out")
    total = int(rng.integers(20, 60))
    for share, label in ((low, "on the way, in any order"), (None, "lr_min left out")):
        args = {"steps": _later(rng, 2, total - 1), **common(total, share)}
        yield Case("between", args, label)
    args = {"steps": [0, 1, 2], **common(1, low)}
    yield Case("after", args, "a run of one step")
    for share, label in ((low, "past the end"), (None, "past the end, lr_min left out")):
        steps = [total // 2, total, total + 1, total + total // 3, 2 * total + 3]
        yield Case("after", {"steps": steps, **common(total, share)}, label)


def inverse_sqrt(rng: np.random.Generator) -> Iterator[Case]:
    some = rng.permutation([0, 1, 2, *rng.integers(3, 20, size=2)])
    yield Case("start", {"steps": some, "lr": _rate(rng)}, "the first steps")
    yield Case("decay", {"steps": _later(rng, 3, 40), "lr": _rate(rng)}, "in any order")
    args = {"steps": [int(s) for s in _later(rng, 500, 9000)], "lr": _rate(rng)}
    yield Case("decay", args, "a long run")


def warmup(rng: np.random.Generator) -> Iterator[Case]:
    def schedule() -> Function:
        a = _rate(rng)
        b, c = -a * rng.uniform(0.01, 0.012), a * rng.uniform(5e-5, 8e-5)
        return Function("parabola", {"a": a, "b": float(b), "c": float(c)})

    W = int(rng.integers(8, 15))
    args = {"steps": [0, 1, W - 2], "warmup_steps": W, "schedule": schedule()}
    yield Case("ramp", args, "on the ramp")
    W = int(rng.integers(20, 30))
    args = {"steps": _later(rng, 1, W - 1), "warmup_steps": W, "schedule": schedule()}
    yield Case("ramp", args, "on the ramp, in any order")
    W = int(rng.integers(8, 15))
    args = {"steps": [W - 1, W, W + 1], "warmup_steps": W, "schedule": schedule()}
    yield Case("join", args, "both sides of the join")
    args = {"steps": [0, 1, 2], "warmup_steps": 1, "schedule": schedule()}
    yield Case("join", args, "a warm-up of one step")
    args = {"steps": _later(rng, W + 2, 60), "warmup_steps": W, "schedule": schedule()}
    yield Case("after", args, "after the warm-up, in any order")
    args = {"steps": [0, 1, 5], "warmup_steps": 0, "schedule": schedule()}
    yield Case("after", args, "no warm-up at all")


def restart(rng: np.random.Generator) -> Iterator[Case]:
    def first() -> dict[str, Any]:
        return {"lr": _rate(rng), "T_0": int(rng.integers(8, 15))}

    low = float(rng.uniform(0.1, 0.4))
    args = first()
    T = args["T_0"]
    steps = [0, 1, T - 1, T, T + 1, 2 * T - 1, 2 * T, 2 * T + 1]
    yield Case("cycles alike", {"steps": steps, **args}, "T_mult and lr_min left out")
    args = first()
    later = _later(rng, 2 * args["T_0"] + 1, 6 * args["T_0"])
    yield Case("cycles alike", {"steps": later, **args}, "later cycles, in any order")
    args = first()
    T, minimum = args["T_0"], low * args["lr"]
    steps = [0, T - 1, T, T + 1, 3 * T - 1, 3 * T, 3 * T + 1, 7 * T - 1, 7 * T, 7 * T + 1]
    args = {"steps": steps, **args, "T_mult": 2, "lr_min": minimum}
    yield Case("joins", args, "both sides of three restarts, each cycle twice as long")
    args = first()
    T = args["T_0"]
    steps = [T - 1, T, 2 * T, 4 * T - 1, 4 * T, 13 * T - 1, 13 * T, 13 * T + 2]
    yield Case("joins", {"steps": steps, **args, "T_mult": 3}, "each cycle three times as long")
    args = {"steps": [0, 1, 2, 3, 4, 5, 7], "lr": _rate(rng), "T_0": 1, "T_mult": 2}
    yield Case("joins", args, "a first cycle of one step")
    args = first()
    T, minimum = args["T_0"], low * args["lr"]
    # of the second cycle and of the third, and never its first step
    some = np.append(_later(rng, 3 * T + 1, 7 * T - 1, 3), _later(rng, T + 2, 3 * T, 2))
    args = {"steps": some, **args, "T_mult": 2, "lr_min": minimum}
    yield Case("within", args, "within longer cycles, in any order")
    args = {**first(), "T_mult": 1}
    T, minimum = args["T_0"], low * args["lr"]
    some = np.concatenate([_later(rng, i * T + 1, (i + 1) * T, 2) for i in range(3)])
    args = {"steps": rng.permutation(some), **args, "lr_min": minimum}
    yield Case("within", args, "a minimum, cycles alike")


def scale(rng: np.random.Generator) -> Iterator[Case]:
    base = int(rng.integers(20, 60))
    args = {"lr": _rate(rng), "base_batch": base}
    yield Case("larger", {**args, "batch": 8 * base}, "eight times the batch")
    batch = int(rng.integers(5, 20)) * base + base // 3
    yield Case("larger", {**args, "batch": batch}, "no whole multiple")
    yield Case("smaller", {**args, "batch": base}, "the same batch")
    args = {"lr": _rate(rng), "base_batch": int(rng.integers(200, 300))}
    yield Case("smaller", {**args, "batch": int(rng.integers(8, 60))}, "a smaller batch")


def _sweep(rng: np.random.Generator, drops: list[float], gaps: list[float]) -> dict[str, Any]:
    """Losses that fall by ``drops`` (times 0.95 to 1.05) while the log rate rises by ``gaps``."""
    falls = np.array(drops) * rng.uniform(0.95, 1.05, size=len(drops))
    start = rng.uniform(1.8, 2.6)
    losses = start * (1 - np.concatenate([[0], np.cumsum(falls)]))
    lrs = 10 ** rng.uniform(-6, -5) * np.exp(np.concatenate([[0], np.cumsum(gaps)]))
    return {"losses": losses, "lrs": lrs}


def range_test(rng: np.random.Generator) -> Iterator[Case]:
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
