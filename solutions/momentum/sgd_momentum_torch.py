"""`sgd_momentum_torch`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.momentum._shared import DEFAULTS
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def sgd_momentum_torch(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    config["velocity"] = rho * v + dw
    return w - rate * config["velocity"], config


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "velocity not stored back",
    "Step twice from rest with the same gradient: the second step must be longer. Which "
    "entry of the returned config should have changed?",
    ('config["velocity"] = rho', "new = rho"),
    ('config["velocity"], c', "new, c"),
)


solution.change(
    "the rate inside the velocity",
    "This is the other form. Here the velocity is a sum of bare gradients: when the rate "
    "drops, the whole velocity counts less at once.",
    ("v + dw", "v - rate * dw"),
    ("w - rate * ", "w + "),
)


solution.change(
    "rate applied twice",
    "From rest, your first step should be exactly alpha times the gradient.",
    ("v + dw", "v + rate * dw"),
)


solution.change(
    "ascent for descent",
    "From rest, does your first step go down the slope or up?",
    ("w - ", "w + "),
)


solution.change(
    "gradient damped by 1 - rho",
    "PyTorch calls this dampening, and leaves it at zero unless it is asked for.",
    ("+ dw", "+ (1 - rho) * dw"),
)


solution.change(
    "velocity with the other sign",
    "Let a ball roll without any gradient: does it move along its velocity, or against it?",
    ("v + ", "v - "),
    ("w - ", "w + "),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("torch.optim's own: a buffer that begins as the gradient")
def torch_optims_own(w, dw, config=None):
    state = {} if config is None else config
    lr, momentum = state.setdefault("learning_rate", 0.01), state.setdefault("momentum", 0.9)
    buf = state.get("velocity")
    if buf is None:
        buf = state["velocity"] = np.array(dw)
    else:
        buf *= momentum
        buf += dw
    w += -lr * buf
    return w, state


@solution.style("one entry at a time, over all axes")
def one_entry_at_a_time(w, dw, config=None):
    config = {**DEFAULTS, "velocity": np.zeros(w.shape), **(config or {})}
    v, next_w = np.empty(w.shape), np.empty(w.shape)
    for index in np.ndindex(w.shape):
        v[index] = config["momentum"] * config["velocity"][index] + dw[index]
        next_w[index] = w[index] - config["learning_rate"] * v[index]
    config.update(velocity=v)
    return next_w, config


@solution.style("the step written out, the velocity computed after it")
def the_step_written_out(w, dw, config=None):
    config = dict(config or {})
    alpha = config.get("learning_rate", 1e-2)
    rho = config.get("momentum", 0.9)
    v = config.get("velocity", 0.0)
    next_w = w - alpha * dw - (alpha * rho) * v
    config["velocity"] = dw + rho * v
    return next_w, config


@solution.style("single precision throughout, flat")
def single_precision_throughout(w, dw, config=None):
    c = DEFAULTS | {"velocity": np.zeros_like(w)} | (config or {})
    pair = np.stack([c["velocity"].ravel(), dw.ravel()]).astype(np.float32)
    v = np.array([c["momentum"], 1], dtype=np.float32) @ pair
    next_w = w.ravel().astype(np.float32) - np.float32(c["learning_rate"]) * v
    return next_w.reshape(w.shape), {**c, "velocity": v.reshape(w.shape)}


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
