"""The question `optimizer_traits` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercise.declare import Case, Group, exercise
from cs231n_lib.exercise.drivers import Call


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


_TRAITS = ("first_moments", "second_moments", "leaky", "bias_correction")


@exercise(
    section="The table of traits, found by experiment",
    groups={trait: Group(1, (trait,)) for trait in _TRAITS},
    driver=Call(_TRAITS),
    cases=weight_cases,
    messages={
        "first_moments": "compare a rule that uses the newest gradient only with one that has "
        "a velocity: in which entries of first do they differ",
        "second_moments": "what does a rule that divides by nothing have in second",
        "leaky": "compare the first and the last square of a long run: AdaGrad forgets neither",
        "bias_correction": "a leaky mean that starts from zero is too small in its first steps: "
        "what do its weights sum to, step by step",
    },
)
def optimizer_traits(first: np.ndarray, second: np.ndarray):
    """Four traits of an update rule, read off the weights that it gives to its past.

    With g_0, ..., g_t the gradients of one coordinate so far, the step number t of a rule is

        -alpha * sum_k first[t, k] * g_k / sqrt(sum_k second[t, k] * g_k**2)

    but for an epsilon. A rule that divides by nothing has only zeros in second. Momentum,
    for example, has first[t, k] = rho**(t - k), and AdaGrad has second[t, k] = 1. The future
    has no weight: both are zero for k > t. The traits, each True or False:

        first_moments:   some step depends, by first, on a gradient before the newest one;
        second_moments:  steps are divided by the sizes of gradients;
        leaky:           it keeps second moments and forgets old ones: at the last step the
                         oldest square weighs less than the newest;
        bias_correction: its second moments are leaky, and their weights sum to 1 at every
                         step, the first one included (to rounding: within 1e-6).

    Parameters:
        first: weights of the gradients, shape (T, T) with T >= 2; row t is of step t.
        second: weights of their squares, none negative, shape (T, T).

    Returns:
        first_moments, second_moments, leaky, bias_correction: four truth values.

    Source: the table of optimizers in the slides of CS231n, for any rule; the weights of
    Adam's means: D. Kingma and J. Ba, ICLR 2015, section 3.
    """
    raise NotImplementedError
