"""The question `adamw` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.chapters.adaptive_methods._cases import MOMENTS, Rule, run, update_cases
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Steps


def cases(rng: np.random.Generator) -> Iterator[Case]:
    settings = {**MOMENTS, "weight_decay": (0.4, 1.5)}
    rule = Rule(settings, squares=("v",), means=("m",), counts=True)
    yield from update_cases(rng, rule)
    for which, shape in ((0, (3,)), (1, (5, 2))):
        args = run(rng, shape, (1.0, 0.3, 2.0), rule.config(which), 2.0)
        yield Case("large decay", args, f"from rest, decay {settings['weight_decay'][which]}")
    config = rule.config(1) | rule.state(rng, (2, 3)) | {"weight_decay": 4.0}
    yield Case("large decay", run(rng, (2, 3), (0.5, 1.0), config, 3.0), "decay 4")


@exercise(
    section="L2 and weight decay",
    groups={"defaults": 1, "state": 1, "large decay": 2, "large epsilon": 1},
    driver=Steps(),
    cases=cases,
)
def adamw(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of AdamW: Adam with decoupled weight decay.

        t <- t + 1
        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw**2
        w <- w - alpha * lambda * w
               - alpha * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)

    Both terms start from the old w. The decay is decoupled: it enters neither m nor v.
    As in torch.optim.AdamW it is scaled by the learning rate; in the paper's algorithm
    only the schedule multiplies it.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss, without any penalty, with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-3;
            'weight_decay': lambda, default 1e-2;
            'beta1': share of m that is kept, default 0.9;
            'beta2': share of v that is kept, default 0.999;
            'epsilon': default 1e-8;
            'm': running mean of gradients, same shape as w, default zeros;
            'v': running mean of squared gradients, same shape as w, default zeros;
            't': number of steps taken so far, default 0; it is advanced first.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step, with the new 'm', 'v' and 't'.

    Source: I. Loshchilov and F. Hutter, Decoupled weight decay regularization, ICLR
    2019, algorithm 2; the scaling of torch.optim.AdamW.
    """
    raise NotImplementedError
