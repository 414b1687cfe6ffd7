"""`nadam`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods._shared import ADVANCE, FIRST, INSIDE, LATER, STANDING
from solutions.declare import Solution
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def nadam(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 2e-3)
    beta1 = config.setdefault("beta1", 0.9)
    beta2 = config.setdefault("beta2", 0.999)
    epsilon = config.setdefault("epsilon", 1e-8)
    t = config.get("t", 0) + 1
    m = beta1 * config.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    v = beta2 * config.get("v", np.zeros_like(w)) + (1 - beta2) * dw**2
    config.update(m=m, v=v, t=t)
    ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * dw / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - rate * ahead / (np.sqrt(v_hat) + epsilon), config


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "no look-ahead: plain Adam",
    "Your step uses m as it is. What would m be one step later?",
    (
        "beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * dw / (1 - beta1**t)",
        "m / (1 - beta1**t)",
    ),
)


solution.change(
    "both terms corrected at step t",
    "The momentum term belongs to the next step already: which t is in its correction?",
    ("beta1 ** (t + 1)", "beta1**t"),
)


solution.change(
    "both terms corrected at step t + 1",
    "The gradient is that of this step: which t is in its correction?",
    ("beta1**t", "beta1 ** (t + 1)"),
)


solution.change(
    "the gradient's own share missing",
    "With beta1 = 0 nothing is remembered. What does your step become, and what should it be?",
    (" + (1 - beta1) * dw / (1 - beta1**t)", ""),
)


solution.change(
    "the gradient's share not corrected",
    "At the first step, the corrected gradient's share is the whole gradient. Is yours?",
    ("dw / (1 - beta1**t)", "dw"),
)


solution.change(
    "looks ahead with the old mean",
    "From rest the old mean is zero. Which part of your first step comes from momentum?",
    (
        'm = beta1 * config.get("m", np.zeros_like(w))',
        'old = config.get("m", np.zeros_like(w))\n    m = beta1 * old',
    ),
    ("beta1 * m /", "beta1 * old /"),
)


solution.change(*FIRST, ('config.get("t", 0) + 1', 'config.get("t", 1) + 1'))


solution.change(
    *LATER,
    ('config.get("t", 0) + 1', 'config.get("t", 1)'),
    ("config.update(m=m, v=v, t=t)", "config.update(m=m, v=v, t=t + 1)"),
)


solution.change(*STANDING, ('config.get("t", 0) + 1', 'config.get("t", 1)'))


solution.change(*INSIDE, ("np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"))


solution.change(
    "second moment not corrected",
    "Both means start at zero. Is the one below the fraction line corrected too?",
    ("v / (1 - beta2**t)", "v"),
)


solution.change("t never advanced", ADVANCE, ('config.get("t", 0) + 1', 'config.get("t", 0)'))


solution.change(
    "t advanced but not stored back",
    ADVANCE,
    ("config.update(m=m, v=v, t=t)", "config.update(m=m, v=v, t=t - 1)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("torch's two updates, one for the gradient and one for the mean")
def torchs_two_updates(w, dw, config=None):
    c = {"learning_rate": 2e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    mu, lr = c["beta1"], c["learning_rate"]
    step = c.get("t", 0) + 1
    exp_avg = mu * c.get("m", 0.0) + (1 - mu) * dw
    exp_avg_sq = c["beta2"] * c.get("v", 0.0) + (1 - c["beta2"]) * dw * dw
    mu_product = mu**step
    denom = np.sqrt(exp_avg_sq / (1 - c["beta2"] ** step)) + c["epsilon"]
    w = w + -lr * (1.0 - mu) / (1.0 - mu_product) * dw / denom
    w = w + (-lr * mu) / (1.0 - mu_product * mu) * exp_avg / denom
    return w, {**c, "m": exp_avg, "v": exp_avg_sq, "t": step}


@solution.style("state changed in place, w changed in place")
def state_changed_in_place(w, dw, config=None):
    config = {} if config is None else config
    for name, value in (("learning_rate", 2e-3), ("beta1", 0.9), ("beta2", 0.999), ("t", 0)):
        config.setdefault(name, value)
    for name in "mv":
        config.setdefault(name, np.zeros_like(w))
    config["t"] += 1
    b1, b2, t = config["beta1"], config["beta2"], config["t"]
    config["m"] *= b1
    config["m"] += (1 - b1) * dw
    config["v"] *= b2
    config["v"] += (1 - b2) * dw**2
    look = b1 / (1 - b1 ** (t + 1)) * config["m"]
    look += (1 - b1) / (1 - b1**t) * dw
    w -= (
        config["learning_rate"]
        * look
        / (np.sqrt(config["v"] / (1 - b2**t)) + config.get("epsilon", 1e-8))
    )
    return w, config


@solution.style("in single precision, corrections by a helper")
def in_single_precision(w, dw, config=None):
    c = {"learning_rate": 2e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    f, t = np.float32, c.get("t", 0) + 1

    def mean(name, value):
        kept = c["beta1" if name == "m" else "beta2"]
        return f(kept) * f(c.get(name, np.zeros(w.shape))) + f(1 - kept) * value

    def corrected(mean, kept, steps):
        return mean / f(1 - kept**steps)

    g = dw.astype(f)
    m, v = mean("m", g), mean("v", g * g)
    b = c["beta1"]
    ahead = f(b) * corrected(m, b, t + 1) + corrected(f(1 - b) * g, b, t)
    down = np.sqrt(corrected(v, c["beta2"], t)) + f(c["epsilon"])
    return f(w - f(c["learning_rate"]) * ahead / down), {**c, "m": m, "v": v, "t": t}


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
