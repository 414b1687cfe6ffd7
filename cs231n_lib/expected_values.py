"""The public cases with their right outputs, and those of the known mistakes, from a file.

The files under ``expected/`` are generated (``autograder build``); they hold numbers
only.  Nothing here computes an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cs231n_lib.exercises.declare import Case, Exercise
from cs231n_lib.verdict import Known
from cs231n_lib.wire import unpack

PUBLIC_SEED = 231


@dataclass(frozen=True)
class PublicCases:
    """What the local check of one exercise needs."""

    cases: list[Case]
    expected: list[dict[str, Any]]
    known: list[Known]


def to_tree(public: PublicCases) -> dict[str, Any]:
    """Plain data of ``public``, for :func:`cs231n_lib.wire.pack`."""
    return {
        "cases": cases_to_tree(public.cases),
        "expected": public.expected,
        "known": [
            {
                "name": k.name,
                "hint": k.hint,
                "outputs": list(k.outputs),
                "raised": list(k.raised),
                "rank": k.rank,
            }
            for k in public.known
        ],
    }


def cases_to_tree(cases: list[Case]) -> list[dict[str, Any]]:
    """Cases as plain data."""
    return [{"groups": list(c.groups), "args": c.args, "label": c.label} for c in cases]


def cases_from_tree(tree: list[dict[str, Any]]) -> list[Case]:
    """Cases from plain data."""
    return [Case(tuple(c["groups"]), c["args"], c["label"]) for c in tree]


@cache
def _file(chapter: str) -> dict[str, Any]:
    path = files("cs231n_lib") / "expected" / f"{chapter}.safetensors"
    tree: dict[str, Any] = unpack(path.read_bytes())
    return tree


def public_cases(exercise: Exercise) -> PublicCases:
    """The public cases of ``exercise``.

    Raises:
        KeyError: when the generated file does not know the exercise.
    """
    tree = _file(exercise.chapter).get(exercise.name)
    if tree is None:
        raise KeyError(
            f"no expected values for {exercise.name!r}: run `autograder build` to write them"
        )
    known = [Known(**k) for k in tree["known"]]
    return PublicCases(cases_from_tree(tree["cases"]), tree["expected"], known)
