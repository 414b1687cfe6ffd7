"""What the cases of several exercises of this chapter share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercise.declare import Case


def update_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Steps from a state at rest, from a moving one, and with a rate that changes."""
    for shape, steps in (((3,), 1), ((2, 3), 3)):
        gradients = [rng.normal(size=shape) for _ in range(steps)]
        w = rng.normal(size=shape)
        yield Case("defaults", {"w": w, "gradients": gradients, "config": None}, "config is None")
    for rate, rho in ((0.3, 0.5), (0.05, 0.95)):
        config = {"learning_rate": rate, "momentum": rho, "velocity": rng.normal(size=(4, 2))}
        gradients = [rng.normal(size=(4, 2)) for _ in range(4)]
        args = {"w": rng.normal(size=(4, 2)), "gradients": gradients, "config": config}
        yield Case("moving", args, f"already moving, momentum {rho}")
    gradients = [rng.normal(size=(3,)) for _ in range(5)]
    args = {
        "w": rng.normal(size=(3,)),
        "gradients": gradients,
        "config": {"learning_rate": 0.5, "momentum": 0.8},
        "rates": [0.5, 0.5, 0.1, 0.1, 0.4],
    }
    yield Case("changing rate", args, "the rate drops, then rises")


UPDATE_GROUPS = {"defaults": 1, "moving": 2, "changing rate": 1}
