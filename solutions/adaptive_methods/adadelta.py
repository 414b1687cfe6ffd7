"""`adadelta`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods._shared import NO_ROOT, NOT_STORED
from solutions.declare import Solution
from solutions.update_rules import same_results

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


solution.change(
    "epsilon outside the roots",
    "With both caches empty, how does your first step depend on epsilon? It should contain "
    "the root of epsilon.",
    ("np.sqrt(step_cache + epsilon)", "(np.sqrt(step_cache) + epsilon)"),
    ("np.sqrt(cache + epsilon)", "(np.sqrt(cache) + epsilon)"),
)


solution.change(
    "past steps do not enter: RMSProp",
    "Give two different step caches: does your next step notice?",
    ("np.sqrt(step_cache + epsilon)", "1"),
    ("step_cache = decay * step_cache + (1 - decay) * step**2\n    ", ""),
)


solution.change("step cache not stored back", NOT_STORED, ("step_cache = decay", "new = decay"))


solution.change(*NO_ROOT, ("np.sqrt(step_cache", "(step_cache"), ("np.sqrt(cache", "(cache"))


solution.change(
    "the step cache contains the learning rate",
    "Halve the learning rate: every step should be half as long, and the state the same.",
    ("step**2", "(rate * step) ** 2"),
)


solution.change(
    "the two caches exchanged",
    "If past gradients were large, should the next step be long or short?",
    ("= np.sqrt(step_cache", "= np.sqrt(cache"),
    ("/ np.sqrt(cache", "/ np.sqrt(step_cache"),
)


solution.change(
    "the step cache is fed with gradients",
    "In which units is each cache? The quotient of their roots turns a gradient into a step.",
    ("step**2", "dw**2"),
)


solution.change(
    "the step cache without a leak",
    "If all steps had length 1, the step cache should tend to 1. Where does yours go?",
    ("decay * step_cache + (1 - decay) * step**2", "step_cache + step**2"),
)


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


same_results(solution)
