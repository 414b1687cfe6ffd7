"""Experiments that tell the kinds of update rules apart, without looking inside them.

Each probe drives a rule ``next_w, config = update(w, dw, config)`` on made-up gradients and
returns what it found as a bool.  The parameters are zero at every call and only the
config goes on: what is compared is the step, and decay of the weights plays no part.

    >>> from cs231n_lib.probes import traits
    >>> traits(lambda w, dw, config=None: (w - 0.1 * dw, config or {}))["first_moments"]
    False
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Update = Callable[
    [np.ndarray, np.ndarray, dict[str, Any] | None], tuple[np.ndarray, dict[str, Any]]
]

# names under which rules know the share of their second moments that they keep;
# a rule ignores the ones it does not know
SHARES = ("decay_rate", "beta2")
FAST = 0.9  # forgets all but 1e-18 of a second moment in the steps of `leaks`
LONG = 400


def last_step(
    update: Update, gradients: Iterable[np.ndarray], share: float | None = None
) -> np.ndarray:
    """The step that ``update`` takes from rest under the last of some gradients.

    Args:
        update: the rule.
        gradients: arrays of one shape, at least one.
        share: how much of the second moments is kept; None for the rule's default.
    """
    config: dict[str, Any] = {} if share is None else dict.fromkeys(SHARES, share)
    step = np.zeros(0)
    for dw in gradients:
        step, config = update(np.zeros_like(dw), dw.copy(), config)
    return np.asarray(step)


def _gradients(count: int, coordinates: int = 4) -> np.ndarray:
    """Gradients of either sign, none near zero, of shape (count, coordinates)."""
    rng = np.random.default_rng(4)
    shape = (count, coordinates)
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2.0, size=shape)


def tracks_first_moments(update: Update) -> bool:
    """Whether the next step depends on the signs of past gradients.

    Squares forget signs, so a rule that keeps squares alone does not notice the flip.
    """
    gradients = _gradients(20)
    flipped = np.vstack([-gradients[:-1], gradients[-1:]])
    return not np.allclose(last_step(update, gradients), last_step(update, flipped), rtol=1e-9)


def tracks_second_moments(update: Update) -> bool:
    """Whether each coordinate is scaled by the sizes of its own gradients.

    One coordinate's gradients are all made 100 times as large; its step must stay as it
    is, up to what an epsilon makes of it (1%).  A rule that uses only the gradient's sign
    would pass too.
    """
    gradients = _gradients(20)
    scaled = gradients * np.array([100.0, 1.0, 1.0, 1.0])
    return np.allclose(last_step(update, gradients), last_step(update, scaled), rtol=1e-2, atol=0)


def leaks(update: Update) -> bool:
    """Whether it keeps second moments, and forgets old ones.

    400 gradients after one that was 10,000 times as large, the step must be within a
    factor of two of what it would be had that one never come.
    """
    if not tracks_second_moments(update):
        return False
    gradients = _gradients(LONG)
    huge = gradients.copy()
    huge[0] *= 1e4
    steps = [np.abs(last_step(update, g, FAST)) for g in (gradients, huge)]
    ratio = steps[1] / steps[0]
    return bool(np.all((ratio > 0.5) & (ratio < 2)))


def corrects_bias(update: Update) -> bool:
    """Whether its second moments are leaky and not too small when they start from zero.

    After one gradient, an uncorrected mean holds the share of it that was let in, and the
    first step from rest is the longer the smaller that share is.
    """
    if not leaks(update):
        return False
    first = _gradients(1)
    return np.allclose(last_step(update, first, 0.9), last_step(update, first, 0.99), rtol=1e-3)


def traits(update: Update) -> dict[str, bool]:
    """What all four probes find, under the names of the exercise ``optimizer_traits``."""
    return {
        "first_moments": tracks_first_moments(update),
        "second_moments": tracks_second_moments(update),
        "leaky": leaks(update),
        "bias_correction": corrects_bias(update),
    }
