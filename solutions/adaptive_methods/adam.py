"""`adam`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.adaptive_methods._shared import (
    ADVANCE,
    FIRST,
    FIXED,
    INSIDE,
    LATER,
    NO_ROOT,
    STANDING,
)
from solutions.declare import Solution
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def adam(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-3)
    beta1 = config.setdefault("beta1", 0.9)
    beta2 = config.setdefault("beta2", 0.999)
    epsilon = config.setdefault("epsilon", 1e-8)
    t = config.get("t", 0) + 1
    m = beta1 * config.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    v = beta2 * config.get("v", np.zeros_like(w)) + (1 - beta2) * dw**2
    config.update(m=m, v=v, t=t)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - rate * m_hat / (np.sqrt(v_hat) + epsilon), config


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "bias correction missing",
    "From rest, the first step should have the length of the learning rate, whatever the betas.",
    ("m / (1 - beta1**t)", "m"),
    ("v / (1 - beta2**t)", "v"),
)


solution.change(*INSIDE, ("np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"))


solution.change(*FIXED, ('config.setdefault("epsilon", 1e-8)', "1e-8"))


solution.change(*NO_ROOT, ("np.sqrt(v_hat)", "v_hat"))


solution.change("t never advanced", ADVANCE, ('config.get("t", 0) + 1', 'config.get("t", 0)'))


solution.change(
    "t advanced after it was used",
    ADVANCE,
    ('config.get("t", 0) + 1', 'config.get("t", 0)'),
    ("config.update(m=m, v=v, t=t)", "config.update(m=m, v=v, t=t + 1)"),
)


solution.change(
    "t advanced but not stored back",
    ADVANCE,
    ("config.update(m=m, v=v, t=t)", "config.update(m=m, v=v, t=t - 1)"),
)


solution.change("t advanced twice", ADVANCE, ('config.get("t", 0) + 1', 'config.get("t", 0) + 2'))


solution.change(*FIRST, ('config.get("t", 0) + 1', 'config.get("t", 1) + 1'))


solution.change(
    *LATER,
    ('config.get("t", 0) + 1', 'config.get("t", 1)'),
    ("config.update(m=m, v=v, t=t)", "config.update(m=m, v=v, t=t + 1)"),
)


solution.change(*STANDING, ('config.get("t", 0) + 1', 'config.get("t", 1)'))


solution.change(
    "correction that ignores t",
    "After a thousand steps the corrections should be nearly 1. What are yours?",
    ("beta1**t", "beta1"),
    ("beta2**t", "beta2"),
)


solution.change(
    "beta1 and beta2 exchanged",
    "Which of the two means should have the longer memory?",
    ("beta1 = config", "beta2 = config"),
    ('beta2 = config.setdefault("beta2"', 'beta1 = config.setdefault("beta2"'),
)


solution.change(
    "corrected moments stored back",
    "The means of the next step grow out of those in the config. Which ones did you put there?",
    (
        "config.update(m=m, v=v, t=t)",
        "config.update(m=m / (1 - beta1**t), v=v / (1 - beta2**t), t=t)",
    ),
)


solution.change(
    "epsilon added before the correction of v",
    "Folding both corrections into the rate is fine while epsilon is tiny. With a large one, "
    "ask to which root it is added.",
    ("np.sqrt(v_hat) + epsilon", "(np.sqrt(v) + epsilon) / np.sqrt(1 - beta2**t)"),
)


solution.change(
    "the rate in the config overwritten",
    "Print config['learning_rate'] after a few steps: is it still what the caller gave?",
    (
        "m_hat = m / (1 - beta1**t)\n    v_hat = v / (1 - beta2**t)",
        'rate *= np.sqrt(1 - beta2**t) / (1 - beta1**t)\n    config["learning_rate"] = rate',
    ),
    ("m_hat / (np.sqrt(v_hat)", "m / (np.sqrt(v)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("as published for CS231n")
def as_published_for_cs231n(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)

    next_w = None
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    mt = config["m"] / (1 - config["beta1"] ** config["t"])
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * (dw**2)
    vt = config["v"] / (1 - config["beta2"] ** config["t"])
    next_w = w - config["learning_rate"] * mt / (np.sqrt(vt) + config["epsilon"])
    return next_w, config


@solution.style("as published for CS231n in 2016, names unpacked, in place")
def as_published_for_cs231n_in_2016(x, dx, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(x))
    config.setdefault("v", np.zeros_like(x))
    config.setdefault("t", 0)
    beta1, beta2, eps = config["beta1"], config["beta2"], config["epsilon"]
    m, v, t = config["m"], config["v"], config["t"]
    t += 1
    m *= beta1
    m += (1 - beta1) * dx
    v *= beta2
    v += (1 - beta2) * np.power(dx, 2)
    m_bias, v_bias = m.copy(), v.copy()
    m_bias /= 1 - beta1**t
    v_bias /= 1 - beta2**t
    x += -config["learning_rate"] * m_bias / (np.sqrt(v_bias) + eps)
    config["m"], config["v"], config["t"] = m, v, t
    return x, config


@solution.style("torch's order: corrections as numbers, the root divided")
def torchs_order(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    step = c["t"] = c.get("t", 0) + 1
    c["m"] = c.get("m", 0.0) + (dw - c.get("m", 0.0)) * (1 - c["beta1"])
    c["v"] = c.get("v", 0.0) * c["beta2"] + (1 - c["beta2"]) * dw * dw
    bias_correction1 = 1 - c["beta1"] ** step
    bias_correction2_sqrt = math.sqrt(1 - c["beta2"] ** step)
    denom = np.sqrt(c["v"]) / bias_correction2_sqrt + c["epsilon"]
    return w - (c["learning_rate"] / bias_correction1) * (c["m"] / denom), c


@solution.style("both corrections in the rate, epsilon scaled along")
def both_corrections_in_the_rate(w, dw, config=None):
    c = dict(config or {})
    b1, b2 = c.get("beta1", 0.9), c.get("beta2", 0.999)
    c["t"] = c.get("t", 0) + 1
    c["m"] = b1 * c.get("m", 0) + (1 - b1) * dw
    c["v"] = b2 * c.get("v", 0) + (1 - b2) * dw * dw
    root = (1 - b2 ** c["t"]) ** 0.5
    rate = c.get("learning_rate", 1e-3) * root / (1 - b1 ** c["t"])
    return w - rate * c["m"] / (np.sqrt(c["v"]) + root * c.get("epsilon", 1e-8)), c


@solution.style("single precision inside, t kept as an array")
def single_precision_inside(w, dw, config=None):
    f = np.float32
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    t = np.asarray(c.get("t", 0)) + 1
    g = dw.astype(f)
    m = f(c["beta1"]) * f(c.get("m", np.zeros(w.shape))) + f(1 - c["beta1"]) * g
    v = f(c["beta2"]) * f(c.get("v", np.zeros(w.shape))) + f(1 - c["beta2"]) * g * g
    m_hat, v_hat = m / f(1 - c["beta1"] ** t), v / f(1 - c["beta2"] ** t)
    step = f(c["learning_rate"]) * m_hat / (np.sqrt(v_hat) + f(c["epsilon"]))
    return (w - step).astype(f), {**c, "m": m, "v": v, "t": t}


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
