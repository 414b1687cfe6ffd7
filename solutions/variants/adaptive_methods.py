"""Chapter 4: right solutions in other styles than the answers'."""

from __future__ import annotations

import math

import numpy as np

from solutions.declare import Variants

variants = Variants()


# --- adagrad ------------------------------------------------------------------------


@variants.of("adagrad", "CS231n's style: defaults set and state changed in the given config")
def _(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))
    config["cache"] += dw**2
    w -= config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    return w, config


@variants.of("adagrad", "one coordinate at a time, in plain floats")
def _(w, dw, config=None):
    config = config or {}
    rate, eps = config.get("learning_rate", 0.01), config.get("epsilon", 1e-8)
    cache = np.array(config.get("cache", np.zeros(w.shape)))
    out = np.empty(w.shape)
    for i in np.ndindex(*w.shape):
        g = float(dw[i])
        cache[i] += g * g
        out[i] = w[i] - rate * g / (math.sqrt(cache[i]) + eps)
    return out, dict(config, cache=cache)


@variants.of("adagrad", "single precision inside")
def _(w, dw, config=None):
    config = {"learning_rate": 1e-2, "epsilon": 1e-8, "cache": 0.0, **(config or {})}
    g = dw.astype(np.float32)
    cache = np.float32(config["cache"]) + g * g
    step = np.float32(config["learning_rate"]) / (np.sqrt(cache) + np.float32(config["epsilon"]))
    return (w - step * g).astype(np.float32), {**config, "cache": cache}


@variants.of("adagrad", "torch's addcmul_ and addcdiv_ by name")
def _(param, grad, state=None):
    state = dict(state or {})
    state_sum = state["cache"] = state.get("cache", 0) + grad * np.conj(grad)
    std = np.add(np.sqrt(state_sum), state.get("epsilon", 1e-8))
    return np.add(param, -state.get("learning_rate", 1e-2) * np.divide(grad, std)), state


# --- rmsprop ------------------------------------------------------------------------


