"""The question `cosine_decay` and the cases that it is judged on."""

from __future__ import annotations

from cs231n_lib.chapters.schedules._cases import END_GROUPS, until_the_end
from cs231n_lib.exercise.declare import exercise
from cs231n_lib.exercise.drivers import Schedule


@exercise(
    section="The schedules, on one sheet", groups=END_GROUPS, driver=Schedule(), cases=until_the_end
)
def cosine_decay(step: int, lr: float, total: int, lr_min: float = 0.0):
    """A learning rate that falls from lr to lr_min along half a period of the cosine.

        rate(step) = lr_min + (lr - lr_min) * (1 + cos(pi * step / total)) / 2

    for steps 0 to total; at step total the rate is lr_min, and it stays there. A run of
    total updates uses steps 0 to total - 1.

    Parameters:
        step: number of updates already made, an integer from 0.
        lr: rate of the first step.
        total: step at which lr_min is reached, an integer of at least 1.
        lr_min: rate at step total and ever after.

    Returns:
        rate: the learning rate of the next update, a float.

    Source: I. Loshchilov and F. Hutter, SGDR, ICLR 2017, equation 5.
    torch.optim.lr_scheduler.CosineAnnealingLR with T_max total agrees up to step total;
    after it PyTorch's rate rises again.
    """
    raise NotImplementedError
