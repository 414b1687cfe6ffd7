"""`optimizer_traits`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lib.probes import traits
from solutions.adaptive_methods.optimizer_traits import optimizer_traits
from solutions.gradient_descent.sgd import sgd
from solutions.momentum.nesterov import nesterov
from solutions.momentum.sgd_momentum import sgd_momentum
from tests.chapters.adaptive_methods.oracles import RULES

TAUGHT = {f.__name__: f for f in (*RULES, sgd, sgd_momentum, nesterov)}


def unrolled(name, T=12):
    """The weights of a taught rule, measured: one gradient of 1 at a time, the others zero.

    Weights of squares are read from the state; the step times their root is a weight of
    gradients.
    """
    first, second = np.zeros((T, T)), np.zeros((T, T))
    cache, _, corrected = CACHE[name].partition(" ")
    for k in range(T):
        config = {"learning_rate": 1.0, "epsilon": 1e-300, "weight_decay": 0.0}
        for t in range(T):
            after, config = TAUGHT[name](np.zeros(1), np.array([1.0 * (t == k)]), config)
            square = config[cache][0] if cache else 0.0
            second[t, k] = square / (1 - 0.999 ** (t + 1)) if corrected else square
            first[t, k] = -after[0] * (np.sqrt(second[t, k]) if cache else 1.0)
    return first, second


CACHE = {
    "sgd": "",
    "sgd_momentum": "",
    "nesterov": "",
    "adagrad": "cache",
    "rmsprop": "cache",
    "adam_almost": "v",
    "adam": "v corrects",
    "nadam": "v corrects",
    "adamw": "v corrects",
}


@pytest.mark.parametrize("name", list(CACHE))
def test_weights_of_a_rule_say_what_the_experiments_find(name):
    """By hand: flip the signs AdaGrad has seen; its cache, hence its next step, is the same."""
    found = optimizer_traits(*unrolled(name))
    assert [bool(f) for f in found] == list(traits(TAUGHT[name]).values())


def test_traits_worked_by_hand():
    """Two steps: newest weight 1/2; kept 1/2; corrected by 1 - 1/2**t."""
    now, mean = np.eye(2), np.array([[0.5, 0.0], [0.25, 0.5]])
    corrected = mean / np.array([[0.5], [0.75]])
    assert optimizer_traits(now, 0 * now) == (False, False, False, False)
    assert optimizer_traits(mean, 0 * now) == (True, False, False, False)
    assert optimizer_traits(now, np.tril(np.ones((2, 2)))) == (False, True, False, False)
    assert optimizer_traits(now, mean) == (False, True, True, False)
    assert optimizer_traits(mean, corrected) == (True, True, True, True)
