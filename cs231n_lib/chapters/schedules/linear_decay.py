"""The question `linear_decay` and the cases that it is judged on."""

from __future__ import annotations

from cs231n_lib.chapters.schedules._cases import END_GROUPS, until_the_end
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Schedule


@exercise(
    section="The schedules, on one sheet", groups=END_GROUPS, driver=Schedule(), cases=until_the_end
)
def linear_decay(step: int, lr: float, total: int, lr_min: float = 0.0):
    """A learning rate that falls along a straight line from lr to lr_min.

    The line goes through lr at step 0 and through lr_min at step total, where the rate
    stays from then on. A run of total updates uses steps 0 to total - 1: its last update
    is one step short of lr_min, so no update is wasted on a rate of zero.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first step.
        total: step at which lr_min is reached, an integer of at least 1.
        lr_min: rate at step total and ever after.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: J. Devlin et al., BERT (2018). torch.optim.lr_scheduler.LinearLR with
    start_factor 1, end_factor lr_min / lr and total_iters total agrees at every step.
    """
    raise NotImplementedError
