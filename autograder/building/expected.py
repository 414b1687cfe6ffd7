"""Writes the public cases' expected values into the student library, and checks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder.judging import reference
from autograder.judging.known import known
from autograder.paths import EXPECTED
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.exercises import CHAPTERS, chapter
from cs231n_lib.judging.expected_values import PUBLIC_SEED, PublicCases, to_tree
from cs231n_lib.judging.recognise import DECLARED, LAW, Known, comparable
from cs231n_lib.wire import Function, pack, unpack


def public(exercise: Exercise) -> PublicCases:
    """The public cases with the reference's and the known mistakes' outputs."""
    cases = reference.draw(exercise, PUBLIC_SEED)
    answers = reference.expected(exercise, cases)
    found = [_kept(exercise, cases, k) for k in known(exercise, cases, answers, every=False)]
    if exercise.law:
        answers = [_compared(exercise, c, o) for c, o in zip(cases, answers, strict=True)]
    return PublicCases(cases, answers, [k for k in found if k is not None])


def _kept(exercise: Exercise, cases: list[Case], mistake: Known) -> Known | None:
    """A mistake with what the library keeps of it; None of one that cannot be made."""
    if mistake.rank != DECLARED:
        outputs = list(mistake.outputs)
        return replace(mistake, outputs=outputs) if any(outputs) else None
    found = [_compared(exercise, c, o) for c, o in zip(cases, mistake.outputs, strict=True)]
    return replace(mistake, outputs=found, raised=mistake.raised if any(mistake.raised) else ())


def _compared(exercise: Exercise, case: Case, outputs: dict[str, Any] | None) -> dict[str, Any]:
    """What is compared, and no more: of random functions the properties only."""
    found = comparable(exercise, case, outputs) or {}
    return {LAW: {k: bool(v) for k, v in found.items()}} if exercise.law else dict(found)


def tree(name: str) -> dict[str, Any]:
    """What the file of one chapter holds."""
    return {e.name: to_tree(public(e)) for e in chapter(name)}


def write(chapters: Sequence[str] = CHAPTERS) -> list[Path]:
    """Write the files of some chapters; returns their paths."""
    EXPECTED.mkdir(exist_ok=True)
    paths = []
    for name in chapters:
        path = EXPECTED / f"{name}.safetensors"
        data = tree(name)
        if not path.exists() or not same(unpack(path.read_bytes()), unpack(pack(data))):
            path.write_bytes(pack(data))
        paths.append(path)
    return paths


def stale(chapters: Sequence[str] = CHAPTERS) -> list[str]:
    """Names of those of the chapters whose file differs from what the answers give now."""
    found = []
    for name in chapters:
        path = EXPECTED / f"{name}.safetensors"
        if not path.exists() or not same(unpack(path.read_bytes()), unpack(pack(tree(name)))):
            found.append(name)
    return found


def same(a: Any, b: Any) -> bool:
    """Equal trees; floats to 1e-9, for another processor may round another way."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and bool(
            np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True)
            if a.dtype.kind == "f"
            else np.array_equal(a, b)
        )
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Function) and isinstance(b, Function):
        return a.name == b.name and same(a.params, b.params)
    if isinstance(a, float) and isinstance(b, float):
        return a == b or abs(a - b) <= 1e-9 * abs(b) or (a != a and b != b)
    return type(a) is type(b) and bool(a == b)
