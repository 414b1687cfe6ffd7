"""The judge on every exercise: right is right, empty is nothing, wrong is named."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise, Group
from cs231n_lib.exercise.drivers import Call
from cs231n_lib.judging.recognise import Known
from cs231n_lib.judging.verdict import Report, judge

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


def _raises(x):
    raise ValueError("shapes do not fit")


def test_a_mistake_is_named_though_it_fails_on_some_cases() -> None:
    """Exchanged matrices, say: where the shapes differ both fail, elsewhere both answer alike."""

    def product(a, b):
        return a @ b

    def exchanged(a, b):
        return b @ a

    square, oblong = np.array([[1.0, 2.0], [3.0, 4.0]]), np.arange(6.0).reshape(2, 3)
    cases = [
        Case("product", {"a": square, "b": np.diag([1.0, 5.0])}),
        Case("product", {"a": square, "b": oblong}),
    ]
    e = Exercise(product, "a section", {"product": Group(2)}, Call(("c",)), lambda rng: cases)

    def seen(function):
        return [e.observe(function, c) for c in cases]

    def named(function) -> str | None:
        want = [o["outputs"] for o in seen(product)]
        known = [Known("exchanged", "which comes first?", [o["outputs"] for o in seen(exchanged)])]
        report = judge(e, cases, seen(function), want, lambda: known)
        assert report.earned == 0
        return report.mistake.name if report.mistake else None

    assert named(exchanged) == "exchanged"
    assert named(lambda a, b: a.T @ b if a.shape == b.shape else _raises(a)) is None
    # failing everywhere is no evidence, and neither is an answer where the mistake fails
    assert named(lambda a, b: _raises(a)) is None
    assert named(lambda a, b: b @ a if a.shape == b.shape else a) is None
