"""Cases of chapter 4: update rules that divide by a root of squared gradients.

Their mistakes hide behind ordinary numbers.  A small epsilon may stand anywhere, a start
from rest does not show which state is kept, and gradients of one size look alike to every
average.  So gradients change size from step to step, one group gives a large epsilon,
one gives a state, and where defaults count the parameters are small beside the steps.
What asks for the state has gradients so large that no place of the default epsilon shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercises.declare import Case


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


def _ages(T: int) -> np.ndarray:
    """How many steps ago gradient k came at step t, (T, T); negative in the future."""
    return np.subtract.outer(np.arange(T), np.arange(T))


def _fading(T: int, kept: float) -> np.ndarray:
    """Weights kept**age of the past."""
    return np.where(_ages(T) >= 0, kept ** np.maximum(_ages(T), 0), 0.0)


def _normed(weights: np.ndarray) -> np.ndarray:
    """The same, with rows that sum to 1."""
    return weights / weights.sum(axis=1, keepdims=True)


def _of_gradients(rng: np.random.Generator, T: int, kind: str) -> np.ndarray:
    kept, now = rng.uniform(0.5, 0.95), np.eye(T)
    return {
        "the newest gradient": rng.uniform(0.1, 2) * now,
        "a velocity": _fading(T, kept),
        "a mean": (1 - kept) * _fading(T, kept),
        "a corrected mean": _normed(_fading(T, kept)),
        "a look ahead": kept * _fading(T, kept) + now,
        "the newest two": now - rng.uniform(0.1, 0.9) * np.eye(T, k=-1),
    }[kind]


def _of_squares(rng: np.random.Generator, T: int, kind: str) -> np.ndarray:
    past, window = _ages(T) >= 0, (_ages(T) >= 0) & (_ages(T) < T - 1)
    # a fast mean needs no correction any more at the last step, a slow one hardly forgets
    fast, slow = rng.uniform(0.002, 0.01), rng.uniform(0.99, 0.999)
    # weights that no gradient ever loses: the newest least, some in between most
    own = np.concatenate([[0.5], rng.uniform(0.7, 1.5, size=T - 2), [rng.uniform(0.1, 0.3)]])
    return {
        "nothing": np.zeros((T, T)),
        "a sum": past * 1.0,
        "a plain mean": _normed(past * 1.0),
        "a sum with weights of its own": past * own,
        "a fast mean": (1 - fast) * _fading(T, fast),
        "a slow mean": (1 - slow) * _fading(T, slow),
        "a leaky sum": _fading(T, rng.uniform(0.5, 0.9)),
        "the last few": window / (T - 1),
        "a mean of the last few": _normed(window * 1.0),
        "a slow mean, corrected": _normed(_fading(T, slow)),
        "a fast mean, corrected": _normed(_fading(T, rng.uniform(0.3, 0.6))),
    }[kind]


GRADIENTS = ("a velocity", "a mean", "a corrected mean", "a look ahead", "the newest two")
SQUARES = (
    "nothing",
    "a sum",
    "a plain mean",
    "a sum with weights of its own",
    "a fast mean",
    "a slow mean",
    "a leaky sum",
    "the last few",
    "a mean of the last few",
    "a slow mean, corrected",
    "a fast mean, corrected",
)


def weight_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Weights of rules of every kind, taught or not, in an order and a number that are drawn.

    About half of the rules use the newest gradient only, and which of them is drawn too; but
    without squares, and with a sum of them, there is one rule of either sort.
    """
    now, both = "the newest gradient", SQUARES[:2]
    memories = [*rng.permutation(GRADIENTS), *rng.choice(GRADIENTS, size=6)]
    rules = [(gradients, squares) for squares in both for gradients in (now, memories.pop())]
    rules += [(memories.pop(), "nothing"), (now, "nothing")]
    others = rng.permutation(SQUARES[2:])
    rules += [(memories.pop() if i % 2 else now, squares) for i, squares in enumerate(others)]
    rules += [(str(rng.choice([now, *GRADIENTS])), str(rng.choice(SQUARES))) for _ in range(2)]
    for i in rng.permutation(len(rules)):
        T, (of_gradients, of_squares) = int(rng.integers(5, 10)), rules[i]
        args = {
            "first": _of_gradients(rng, T, of_gradients),
            "second": _of_squares(rng, T, of_squares),
        }
        label = f"{of_gradients} over {of_squares}, {T} steps"
        yield Case(("first_moments", "second_moments", "leaky", "bias_correction"), args, label)
