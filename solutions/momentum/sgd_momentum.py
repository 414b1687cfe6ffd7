"""`sgd_momentum`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.momentum._shared import DEFAULTS
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def sgd_momentum(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    config["velocity"] = rho * v - rate * dw
    return w + config["velocity"], config


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "velocity not stored back",
    "Step twice from rest with the same gradient: the second step must be longer. Which "
    "entry of the returned config should have changed?",
    ('config["velocity"] = rho', "new = rho"),
    ('config["velocity"], c', "new, c"),
)


solution.change(
    "sign of the gradient flipped",
    "From rest, does your first step go down the slope or up?",
    ("v - ", "v + "),
)


solution.change(
    "gradient not scaled by the rate",
    "Halve the learning rate: from rest, your first step should be half as long.",
    ("rate * dw", "dw"),
)


solution.change(
    "PyTorch's form of momentum",
    "With a constant rate and a velocity that starts at zero both forms agree. Here the "
    "velocity already contains the rate, so an old velocity keeps its old rate.",
    ("- rate * dw", "+ dw"),
    ("w + ", "w - rate * "),
)


solution.change(
    "Nesterov instead of plain momentum",
    "Your step looks ahead. Plain momentum adds exactly the new velocity to the position.",
    ("w + ", "w - rho * v + (1 + rho) * "),
)


solution.change(
    "momentum coefficient fixed at 0.9",
    "Try momentum 0.5: does your answer change? Where does the coefficient come from?",
    ('config.setdefault("momentum", 0.9)', "0.9"),
)


solution.change(
    "plain gradient descent",
    "The past does not enter your step: set the gradient to zero and let a moving ball roll.",
    ("rho * v -", "-"),
)


solution.change(
    "gradient averaged instead of added",
    "A constant gradient should speed the ball up to 1 / (1 - rho) times one plain step. "
    "How fast does yours get?",
    ("rate * dw", "(1 - rho) * rate * dw"),
)


solution.change(
    "velocity with the other sign",
    "Let a ball roll without any gradient: does it move along its velocity, or against it?",
    ("v - ", "v + "),
    ("w + ", "w - "),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("CS231n's users' own: config, velocity and parameters in place")
def cs231ns_users_own(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    v *= config["momentum"]
    v -= config["learning_rate"] * dw
    w += v
    config["velocity"] = v
    return w, config


@solution.style("one entry at a time, the velocity a list of numbers")
def one_entry_at_a_time(w, dw, config=None):
    config = {**DEFAULTS, **(config or {})}
    rate, rho = config["learning_rate"], config["momentum"]
    old = np.ravel(config.get("velocity", [0.0] * w.size))
    new = [rho * v - rate * g for v, g in zip(old, dw.flat, strict=True)]
    moved = [a + b for a, b in zip(w.flat, new, strict=True)]
    return np.reshape(moved, w.shape), {**config, "velocity": np.reshape(new, w.shape).tolist()}


@solution.style("a scalar zero as the first velocity, all in a new dictionary")
def a_scalar_zero_as_the_first_velocity(w, dw, config=None):
    c = dict(DEFAULTS, velocity=0.0)
    c.update(config or {})
    v = np.einsum("i,i...->...", [c["momentum"], -c["learning_rate"]], [c["velocity"] + 0 * w, dw])
    return np.sum([w, v], axis=0), {**c, "velocity": v, "steps": c.get("steps", 0) + 1}


@solution.style("Polyak's heavy ball: remembers where it was")
def polyaks_heavy_ball(w, dw, config=None):
    config = dict(config or {})
    rate, rho = config.get("learning_rate", 1e-2), config.get("momentum", 0.9)
    before = w - config.get("velocity", 0)
    after = w - rate * dw + rho * (w - before)
    return after, {"learning_rate": rate, "momentum": rho, "velocity": after - w}


@solution.style("single precision throughout")
def single_precision_throughout(w, dw, config=None):
    config = DEFAULTS | (config or {})
    v = np.asarray(config.get("velocity", np.zeros(w.shape)), dtype=np.float32)
    v = np.float32(config["momentum"]) * v - np.float32(config["learning_rate"]) * dw.astype("f4")
    config["velocity"] = v
    return w.astype(np.float32) + v, config


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
