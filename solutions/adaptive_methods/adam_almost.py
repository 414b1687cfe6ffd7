"""`adam_almost`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.adaptive_methods._shared import FIXED, INSIDE, NO_ROOT, NOT_STORED
from solutions.declare import Solution
from solutions.update_rules import same_results

solution = Solution()


@solution.answer
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


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "with bias correction: the full Adam",
    "That is the exercise after this one. From rest your first step is exactly as long as the "
    "rate; here its length should depend on the betas.",
    (
        "config.update(m=m, v=v)",
        't = config.get("t", 0) + 1\n    config.update(m=m, v=v, t=t)\n'
        "    m, v = m / (1 - beta1**t), v / (1 - beta2**t)",
    ),
)


solution.change(*INSIDE, ("np.sqrt(v) + epsilon", "np.sqrt(v + epsilon)"))


solution.change(*FIXED, ('config.setdefault("epsilon", 1e-8)', "1e-8"))


solution.change(*NO_ROOT, ("np.sqrt(v)", "v"))


solution.change(
    "beta1 and beta2 exchanged",
    "Which of the two means should have the longer memory?",
    ("beta1 * config", "beta2 * config"),
    ("(1 - beta1) * dw\n", "(1 - beta2) * dw\n"),
    ('= beta2 * config.get("v"', '= beta1 * config.get("v"'),
    ("(1 - beta2) * dw**2", "(1 - beta1) * dw**2"),
)


solution.change(
    "no first moment: RMSProp",
    "Set the gradient to zero in the middle of a run: the point should roll on.",
    ("rate * m /", "rate * dw /"),
)


solution.change("moments not stored back", NOT_STORED, ("config.update(m=m, v=v)", "pass"))


solution.change(
    "second moment of m instead of the gradient",
    "Let the gradient change its sign at every step: m nearly vanishes, v should not.",
    ("(1 - beta2) * dw**2", "(1 - beta2) * m**2"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("the lecture's names, state changed in place")
def the_lectures_names(x, dx, config=None):
    config = {} if config is None else config
    first_moment = config.setdefault("m", np.zeros_like(x))
    second_moment = config.setdefault("v", np.zeros_like(x))
    beta1, beta2 = config.get("beta1", 0.9), config.get("beta2", 0.999)
    first_moment[...] = beta1 * first_moment + (1 - beta1) * dx
    second_moment[...] = beta2 * second_moment + (1 - beta2) * dx * dx
    rate, eps = config.get("learning_rate", 1e-3), config.get("epsilon", 1e-8)
    x -= rate * first_moment / (np.sqrt(second_moment) + eps)
    return x, config


@solution.style("torch's lerp written with NumPy")
def torchs_lerp_written_with_numpy(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}

    def lerp(start, end, weight):
        return start + weight * (end - start)

    m = lerp(c.get("m", 0.0), dw, 1 - c["beta1"])
    v = lerp(c.get("v", 0.0), np.square(dw), 1 - c["beta2"])
    return w - np.divide(c["learning_rate"] * m, np.sqrt(v) + c["epsilon"]), {**c, "m": m, "v": v}


@solution.style("both means in one array")
def both_means_in_one_array(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, **(config or {})}
    old = np.stack([np.broadcast_to(c.get(k, 0.0), w.shape) for k in ("m", "v")])
    kept = np.array([c["beta1"], c["beta2"]]).reshape(2, *[1] * w.ndim)
    c["m"], c["v"] = kept * old + (1 - kept) * np.stack([dw, dw * dw])
    return w - c["learning_rate"] * c["m"] / (np.sqrt(c["v"]) + c["epsilon"]), c


# --- changes that no case can or should tell from the answer -------------------------


same_results(solution)
