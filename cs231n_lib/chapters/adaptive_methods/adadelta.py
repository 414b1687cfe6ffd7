"""The question `adadelta` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.chapters.adaptive_methods._cases import LEAKY, Rule, update_cases
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Steps


def cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, Rule(LEAKY, squares=("cache", "step_cache"), tiny=1e-3))


@exercise(
    section="Adadelta: mind the units",
    groups={"defaults": 1, "state": 2, "large epsilon": 1},
    driver=Steps(),
    cases=cases,
)
def adadelta(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Adadelta: past steps set the length of the next one.

        cache      <- decay_rate * cache + (1 - decay_rate) * dw**2
        step        = sqrt(step_cache + epsilon) / sqrt(cache + epsilon) * dw
        step_cache <- decay_rate * step_cache + (1 - decay_rate) * step**2
        w          <- w - alpha * step

    As in the paper, epsilon stands inside both roots: it is what gets the first step
    going. The step is taken with the old step_cache, which then learns of it. The paper
    has no learning rate, that is alpha = 1; the step_cache never contains alpha.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1.0;
            'decay_rate': share of both caches that is kept, default 0.95;
            'epsilon': default 1e-6;
            'cache': running mean of squared gradients, same shape as w, default zeros;
            'step_cache': running mean of squared steps, same shape, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step, with both new caches.

    Source: M. Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701,
    algorithm 1.
    """
    raise NotImplementedError
