"""The public cases with their right outputs, and those of the known mistakes, from a file.

The files under ``expected/`` are generated (``autograder build``); they hold numbers
only.  Nothing here computes an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.recognise import DECLARED, Known
from cs231n_lib.judging.sketch import WIDTH
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
        "known": [_in_full(k) for k in public.known if k.rank == DECLARED],
        "likely": _likely([k for k in public.known if k.rank != DECLARED]),
    }


def _in_full(mistake: Known) -> dict[str, Any]:
    return {
        "name": mistake.name,
        "hint": mistake.hint,
        "outputs": list(mistake.outputs),
        "raised": list(mistake.raised),
    }


def _likely(mistakes: list[Known]) -> list[dict[str, Any]]:
    """Mistakes of which there are fingerprints only; those of one name in one array."""
    found: dict[tuple[int, str], list[Known]] = {}
    for mistake in mistakes:
        found.setdefault((mistake.rank, mistake.name), []).append(mistake)
    return [
        {
            "name": name,
            "hint": alternatives[0].hint,
            "rank": rank,
            "sketches": np.stack([_table(m) for m in alternatives]),
        }
        for (rank, name), alternatives in found.items()
    ]


def _table(mistake: Known) -> np.ndarray:
    """Fingerprints (cases, outputs, WIDTH) in the order of the outputs' names."""
    names = sorted({n for o in mistake.outputs for n in o or {}})
    none = dict.fromkeys(names, np.zeros(WIDTH))
    return np.array([[(o or none)[n] for n in names] for o in mistake.outputs])


def _of_tree(tree: dict[str, Any], names: list[str]) -> list[Known]:
    known = [Known(**k) for k in tree["known"]]
    for one in tree["likely"]:
        for table in one["sketches"]:
            rows = [dict(zip(names, row, strict=True)) if np.any(row) else None for row in table]
            known.append(Known(one["name"], one["hint"], rows, (), one["rank"]))
    return known


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
    names = sorted({n for o in tree["expected"] for n in o if n != "own"})
    known = _of_tree(tree, names)
    return PublicCases(cases_from_tree(tree["cases"]), tree["expected"], known)
