"""Mistakes that follow from a declaration: nobody has to list them.

The answer is called as a wrong function would call it: without looking at an argument, with
another default, with two arguments exchanged, a step too early or too late.  Or it works along
another axis, or another answer of the chapter is called in its place.  What comes out is what
such a function returns.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from autograder.judging import edited, reference
from autograder.judging.calls import Change, changes
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.recognise import DERIVED, Known, Sketched


def along_another_axis(name: str) -> tuple[Callable[..., Any], ...]:
    """The answer with one of its axes exchanged for the other, once for each of them."""
    return _along_another_axis(edited.text(name), name)


@cache  # by the text, which may be corrected
def _along_another_axis(source: str, name: str) -> tuple[Callable[..., Any], ...]:
    found = []
    for place in re.finditer(r"axis=([01])", source):
        other = f"axis={1 - int(place[1])}"
        found.append(edited.made(name, source[: place.start()] + other + source[place.end() :]))
    return tuple(found)


@cache
def others(name: str) -> tuple[str, ...]:
    """Other exercises of the chapter that are called in the same way, with the same names."""
    exercise = exercises.get(name)
    if exercise.law is not None:
        return ()
    return tuple(
        other.name
        for other in exercises.chapter(exercise.chapter)
        if other.name != name
        and other.driver == exercise.driver
        and list(inspect.signature(other.stub).parameters)
        == list(inspect.signature(exercise.stub).parameters)
    )


def known(
    exercise: Exercise, cases: Sequence[Case], right: Sequence[dict[str, Any]]
) -> Iterator[Known]:
    """Derived mistakes that change something on these cases.

    Args:
        right: what the answer gives on ``cases``.
    """
    answer = reference.answers()[exercise.name]
    for change in changes(exercise):
        yield from changed(exercise, change, answer, cases, right.__getitem__, DERIVED)
    for function in along_another_axis(exercise.name):
        yield Known(
            "an operation along the wrong axis",
            "Which axis counts the examples? And which one should each sum, mean or maximum take?",
            Sketched(runs(exercise, function, cases), len(cases)),
            (),
            DERIVED,
        )
    for other in others(exercise.name):
        outputs = runs(exercise, reference.answers()[other], cases)
        yield Known(
            f"the formula of `{other}`",
            f"Your results are those of `{other}`. Which formula stands in this docstring?",
            Sketched(outputs, len(cases)),
            (),
            DERIVED,
        )


def changed(
    exercise: Exercise,
    change: Change,
    function: Callable[..., Any],
    cases: Sequence[Case],
    unchanged: Callable[[int], dict[str, Any] | None],
    rank: int,
) -> Iterator[Known]:
    """``function`` called in another way, unless no case notices.

    Args:
        unchanged: what it gives on the cases as they are.
    """
    made = [replace(case, args=change.args(case.args)) for case in cases]
    if all(a.args is b.args for a, b in zip(cases, made, strict=True)):
        return
    run = runs(exercise, function, made)

    def answer(i: int) -> dict[str, Any] | None:
        return unchanged(i) if made[i].args is cases[i].args else run(i)

    yield Known(change.name, change.hint, Sketched(answer, len(cases)), (), rank)


def runs(
    exercise: Exercise, function: Callable[..., Any], cases: Sequence[Case]
) -> Callable[[int], dict[str, Any] | None]:
    """What ``function`` returns in a case, by its index; None where it fails."""

    def outputs(i: int) -> dict[str, Any] | None:
        found: dict[str, Any] | None = reference.run(exercise, function, [cases[i]])[0]["outputs"]
        return found

    return outputs
