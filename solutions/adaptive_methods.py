"""Chapter 4: answers, known mistakes and rubrics for adaptive methods and weight decay."""

from __future__ import annotations

import numpy as np

from solutions.declare import Book

book = Book()


@book.answer
def adagrad(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    epsilon = config.setdefault("epsilon", 1e-8)
    config["cache"] = config.get("cache", np.zeros_like(w)) + dw**2
    return w - rate * dw / (np.sqrt(config["cache"]) + epsilon), config


@book.answer
def rmsprop(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    decay = config.setdefault("decay_rate", 0.99)
    epsilon = config.setdefault("epsilon", 1e-8)
    cache = config.get("cache", np.zeros_like(w))
    config["cache"] = decay * cache + (1 - decay) * dw**2
    return w - rate * dw / (np.sqrt(config["cache"]) + epsilon), config


@book.answer
def adadelta(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1.0)
    decay = config.setdefault("decay_rate", 0.95)
    epsilon = config.setdefault("epsilon", 1e-6)
    cache = config.get("cache", np.zeros_like(w))
    step_cache = config.get("step_cache", np.zeros_like(w))
    cache = decay * cache + (1 - decay) * dw**2
    step = np.sqrt(step_cache + epsilon) / np.sqrt(cache + epsilon) * dw
    step_cache = decay * step_cache + (1 - decay) * step**2
    config.update(cache=cache, step_cache=step_cache)
    return w - rate * step, config


@book.answer
def adam_almost(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-3)
    beta1 = config.setdefault("beta1", 0.9)
    beta2 = config.setdefault("beta2", 0.999)
    epsilon = config.setdefault("epsilon", 1e-8)
    m = beta1 * config.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    v = beta2 * config.get("v", np.zeros_like(w)) + (1 - beta2) * dw**2
    config.update(m=m, v=v)
    return w - rate * m / (np.sqrt(v) + epsilon), config


@book.answer
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


@book.answer
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


@book.answer
def l2_gradient(w, dw, reg):
    return dw + reg * w


@book.answer
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


@book.answer
def optimizer_traits(first, second):
    first_moments = np.tril(first, -1).any()
    second_moments = second.any()
    leaky = second[-1, 0] < second[-1, -1]
    sums = second.sum(axis=1)
    bias_correction = leaky and np.abs(sums - 1).max() < 1e-6
    return first_moments, second_moments, leaky, bias_correction


# What the mistakes share: the config with its defaults filled in, and the means of Adam.


def _cached(w, config, **defaults):
    return {"epsilon": 1e-8, "cache": np.zeros_like(w), **defaults, **(config or {})}


def _adam_config(w, config, **defaults):
    start = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0}
    return {**start, "m": np.zeros_like(w), "v": np.zeros_like(w), **defaults, **(config or {})}


def _mean(kept, old, new):
    return kept * old + (1 - kept) * new


def _advanced(w, dw, config, **defaults):
    """Adam's config after t, m and v have advanced, and both corrected means."""
    c = _adam_config(w, config, **defaults)
    c["t"] += 1
    c["m"] = _mean(c["beta1"], c["m"], dw)
    c["v"] = _mean(c["beta2"], c["v"], dw**2)
    return c, c["m"] / (1 - c["beta1"] ** c["t"]), c["v"] / (1 - c["beta2"] ** c["t"])


def _step(c, up, down):
    """The step of every method here, right when ``down`` is a mean of squares."""
    return c["learning_rate"] * up / (np.sqrt(down) + c["epsilon"])


INSIDE = (
    "epsilon inside the root",
    "Give epsilon the value 1 and the accumulated squares the value 0: the divisor should be "
    "1. Then the squares 1: what should the divisor be?",
)
FIXED = (
    "epsilon fixed instead of read from the config",
    "Set 'epsilon' to 10 in the config: does your step shrink?",
)
NO_ROOT = (
    "no square root",
    "Multiply all gradients by 10: the step should stay as it is. By what does yours change?",
)
NOT_STORED = "Step twice with the same gradient. Which entries of the returned config changed?"


# --- adagrad ------------------------------------------------------------------------


def _adagrad(w, dw, config):
    c = _cached(w, config, learning_rate=1e-2)
    c["cache"] = c["cache"] + dw**2
    return c


@book.mistake("adagrad", *NO_ROOT)
def _(w, dw, config=None):
    c = _adagrad(w, dw, config)
    return w - c["learning_rate"] * dw / (c["cache"] + c["epsilon"]), c


@book.mistake(
    "adagrad",
    "a leaky sum: RMSProp",
    "Feed the gradient 1 again and again: after n steps, how large is the cache, and how large "
    "should a sum be?",
)
def _(w, dw, config=None):
    c = _cached(w, config, learning_rate=1e-2)
    c["cache"] = _mean(0.99, c["cache"], dw**2)
    return w - _step(c, dw, c["cache"]), c


@book.mistake("adagrad", *INSIDE)
def _(w, dw, config=None):
    c = _adagrad(w, dw, config)
    return w - c["learning_rate"] * dw / np.sqrt(c["cache"] + c["epsilon"]), c


@book.mistake("adagrad", *FIXED)
def _(w, dw, config=None):
    c = _adagrad(w, dw, config)
    return w - c["learning_rate"] * dw / (np.sqrt(c["cache"]) + 1e-8), c


@book.mistake("adagrad", "cache not stored back", NOT_STORED)
def _(w, dw, config=None):
    c = _cached(w, config, learning_rate=1e-2)
    return w - _step(c, dw, c["cache"] + dw**2), c


@book.mistake(
    "adagrad",
    "the old cache divides",
    "From rest, your first step is huge. What stands below the fraction line then?",
)
def _(w, dw, config=None):
    c = _cached(w, config, learning_rate=1e-2)
    old = c["cache"]
    c["cache"] = old + dw**2
    return w - _step(c, dw, old), c


@book.mistake(
    "adagrad",
    "one cache for all coordinates",
    "Let one coordinate have a huge gradient: the steps of the others should not notice.",
)
def _(w, dw, config=None):
    c = _cached(w, config, learning_rate=1e-2)
    c["cache"] = c["cache"] + np.sum(dw**2)
    return w - _step(c, dw, c["cache"]), c


@book.mistake(
    "adagrad",
    "ascent for descent",
    "From rest, does your first step go down the slope or up?",
)
def _(w, dw, config=None):
    c = _adagrad(w, dw, config)
    return w + _step(c, dw, c["cache"]), c


# --- rmsprop ------------------------------------------------------------------------


def _leaky(w, config):
    return _cached(w, config, learning_rate=1e-2, decay_rate=0.99)


def _rmsprop(w, dw, config):
    c = _leaky(w, config)
    c["cache"] = _mean(c["decay_rate"], c["cache"], dw**2)
    return c


@book.mistake("rmsprop", *NO_ROOT)
def _(w, dw, config=None):
    c = _rmsprop(w, dw, config)
    return w - c["learning_rate"] * dw / (c["cache"] + c["epsilon"]), c


@book.mistake("rmsprop", *INSIDE)
def _(w, dw, config=None):
    c = _rmsprop(w, dw, config)
    return w - c["learning_rate"] * dw / np.sqrt(c["cache"] + c["epsilon"]), c


@book.mistake("rmsprop", *FIXED)
def _(w, dw, config=None):
    c = _rmsprop(w, dw, config)
    return w - c["learning_rate"] * dw / (np.sqrt(c["cache"]) + 1e-8), c


@book.mistake("rmsprop", "cache not stored back", NOT_STORED)
def _(w, dw, config=None):
    c = _leaky(w, config)
    return w - _step(c, dw, _mean(c["decay_rate"], c["cache"], dw**2)), c


@book.mistake(
    "rmsprop",
    "the two shares exchanged",
    "With a decay rate near 1 the cache should hardly notice one gradient. How fast does yours "
    "change?",
)
def _(w, dw, config=None):
    c = _leaky(w, config)
    c["cache"] = _mean(1 - c["decay_rate"], c["cache"], dw**2)
    return w - _step(c, dw, c["cache"]), c


@book.mistake(
    "rmsprop",
    "no leak: AdaGrad",
    "Feed the gradient 1 for ever: the cache should tend to 1. Where does yours go?",
)
def _(w, dw, config=None):
    c = _leaky(w, config)
    c["cache"] = c["cache"] + dw**2
    return w - _step(c, dw, c["cache"]), c


@book.mistake(
    "rmsprop",
    "the new square at full weight",
    "A mean of ones is one: feed the gradient 1 for ever and look at the cache.",
)
def _(w, dw, config=None):
    c = _leaky(w, config)
    c["cache"] = c["decay_rate"] * c["cache"] + dw**2
    return w - _step(c, dw, c["cache"]), c


@book.mistake(
    "rmsprop",
    "the old cache divides",
    "From rest, your first step is huge. What stands below the fraction line then?",
)
def _(w, dw, config=None):
    c = _leaky(w, config)
    old = c["cache"]
    c["cache"] = _mean(c["decay_rate"], old, dw**2)
    return w - _step(c, dw, old), c


# --- adadelta -----------------------------------------------------------------------


def _adadelta(w, dw, config):
    """The config with its new cache; the step cache is still the old one."""
    defaults = {"learning_rate": 1.0, "decay_rate": 0.95, "epsilon": 1e-6}
    c = _cached(w, config, step_cache=np.zeros_like(w), **defaults)
    c["cache"] = _mean(c["decay_rate"], c["cache"], dw**2)
    return c


def _adadelta_step(c, dw):
    return np.sqrt(c["step_cache"] + c["epsilon"]) / np.sqrt(c["cache"] + c["epsilon"]) * dw


@book.mistake(
    "adadelta",
    "epsilon outside the roots",
    "With both caches empty, how does your first step depend on epsilon? It should contain "
    "the root of epsilon.",
)
def _(w, dw, config=None):
    c = _adadelta(w, dw, config)
    e = c["epsilon"]
    step = (np.sqrt(c["step_cache"]) + e) / (np.sqrt(c["cache"]) + e) * dw
    c["step_cache"] = _mean(c["decay_rate"], c["step_cache"], step**2)
    return w - c["learning_rate"] * step, c


@book.mistake(
    "adadelta",
    "past steps do not enter: RMSProp",
    "Give two different step caches: does your next step notice?",
)
def _(w, dw, config=None):
    c = _adadelta(w, dw, config)
    return w - c["learning_rate"] * dw / np.sqrt(c["cache"] + c["epsilon"]), c


@book.mistake("adadelta", "step cache not stored back", NOT_STORED)
def _(w, dw, config=None):
    c = _adadelta(w, dw, config)
    return w - c["learning_rate"] * _adadelta_step(c, dw), c


@book.mistake("adadelta", *NO_ROOT)
def _(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = (c["step_cache"] + c["epsilon"]) / (c["cache"] + c["epsilon"]) * dw
    c["step_cache"] = _mean(c["decay_rate"], c["step_cache"], step**2)
    return w - c["learning_rate"] * step, c


@book.mistake(
    "adadelta",
    "the step cache contains the learning rate",
    "Halve the learning rate: every step should be half as long, and the state the same.",
)
def _(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = c["learning_rate"] * _adadelta_step(c, dw)
    c["step_cache"] = _mean(c["decay_rate"], c["step_cache"], step**2)
    return w - step, c


@book.mistake(
    "adadelta",
    "the two caches exchanged",
    "If past gradients were large, should the next step be long or short?",
)
def _(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = np.sqrt(c["cache"] + c["epsilon"]) / np.sqrt(c["step_cache"] + c["epsilon"]) * dw
    c["step_cache"] = _mean(c["decay_rate"], c["step_cache"], step**2)
    return w - c["learning_rate"] * step, c


@book.mistake(
    "adadelta",
    "the step cache is fed with gradients",
    "In which units is each cache? The quotient of their roots turns a gradient into a step.",
)
def _(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = _adadelta_step(c, dw)
    c["step_cache"] = _mean(c["decay_rate"], c["step_cache"], dw**2)
    return w - c["learning_rate"] * step, c


@book.mistake(
    "adadelta",
    "the step cache without a leak",
    "If all steps had length 1, the step cache should tend to 1. Where does yours go?",
)
def _(w, dw, config=None):
    c = _adadelta(w, dw, config)
    step = _adadelta_step(c, dw)
    c["step_cache"] = c["step_cache"] + step**2
    return w - c["learning_rate"] * step, c


# --- adam_almost --------------------------------------------------------------------


@book.mistake(
    "adam_almost",
    "with bias correction: the full Adam",
    "That is the exercise after this one. From rest your first step is exactly as long as the "
    "rate; here its length should depend on the betas.",
)
def _(w, dw, config=None):
    c, m_hat, v_hat = _advanced(w, dw, config)
    return w - _step(c, m_hat, v_hat), c


@book.mistake("adam_almost", *INSIDE)
def _(w, dw, config=None):
    c, _, _ = _advanced(w, dw, config)
    return w - c["learning_rate"] * c["m"] / np.sqrt(c["v"] + c["epsilon"]), c


@book.mistake("adam_almost", *FIXED)
def _(w, dw, config=None):
    c, _, _ = _advanced(w, dw, config)
    return w - c["learning_rate"] * c["m"] / (np.sqrt(c["v"]) + 1e-8), c


@book.mistake("adam_almost", *NO_ROOT)
def _(w, dw, config=None):
    c, _, _ = _advanced(w, dw, config)
    return w - c["learning_rate"] * c["m"] / (c["v"] + c["epsilon"]), c


@book.mistake(
    "adam_almost",
    "beta1 and beta2 exchanged",
    "Which of the two means should have the longer memory?",
)
def _(w, dw, config=None):
    c = _adam_config(w, config)
    c["m"], c["v"] = _mean(c["beta2"], c["m"], dw), _mean(c["beta1"], c["v"], dw**2)
    return w - _step(c, c["m"], c["v"]), c


@book.mistake(
    "adam_almost",
    "no first moment: RMSProp",
    "Set the gradient to zero in the middle of a run: the point should roll on.",
)
def _(w, dw, config=None):
    c, _, _ = _advanced(w, dw, config)
    return w - _step(c, dw, c["v"]), c


@book.mistake("adam_almost", "moments not stored back", NOT_STORED)
def _(w, dw, config=None):
    c = _adam_config(w, config)
    now, _, _ = _advanced(w, dw, config)
    return w - _step(now, now["m"], now["v"]), c


@book.mistake(
    "adam_almost",
    "second moment of m instead of the gradient",
    "Let the gradient change its sign at every step: m nearly vanishes, v should not.",
)
def _(w, dw, config=None):
    c = _adam_config(w, config)
    c["m"] = _mean(c["beta1"], c["m"], dw)
    c["v"] = _mean(c["beta2"], c["v"], c["m"] ** 2)
    return w - _step(c, c["m"], c["v"]), c


# --- adam ---------------------------------------------------------------------------

ADVANCE = "Print config['t'] before and after two steps, and the t that enters your corrections."
FIRST = (
    "t counted from 1 and advanced first",
    "From rest, which t enters the corrections of your very first step? A start at 1 and an "
    "advance before the step are one step too many.",
)
LATER = (
    "t counted from 1 and advanced after it was used",
    "From rest all is well. Give a config with 't': 5, for five steps taken: which t should the "
    "next corrections see?",
)
STANDING = ("t counted from 1 and never advanced", ADVANCE)


@book.mistake(
    "adam",
    "bias correction missing",
    "From rest, the first step should have the length of the learning rate, whatever the betas.",
)
def _(w, dw, config=None):
    c, _, _ = _advanced(w, dw, config)
    return w - _step(c, c["m"], c["v"]), c


@book.mistake("adam", *INSIDE)
def _(w, dw, config=None):
    c, m_hat, v_hat = _advanced(w, dw, config)
    return w - c["learning_rate"] * m_hat / np.sqrt(v_hat + c["epsilon"]), c


@book.mistake("adam", *FIXED)
def _(w, dw, config=None):
    c, m_hat, v_hat = _advanced(w, dw, config)
    return w - c["learning_rate"] * m_hat / (np.sqrt(v_hat) + 1e-8), c


@book.mistake("adam", *NO_ROOT)
def _(w, dw, config=None):
    c, m_hat, v_hat = _advanced(w, dw, config)
    return w - c["learning_rate"] * m_hat / (v_hat + c["epsilon"]), c


def _adam_at(w, dw, config, shift, after):
    """A step with t + shift in the corrections, which leaves t + after in the config."""
    c = _adam_config(w, config)
    m_hat, v_hat = _advanced(w, dw, {**c, "t": c["t"] + shift - 1})[1:]
    c = _advanced(w, dw, config)[0] | {"t": c["t"] + after}
    return w - _step(c, m_hat, v_hat), c


@book.mistake("adam", "t never advanced", ADVANCE)
def _(w, dw, config=None):
    return _adam_at(w, dw, config, 0, 0)


@book.mistake("adam", "t advanced after it was used", ADVANCE)
def _(w, dw, config=None):
    return _adam_at(w, dw, config, 0, 1)


@book.mistake("adam", "t advanced but not stored back", ADVANCE)
def _(w, dw, config=None):
    return _adam_at(w, dw, config, 1, 0)


@book.mistake("adam", "t advanced twice", ADVANCE)
def _(w, dw, config=None):
    return _adam_at(w, dw, config, 2, 2)


def _from_one(w, dw, config, used, after, **defaults):
    """Config, corrected means and config to return of a step in which t begins at 1.

    The corrections use t + used, and t + after is left in the config.
    """
    t = (config or {}).get("t", 1)
    c, m_hat, v_hat = _advanced(w, dw, {**(config or {}), "t": t + used - 1}, **defaults)
    return c, m_hat, v_hat, {**c, "t": t + after}


@book.mistake("adam", *FIRST)
def _(w, dw, config=None):
    c, m_hat, v_hat, after = _from_one(w, dw, config, 1, 1)
    return w - _step(c, m_hat, v_hat), after


@book.mistake("adam", *LATER)
def _(w, dw, config=None):
    c, m_hat, v_hat, after = _from_one(w, dw, config, 0, 1)
    return w - _step(c, m_hat, v_hat), after


@book.mistake("adam", *STANDING)
def _(w, dw, config=None):
    c, m_hat, v_hat, after = _from_one(w, dw, config, 0, 0)
    return w - _step(c, m_hat, v_hat), after


@book.mistake(
    "adam",
    "correction that ignores t",
    "After a thousand steps the corrections should be nearly 1. What are yours?",
)
def _(w, dw, config=None):
    c, _, _ = _advanced(w, dw, config)
    return w - _step(c, c["m"] / (1 - c["beta1"]), c["v"] / (1 - c["beta2"])), c


@book.mistake(
    "adam",
    "beta1 and beta2 exchanged",
    "Which of the two means should have the longer memory?",
)
def _(w, dw, config=None):
    c = _adam_config(w, config)
    swapped = {**c, "beta1": c["beta2"], "beta2": c["beta1"]}
    now, m_hat, v_hat = _advanced(w, dw, swapped)
    return w - _step(c, m_hat, v_hat), {**c, **{n: now[n] for n in "mvt"}}


@book.mistake(
    "adam",
    "corrected moments stored back",
    "The means of the next step grow out of those in the config. Which ones did you put there?",
)
def _(w, dw, config=None):
    c, m_hat, v_hat = _advanced(w, dw, config)
    return w - _step(c, m_hat, v_hat), {**c, "m": m_hat, "v": v_hat}


@book.mistake(
    "adam",
    "epsilon added before the correction of v",
    "Folding both corrections into the rate is fine while epsilon is tiny. With a large one, "
    "ask to which root it is added.",
)
def _(w, dw, config=None):
    c, m_hat, _ = _advanced(w, dw, config)
    scale = np.sqrt(1 - c["beta2"] ** c["t"])
    return w - scale * _step(c, m_hat, c["v"]), c


@book.mistake(
    "adam",
    "the rate in the config overwritten",
    "Print config['learning_rate'] after a few steps: is it still what the caller gave?",
)
def _(w, dw, config=None):
    c, _, _ = _advanced(w, dw, config)
    c["learning_rate"] *= np.sqrt(1 - c["beta2"] ** c["t"]) / (1 - c["beta1"] ** c["t"])
    return w - _step(c, c["m"], c["v"]), c


# --- nadam --------------------------------------------------------------------------


def _nadam(w, dw, config):
    return _advanced(w, dw, config, learning_rate=2e-3)


@book.mistake(
    "nadam",
    "no look-ahead: plain Adam",
    "Your step uses m as it is. What would m be one step later?",
)
def _(w, dw, config=None):
    c, m_hat, v_hat = _nadam(w, dw, config)
    return w - _step(c, m_hat, v_hat), c


@book.mistake(
    "nadam",
    "both terms corrected at step t",
    "The momentum term belongs to the next step already: which t is in its correction?",
)
def _(w, dw, config=None):
    c, m_hat, v_hat = _nadam(w, dw, config)
    g_hat = dw / (1 - c["beta1"] ** c["t"])
    return w - _step(c, _mean(c["beta1"], m_hat, g_hat), v_hat), c


@book.mistake(
    "nadam",
    "both terms corrected at step t + 1",
    "The gradient is that of this step: which t is in its correction?",
)
def _(w, dw, config=None):
    c, _, v_hat = _nadam(w, dw, config)
    later = 1 - c["beta1"] ** (c["t"] + 1)
    return w - _step(c, _mean(c["beta1"], c["m"] / later, dw / later), v_hat), c


@book.mistake(
    "nadam",
    "the gradient's own share missing",
    "With beta1 = 0 nothing is remembered. What does your step become, and what should it be?",
)
def _(w, dw, config=None):
    c, _, v_hat = _nadam(w, dw, config)
    later = 1 - c["beta1"] ** (c["t"] + 1)
    return w - _step(c, c["beta1"] * c["m"] / later, v_hat), c


@book.mistake(
    "nadam",
    "the gradient's share not corrected",
    "At the first step, the corrected gradient's share is the whole gradient. Is yours?",
)
def _(w, dw, config=None):
    c, _, v_hat = _nadam(w, dw, config)
    later = c["m"] / (1 - c["beta1"] ** (c["t"] + 1))
    return w - _step(c, _mean(c["beta1"], later, dw), v_hat), c


@book.mistake(
    "nadam",
    "looks ahead with the old mean",
    "From rest the old mean is zero. Which part of your first step comes from momentum?",
)
def _(w, dw, config=None):
    old = _adam_config(w, config)["m"]
    c, _, v_hat = _nadam(w, dw, config)
    later = old / (1 - c["beta1"] ** (c["t"] + 1))
    return w - _step(c, _mean(c["beta1"], later, dw / (1 - c["beta1"] ** c["t"])), v_hat), c


@book.mistake("nadam", *FIRST)
def _(w, dw, config=None):
    c, _, v_hat, after = _from_one(w, dw, config, 1, 1, learning_rate=2e-3)
    return w - _step(c, _ahead(c, dw), v_hat), after


@book.mistake("nadam", *LATER)
def _(w, dw, config=None):
    c, _, v_hat, after = _from_one(w, dw, config, 0, 1, learning_rate=2e-3)
    return w - _step(c, _ahead(c, dw), v_hat), after


@book.mistake("nadam", *STANDING)
def _(w, dw, config=None):
    c, _, v_hat, after = _from_one(w, dw, config, 0, 0, learning_rate=2e-3)
    return w - _step(c, _ahead(c, dw), v_hat), after


def _ahead(c, dw):
    t = c["t"]
    later = c["m"] / (1 - c["beta1"] ** (t + 1))
    return _mean(c["beta1"], later, dw / (1 - c["beta1"] ** t))


@book.mistake("nadam", *INSIDE)
def _(w, dw, config=None):
    c, _, v_hat = _nadam(w, dw, config)
    return w - c["learning_rate"] * _ahead(c, dw) / np.sqrt(v_hat + c["epsilon"]), c


@book.mistake(
    "nadam",
    "second moment not corrected",
    "Both means start at zero. Is the one below the fraction line corrected too?",
)
def _(w, dw, config=None):
    c, _, _ = _nadam(w, dw, config)
    return w - _step(c, _ahead(c, dw), c["v"]), c


@book.mistake("nadam", "t never advanced", ADVANCE)
def _(w, dw, config=None):
    c = _adam_config(w, config)
    c, _, v_hat = _nadam(w, dw, {**(config or {}), "t": c["t"] - 1})
    return w - _step(c, _ahead(c, dw), v_hat), c


@book.mistake("nadam", "t advanced but not stored back", ADVANCE)
def _(w, dw, config=None):
    c, _, v_hat = _nadam(w, dw, config)
    return w - _step(c, _ahead(c, dw), v_hat), {**c, "t": c["t"] - 1}


# --- l2_gradient --------------------------------------------------------------------


@book.mistake(
    "l2_gradient",
    "twice the penalty's gradient",
    "Differentiate the loss of the docstring by one weight: what becomes of its factor 1/2?",
)
def _(w, dw, reg):
    return dw + 2 * reg * w


@book.mistake(
    "l2_gradient",
    "half the penalty's gradient",
    "Differentiate the loss of the docstring by one weight: what becomes of its factor 1/2?",
)
def _(w, dw, reg):
    return dw + reg / 2 * w


@book.mistake(
    "l2_gradient",
    "the penalty's value instead of its gradient",
    "The penalty is one number. How does it change when one single weight does?",
)
def _(w, dw, reg):
    return dw + reg / 2 * np.sum(w**2)


@book.mistake(
    "l2_gradient",
    "sign of the penalty flipped",
    "A step against your gradient: does it shrink the weights or blow them up?",
)
def _(w, dw, reg):
    return dw - reg * w


@book.mistake(
    "l2_gradient",
    "the data's gradient forgotten",
    "With reg = 0, what is left of your gradient?",
)
def _(w, dw, reg):
    return reg * w


@book.mistake(
    "l2_gradient",
    "gradient of an L1 penalty",
    "Should the pull on a weight grow with the weight, or depend on its sign only?",
)
def _(w, dw, reg):
    return dw + reg * np.sign(w)


# --- adamw --------------------------------------------------------------------------


def _decayed(w, dw, config):
    """As `_advanced`, and the decay's part of the step."""
    c, m_hat, v_hat = _advanced(w, dw, config, weight_decay=1e-2)
    return c, m_hat, v_hat, c["learning_rate"] * c["weight_decay"] * w


@book.mistake(
    "adamw",
    "decay added to the gradient: Adam with L2",
    "Give a weight a huge gradient history: does its decay shrink with it? It should not.",
)
def _(w, dw, config=None):
    decay = {"weight_decay": 1e-2, **(config or {})}["weight_decay"]
    c, m_hat, v_hat = _advanced(w, dw + decay * w, config)
    return w - _step(c, m_hat, v_hat), c


@book.mistake(
    "adamw",
    "decay not scaled by the rate",
    "Set the learning rate to zero: nothing should move any more.",
)
def _(w, dw, config=None):
    c, m_hat, v_hat, _ = _decayed(w, dw, config)
    return w - c["weight_decay"] * w - _step(c, m_hat, v_hat), c


@book.mistake(
    "adamw",
    "sign of the decay flipped",
    "Set the gradient to zero, from rest: do the weights shrink or grow?",
)
def _(w, dw, config=None):
    c, m_hat, v_hat, decay = _decayed(w, dw, config)
    return w + decay - _step(c, m_hat, v_hat), c


@book.mistake(
    "adamw",
    "decay applied after the step",
    "Of which weights do you take a share: the ones you were given, or the ones just moved?",
)
def _(w, dw, config=None):
    c, m_hat, v_hat, _ = _decayed(w, dw, config)
    moved = w - _step(c, m_hat, v_hat)
    return moved - c["learning_rate"] * c["weight_decay"] * moved, c


@book.mistake(
    "adamw",
    "no decay: plain Adam",
    "Set the gradient to zero, from rest: the weights should shrink all the same.",
)
def _(w, dw, config=None):
    c, m_hat, v_hat, _ = _decayed(w, dw, config)
    return w - _step(c, m_hat, v_hat), c


@book.mistake(
    "adamw",
    "decay divided by the root",
    "Two weights of the same value, one with large gradients, one with small ones: each should "
    "lose the same to the decay.",
)
def _(w, dw, config=None):
    c, m_hat, v_hat, _ = _decayed(w, dw, config)
    return w - _step(c, m_hat + c["weight_decay"] * w, v_hat), c


@book.mistake("adamw", "t never advanced", ADVANCE)
def _(w, dw, config=None):
    c = _adam_config(w, config)
    c, m_hat, v_hat, decay = _decayed(w, dw, {**(config or {}), "t": c["t"] - 1})
    return w - decay - _step(c, m_hat, v_hat), c


@book.mistake("adamw", "t advanced but not stored back", ADVANCE)
def _(w, dw, config=None):
    c, m_hat, v_hat, decay = _decayed(w, dw, config)
    return w - decay - _step(c, m_hat, v_hat), {**c, "t": c["t"] - 1}


@book.mistake("adamw", *FIRST)
def _(w, dw, config=None):
    c, m_hat, v_hat, after = _from_one(w, dw, config, 1, 1, weight_decay=1e-2)
    return w - c["learning_rate"] * c["weight_decay"] * w - _step(c, m_hat, v_hat), after


@book.mistake("adamw", *LATER)
def _(w, dw, config=None):
    c, m_hat, v_hat, after = _from_one(w, dw, config, 0, 1, weight_decay=1e-2)
    return w - c["learning_rate"] * c["weight_decay"] * w - _step(c, m_hat, v_hat), after


@book.mistake("adamw", *STANDING)
def _(w, dw, config=None):
    c, m_hat, v_hat, after = _from_one(w, dw, config, 0, 0, weight_decay=1e-2)
    return w - c["learning_rate"] * c["weight_decay"] * w - _step(c, m_hat, v_hat), after


@book.mistake(
    "adamw",
    "decay twice as strong",
    "With a zero gradient, from rest, at rate 0.1 and decay 1: which share of each weight is "
    "left after one step?",
)
def _(w, dw, config=None):
    c, m_hat, v_hat, decay = _decayed(w, dw, config)
    return w - 2 * decay - _step(c, m_hat, v_hat), c


@book.mistake(
    "adamw",
    "bias correction missing",
    "Without decay this should be Adam: compare the length of the first step from rest.",
)
def _(w, dw, config=None):
    c, _, _, decay = _decayed(w, dw, config)
    return w - decay - _step(c, c["m"], c["v"]), c


@book.mistake("adamw", *INSIDE)
def _(w, dw, config=None):
    c, m_hat, v_hat, decay = _decayed(w, dw, config)
    return w - decay - c["learning_rate"] * m_hat / np.sqrt(v_hat + c["epsilon"]), c


# --- optimizer_traits ---------------------------------------------------------------


def _but(first, second, **said):
    """The right traits, except for those that are said otherwise."""
    names = ("first_moments", "second_moments", "leaky", "bias_correction")
    found = dict(zip(names, optimizer_traits(first, second), strict=True))
    return tuple((found | said).values())


def _summing(sums):
    return np.abs(sums - 1).max() < 1e-6


@book.mistake(
    "optimizer_traits",
    "a sum called leaky",
    "Does AdaGrad's cache ever become smaller?",
)
def _(first, second):
    leaky = second.any()
    return _but(first, second, leaky=leaky, bias_correction=leaky and _summing(second.sum(1)))


@book.mistake(
    "optimizer_traits",
    "the leak of a velocity counted",
    "Momentum forgets too. But which moments does this trait ask about?",
)
def _(first, second):
    leaky = first[-1, 0] < first[-1, -1]
    return _but(first, second, leaky=leaky, bias_correction=leaky and _summing(second.sum(1)))


@book.mistake(
    "optimizer_traits",
    "bias looked for at the last step only",
    "When is a mean that starts from zero too small: early in a run, or late?",
)
def _(first, second):
    _, _, leaky, _ = optimizer_traits(first, second)
    return _but(first, second, bias_correction=leaky and _summing(second[-1:].sum(1)))


@book.mistake(
    "optimizer_traits",
    "bias looked for at the first step only",
    "Your first step is right. What should the weights of a mean do at the second one?",
)
def _(first, second):
    _, _, leaky, _ = optimizer_traits(first, second)
    return _but(first, second, bias_correction=leaky and _summing(second[:1].sum(1)))


@book.mistake(
    "optimizer_traits",
    "a plain mean said to be corrected",
    "The mean of everything so far never was too small. Which rules does this trait ask about?",
)
def _(first, second):
    return _but(first, second, bias_correction=_summing(second.sum(1)))


@book.mistake(
    "optimizer_traits",
    "bias looked for in the first moments",
    "Adam corrects both of its means. Which one does this trait ask about?",
)
def _(first, second):
    _, _, leaky, _ = optimizer_traits(first, second)
    return _but(first, second, bias_correction=leaky and _summing(first.sum(1)))


@book.mistake(
    "optimizer_traits",
    "the newest gradient taken for a memory",
    "Plain gradient descent has a weight in every row. Of which gradient?",
)
def _(first, second):
    return _but(first, second, first_moments=first.any())


@book.mistake(
    "optimizer_traits",
    "RMSProp said to have momentum",
    "Flip the signs of all gradients that RMSProp has seen. What changes in its cache?",
)
def _(first, second):
    return _but(first, second, first_moments=np.tril(first + second, -1).any())


@book.mistake(
    "optimizer_traits",
    "a velocity taken for a second moment",
    "Multiply all gradients by 100: how much further does momentum go?",
)
def _(first, second):
    return _but(first, second, second_moments=np.tril(first, -1).any() or second.any())


@book.mistake(
    "optimizer_traits",
    "steps and gradients exchanged",
    "Which index is the step, and which the gradient? Row 0 of a rule has seen one gradient.",
)
def _(first, second):
    return optimizer_traits(first.T, second.T)


book.rubric(
    "adagrad_long_run",
    """
    The cache is a sum of squares, so it never shrinks: while gradients keep a typical size g
    the root of the cache grows like g * sqrt(t), and the step shrinks like alpha / sqrt(t), to
    zero. On a convex problem that is a schedule that averages the noise away (the regret
    bound of the paper needs it). In a deep network the point may still be far from a
    minimum when it stops, and a few large gradients early on shorten all later steps, for
    nothing is forgotten. A leaky mean of squares (RMSProp) keeps moving.
    """,
    (1, "says that the step decays to zero because the sum only grows"),
    (1, "gives the pace for gradients of one size: cache like t, step like 1 / sqrt(t)"),
    (1, "judges it: welcome for convex or noisy problems, too early a stop for deep networks"),
)

book.rubric(
    "adam_decaying_rate",
    """
    Yes. Adam sets the scale of each coordinate, not the overall length: for gradients that are
    mostly noise the step is of the order of alpha per coordinate, however close the minimum is,
    because both moments scale together. With a fixed rate the point keeps bouncing, at a
    distance that only a smaller alpha reduces; a decay lets it settle. Unlike AdaGrad's sum,
    the leaky mean brings no decay of its own. In practice Adam with a constant rate often
    works well, and a schedule, say warm-up and cosine, usually still improves the end.
    """,
    (1, "answers yes: adapting per coordinate does not replace an overall rate that falls"),
    (1, "argues: the normalised step stays of the order of alpha, so noise keeps the point moving"),
    (1, "sees that leaky moments do not decay the rate themselves, unlike AdaGrad's sum"),
)
