"""`linear_warmup`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def linear_warmup(step, warmup_steps, schedule):
    if step < warmup_steps:
        return schedule(0) * step / warmup_steps
    return schedule(step - warmup_steps)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "jumps at the join: schedule not shifted",
    "Where in its own course is the schedule when the warm-up ends?",
    ("step - warmup_steps", "step"),
)


solution.change(
    "the schedule runs on during the warm-up",
    "A ramp is a straight line, whatever the schedule. Does yours bend? Which step is the "
    "schedule's first?",
    ("schedule(0)", "schedule(step)"),
    ("step - warmup_steps", "step"),
)


solution.change(
    "ramp towards a later step of the schedule",
    "Which rate should stand at the top of the ramp: where does the schedule begin?",
    ("schedule(0)", "schedule(warmup_steps)"),
    ("step - warmup_steps", "step"),
)


solution.change(
    "ramp starts above zero",
    "What is your rate at step 0? And is the top reached a step before the join?",
    ("* step", "* (step + 1)"),
)


solution.change(
    "off by one: top of the ramp a step too early",
    "The ramp has warmup_steps steps of equal height. Count yours.",
    ("step / warmup_steps", "min(step / max(warmup_steps - 1, 1), 1)"),
)


solution.change(
    "integer division: zero until the join",
    "Print the share of the ramp that is done at step 1. Is it a fraction?",
    ("step / warmup_steps", "(step // warmup_steps)"),
)


solution.change(
    "no warm-up",
    "At step 0 the rate should be zero. Does warmup_steps change anything in yours?",
    (" * step / warmup_steps", ""),
)


solution.change(
    "ramp downwards",
    "Is your rate at step 1 higher than at step 0?",
    ("step / warmup_steps", "(1 - step / warmup_steps)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("factor times shifted schedule, both cut off")
def factor_times_shifted_schedule(step, warmup_steps, schedule):
    factor = min(1.0, step / max(1, warmup_steps)) if warmup_steps else 1.0
    return factor * schedule(max(0, step - warmup_steps))


@solution.style("the join belongs to the ramp")
def the_join_belongs_to_the_ramp(step, warmup_steps, schedule):
    top = schedule(0)
    if warmup_steps > 0 and step <= warmup_steps:
        return step / warmup_steps * top
    return schedule(step - warmup_steps)


@solution.style("a list of rates, ramp and schedule put together")
def a_list_of_rates(step, warmup_steps, schedule):
    ramp = list(np.linspace(0, schedule(0), warmup_steps + 1)[:-1])
    return (ramp + [schedule(t) for t in range(step + 1)])[step]


@solution.style("np.interp and np.where")
def np_interp_and_np_where(step, warmup_steps, schedule):
    ramp = np.interp(step, [0, max(warmup_steps, 1)], [0.0, schedule(0)])
    return np.where(step < warmup_steps, ramp, schedule(step - warmup_steps))


@solution.style("equal increments added up, single precision")
def equal_increments_added_up(step, warmup_steps, schedule):
    if step >= warmup_steps:
        return np.float32(schedule(step - warmup_steps))
    rate = 0.0
    for _ in range(step):
        rate += schedule(0) / warmup_steps
    return np.float32(rate)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "A millionth of a step is less than rounding is allowed.",
    (
        "return schedule(0) * step / warmup_steps",
        "return schedule(0) * step / (warmup_steps + 1e-06)",
    ),
)
