"""Right solutions in unusual clothes keep their points.

Each function here is right though it looks unlike the reference: the judge must not mind.
"""

from __future__ import annotations

import numpy as np
import pytest

from autograder import reference
from cs231n_lib import exercises
from cs231n_lib.checking import run_cases
from cs231n_lib.verdict import Report, judge
from solutions.unusual import RIGHT

SEEDS = range(5)


def verdict(space: dict, name: str, seed: int) -> Report:
    """Judge the function ``name`` of a notebook whose functions are ``space``."""
    exercise = exercises.get(name)
    cases = reference.draw(exercise, seed)
    return judge(
        exercise,
        cases,
        run_cases(exercise, space[name], cases),
        reference.expected(exercise, cases),
        lambda: reference.known(exercise, cases),
    )


def notebook(source: str) -> dict:
    """The namespace after a cell with ``source`` has run in a notebook."""
    space: dict = {"np": np}
    exec(compile(source, "<ipykernel>", "exec"), space)
    return space


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_in_an_unusual_form_gets_full_points(name: str) -> None:
    source, wanted = RIGHT[name]
    space = notebook(source)
    for exercise in wanted:
        for seed in SEEDS:
            report = verdict(space, exercise, seed)
            assert report.passed, f"{exercise}, seed {seed}: {report.groups} {report.problem}"
