"""The judge: compares what a box wrote with the reference, on the inputs that the box was given.

It runs behind the wall (:mod:`autograder.walls`), since what it reads was written by student
code; the trials of the judge call it directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.judging import reference
from autograder.judging.known import known
from autograder.walls.outputs import plain
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.exercise.drivers import Backward
from cs231n_lib.exercise.results import MAX_TEXT
from cs231n_lib.judging.expected_values import cases_from_tree, cases_to_tree
from cs231n_lib.judging.verdict import OWN_VERDICT, GroupResult, Report, judge
from cs231n_lib.wire import WireError, pack, unpack

MAX_OUTPUTS = 16 << 20  # bytes of the outputs of one case
PART = 256  # bytes that each part of a result counts for, whatever it holds
MAX_DIMENSIONS = 8  # NumPy prints short sides in full, however many there are
ROUNDS = 2  # how often the cases of an exercise are drawn for one grading
UNJUDGED = "what it returned could not be judged"


class JudgeFailed(RuntimeError):
    """The course's own answer fails on the cases: no verdict on a student follows from that."""


@dataclass(frozen=True)
class Evidence:
    """What the verdict on one exercise rests on.

    Attributes:
        drawn: the seed of the cases, as NumPy takes it.
        inputs: the packed cases; the box was given their arguments only.
        outputs: the bytes that the box wrote; empty if it wrote nothing.
    """

    drawn: tuple[int, ...]
    inputs: bytes
    outputs: bytes

    def cases(self) -> list[Case]:
        """The cases that were put to the student's function."""
        return cases_from_tree(unpack(self.inputs))


def draw(name: str, seed: tuple[int, ...]) -> bytes:
    """The packed cases of an exercise that one grading draws from ``seed``.

    They come in an order of their own, so that no result can be known by its place.
    """
    cases = reference.draw(exercises.get(name), seed, ROUNDS)
    order = np.random.default_rng([*seed, len(cases)]).permutation(len(cases))
    return pack(cases_to_tree([cases[i] for i in order]))


def for_the_box(inputs: bytes) -> bytes:
    """What the box learns of the cases: arguments, without labels, which may tell the result."""
    cases = cases_from_tree(unpack(inputs))
    return pack(cases_to_tree([Case((), case.args, "") for case in cases]))


def verdicts(evidence: Mapping[str, Evidence], trouble: Mapping[str, str]) -> dict[str, Report]:
    """Judge all exercises of a notebook; no student code runs here.

    The cases are read from what the box was given, so that a verdict is the same now and
    whenever it is asked for again.

    Raises:
        JudgeFailed: when an answer fails on these cases.
    """
    reports = {}
    for name, one in evidence.items():
        try:
            cases = one.cases()
        except Exception as error:
            raise JudgeFailed(" ".join(str(error).split())[:500]) from error
        reports[name] = report(exercises.get(name), cases, one.outputs, trouble)
    limit_own_gradients(reports)
    _blame(reports)
    return reports


def report(
    exercise: Exercise, cases: list[Case], outputs: bytes, trouble: Mapping[str, str] | None = None
) -> Report:
    """Judge one exercise from what the box wrote, or say why there is nothing to judge.

    Args:
        outputs: the bytes that the box wrote.
        trouble: for each exercise, or "" for the whole notebook, what went wrong.

    Raises:
        JudgeFailed: when the answer fails on these cases.
    """
    trouble = trouble or {}
    stopped = trouble.get(exercise.name, "")
    try:
        expected = reference.expected(exercise, cases)
    except Exception as error:
        raise JudgeFailed(" ".join(str(error).split())[:500]) from error
    try:
        seen = observations(outputs, len(cases))
    except WireError as error:
        why = stopped or trouble.get("") or f"no result came back ({error})"
        return not_judged(exercise, why)
    try:
        found = judge(exercise, cases, seen, expected, lambda: known(exercise, cases, expected))
    except MemoryError:
        raise
    except Exception as error:  # made to be more than the comparison can take
        return not_judged(exercise, f"{UNJUDGED} ({type(error).__name__})")
    if stopped and not found.passed and found.problem is None:
        found.problem = {"kind": "stopped", "text": stopped}
    return found


