"""What the cases of several exercises of this chapter share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case


@dataclass(frozen=True)
class Rule:
    """What the config of one update rule holds.

    Attributes:
        settings: two values for every hyperparameter but epsilon.
        squares: state of squares, which is positive.
        means: state that averages gradients, of either sign.
        counts: whether the state holds 't', the number of steps taken.
        tiny: size of gradients at which the default epsilon is felt.
    """

    settings: Mapping[str, tuple[float, float]]
    squares: tuple[str, ...]
    means: tuple[str, ...] = ()
    counts: bool = False
    tiny: float = 1e-8

    def config(self, which: int, **more: float) -> dict[str, Any]:
        """The first (0) or second (1) setting of the hyperparameters, without state."""
        return {**{name: pair[which] for name, pair in self.settings.items()}, **more}

    def state(self, rng: np.random.Generator, shape: tuple[int, ...]) -> dict[str, Any]:
        """A state in the middle of a run."""
        found: dict[str, Any] = {n: rng.uniform(0.05, 1.5, size=shape) for n in self.squares}
        found |= {n: rng.normal(size=shape) for n in self.means}
        return found | ({"t": int(rng.integers(2, 9))} if self.counts else {})


def run(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    sizes: Sequence[float],
    config: dict[str, Any] | None,
    spread: float = 1.0,
) -> dict[str, Any]:
    """Arguments of one run: a gradient of each size, parameters of size ``spread``.

    No entry of a gradient is near zero: whether a small epsilon is felt is decided by the
    sizes, not by chance.
    """

    def gradient(size: float) -> np.ndarray:
        return size * rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 1.5, size=shape)

    return {
        "w": spread * rng.normal(size=shape),
        "gradients": [gradient(size) for size in sizes],
        "config": config,
    }


def update_cases(rng: np.random.Generator, rule: Rule) -> Iterator[Case]:
    """Cases of the groups ``defaults``, ``state`` and ``large epsilon``."""
    rate = {"learning_rate": rule.settings["learning_rate"][0]}
    yield Case("defaults", run(rng, (3,), (1.0, 0.2, 3.0), None, 0.01), "config is None")
    args = run(rng, (2, 3), (0.5, 2.0, 0.1, 1.0, 4.0), rate)
    yield Case("defaults", args, "only the rate is given")
    args = run(rng, (5,), (rule.tiny, 3 * rule.tiny), None, 0.001)
    yield Case("defaults", args, "tiny gradients, config is None")

    for which, shape in ((0, (4, 2)), (1, (2, 3, 2))):
        config = rule.config(which) | rule.state(rng, shape)
        args = run(rng, shape, (100.0, 30.0, 200.0, 50.0), config)
        yield Case("state", args, "in the middle of a run")
    args = run(rng, (3,), (100.0, 40.0, 200.0, 70.0), rule.config(0))
    yield Case("state", {**args, "rates": [0.5, 0.1, 0.1, 0.3]}, "from rest, with a changing rate")

    for which, epsilon in ((0, 0.7), (1, 0.1)):
        shape = (3, 2)
        config = rule.config(which, epsilon=epsilon) | rule.state(rng, shape)
        yield Case("large epsilon", run(rng, shape, (0.5, 1.0, 0.3), config), f"epsilon {epsilon}")
    config = rule.config(1, epsilon=0.4)
    args = run(rng, (4,), (0.6, 1.0, 0.2), config)
    yield Case("large epsilon", args, "from rest, epsilon 0.4")


MOMENTS: dict[str, tuple[float, float]] = {
    "learning_rate": (0.3, 0.1),
    "beta1": (0.8, 0.4),
    "beta2": (0.95, 0.7),
}


LEAKY: dict[str, tuple[float, float]] = {"learning_rate": (0.3, 0.1), "decay_rate": (0.9, 0.6)}


_ADAM = Rule(MOMENTS, squares=("v",), means=("m",), counts=True)


def adam_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, _ADAM)
