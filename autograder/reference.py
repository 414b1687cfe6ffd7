"""Runs the answers and the known mistakes: what students' outputs are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from autograder.paths import make_importable
from cs231n_lib.exercises import CHAPTERS
from cs231n_lib.exercises.declare import Case, Exercise
from cs231n_lib.recognise import Known, signatures

make_importable()


class MissingSolutions(RuntimeError):
    """The checkout has no ``solutions`` folder."""


@cache
def book(chapter: str) -> Any:
    """The declarations of ``solutions/<chapter>.py``.

    Raises:
        MissingSolutions: in a checkout without the secret folder.
    """
    try:
        return import_module(f"solutions.{chapter}").book
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("solutions"):
            raise MissingSolutions(
                f"solutions/{chapter}.py is missing: grading needs the instructors' copy "
                "of the repository"
            ) from error
        raise


@cache
def answers() -> dict[str, Callable[..., Any]]:
    """Every answer of every chapter by the name of its exercise."""
    return {name: fn for chapter in CHAPTERS for name, fn in book(chapter).answers.items()}


def mistakes(exercise: Exercise) -> list[Any]:
    """The known mistakes of one exercise."""
    return [m for m in book(exercise.chapter).mistakes if m.exercise == exercise.name]


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
