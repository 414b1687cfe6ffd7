"""`adamw`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.adaptive_methods._shared import ADVANCE, FIRST, INSIDE, LATER, STANDING
from solutions.declare import Solution
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def adamw(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-3)
    decay = config.setdefault("weight_decay", 1e-2)
    beta1 = config.setdefault("beta1", 0.9)
    beta2 = config.setdefault("beta2", 0.999)
    epsilon = config.setdefault("epsilon", 1e-8)
    t = config.get("t", 0) + 1
    m = beta1 * config.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    v = beta2 * config.get("v", np.zeros_like(w)) + (1 - beta2) * dw**2
    config.update(m=m, v=v, t=t)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - rate * decay * w - rate * m_hat / (np.sqrt(v_hat) + epsilon), config


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "decay added to the gradient: Adam with L2",
    "Give a weight a huge gradient history: does its decay shrink with it? It should not.",
    ("m = beta1", "dw = dw + decay * w\n    m = beta1"),
    (" - rate * decay * w", ""),
)


solution.change(
    "decay not scaled by the rate",
    "Set the learning rate to zero: nothing should move any more.",
    ("rate * decay * w", "decay * w"),
)


solution.change(
    "sign of the decay flipped",
    "Set the gradient to zero, from rest: do the weights shrink or grow?",
    ("w - rate * decay", "w + rate * decay"),
)


solution.change(
    "decay applied after the step",
    "Of which weights do you take a share: the ones you were given, or the ones just moved?",
    ("return w - rate * decay * w", "w = w"),
    ("), config", ")\n    return w - rate * decay * w, config"),
)


solution.change(
    "no decay: plain Adam",
    "Set the gradient to zero, from rest: the weights should shrink all the same.",
    (" - rate * decay * w", ""),
)


solution.change(
    "decay divided by the root",
    "Two weights of the same value, one with large gradients, one with small ones: each should "
    "lose the same to the decay.",
    (" - rate * decay * w", ""),
    ("rate * m_hat", "rate * (m_hat + decay * w)"),
)


solution.change("t never advanced", ADVANCE, ('config.get("t", 0) + 1', 'config.get("t", 0)'))


solution.change(
    "t advanced but not stored back",
    ADVANCE,
    ("config.update(m=m, v=v, t=t)", "config.update(m=m, v=v, t=t - 1)"),
)


solution.change(*FIRST, ('config.get("t", 0) + 1', 'config.get("t", 1) + 1'))


solution.change(
    *LATER,
    ('config.get("t", 0) + 1', 'config.get("t", 1)'),
    ("config.update(m=m, v=v, t=t)", "config.update(m=m, v=v, t=t + 1)"),
)


solution.change(*STANDING, ('config.get("t", 0) + 1', 'config.get("t", 1)'))


solution.change(
    "decay twice as strong",
    "With a zero gradient, from rest, at rate 0.1 and decay 1: which share of each weight is "
    "left after one step?",
    ("rate * decay", "2 * rate * decay"),
)


solution.change(
    "bias correction missing",
    "Without decay this should be Adam: compare the length of the first step from rest.",
    ("m / (1 - beta1**t)", "m"),
    ("v / (1 - beta2**t)", "v"),
)


solution.change(*INSIDE, ("np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"))


# --- right in other styles -----------------------------------------------------------


def _torch_adam(c, dw):
    """The step of Adam by torch's formulas; changes the config."""
    c["t"] = c.get("t", 0) + 1
    c["m"] = c["beta1"] * c.get("m", 0.0) + (1 - c["beta1"]) * dw
    c["v"] = c["beta2"] * c.get("v", 0.0) + (1 - c["beta2"]) * dw * dw
    denom = np.sqrt(c["v"]) / np.sqrt(1 - c["beta2"] ** c["t"]) + c["epsilon"]
    return c["learning_rate"] / (1 - c["beta1"] ** c["t"]) * c["m"] / denom


def _adamw_config(config):
    start = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    return {**start, "weight_decay": 1e-2, **(config or {})}


@solution.style("as in torch: shrinks the weights first, then takes Adam's step")
def as_in_torch(w, dw, config=None):
    c = _adamw_config(config)
    shrunk = w * (1 - c["learning_rate"] * c["weight_decay"])
    return shrunk - _torch_adam(c, dw), c


@solution.style("the paper's bracket: step and decay under one rate")
def the_papers_bracket(w, dw, config=None):
    c = _adamw_config(config)
    rate = c["learning_rate"]
    direction = _torch_adam(c, dw) / rate
    return w - rate * (direction + c["weight_decay"] * w), c


@solution.style("w changed in place, twice")
def w_changed_in_place(w, dw, config=None):
    c = _adamw_config(config)
    w *= 1 - c["learning_rate"] * c["weight_decay"]
    w -= _torch_adam(c, dw)
    return w, c


@solution.style("one coordinate at a time, in plain floats")
def one_coordinate_at_a_time(w, dw, config=None):
    c = _adamw_config(config)
    t = c.get("t", 0) + 1
    m, v = (np.array(c.get(k, np.zeros(w.shape))) for k in "mv")
    out = np.empty(w.shape)
    for i, g in np.ndenumerate(dw):
        m[i] = c["beta1"] * m[i] + (1 - c["beta1"]) * g
        v[i] = c["beta2"] * v[i] + (1 - c["beta2"]) * g * g
        m_hat, v_hat = m[i] / (1 - c["beta1"] ** t), v[i] / (1 - c["beta2"] ** t)
        step = m_hat / (math.sqrt(v_hat) + c["epsilon"])
        out[i] = w[i] - c["learning_rate"] * step - c["learning_rate"] * c["weight_decay"] * w[i]
    return out, {**c, "m": m, "v": v, "t": t}


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
