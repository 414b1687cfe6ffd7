"""`rmsprop`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods._shared import FIXED, INSIDE, NO_ROOT, NOT_STORED
from solutions.declare import Solution
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def rmsprop(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    decay = config.setdefault("decay_rate", 0.99)
    epsilon = config.setdefault("epsilon", 1e-8)
    cache = config.get("cache", np.zeros_like(w))
    config["cache"] = decay * cache + (1 - decay) * dw**2
    return w - rate * dw / (np.sqrt(config["cache"]) + epsilon), config


# --- known mistakes ------------------------------------------------------------------


solution.change(*NO_ROOT, ('np.sqrt(config["cache"])', 'config["cache"]'))


solution.change(
    *INSIDE, ('np.sqrt(config["cache"]) + epsilon', 'np.sqrt(config["cache"] + epsilon)')
)


solution.change(*FIXED, ('config.setdefault("epsilon", 1e-8)', "1e-8"))


solution.change(
    "cache not stored back",
    NOT_STORED,
    ('config["cache"] = decay', "new = decay"),
    ('np.sqrt(config["cache"])', "np.sqrt(new)"),
)


solution.change(
    "the two shares exchanged",
    "With a decay rate near 1 the cache should hardly notice one gradient. How fast does yours "
    "change?",
    ("decay * cache", "(1 - decay) * cache"),
    ("(1 - decay) * dw**2", "decay * dw**2"),
)


solution.change(
    "no leak: AdaGrad",
    "Feed the gradient 1 for ever: the cache should tend to 1. Where does yours go?",
    ("decay * cache + (1 - decay) * dw**2", "cache + dw**2"),
)


solution.change(
    "the new square at full weight",
    "A mean of ones is one: feed the gradient 1 for ever and look at the cache.",
    ("(1 - decay) * dw**2", "dw**2"),
)


solution.change(
    "the old cache divides",
    "From rest, your first step is huge. What stands below the fraction line then?",
    ('np.sqrt(config["cache"])', "np.sqrt(cache)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("as published for CS231n")
def as_published_for_cs231n(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    next_w = None
    cache = config["cache"]
    cache = config["decay_rate"] * cache + (1 - config["decay_rate"]) * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache
    return next_w, config


@solution.style("as published for CS231n in 2016, in place")
def as_published_for_cs231n_in_2016(x, dx, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(x))
    next_x = x
    config["cache"] *= config["decay_rate"]
    config["cache"] += (1.0 - config["decay_rate"]) * dx * dx
    next_x -= config["learning_rate"] * dx / (np.sqrt(config["cache"]) + config["epsilon"])
    return next_x, config


@solution.style("the cache moves towards the square by a difference")
def the_cache_moves_towards_the_square(w, dw, config=None):
    c = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": 0, **(config or {})}
    c["cache"] = c["cache"] + (1 - c["decay_rate"]) * (np.square(dw) - c["cache"])
    return w - dw * (c["learning_rate"] / (c["cache"] ** 0.5 + c["epsilon"])), c


@solution.style("flat arrays and a helper function")
def flat_arrays_and_a_helper_function(w, dw, config=None):
    def pick(name, default):
        return default if config is None or name not in config else config[name]

    g = dw.ravel()
    cache = np.average(
        np.stack([np.ravel(pick("cache", np.zeros(w.size))), g * g]),
        axis=0,
        weights=[pick("decay_rate", 0.99), 1 - pick("decay_rate", 0.99)],
    )
    step = pick("learning_rate", 0.01) * g / (np.sqrt(cache) + pick("epsilon", 1e-8))
    return (w.ravel() - step).reshape(w.shape), {**(config or {}), "cache": cache.reshape(w.shape)}


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
