"""How the functions of each family are called.

A driver calls a function on one case's arguments and returns named outputs.  The same
driver runs the student's function (at home and in the sandbox) and the reference (in
the judge's process).  Every call gets fresh copies, so a function that works in place
is as good as one that does not.

Companions are the other functions a driver needs: a backward pass is driven with the
cache of the forward pass of the same author.
"""

from __future__ import annotations

from cs231n_lib.exercise.drivers.base import Args, Driver, Fn, Outputs, Setting
from cs231n_lib.exercise.drivers.layers import Backward, Forward, Loss
from cs231n_lib.exercise.drivers.plain import Call, Schedule
from cs231n_lib.exercise.drivers.random import Batches, Replayed
from cs231n_lib.exercise.drivers.stateful import Stateful
from cs231n_lib.exercise.drivers.steps import Steps

__all__ = [
    "Args",
    "Backward",
    "Batches",
    "Call",
    "Driver",
    "Fn",
    "Forward",
    "Loss",
    "Outputs",
    "Replayed",
    "Schedule",
    "Setting",
    "Stateful",
    "Steps",
]
