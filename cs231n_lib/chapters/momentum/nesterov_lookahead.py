"""The question `nesterov_lookahead` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Steps
from cs231n_lib.wire import Function


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def bowl(size: int, c: float, least: float = 0.1) -> Function:
        A = rng.normal(size=(size, size))
        H = A @ A.T / size + least * np.eye(size)
        if c:
            return Function("quartic_gradient", {"H": H, "c": c})
        return Function("quadratic_gradient", {"H": H, "b": rng.normal(size=size)})

    # steep, and near the start: after small steps another look-ahead still shows
    w = 0.1 * rng.normal(size=2)
    args = {"w": w, "grad_fn": bowl(2, 0.0, least=9.0), "config": None, "steps": 3}
    yield Case("defaults", args, "config is None")
    for size, rate, rho in ((2, 0.2, 0.5), (4, 0.05, 0.95)):
        config = {"learning_rate": rate, "momentum": rho, "velocity": rng.normal(size=size)}
        args = {
            "w": rng.normal(size=size),
            "grad_fn": bowl(size, 0.0),
            "config": config,
            "steps": 4,
        }
        yield Case("moving", args, f"already moving, momentum {rho}")
    config = {"learning_rate": 0.1, "momentum": 0.7, "velocity": 0.3 * rng.normal(size=3)}
    args = {"w": rng.normal(size=3), "grad_fn": bowl(3, 0.5), "config": config, "steps": 4}
    yield Case("curved", args, "a loss that is no quadratic")


@exercise(
    section="Nesterov: look, then step",
    groups={"defaults": 1, "moving": 2, "curved": 1},
    driver=Steps(),
    cases=cases,
)
def nesterov_lookahead(w: np.ndarray, grad_fn, config: dict[str, Any] | None = None):
    """One step of Nesterov's momentum, with the gradient taken at the look-ahead point.

        v <- rho * v - alpha * grad_fn(w + rho * v)
        w <- w + v

    Parameters:
        w: parameters, array of any shape.
        grad_fn: function from parameters to the gradient there, same shape as w.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'momentum': rho, default 0.9;
            'velocity': v, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'velocity' holds the new v.

    Source: Y. Nesterov (1983), in the form of Sutskever et al., ICML 2013,
    equations 3 and 4.
    """
    raise NotImplementedError