def not_judged(exercise: Exercise, why: str) -> Report:
    """A report without a point, for an exercise that produced nothing."""
    groups = [
        GroupResult(n, g.points, 0, 0, 0, float("nan"), "not judged")
        for n, g in exercise.groups.items()
    ]
    return Report(exercise.name, groups, problem={"kind": "stopped", "text": why})


def observations(data: bytes, count: int) -> list[dict[str, Any]]:
    """The observations in a record, checked in every part: a student's code wrote it.

    Raises:
        WireError: when it is anything but ``count`` observations.
    """
    if not data:
        raise WireError("its check cell wrote nothing")
    try:
        tree = unpack(data)
    except MemoryError:
        raise  # the limit behind the wall, which tells it in its own words
    except Exception as error:  # infinite seeds, and whatever else is forged
        raise WireError(f"not a readable record: {type(error).__name__}") from error
    if not isinstance(tree, list) or len(tree) != count:
        raise WireError("the record does not fit the inputs")
    return [_observation(item) for item in tree]


def _observation(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise WireError("malformed observation")
    outputs, problem, notes = item.get("outputs"), item.get("problem"), item.get("notes")
    if problem is not None:
        told = problem if isinstance(problem, dict) else {}
        kind = _said(told.get("kind"), 20)
        known = kind if kind in ("empty", "result", "companion", "error") else "error"
        problem = {"kind": known, "text": _said(told.get("text"), 600)}
    fits = isinstance(outputs, dict) and problem is None and _weight(outputs) <= MAX_OUTPUTS
    return {
        "outputs": outputs if fits else None,
        "problem": problem,
        "notes": [_said(n, 300) for n in notes[:10]] if isinstance(notes, list) else [],
    }


def _said(text: Any, limit: int) -> str:
    return plain(text[:limit]) if isinstance(text, str) else ""


def _weight(tree: Any) -> float:
    """What a result costs whoever looks at it; infinite for what no honest box writes.

    Bytes of arrays and texts, as often as they are named, and something for each part and
    each side of an array: lists, keys and arrays without a byte are not free.
    """
    if isinstance(tree, np.ndarray):
        large = tree.ndim > MAX_DIMENSIONS or max(tree.shape, default=0) > MAX_OUTPUTS
        return float("inf") if large else PART + float(tree.nbytes)
    if isinstance(tree, str):
        return PART + len(tree) if len(tree) <= MAX_TEXT else float("inf")
    if isinstance(tree, dict):
        return PART + sum(len(k) + _weight(v) for k, v in tree.items())
    return PART + (sum(map(_weight, tree)) if isinstance(tree, list) else 0)


def limit_own_gradients(reports: Mapping[str, Report]) -> None:
    """Let a gradient keep points for a wrong forward pass only as far as that one lost some.

    What the box says of the forward pass could be forged; points lost for it cannot. So
    whoever forges it pays at least as much as it brings.
    """
    for name, found in reports.items():
        driver = exercises.get(name).driver
        if not isinstance(driver, Backward):
            continue
        forward = reports.get(driver.forward)
        lost = forward.points - forward.earned if forward else 0
        for i, group in enumerate(found.groups):
            if group.verdict == OWN_VERDICT:
                if group.earned > lost:
                    found.groups[i] = replace(group, earned=0, verdict="wrong")
                else:
                    lost -= group.earned


def _blame(reports: Mapping[str, Report]) -> None:
    """Say of a failed exercise which earlier one, also failed, it depends on."""
    for name, found in reports.items():
        if found.passed:
            continue
        for callee in exercises.get(name).calls:
            if callee in reports and not reports[callee].passed:
                found.blames.append(
                    f"This calls `{callee}`, which failed: mend that one first, this one may be "
                    "right already."
                )
