"""How update rules are called: over several steps, with a state of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercise.drivers.base import (
    Args,
    Fn,
    Outputs,
    Setting,
    fresh,
    note_changes,
)
from cs231n_lib.exercise.results import WrongResult, as_result, joined, take


@dataclass(frozen=True)
class Steps:
    """An update rule, driven over several steps with its own state.

    ``next_w, config = f(w, gradient, config)``.  Arguments of a case: ``w``; ``config``
    (None for the defaults); either ``gradients``, a list of arrays, or ``grad_fn`` with
    ``steps``; optionally ``rates``, a learning rate for each step.  Output ``w``: the
    parameters after each step, shape (steps, *w.shape).
    """

    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        w, config = args["w"], fresh(args["config"])
        if "grad_fn" in args:
            gradients: list[Any] = [args["grad_fn"]] * args["steps"]
        else:
            gradients = args["gradients"]
        path = []
        for i, gradient in enumerate(gradients):
            if "rates" in args:
                config = dict(config or {}, learning_rate=args["rates"][i])
            given = {"w": w.copy(), "dw": fresh(gradient), "config": config}
            kept = fresh(config) if i == 0 else None  # later it holds what the student put there
            result = take(fn(*given.values()), ("next_w", "config"))
            after = as_result(result["next_w"], "next_w")
            note_changes({"w": w, "dw": gradient, "config": kept}, given, setting.notes)
            config = result["config"]
            if not isinstance(config, dict):
                raise WrongResult(
                    f"the second result must be the config dictionary, got {type(config).__name__}"
                )
            if after.shape != w.shape:
                raise WrongResult(f"`next_w` has shape {after.shape}, `w` has {w.shape}")
            path.append(after)
            w = after.astype(np.float64)
        return {"w": joined(path)}
