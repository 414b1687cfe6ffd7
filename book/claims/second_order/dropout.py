"""Chapter 5's runs with dropout: a new mask at every call, or one that is held."""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import minimize

from claims.digits import digits
from claims.second_order.batches import MEMORIES, RATES_SGD, mask
from claims.second_order.net import measures, start, value_and_slope

EVALUATIONS = 300

Run = tuple[np.ndarray, int]


def lbfgs(seed: int, memory: int, kind: str, evaluations: int = EVALUATIONS) -> Run:
    """Weights after SciPy's L-BFGS-B on all examples, and the evaluations it used.

    ``kind``: "new", a mask for each evaluation; "held", one for the whole run; or "none".
    """
    rng, examples = np.random.default_rng(seed), len(digits(seed)["training"][1])
    one = mask(rng, examples) if kind == "held" else 1.0

    def pair(w: np.ndarray) -> tuple[float, np.ndarray]:
        return value_and_slope(w, seed, mask=mask(rng, examples) if kind == "new" else one)

    options = {
        "maxfun": evaluations, "maxiter": evaluations, "maxcor": memory, "ftol": 0, "gtol": 0,
    }  # fmt: skip
    found = minimize(pair, start(seed), jac=True, method="L-BFGS-B", options=options)
    return found.x, int(found.nfev)


def sgd(seed: int, lr: float, evaluations: int = EVALUATIONS) -> Run:
    """The same for torch's SGD with momentum 0.9 on all examples, a new mask at each step."""
    rng, examples = np.random.default_rng(seed), len(digits(seed)["training"][1])
    w = torch.from_numpy(start(seed)).requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr, momentum=0.9)
    for _ in range(evaluations):
        slope = value_and_slope(w.detach().numpy(), seed, mask=mask(rng, examples))[1]
        w.grad = torch.from_numpy(slope)
        optimizer.step()
    return w.detach().numpy(), evaluations


def masked_loss(seed: int, w: np.ndarray) -> float:
    """Mean training loss over twenty masks that no run has seen."""
    rng, examples = np.random.default_rng(seed + 1000), len(digits(seed)["training"][1])
    return float(
        np.mean([value_and_slope(w, seed, mask=mask(rng, examples))[0] for _ in range(20)])
    )


def masks(seed: int, evaluations: int = EVALUATIONS) -> dict[str, float]:
    """L-BFGS with new masks, one mask held or none, and SGD with new masks; four settings each.

    The setting is chosen by validation loss, without masks.  Returns for ``new``, ``held``,
    ``none`` and ``SGD`` the test loss without masks, the training loss over unseen masks, and
    the evaluations used; ``"new over SGD"``, ``"held over SGD"`` and ``"held over none"``,
    quotients of test losses; and ``"new over SGD, training"``, that of training losses.
    """
    kinds = {
        kind: [lbfgs(seed, memory, kind, evaluations) for memory in MEMORIES]
        for kind in ("new", "held", "none")
    }
    kinds["SGD"] = [sgd(seed, lr, evaluations) for lr in RATES_SGD]
    found: dict[str, float] = {}
    for name, runs in kinds.items():
        told = [(measures(w, seed), w, used) for w, used in runs]
        chosen, w, used = min(told, key=lambda one: one[0]["validation"])
        found[f"{name} test"], found[f"{name} accuracy"] = chosen["test"], chosen["accuracy"]
        found[f"{name} training"] = masked_loss(seed, w)
        found[f"{name} evaluations"] = float(used)
    for name in ("new", "held"):
        found[f"{name} over SGD"] = found[f"{name} test"] / found["SGD test"]
    found["held over none"] = found["held test"] / found["none test"]
    found["new over SGD, training"] = found["new training"] / found["SGD training"]
    return found
