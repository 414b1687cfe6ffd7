"""`sgd`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
def sgd(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    return w - rate * dw, config


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "ascent for descent",
    "The gradient points up the slope. Which way does your step go?",
    ("w - ", "w + "),
)


solution.change(
    "gradient not scaled by the rate",
    "Halve the learning rate: your step should be half as long.",
    ("rate * dw", "dw"),
)


solution.change(
    "learning rate fixed at 0.01",
    "Try the rates 0.1 and 1: does your answer change? Where does the rate come from?",
    ('config.setdefault("learning_rate", 1e-2)', "1e-2"),
)


solution.change(
    "another default rate",
    "Your step is right when the rate is given. Read again what it is when it is not.",
    ("1e-2", "1e-3"),
)


solution.change(
    "step of fixed length",
    "Double the gradient: your step should be twice as long. Yours keeps only its direction.",
    ("* dw", "* dw / np.linalg.norm(dw)"),
)


solution.change(
    "only the sign of the gradient",
    "Every coordinate of your step has the same length. Should a steep direction not count more?",
    ("* dw", "* np.sign(dw)"),
)


solution.change(
    "step returned instead of the new parameters",
    "With a gradient of zero nothing should move: what do you return then?",
    ("return w -", "return -"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("works in place, on the parameters and on the config that came")
def works_in_place(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    w -= config["learning_rate"] * dw
    return w, config


@solution.style("one entry at a time, with an index over all axes")
def one_entry_at_a_time(w, dw, config=None):
    rate = (config or {}).get("learning_rate", 1e-2)
    next_w = np.empty_like(w)
    for index in np.ndindex(*w.shape):
        next_w[index] = w[index] - rate * dw[index]
    return next_w, {"learning_rate": rate}


@solution.style("PyTorch's addcmul: flat views, the factor negated, the sum written out")
def pytorch_addcmul(w, dw, config=None):
    state = {"learning_rate": 1e-2, **(config or {})}
    flat = np.array(w).reshape(-1)
    np.add(flat, np.multiply(dw.reshape(-1), -state["learning_rate"]), out=flat)
    return flat.reshape(w.shape), state


@solution.style("single precision throughout, with a counter of steps in the config")
def single_precision_throughout(w, dw, config=None):
    config = dict(config) if config else {"learning_rate": 0.01}
    config["t"] = config.get("t", 0) + 1
    step = np.float32(config["learning_rate"]) * dw.astype(np.float32)
    return w.astype(np.float32) - step, config


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
