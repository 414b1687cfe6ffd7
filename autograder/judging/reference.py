"""Runs the answers and the known mistakes: what students' outputs are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from autograder.paths import make_importable
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.recognise import Known, signatures

make_importable()


class MissingSolutions(RuntimeError):
    """The checkout has no ``solutions`` folder, or it lacks a file."""


def _of(chapter: str, name: str, what: str) -> Any:
    """``what`` of ``solutions/<chapter>/<name>.py``.

    Raises:
        MissingSolutions: where there is no such file.
    """
    try:
        return getattr(import_module(f"solutions.{chapter}.{name}"), what)
    except ModuleNotFoundError as error:
        if error.name == "solutions":
            why = "grading needs the instructors' copy of the repository"
        elif error.name in (f"solutions.{chapter}", f"solutions.{chapter}.{name}"):
            why = "write it as CONTRIBUTING.md says"
        else:
            raise
        raise MissingSolutions(f"solutions/{chapter}/{name}.py is missing: {why}") from error


@cache
def solution(name: str) -> Any:
    """What ``solutions/<chapter>/<exercise>.py`` declares.

    Raises:
        MissingSolutions: where there is no such file.
        KeyError: for an exercise that does not exist.
    """
    return _of(exercises.get(name).chapter, name, "solution")


def rubrics(chapter: str) -> Any:
    """How the free-text questions of a chapter are graded, by the name of the question.

    Raises:
        MissingSolutions: where the chapter has no ``rubric.py``.
    """
    return _of(chapter, "rubric", "rubrics")


@cache
def answers() -> dict[str, Callable[..., Any]]:
    """Every answer of every chapter by the name of its exercise."""
    return {name: solution(name).function for name in exercises.table()}


def mistakes(exercise: Exercise) -> list[Any]:
    """The known mistakes of one exercise."""
    return list(solution(exercise.name).mistakes)


def run(
    exercise: Exercise, function: Callable[..., Any], cases: Sequence[Case]
) -> list[dict[str, Any]]:
    """Observations of ``function`` on ``cases``; companions are the reference's."""
    companions = {name: answers()[name] for name in exercise.driver.companions}
    return [exercise.observe(function, case, companions, numeric=False) for case in cases]


def expected(exercise: Exercise, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """The reference's outputs on ``cases``.

    Raises:
        RuntimeError: when the answer itself fails, which is a fault of ours.
    """
    seen = run(exercise, answers()[exercise.name], cases)
    for case, s in zip(cases, seen, strict=True):
        if s["problem"]:
            raise RuntimeError(
                f"the answer to {exercise.name} fails on case {case.label!r}: "
                f"{s['problem']['text']}"
            )
    return [s["outputs"] for s in seen]


def known(exercise: Exercise, cases: Sequence[Case]) -> list[Known]:
    """What each known mistake answers on ``cases``."""
    return [answered(exercise, m.name, m.hint, m.function, cases) for m in mistakes(exercise)]


def answered(
    exercise: Exercise,
    name: str,
    hint: str,
    function: Callable[..., Any],
    cases: Sequence[Case],
    rank: int = 0,
) -> Known:
    """A known mistake with what ``function`` gives on ``cases``."""
    seen = run(exercise, function, cases)
    return Known(name, hint, [s["outputs"] for s in seen], signatures(seen), rank)


def draw(exercise: Exercise, seed: int | Sequence[int], times: int = 1) -> list[Case]:
    """Cases of ``exercise`` drawn from ``seed``, ``times`` rounds of them."""
    rng = np.random.default_rng(seed)
    return [case for _ in range(times) for case in exercise.cases(rng)]
