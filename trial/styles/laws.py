"""Whether random functions are judged as their law says: how often a right one fails.

A right answer fails once in some million gradings, which no simulation of minutes can
see.  So every law takes the rate at which it rejects as an argument, and its answer is graded
many times at rates where there is something to count: no property may fail more often than it is
allowed to.  The same outputs are judged at the rate in use, where none may fail.

What can be computed exactly is not left to a simulation: see :mod:`trial.styles.shuffles`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np

from autograder.judging import reference
from autograder.judging.judging import ROUNDS
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.exercise.laws.rates import STATED, stated
from trial.styles import shuffles
from trial.styles.measured import Law, Measured

__all__ = ["EXACT", "Law", "Measured", "measure", "simulated"]

COUNTED = (1e-1, 1e-2, 1e-3)  # rates at which a simulation has something to count
GRADINGS = 2_000
SEED = 231  # fixed: what is found must be found again

EXACT: dict[str, Callable[[], Law]] = {"minibatches": shuffles.minibatches}


def measure(name: str) -> Law:
    """The law of one random function.

    Raises:
        KeyError: when its law states no rate.
    """
    exercise = exercises.get(name)
    if stated(exercise.law) is None:
        raise KeyError(f"{name} is a random function whose law states no rate")
    if name in EXACT:
        return EXACT[name]()
    return simulated(exercise, reference.answers()[name])


def simulated(
    exercise: Exercise, answer: Callable[..., object], gradings: int | None = None
) -> Law:
    """The law of a random function, from many gradings of its answer.

    Args:
        exercise: its law states a rate, and takes another one as its argument ``rate``.
        answer: a right function.
        gradings: how many rounds of cases are drawn.

    Raises:
        TypeError: when the law cannot be tried at another rate.
        RuntimeError: when the answer fails.
    """
    law, promised = exercise.law, stated(exercise.law)
    if law is None or promised is None or STATED not in inspect.signature(law).parameters:
        raise TypeError(f"the law of {exercise.name} must state a rate and take another one")
    levels, many = (*COUNTED, promised), gradings or GRADINGS
    labels = [case.label for case in reference.draw(exercise, 0)]
    failed = np.zeros((len(levels), len(labels)), int)
    for k in range(many):
        cases = reference.draw(exercise, [SEED, k])
        seen = reference.run(exercise, answer, cases)
        for i, (case, one) in enumerate(zip(cases, seen, strict=True)):
            if one["problem"]:
                raise RuntimeError(f"the answer to {exercise.name} fails: {one['problem']['text']}")
            for j, level in enumerate(levels):
                found = law(case.args, one["outputs"], rate=level)  # type: ignore[call-arg]
                failed[j, i] += not all(found.values())
    measured = [
        Measured(f"any property of: {label}", level, True, int(failed[j, i]), many)
        for j, level in enumerate(levels)
        for i, label in enumerate(labels)
    ]
    whole = 2 * ROUNDS * len(labels) * promised
    return Law(exercise.name, promised, promised, whole, tuple(measured))