@variants.of("rmsprop", "as published for CS231n")
def _(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    next_w = None
    cache = config["cache"]
    cache = config["decay_rate"] * cache + (1 - config["decay_rate"]) * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache
    return next_w, config


@variants.of("rmsprop", "as published for CS231n in 2016, in place")
def _(x, dx, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(x))
    next_x = x
    config["cache"] *= config["decay_rate"]
    config["cache"] += (1.0 - config["decay_rate"]) * dx * dx
    next_x -= config["learning_rate"] * dx / (np.sqrt(config["cache"]) + config["epsilon"])
    return next_x, config


@variants.of("rmsprop", "the cache moves towards the square by a difference")
def _(w, dw, config=None):
    c = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": 0, **(config or {})}
    c["cache"] = c["cache"] + (1 - c["decay_rate"]) * (np.square(dw) - c["cache"])
    return w - dw * (c["learning_rate"] / (c["cache"] ** 0.5 + c["epsilon"])), c


@variants.of("rmsprop", "flat arrays and a helper function")
def _(w, dw, config=None):
    def pick(name, default):
        return default if config is None or name not in config else config[name]

    g = dw.ravel()
    cache = np.average(
        np.stack([np.ravel(pick("cache", np.zeros(w.size))), g * g]),
        axis=0,
        weights=[pick("decay_rate", 0.99), 1 - pick("decay_rate", 0.99)],
    )
    step = pick("learning_rate", 0.01) * g / (np.sqrt(cache) + pick("epsilon", 1e-8))
    return (w.ravel() - step).reshape(w.shape), {**(config or {}), "cache": cache.reshape(w.shape)}


# --- adadelta -----------------------------------------------------------------------


@variants.of("adadelta", "torch's order of operations, state changed in place")
def _(w, dw, config=None):
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


@variants.of("adadelta", "one root of the quotient, and the minus of the paper")
def _(w, dw, config=None):
    c = {"learning_rate": 1.0, "decay_rate": 0.95, "epsilon": 1e-6, **(config or {})}
    rho, eps = c["decay_rate"], c["epsilon"]
    old = c.get("step_cache", 0.0)
    c["cache"] = rho * c.get("cache", 0.0) + (1 - rho) * dw**2
    dx = -np.sqrt((old + eps) / (c["cache"] + eps)) * dw
    c["step_cache"] = rho * old + (1 - rho) * dx**2
    return w + c["learning_rate"] * dx, c


@variants.of("adadelta", "with the paper's RMS as a helper, in single precision")
def _(w, dw, config=None):
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


# --- adam_almost --------------------------------------------------------------------


@variants.of("adam_almost", "the lecture's names, state changed in place")
def _(x, dx, config=None):
    config = {} if config is None else config
    first_moment = config.setdefault("m", np.zeros_like(x))
    second_moment = config.setdefault("v", np.zeros_like(x))
    beta1, beta2 = config.get("beta1", 0.9), config.get("beta2", 0.999)
    first_moment[...] = beta1 * first_moment + (1 - beta1) * dx
    second_moment[...] = beta2 * second_moment + (1 - beta2) * dx * dx
    rate, eps = config.get("learning_rate", 1e-3), config.get("epsilon", 1e-8)
    x -= rate * first_moment / (np.sqrt(second_moment) + eps)
    return x, config


@variants.of("adam_almost", "torch's lerp written with NumPy")
def _(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}

    def lerp(start, end, weight):
        return start + weight * (end - start)

    m = lerp(c.get("m", 0.0), dw, 1 - c["beta1"])
    v = lerp(c.get("v", 0.0), np.square(dw), 1 - c["beta2"])
    return w - np.divide(c["learning_rate"] * m, np.sqrt(v) + c["epsilon"]), {**c, "m": m, "v": v}


@variants.of("adam_almost", "both means in one array")
def _(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    old = np.stack([np.broadcast_to(c.get(k, 0.0), w.shape) for k in ("m", "v")])
    kept = np.array([c["beta1"], c["beta2"]]).reshape(2, *[1] * w.ndim)
    c["m"], c["v"] = kept * old + (1 - kept) * np.stack([dw, dw * dw])
    return w - c["learning_rate"] * c["m"] / (np.sqrt(c["v"]) + c["epsilon"]), c


# --- adam ---------------------------------------------------------------------------


@variants.of("adam", "as published for CS231n")
def _(w, dw, config=None):
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


@variants.of("adam", "as published for CS231n in 2016, names unpacked, in place")
def _(x, dx, config=None):
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


@variants.of("adam", "torch's order: corrections as numbers, the root divided")
def _(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    step = c["t"] = c.get("t", 0) + 1
    c["m"] = c.get("m", 0.0) + (dw - c.get("m", 0.0)) * (1 - c["beta1"])
    c["v"] = c.get("v", 0.0) * c["beta2"] + (1 - c["beta2"]) * dw * dw
    bias_correction1 = 1 - c["beta1"] ** step
    bias_correction2_sqrt = math.sqrt(1 - c["beta2"] ** step)
    denom = np.sqrt(c["v"]) / bias_correction2_sqrt + c["epsilon"]
    return w - (c["learning_rate"] / bias_correction1) * (c["m"] / denom), c


@variants.of("adam", "both corrections in the rate, epsilon scaled along")
def _(w, dw, config=None):
    c = dict(config or {})
    b1, b2 = c.get("beta1", 0.9), c.get("beta2", 0.999)
    c["t"] = c.get("t", 0) + 1
    c["m"] = b1 * c.get("m", 0) + (1 - b1) * dw
    c["v"] = b2 * c.get("v", 0) + (1 - b2) * dw * dw
    root = (1 - b2 ** c["t"]) ** 0.5
    rate = c.get("learning_rate", 1e-3) * root / (1 - b1 ** c["t"])
    return w - rate * c["m"] / (np.sqrt(c["v"]) + root * c.get("epsilon", 1e-8)), c


@variants.of("adam", "single precision inside, t kept as an array")
def _(w, dw, config=None):
    f = np.float32
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    t = np.asarray(c.get("t", 0)) + 1
    g = dw.astype(f)
    m = f(c["beta1"]) * f(c.get("m", np.zeros(w.shape))) + f(1 - c["beta1"]) * g
    v = f(c["beta2"]) * f(c.get("v", np.zeros(w.shape))) + f(1 - c["beta2"]) * g * g
    m_hat, v_hat = m / f(1 - c["beta1"] ** t), v / f(1 - c["beta2"] ** t)
    step = f(c["learning_rate"]) * m_hat / (np.sqrt(v_hat) + f(c["epsilon"]))
    return (w - step).astype(f), {**c, "m": m, "v": v, "t": t}


# --- nadam --------------------------------------------------------------------------


@variants.of("nadam", "torch's two updates, one for the gradient and one for the mean")
def _(w, dw, config=None):
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


@variants.of("nadam", "state changed in place, w changed in place")
def _(w, dw, config=None):
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


@variants.of("nadam", "in single precision, corrections by a helper")
def _(w, dw, config=None):
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


# --- l2_gradient --------------------------------------------------------------------


@variants.of("l2_gradient", "in place")
def _(w, dw, reg):
    dw += reg * w
    return dw


@variants.of("l2_gradient", "the derivative of half the square, by the product rule")
def _(w, dw, reg):
    penalty = 0.5 * reg * (w + w)
    return np.add(dw, penalty)


@variants.of("l2_gradient", "one coordinate at a time, in single precision")
def _(w, dw, reg):
    out = np.zeros(w.shape, dtype=np.float32)
    for i in np.ndindex(*w.shape):
        out[i] = dw[i] + reg * w[i]
    return out


# --- adamw --------------------------------------------------------------------------


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


@variants.of("adamw", "as in torch: shrinks the weights first, then takes Adam's step")
def _(w, dw, config=None):
    c = _adamw_config(config)
    shrunk = w * (1 - c["learning_rate"] * c["weight_decay"])
    return shrunk - _torch_adam(c, dw), c


@variants.of("adamw", "the paper's bracket: step and decay under one rate")
def _(w, dw, config=None):
    c = _adamw_config(config)
    rate = c["learning_rate"]
    direction = _torch_adam(c, dw) / rate
    return w - rate * (direction + c["weight_decay"] * w), c


@variants.of("adamw", "w changed in place, twice")
def _(w, dw, config=None):
    c = _adamw_config(config)
    w *= 1 - c["learning_rate"] * c["weight_decay"]
    w -= _torch_adam(c, dw)
    return w, c


@variants.of("adamw", "one coordinate at a time, in plain floats")
def _(w, dw, config=None):
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


# --- optimizer_traits ---------------------------------------------------------------


@variants.of("optimizer_traits", "loops over steps and gradients")
def _(first, second):
    T = len(first)
    remembers = scaled = 0
    corrected = 1
    for t in range(T):
        total = 0.0
        for k in range(t + 1):
            if k < t and first[t][k] != 0:
                remembers = 1
            if second[t][k] > 0:
                scaled = 1
            total += second[t][k]
        if abs(total - 1) > 1e-6:
            corrected = 0
    leaky = int(second[T - 1][0] < second[T - 1][T - 1])
    return remembers, scaled, leaky, leaky * corrected


@variants.of("optimizer_traits", "what is left without the diagonal, a list of NumPy bools")
def _(first, second):
    only_now = np.array_equal(first, np.diag(np.diag(first)))
    squares = second.max() > 0
    oldest, newest = second[-1][[0, -1]]
    leaky = np.logical_and(squares, newest - oldest > 1e-12)
    ones = np.allclose(second @ np.ones(len(second)), 1, rtol=1e-6, atol=0)
    return [not only_now, squares, leaky, np.logical_and(leaky, ones)]


@variants.of("optimizer_traits", "ratios of weights in single precision, plain truth values")
def _(first, second):
    first, second = first.astype(np.float32), second.astype(np.float32)
    below = first[np.tril_indices(len(first), -1)]
    with np.errstate(invalid="ignore"):
        ratio = second[-1, 0] / second[-1, -1]
    traits = {"first": bool(np.count_nonzero(below)), "second": bool(np.count_nonzero(second))}
    traits["leaky"] = bool(ratio < 1)
    spread = np.ptp(np.append(np.einsum("tk->t", second), 1.0))
    traits["bias"] = traits["leaky"] and bool(spread <= 1e-6)
    return tuple(traits.values())
