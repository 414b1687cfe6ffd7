"""The question `linear_warmup` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.chapters.schedules._cases import later_steps, rate
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Schedule
from cs231n_lib.wire import Function


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def schedule() -> Function:
        a = rate(rng)
        b, c = -a * rng.uniform(0.01, 0.012), a * rng.uniform(5e-5, 8e-5)
        return Function("parabola", {"a": a, "b": float(b), "c": float(c)})

    W = int(rng.integers(8, 15))
    args = {"steps": [0, 1, W - 2], "warmup_steps": W, "schedule": schedule()}
    yield Case("ramp", args, "on the ramp")
    W = int(rng.integers(20, 30))
    args = {"steps": later_steps(rng, 1, W - 1), "warmup_steps": W, "schedule": schedule()}
    yield Case("ramp", args, "on the ramp, in any order")
    W = int(rng.integers(8, 15))
    args = {"steps": [W - 1, W, W + 1], "warmup_steps": W, "schedule": schedule()}
    yield Case("join", args, "both sides of the join")
    args = {"steps": [0, 1, 2], "warmup_steps": 1, "schedule": schedule()}
    yield Case("join", args, "a warm-up of one step")
    args = {"steps": later_steps(rng, W + 2, 60), "warmup_steps": W, "schedule": schedule()}
    yield Case("after", args, "after the warm-up, in any order")
    args = {"steps": [0, 1, 5], "warmup_steps": 0, "schedule": schedule()}
    yield Case("after", args, "no warm-up at all")


@exercise(
    section="First up, then down: warm-up",
    groups={"ramp": 1, "join": 2, "after": 1},
    driver=Schedule(),
    cases=cases,
)
def linear_warmup(step: int, warmup_steps: int, schedule):
    """A ramp from zero in front of any schedule.

    During the first warmup_steps steps the rate rises along a straight line: it is 0 at
    step 0 and would be schedule(0) at step warmup_steps. From step warmup_steps on the
    schedule runs from its own beginning: step warmup_steps is its step 0. So the two
    pieces meet without a jump, and a run of total updates needs a schedule over
    total - warmup_steps of them.

    Parameters:
        step: number of updates already made, an integer from 0.
        warmup_steps: length of the ramp, an integer from 0; 0 means no warm-up.
        schedule: function from a step (an integer from 0) to a rate.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: P. Goyal et al., Accurate, large minibatch SGD (2017), section 2.2.
    torch.optim.lr_scheduler.SequentialLR of a LinearLR and another scheduler agrees,
    except that a LinearLR cannot start at exactly 0.
    """
    raise NotImplementedError
