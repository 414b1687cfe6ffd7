"""`nesterov`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.momentum._shared import DEFAULTS
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def nesterov(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    v_new = rho * v - rate * dw
    config["velocity"] = v_new
    return w - rho * v + (1 + rho) * v_new, config


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "plain momentum",
    "Your step adds the new velocity once. In the shifted variables the step also moves "
    "the look-ahead point itself.",
    ("w - rho * v + (1 + rho) * ", "w + "),
)


solution.change(
    "new velocity without the factor 1 + rho",
    "Write x~ at both times, x~ = x + rho * v, and subtract: how often does the new "
    "velocity occur?",
    ("(1 + rho) * ", ""),
)


solution.change(
    "old velocity not taken back",
    "Before the new look-ahead is added, the old one must go.",
    ("w - rho * v ", "w "),
)


solution.change(
    "old and new velocity exchanged",
    "Which of the two velocities was just computed? It belongs to the point you go to.",
    ("rho * v + (1 + rho) * v_new", "rho * v_new + (1 + rho) * v"),
)


solution.change(
    "velocity not stored back",
    "Which entry of the returned config should have changed?",
    ('config["velocity"] = v_new', "pass"),
)


solution.change(
    "velocity with the other sign",
    "Let a ball roll without any gradient: does it move along its velocity, or against it?",
    ("- rate * dw", "+ rate * dw"),
    ("w - rho * v +", "w + rho * v -"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("the lines of CS231n's notes, in place")
def the_lines_of_cs231ns_notes(x, dx, config=None):
    if config is None:
        config = {}
    mu = config.setdefault("momentum", 0.9)
    learning_rate = config.setdefault("learning_rate", 1e-2)
    v = config.get("velocity", np.zeros_like(x))
    v_prev = v.copy()
    v = mu * v - learning_rate * dx
    x += -mu * v_prev + (1 + mu) * v
    config["velocity"] = v
    return x, config


@solution.style("the step simplified to the old velocity and the gradient")
def the_step_simplified_to_the_old_velocity(w, dw, config=None):
    c = {**DEFAULTS, **(config or {})}
    rho, rate = c["momentum"], c["learning_rate"]
    v = c.get("velocity", np.zeros_like(w))
    return w + rho**2 * v - (1 + rho) * rate * dw, {**c, "velocity": rho * v - rate * dw}


@solution.style("back to the plain parameters, a step there, and ahead again")
def back_to_the_plain_parameters(w, dw, config=None):
    config = dict(config or {})
    rate, rho = config.get("learning_rate", 1e-2), config.get("momentum", 0.9)
    v = config.get("velocity", 0.0)
    x = w - rho * v
    v = rho * v - rate * dw
    x = x + v
    config["velocity"] = v
    return x + rho * v, config


@solution.style("torch.optim's form with a buffer, translated to and fro")
def torch_optims_form_with_a_buffer(w, dw, config=None):
    c = DEFAULTS | {"velocity": np.zeros(w.shape)} | (config or {})
    lr, momentum = c["learning_rate"], c["momentum"]
    buf = -c["velocity"] / lr
    buf = momentum * buf + dw
    grad = dw + momentum * buf
    c["velocity"] = -lr * buf
    return np.add(w, -lr * grad), c


@solution.style("single precision throughout, entry by entry")
def single_precision_throughout(w, dw, config=None):
    c = dict(DEFAULTS, **(config or {}))
    rho, rate = np.float32(c["momentum"]), np.float32(c["learning_rate"])
    old = np.asarray(c.get("velocity", np.zeros(w.shape)), np.float32)
    new, next_w = np.empty_like(old), w.astype(np.float32)
    for i in np.ndindex(w.shape):
        new[i] = rho * old[i] - rate * np.float32(dw[i])
        next_w[i] += new[i] + rho * (new[i] - old[i])
    return next_w, {**c, "velocity": new}


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
