"""The judge on every exercise: right is right, empty is nothing, wrong is named."""

from __future__ import annotations

import pytest

from autograder import reference
from cs231n_lib import exercises
from cs231n_lib.exercises.declare import Exercise
from cs231n_lib.verdict import Report, judge

SEEDS = (11, 12, 13)


def verdict(exercise: Exercise, function, seed: int) -> Report:
    cases = reference.draw(exercise, seed, times=2)
    return judge(
        exercise,
        cases,
        reference.run(exercise, function, cases),
        reference.expected(exercise, cases),
        lambda: reference.known(exercise, cases),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_answer_is_right_in_every_group(exercise: Exercise, seed: int) -> None:
    report = verdict(exercise, reference.answers()[exercise.name], seed)
    assert {g.name: g.earned for g in report.groups} == {
        n: g.points for n, g in exercise.groups.items()
    }
    assert report.notes == []


def test_an_empty_stub_earns_nothing_and_is_called_unwritten(exercise: Exercise) -> None:
    report = verdict(exercise, exercise.stub, SEEDS[0])
    assert report.earned == 0
    assert report.problem == {"kind": "empty", "text": "not written yet"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_known_mistake_loses_points_and_is_named(mistake, seed: int) -> None:
    report = verdict(exercises.get(mistake.exercise), mistake.function, seed)
    assert report.earned < report.points
    assert report.mistake is not None and report.mistake.name == mistake.name
    assert report.mistake.hint == mistake.hint
    assert report.failure is not None


def test_hints_do_not_give_the_answer_away(mistake) -> None:
    from solutions.declare import body

    lines = [x.strip() for x in body(reference.answers()[mistake.exercise]).splitlines()]
    for line in lines:
        assert len(line) < 8 or line not in mistake.hint
