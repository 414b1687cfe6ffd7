"""`nesterov_lookahead`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.momentum._shared import DEFAULTS
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def nesterov_lookahead(w, grad_fn, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    config["velocity"] = rho * v - rate * grad_fn(w + rho * v)
    return w + config["velocity"], config


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "no look-ahead: plain momentum",
    "At which point do you ask for the gradient? The momentum part of the step is known "
    "before any gradient is.",
    ("(w + rho * v)", "(w)"),
)


solution.change(
    "look-ahead in the wrong direction",
    "You look at where the ball came from. Where will momentum alone carry it?",
    ("(w + rho", "(w - rho"),
)


solution.change(
    "looks ahead by the whole velocity",
    "Friction acts before the ball moves on: how long is the part of the next step that "
    "momentum alone makes?",
    ("(w + rho * v)", "(w + v)"),
)


solution.change(
    "steps from the look-ahead point",
    "The look-ahead point only lends its gradient. From which point does the step start?",
    ('w + config["velocity"]', 'w + rho * v + config["velocity"]'),
)


solution.change(
    "velocity not stored back",
    "Which entry of the returned config should have changed?",
    ('config["velocity"] = rho', "new = rho"),
    ('config["velocity"], c', "new, c"),
)


solution.change(
    "velocity with the other sign",
    "Let a ball roll without any gradient: does it move along its velocity, or against it?",
    ("- rate *", "+ rate *"),
    ("(w + rho", "(w - rho"),
    ("w + config", "w - config"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("names the point ahead, and works on the config that came")
def names_the_point_ahead(w, grad_fn, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    config.setdefault("velocity", np.zeros_like(w))
    x_ahead = w + config["momentum"] * config["velocity"]
    config["velocity"] *= config["momentum"]
    config["velocity"] -= config["learning_rate"] * grad_fn(x_ahead)
    w += config["velocity"]
    return w, config


@solution.style("goes ahead in place, takes the gradient there, and corrects")
def goes_ahead_in_place(w, grad_fn, config=None):
    c = {**DEFAULTS, **(config or {})}
    start = w.copy()
    w += c["momentum"] * c.get("velocity", 0)
    w -= c["learning_rate"] * grad_fn(w)
    return w, {**c, "velocity": w - start}


@solution.style("Nesterov's two sequences: the point ahead, then its step")
def nesterovs_two_sequences(w, grad_fn, config=None):
    config = dict(config or {})
    rate, rho = config.get("learning_rate", 0.01), config.get("momentum", 0.9)
    x_previous = w - config.get("velocity", np.zeros(w.shape))
    y = (1 + rho) * w - rho * x_previous
    x = y - rate * grad_fn(y)
    config["velocity"] = x - w
    return x, config


@solution.style("single precision throughout, entry by entry")
def single_precision_throughout(w, grad_fn, config=None):
    c = DEFAULTS | (config or {})
    v = np.array(c.get("velocity", [0] * len(w)), dtype="float32")
    rate, rho = np.float32(c["learning_rate"]), np.float32(c["momentum"])
    w = w.astype(np.float32)
    g = grad_fn(w + rho * v)
    for i in range(len(v)):
        v[i] = rho * v[i] - rate * np.float32(g[i])
    c["velocity"] = v
    return w + v, c


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)


solution.equivalent(
    "A single zero, which is what it makes of a function, serves as well as an array of them.",
    (
        "v = config.get('velocity', np.zeros_like(w))",
        "v = config.get('velocity', np.zeros_like(grad_fn))",
    ),
)
