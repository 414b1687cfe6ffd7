"""All mistakes that a wrong function is compared with, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograder.judging import derived, pairs, reference
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.recognise import Known


def known(
    exercise: Exercise,
    cases: Sequence[Case],
    expected: Sequence[dict[str, Any]],
    every: bool = True,
) -> Iterator[Known]:
    """Declared mistakes, derived ones, and every two of them that go together.

    Each is computed when it is asked for.

    Args:
        expected: what the answer gives on ``cases``.
        every: with those of which there are too many for a file.
    """
    yield from reference.known(exercise, cases)
    yield from undeclared(exercise, cases, expected, every)


def undeclared(
    exercise: Exercise,
    cases: Sequence[Case],
    expected: Sequence[dict[str, Any]],
    every: bool = True,
) -> Iterator[Known]:
    """The same without those that are declared."""
    yield from derived.known(exercise, cases, expected)
    yield from pairs.known(exercise, cases, every)
