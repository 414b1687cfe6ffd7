"""`adagrad`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.adaptive_methods._shared import FIXED, INSIDE, NO_ROOT, NOT_STORED
from solutions.declare import Solution
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def adagrad(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    epsilon = config.setdefault("epsilon", 1e-8)
    config["cache"] = config.get("cache", np.zeros_like(w)) + dw**2
    return w - rate * dw / (np.sqrt(config["cache"]) + epsilon), config


# --- known mistakes ------------------------------------------------------------------


solution.change(*NO_ROOT, ('np.sqrt(config["cache"])', 'config["cache"]'))


solution.change(
    "a leaky sum: RMSProp",
    "Feed the gradient 1 again and again: after n steps, how large is the cache, and how large "
    "should a sum be?",
    ("config.get(", "0.99 * config.get("),
    ("+ dw**2", "+ 0.01 * dw**2"),
)


solution.change(
    *INSIDE, ('np.sqrt(config["cache"]) + epsilon', 'np.sqrt(config["cache"] + epsilon)')
)


solution.change(*FIXED, ('config.setdefault("epsilon", 1e-8)', "1e-8"))


solution.change(
    "cache not stored back",
    NOT_STORED,
    ('config["cache"] = config', "new = config"),
    ('np.sqrt(config["cache"])', "np.sqrt(new)"),
)


solution.change(
    "the old cache divides",
    "From rest, your first step is huge. What stands below the fraction line then?",
    ('config["cache"] = config', "cache = config"),
    (" + dw**2", '\n    config["cache"] = cache + dw**2'),
    ('np.sqrt(config["cache"])', "np.sqrt(cache)"),
)


solution.change(
    "one cache for all coordinates",
    "Let one coordinate have a huge gradient: the steps of the others should not notice.",
    ("+ dw**2", "+ np.sum(dw**2)"),
)


solution.change(
    "ascent for descent",
    "From rest, does your first step go down the slope or up?",
    ("return w - ", "return w + "),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("CS231n's style: defaults set and state changed in the given config")
def cs231ns_style(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    config["cache"] += dw**2
    w -= config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w, config


@solution.style("one coordinate at a time, in plain floats")
def one_coordinate_at_a_time(w, dw, config=None):
    config = config or {}
    rate, eps = config.get("learning_rate", 0.01), config.get("epsilon", 1e-8)
    cache = np.array(config.get("cache", np.zeros(w.shape)))
    out = np.empty(w.shape)
    for i in np.ndindex(*w.shape):
        g = float(dw[i])
        cache[i] += g * g
        out[i] = w[i] - rate * g / (math.sqrt(cache[i]) + eps)
    return out, dict(config, cache=cache)


@solution.style("single precision inside")
def single_precision_inside(w, dw, config=None):
    config = {"learning_rate": 1e-2, "epsilon": 1e-8, "cache": 0.0, **(config or {})}
    g = dw.astype(np.float32)
    cache = np.float32(config["cache"]) + g * g
    step = np.float32(config["learning_rate"]) / (np.sqrt(cache) + np.float32(config["epsilon"]))
    return (w - step * g).astype(np.float32), {**config, "cache": cache}


@solution.style("torch's addcmul_ and addcdiv_ by name")
def torchs_addcmul_and_addcdiv_by_name(param, grad, state=None):
    state = dict(state or {})
    state_sum = state["cache"] = state.get("cache", 0) + grad * np.conj(grad)
    std = np.add(np.sqrt(state_sum), state.get("epsilon", 1e-8))
    return np.add(param, -state.get("learning_rate", 1e-2) * np.divide(grad, std)), state


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)


solution.equivalent(
    "A single zero, which is what it makes of a number, serves as well as an array of them.",
    (
        "config['cache'] = config.get('cache', np.zeros_like(w)) + dw ** 2",
        "config['cache'] = config.get('cache', np.zeros_like(epsilon)) + dw ** 2",
    ),
)
