"""What mistakes and styles of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np


# What the mistakes share: the config with its defaults filled in, and the means of Adam.
def cached(w, config, **defaults):
    return {"epsilon": 1e-8, "cache": np.zeros_like(w), **defaults, **(config or {})}


def adam_config(w, config, **defaults):
    start = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0}
    return {**start, "m": np.zeros_like(w), "v": np.zeros_like(w), **defaults, **(config or {})}


def mean_of(kept, old, new):
    return kept * old + (1 - kept) * new


def advanced(w, dw, config, **defaults):
    """Adam's config after t, m and v have advanced, and both corrected means."""
    c = adam_config(w, config, **defaults)
    c["t"] += 1
    c["m"] = mean_of(c["beta1"], c["m"], dw)
    c["v"] = mean_of(c["beta2"], c["v"], dw**2)
    return c, c["m"] / (1 - c["beta1"] ** c["t"]), c["v"] / (1 - c["beta2"] ** c["t"])


def step_of(c, up, down):
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
