"""Independent oracles that tests of several exercises of this chapter share."""

from __future__ import annotations

import numpy as np

from autograder.judging import reference
from cs231n_lib.exercises import chapter
from cs231n_lib.judging.verdict import judge

RNG = np.random.default_rng


EXERCISES = {exercise.name: exercise for exercise in chapter("gradient_descent")}


def outputs(name: str, function, seed: int = 5) -> list:
    """Cases of exercise ``name`` with what ``function`` makes of them."""
    exercise = EXERCISES[name]
    return [(c, exercise.observe(function, c)) for c in exercise.cases(RNG(seed))]


def earned(name: str, function, seed: int = 5) -> dict[str, int]:
    """Points of each group for a student's function."""
    right = [seen["outputs"] for _, seen in outputs(name, reference.answers()[name], seed)]
    cases, seen = zip(*outputs(name, function, seed), strict=True)
    report = judge(EXERCISES[name], cases, seen, right, lambda: ())
    return {group.name: group.earned for group in report.groups}
