"""Chapter 3: answers, known mistakes and rubric for momentum and Nesterov."""

from __future__ import annotations

import numpy as np

from solutions.declare import Book

book = Book()


@book.answer
def sgd_momentum(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    config["velocity"] = rho * v - rate * dw
    return w + config["velocity"], config


@book.answer
def sgd_momentum_torch(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    config["velocity"] = rho * v + dw
    return w - rate * config["velocity"], config


@book.answer
def nesterov_lookahead(w, grad_fn, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    config["velocity"] = rho * v - rate * grad_fn(w + rho * v)
    return w + config["velocity"], config


@book.answer
def nesterov(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    rho = config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    v_new = rho * v - rate * dw
    config["velocity"] = v_new
    return w - rho * v + (1 + rho) * v_new, config


@book.answer
def anneal_momentum(step, total, start=0.5, end=0.99):
    if step >= total - 1:
        return end
    return start + (end - start) * step / (total - 1)


def _read(w, config):
    """Config with defaults filled in, and its three values: what every mistake shares."""
    config = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros_like(w)} | (config or {})
    return config, config["learning_rate"], config["momentum"], config["velocity"]


# --- sgd_momentum -------------------------------------------------------------------


@book.mistake(
    "sgd_momentum",
    "velocity not stored back",
    "Step twice from rest with the same gradient: the second step must be longer. Which "
    "entry of the returned config should have changed?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    return w + rho * v - rate * dw, config


@book.mistake(
    "sgd_momentum",
    "sign of the gradient flipped",
    "From rest, does your first step go down the slope or up?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v + rate * dw
    return w + config["velocity"], config


@book.mistake(
    "sgd_momentum",
    "gradient not scaled by the rate",
    "Halve the learning rate: from rest, your first step should be half as long.",
)
def _(w, dw, config=None):
    config, _, rho, v = _read(w, config)
    config["velocity"] = rho * v - dw
    return w + config["velocity"], config


@book.mistake(
    "sgd_momentum",
    "PyTorch's form of momentum",
    "With a constant rate and a velocity that starts at zero both forms agree. Here the "
    "velocity already contains the rate, so an old velocity keeps its old rate.",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v + dw
    return w - rate * config["velocity"], config


@book.mistake(
    "sgd_momentum",
    "Nesterov instead of plain momentum",
    "Your step looks ahead. Plain momentum adds exactly the new velocity to the position.",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * dw
    return w - rho * v + (1 + rho) * config["velocity"], config


@book.mistake(
    "sgd_momentum",
    "momentum coefficient fixed at 0.9",
    "Try momentum 0.5: does your answer change? Where does the coefficient come from?",
)
def _(w, dw, config=None):
    config, rate, _, v = _read(w, config)
    config["velocity"] = 0.9 * v - rate * dw
    return w + config["velocity"], config


@book.mistake(
    "sgd_momentum",
    "plain gradient descent",
    "The past does not enter your step: set the gradient to zero and let a moving ball roll.",
)
def _(w, dw, config=None):
    config, rate, _, _ = _read(w, config)
    return w - rate * dw, config


@book.mistake(
    "sgd_momentum",
    "gradient averaged instead of added",
    "A constant gradient should speed the ball up to 1 / (1 - rho) times one plain step. "
    "How fast does yours get?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - (1 - rho) * rate * dw
    return w + config["velocity"], config


@book.mistake(
    "sgd_momentum",
    "velocity with the other sign",
    "Let a ball roll without any gradient: does it move along its velocity, or against it?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v + rate * dw
    return w - config["velocity"], config


# --- sgd_momentum_torch -------------------------------------------------------------


@book.mistake(
    "sgd_momentum_torch",
    "velocity not stored back",
    "Step twice from rest with the same gradient: the second step must be longer. Which "
    "entry of the returned config should have changed?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    return w - rate * (rho * v + dw), config


@book.mistake(
    "sgd_momentum_torch",
    "the rate inside the velocity",
    "This is the other form. Here the velocity is a sum of bare gradients: when the rate "
    "drops, the whole velocity counts less at once.",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * dw
    return w + config["velocity"], config


@book.mistake(
    "sgd_momentum_torch",
    "rate applied twice",
    "From rest, your first step should be exactly alpha times the gradient.",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v + rate * dw
    return w - rate * config["velocity"], config


@book.mistake(
    "sgd_momentum_torch",
    "ascent for descent",
    "From rest, does your first step go down the slope or up?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v + dw
    return w + rate * config["velocity"], config


@book.mistake(
    "sgd_momentum_torch",
    "gradient damped by 1 - rho",
    "PyTorch calls this dampening, and leaves it at zero unless it is asked for.",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v + (1 - rho) * dw
    return w - rate * config["velocity"], config


@book.mistake(
    "sgd_momentum_torch",
    "velocity with the other sign",
    "Let a ball roll without any gradient: does it move along its velocity, or against it?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - dw
    return w + rate * config["velocity"], config


# --- nesterov_lookahead -------------------------------------------------------------


@book.mistake(
    "nesterov_lookahead",
    "no look-ahead: plain momentum",
    "At which point do you ask for the gradient? The momentum part of the step is known "
    "before any gradient is.",
)
def _(w, grad_fn, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * grad_fn(w)
    return w + config["velocity"], config


@book.mistake(
    "nesterov_lookahead",
    "look-ahead in the wrong direction",
    "You look at where the ball came from. Where will momentum alone carry it?",
)
def _(w, grad_fn, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * grad_fn(w - rho * v)
    return w + config["velocity"], config


@book.mistake(
    "nesterov_lookahead",
    "looks ahead by the whole velocity",
    "Friction acts before the ball moves on: how long is the part of the next step that "
    "momentum alone makes?",
)
def _(w, grad_fn, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * grad_fn(w + v)
    return w + config["velocity"], config


@book.mistake(
    "nesterov_lookahead",
    "steps from the look-ahead point",
    "The look-ahead point only lends its gradient. From which point does the step start?",
)
def _(w, grad_fn, config=None):
    config, rate, rho, v = _read(w, config)
    ahead = w + rho * v
    config["velocity"] = rho * v - rate * grad_fn(ahead)
    return ahead + config["velocity"], config


@book.mistake(
    "nesterov_lookahead",
    "velocity not stored back",
    "Which entry of the returned config should have changed?",
)
def _(w, grad_fn, config=None):
    config, rate, rho, v = _read(w, config)
    return w + rho * v - rate * grad_fn(w + rho * v), config


@book.mistake(
    "nesterov_lookahead",
    "velocity with the other sign",
    "Let a ball roll without any gradient: does it move along its velocity, or against it?",
)
def _(w, grad_fn, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v + rate * grad_fn(w - rho * v)
    return w - config["velocity"], config


# --- nesterov -----------------------------------------------------------------------


@book.mistake(
    "nesterov",
    "plain momentum",
    "Your step adds the new velocity once. In the shifted variables the step also moves "
    "the look-ahead point itself.",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * dw
    return w + config["velocity"], config


@book.mistake(
    "nesterov",
    "new velocity without the factor 1 + rho",
    "Write x~ at both times, x~ = x + rho * v, and subtract: how often does the new "
    "velocity occur?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * dw
    return w - rho * v + config["velocity"], config


@book.mistake(
    "nesterov",
    "old velocity not taken back",
    "Before the new look-ahead is added, the old one must go.",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * dw
    return w + (1 + rho) * config["velocity"], config


@book.mistake(
    "nesterov",
    "old and new velocity exchanged",
    "Which of the two velocities was just computed? It belongs to the point you go to.",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v - rate * dw
    return w - rho * config["velocity"] + (1 + rho) * v, config


@book.mistake(
    "nesterov",
    "velocity not stored back",
    "Which entry of the returned config should have changed?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    return w - rho * v + (1 + rho) * (rho * v - rate * dw), config


@book.mistake(
    "nesterov",
    "velocity with the other sign",
    "Let a ball roll without any gradient: does it move along its velocity, or against it?",
)
def _(w, dw, config=None):
    config, rate, rho, v = _read(w, config)
    config["velocity"] = rho * v + rate * dw
    return w + rho * v - (1 + rho) * config["velocity"], config


# --- anneal_momentum ----------------------------------------------------------------


@book.mistake(
    "anneal_momentum",
    "off by one: the last step does not reach the end",
    "With two steps, the coefficients should be start and end. What are yours?",
)
def _(step, total, start=0.5, end=0.99):
    return start + (end - start) * min(step, total) / total


@book.mistake(
    "anneal_momentum",
    "rises past the end",
    "What does your function return long after the last step?",
)
def _(step, total, start=0.5, end=0.99):
    return start + (end - start) * step / max(total - 1, 1)


@book.mistake(
    "anneal_momentum",
    "falls instead of rising",
    "At step 0 the ball is slow to trust its past: which of the two values comes first?",
)
def _(step, total, start=0.5, end=0.99):
    if step >= total - 1:
        return start
    return end + (start - end) * step / (total - 1)


@book.mistake(
    "anneal_momentum",
    "geometric instead of linear",
    "Halfway through, the coefficient should be the mean of start and end.",
)
def _(step, total, start=0.5, end=0.99):
    if step >= total - 1:
        return end
    return start * (end / start) ** (step / (total - 1))


book.rubric(
    "momentum_velocity_start",
    """
    The velocity starts at zero. It is an exponentially weighted sum of past gradients, in
    which the start has weight rho**t after t steps: with rho = 0.9 its share falls below one
    percent after 44 steps, so whatever it was, it is soon forgotten (while the weights keep a
    displacement of at most rho / (1 - rho) times the first velocity, which descent corrects).
    """,
    (1, "says that it starts at zero (or: at any small value)"),
    (1, "argues by the exponential decay of old contributions, rho**t or about 1/(1-rho) steps"),
    (1, "says when it would matter: rho very near 1, very short runs, or a huge start"),
)
