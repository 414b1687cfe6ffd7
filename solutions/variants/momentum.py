"""Chapter 3: right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Variants

variants = Variants()

DEFAULTS = {"learning_rate": 1e-2, "momentum": 0.9}


# --- sgd_momentum -------------------------------------------------------------------


@variants.of("sgd_momentum", "CS231n's users' own: config, velocity and parameters in place")
def _(w, dw, config=None):
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


@variants.of("sgd_momentum", "one entry at a time, the velocity a list of numbers")
def _(w, dw, config=None):
    config = {**DEFAULTS, **(config or {})}
    rate, rho = config["learning_rate"], config["momentum"]
    old = np.ravel(config.get("velocity", [0.0] * w.size))
    new = [rho * v - rate * g for v, g in zip(old, dw.flat, strict=True)]
    moved = [a + b for a, b in zip(w.flat, new, strict=True)]
    return np.reshape(moved, w.shape), {**config, "velocity": np.reshape(new, w.shape).tolist()}


@variants.of("sgd_momentum", "a scalar zero as the first velocity, all in a new dictionary")
def _(w, dw, config=None):
    c = dict(DEFAULTS, velocity=0.0)
    c.update(config or {})
    v = np.einsum("i,i...->...", [c["momentum"], -c["learning_rate"]], [c["velocity"] + 0 * w, dw])
    return np.sum([w, v], axis=0), {**c, "velocity": v, "steps": c.get("steps", 0) + 1}


@variants.of("sgd_momentum", "Polyak's heavy ball: remembers where it was")
def _(w, dw, config=None):
    config = dict(config or {})
    rate, rho = config.get("learning_rate", 1e-2), config.get("momentum", 0.9)
    before = w - config.get("velocity", 0)
    after = w - rate * dw + rho * (w - before)
    return after, {"learning_rate": rate, "momentum": rho, "velocity": after - w}


@variants.of("sgd_momentum", "single precision throughout")
def _(w, dw, config=None):
    config = DEFAULTS | (config or {})
    v = np.asarray(config.get("velocity", np.zeros(w.shape)), dtype=np.float32)
    v = np.float32(config["momentum"]) * v - np.float32(config["learning_rate"]) * dw.astype("f4")
    config["velocity"] = v
    return w.astype(np.float32) + v, config


# --- sgd_momentum_torch -------------------------------------------------------------


@variants.of("sgd_momentum_torch", "torch.optim's own: a buffer that begins as the gradient")
def _(w, dw, config=None):
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


@variants.of("sgd_momentum_torch", "one entry at a time, over all axes")
def _(w, dw, config=None):
    config = {**DEFAULTS, "velocity": np.zeros(w.shape), **(config or {})}
    v, next_w = np.empty(w.shape), np.empty(w.shape)
    for index in np.ndindex(w.shape):
        v[index] = config["momentum"] * config["velocity"][index] + dw[index]
        next_w[index] = w[index] - config["learning_rate"] * v[index]
    config.update(velocity=v)
    return next_w, config


@variants.of("sgd_momentum_torch", "the step written out, the velocity computed after it")
def _(w, dw, config=None):
    config = dict(config or {})
    alpha = config.get("learning_rate", 1e-2)
    rho = config.get("momentum", 0.9)
    v = config.get("velocity", 0.0)
    next_w = w - alpha * dw - (alpha * rho) * v
    config["velocity"] = dw + rho * v
    return next_w, config


@variants.of("sgd_momentum_torch", "single precision throughout, flat")
def _(w, dw, config=None):
    c = DEFAULTS | {"velocity": np.zeros_like(w)} | (config or {})
    pair = np.stack([c["velocity"].ravel(), dw.ravel()]).astype(np.float32)
    v = np.array([c["momentum"], 1], dtype=np.float32) @ pair
    next_w = w.ravel().astype(np.float32) - np.float32(c["learning_rate"]) * v
    return next_w.reshape(w.shape), {**c, "velocity": v.reshape(w.shape)}


# --- nesterov_lookahead -------------------------------------------------------------


@variants.of("nesterov_lookahead", "names the point ahead, and works on the config that came")
def _(w, grad_fn, config=None):
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


@variants.of("nesterov_lookahead", "goes ahead in place, takes the gradient there, and corrects")
def _(w, grad_fn, config=None):
    c = {**DEFAULTS, **(config or {})}
    start = w.copy()
    w += c["momentum"] * c.get("velocity", 0)
    w -= c["learning_rate"] * grad_fn(w)
    return w, {**c, "velocity": w - start}


@variants.of("nesterov_lookahead", "Nesterov's two sequences: the point ahead, then its step")
def _(w, grad_fn, config=None):
    config = dict(config or {})
    rate, rho = config.get("learning_rate", 0.01), config.get("momentum", 0.9)
    x_previous = w - config.get("velocity", np.zeros(w.shape))
    y = (1 + rho) * w - rho * x_previous
    x = y - rate * grad_fn(y)
    config["velocity"] = x - w
    return x, config


@variants.of("nesterov_lookahead", "single precision throughout, entry by entry")
def _(w, grad_fn, config=None):
    c = DEFAULTS | (config or {})
    v = np.array(c.get("velocity", [0] * len(w)), dtype="float32")
    rate, rho = np.float32(c["learning_rate"]), np.float32(c["momentum"])
    w = w.astype(np.float32)
    g = grad_fn(w + rho * v)
    for i in range(len(v)):
        v[i] = rho * v[i] - rate * np.float32(g[i])
    c["velocity"] = v
    return w + v, c


# --- nesterov -----------------------------------------------------------------------


@variants.of("nesterov", "the lines of CS231n's notes, in place")
def _(x, dx, config=None):
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


@variants.of("nesterov", "the step simplified to the old velocity and the gradient")
def _(w, dw, config=None):
    c = {**DEFAULTS, **(config or {})}
    rho, rate = c["momentum"], c["learning_rate"]
    v = c.get("velocity", np.zeros_like(w))
    return w + rho**2 * v - (1 + rho) * rate * dw, {**c, "velocity": rho * v - rate * dw}


@variants.of("nesterov", "back to the plain parameters, a step there, and ahead again")
def _(w, dw, config=None):
    config = dict(config or {})
    rate, rho = config.get("learning_rate", 1e-2), config.get("momentum", 0.9)
    v = config.get("velocity", 0.0)
    x = w - rho * v
    v = rho * v - rate * dw
    x = x + v
    config["velocity"] = v
    return x + rho * v, config


@variants.of("nesterov", "torch.optim's form with a buffer, translated to and fro")
def _(w, dw, config=None):
    c = DEFAULTS | {"velocity": np.zeros(w.shape)} | (config or {})
    lr, momentum = c["learning_rate"], c["momentum"]
    buf = -c["velocity"] / lr
    buf = momentum * buf + dw
    grad = dw + momentum * buf
    c["velocity"] = -lr * buf
    return np.add(w, -lr * grad), c


@variants.of("nesterov", "single precision throughout, entry by entry")
def _(w, dw, config=None):
    c = dict(DEFAULTS, **(config or {}))
    rho, rate = np.float32(c["momentum"]), np.float32(c["learning_rate"])
    old = np.asarray(c.get("velocity", np.zeros(w.shape)), np.float32)
    new, next_w = np.empty_like(old), w.astype(np.float32)
    for i in np.ndindex(w.shape):
        new[i] = rho * old[i] - rate * np.float32(dw[i])
        next_w[i] += new[i] + rho * (new[i] - old[i])
    return next_w, {**c, "velocity": new}


# --- anneal_momentum ----------------------------------------------------------------


@variants.of("anneal_momentum", "a table of the whole run, of which one entry is read")
def _(step, total, start=0.5, end=0.99):
    if total == 1:
        return end
    return np.linspace(start, end, total)[min(step, total - 1)]


@variants.of("anneal_momentum", "a mixture of both ends with a clipped share")
def _(step, total, start=0.5, end=0.99):
    share = np.clip(step / (total - 1), 0, 1) if total > 1 else 1.0
    return (1 - share) * start + share * end


@variants.of("anneal_momentum", "np.interp between the first and the last step")
def _(step, total, start=0.5, end=0.99):
    if total < 2:
        return np.float64(end)
    return np.interp(step, [0, total - 1], [start, end])


@variants.of("anneal_momentum", "one increment after another, in single precision")
def _(step, total, start=0.5, end=0.99):
    rho, last = np.float32(start), total - 1
    if step >= last:
        return np.array([end], dtype=np.float32)
    for _ in range(step):
        rho += np.float32((end - start) / last)
    return rho
