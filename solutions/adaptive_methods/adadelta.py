"""`adadelta`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods._shared import NO_ROOT, NOT_STORED, cached, mean_of
from solutions.declare import Solution

solution = Solution()


@solution.answer
def adadelta(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1.0)
    decay = config.setdefault("decay_rate", 0.95)
    epsilon = config.setdefault("epsilon", 1e-6)
    cache = config.get("cache", np.zeros_like(w))
    step_cache = config.get("step_cache", np.zeros_like(w))
    cache = decay * cache + (1 - decay) * dw**2
    step = np.sqrt(step_cache + epsilon) / np.sqrt(cache + epsilon) * dw
    step_cache = decay * step_cache + (1 - decay) * step**2
    config.update(cache=cache, step_cache=step_cache)
    return w - rate * step, config


# --- known mistakes ------------------------------------------------------------------


def _adadelta(w, dw, config):
    """The config with its new cache; the step cache is still the old one."""
    defaults = {"learning_rate": 1.0, "decay_rate": 0.95, "epsilon": 1e-6}
    c = cached(w, config, step_cache=np.zeros_like(w), **defaults)
    c["cache"] = mean_of(c["decay_rate"], c["cache"], dw**2)
    return c


def _adadelta_step(c, dw):
    return np.sqrt(c["step_cache"] + c["epsilon"]) / np.sqrt(c["cache"] + c["epsilon"]) * dw


@solution.mistake(
    "epsilon outside the roots",
    "With both caches empty, how does your first step depend on epsilon? It should contain "
    "the root of epsilon.",
)
def epsilon_outside_the_roots(w, dw, config=None):
    c = _adadelta(w, dw, config)
    e = c["epsilon"]
    step = (np.sqrt(c["step_cache"]) + e) / (np.sqrt(c["cache"]) + e) * dw
    c["step_cache"] = mean_of(c["decay_rate"], c["step_cache"], step**2)
    return w - c["learning_rate"] * step, c


@solution.mistake(
    "past steps do not enter: RMSProp",
    "Give two different step caches: does your next step notice?",
)
def past_steps_do_not_enter(w, dw, config=None):
    c = _adadelta(w, dw, config)
    return w - c["learning_rate"] * dw / np.sqrt(c["cache"] + c["epsilon"]), c


@solution.mistake("step cache not stored back", NOT_STORED)
def step_cache_not_stored_back(w, dw, config=None):
    c = _adadelta(w, dw, config)
    return w - c["learning_rate"] * _adadelta_step(c, dw), c


@solution.mistake(*NO_ROOT)
def no_square_root(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = (c["step_cache"] + c["epsilon"]) / (c["cache"] + c["epsilon"]) * dw
    c["step_cache"] = mean_of(c["decay_rate"], c["step_cache"], step**2)
    return w - c["learning_rate"] * step, c


@solution.mistake(
    "the step cache contains the learning rate",
    "Halve the learning rate: every step should be half as long, and the state the same.",
)
def the_step_cache_contains_the_learning_rate(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = c["learning_rate"] * _adadelta_step(c, dw)
    c["step_cache"] = mean_of(c["decay_rate"], c["step_cache"], step**2)
    return w - step, c


@solution.mistake(
    "the two caches exchanged",
    "If past gradients were large, should the next step be long or short?",
)
def the_two_caches_exchanged(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = np.sqrt(c["cache"] + c["epsilon"]) / np.sqrt(c["step_cache"] + c["epsilon"]) * dw
    c["step_cache"] = mean_of(c["decay_rate"], c["step_cache"], step**2)
    return w - c["learning_rate"] * step, c


@solution.mistake(
    "the step cache is fed with gradients",
    "In which units is each cache? The quotient of their roots turns a gradient into a step.",
)
def the_step_cache_is_fed_with_gradients(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = _adadelta_step(c, dw)
    c["step_cache"] = mean_of(c["decay_rate"], c["step_cache"], dw**2)
    return w - c["learning_rate"] * step, c


@solution.mistake(
    "the step cache without a leak",
    "If all steps had length 1, the step cache should tend to 1. Where does yours go?",
)
def the_step_cache_without_a_leak(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = _adadelta_step(c, dw)
    c["step_cache"] = c["step_cache"] + step**2
    return w - c["learning_rate"] * step, c


# --- right in other styles -----------------------------------------------------------


@solution.style("torch's order of operations, state changed in place")
def torchs_order_of_operations(w, dw, config=None):
    if config is None:
        config = {}
    square_avg = config.setdefault("cache", np.zeros_like(w))
    acc_delta = config.setdefault("step_cache", np.zeros_like(w))
    rho, eps = config.setdefault("decay_rate", 0.95), config.setdefault("epsilon", 1e-6)
    square_avg *= rho
    square_avg += (1 - rho) * dw * dw
    std = np.sqrt(square_avg + eps)
    delta = np.sqrt(acc_delta + eps)
    delta /= std
    delta *= dw
    acc_delta *= rho
    acc_delta += (1 - rho) * delta * delta
    w += -config.setdefault("learning_rate", 1.0) * delta
    return w, config


@solution.style("one root of the quotient, and the minus of the paper")
def one_root_of_the_quotient(w, dw, config=None):
    c = {"learning_rate": 1.0, "decay_rate": 0.95, "epsilon": 1e-6, **(config or {})}
    rho, eps = c["decay_rate"], c["epsilon"]
    old = c.get("step_cache", 0.0)
    c["cache"] = rho * c.get("cache", 0.0) + (1 - rho) * dw**2
    dx = -np.sqrt((old + eps) / (c["cache"] + eps)) * dw
    c["step_cache"] = rho * old + (1 - rho) * dx**2
    return w + c["learning_rate"] * dx, c


@solution.style("with the paper's RMS as a helper, in single precision")
def with_the_papers_rms_as_a_helper(w, dw, config=None):
    f = np.float32
    config = dict(config or {})
    rho = config.get("decay_rate", 0.95)
    eps = config.get("epsilon", 1e-6)

    def rms(mean_square):
        return np.sqrt(mean_square + f(eps))

    def accumulate(name, value):
        config[name] = f(rho) * f(config.get(name, 0)) + f(1 - rho) * value * value
        return config[name]

    g = dw.astype(f)
    before = rms(f(config.get("step_cache", np.zeros(w.shape))))
    step = before / rms(accumulate("cache", g)) * g
    accumulate("step_cache", step)
    return f(w - config.get("learning_rate", 1.0) * step), config


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Whoever fills in the caller's own dictionary returns the same numbers.",
    ("config = dict(config or {})", "config = config or {}"),
)


solution.equivalent(
    "The negative of zero is zero.",
    (
        "cache = config.get('cache', np.zeros_like(w))",
        "cache = config.get('cache', -np.zeros_like(w))",
    ),
    (
        "step_cache = config.get('step_cache', np.zeros_like(w))",
        "step_cache = config.get('step_cache', -np.zeros_like(w))",
    ),
)


solution.equivalent(
    "A gradient has the shape of its parameters.",
    (
        "cache = config.get('cache', np.zeros_like(w))",
        "cache = config.get('cache', np.zeros_like(dw))",
    ),
    (
        "step_cache = config.get('step_cache', np.zeros_like(w))",
        "step_cache = config.get('step_cache', np.zeros_like(dw))",
    ),
)
