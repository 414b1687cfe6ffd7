"""Grades one right solution as a grading does: fresh inputs, run as in the box, judged."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from autograder.judging import judging, reference
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.expected_values import cases_from_tree, cases_to_tree
from cs231n_lib.judging.recognise import LAW, comparable
from cs231n_lib.judging.verdict import judge
from cs231n_lib.wire import WireError, pack, unpack
from solutions.declare import Variant


class MissingVariants(RuntimeError):
    """An exercise has no right solutions in other styles."""


@cache
def variants(name: str) -> tuple[Variant, ...]:
    """The right solutions of one exercise in other styles, after the answer itself.

    Raises:
        MissingVariants: when its file declares none.
    """
    solution = reference.solution(name)
    if not solution.styles:
        raise MissingVariants(
            f"{name} has no right solutions in other styles: declare some in "
            f"solutions/{exercises.get(name).chapter}/{name}.py"
        )
    answer = Variant(name, "the answer", reference.answers()[name], {})
    return (answer, *solution.styles)


def rejected(variant: Any, seed: Sequence[int]) -> str:
    """Grade a right solution on fresh inputs; says why it was rejected, empty if it was not.

    The inputs and the outputs travel as bytes, as they do into the box and out of it. A
    gradient that only fits its own forward pass counts as rejected: that one is right.
    """
    exercise = exercises.get(variant.exercise)
    cases = reference.draw(exercise, seed, judging.ROUNDS)
    seen = _observed(exercise, variant, cases_from_tree(unpack(pack(cases_to_tree(cases)))))
    try:
        seen = judging.observations(pack(seen), len(cases))
    except WireError as error:
        return f"its outputs cannot be kept ({error})"
    report = judge(exercise, cases, seen, _expected(exercise, cases), lambda: ())
    if not any(group.failed for group in report.groups):
        return ""
    if report.problem:
        return report.problem["text"]
    failure = report.failure
    return f"{failure.case.label}: {failure.output} {failure.text}" if failure else "no points"


def _observed(exercise: Exercise, variant: Any, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What the box writes down, with the companions that belong to the variant."""
    answers = reference.answers()
    companions = {n: variant.companions.get(n, answers[n]) for n in exercise.driver.companions}
    return [exercise.observe(variant.function, case, companions) for case in cases]


def _expected(exercise: Exercise, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """The reference's outputs; of random functions the properties, which no seed changes."""
    if exercise.law is None:
        return reference.expected(exercise, cases)
    one = _properties(exercise.name)
    return [{LAW: one[i % len(one)]} for i in range(len(cases))]


@cache
def _properties(name: str) -> list[dict[str, Any]]:
    """The properties of the answer to a random function, for one round of cases."""
    exercise = exercises.get(name)
    cases = reference.draw(exercise, 0)
    outputs = reference.expected(exercise, cases)
    return [comparable(exercise, c, o) for c, o in zip(cases, outputs, strict=True)]


def rejections(variant: Any, seeds: Sequence[Sequence[int]]) -> list[str]:
    """One sentence for each of ``seeds`` on which the right solution was rejected."""
    found = [(seed, rejected(variant, seed)) for seed in seeds]
    return [f"seed {list(seed)}: {why}" for seed, why in found if why]


def unnoticed(name: str, seeds: Sequence[Sequence[int]]) -> int:
    """How often a known mistake in a random function loses no points, over all ``seeds``.

    One round of cases, of the several that a grading draws, has to be enough.
    """
    exercise, count = exercises.get(name), 0
    for seed in seeds:
        cases = reference.draw(exercise, seed)
        expected = _expected(exercise, cases)
        for mistake in reference.mistakes(exercise):
            seen = reference.run(exercise, mistake.function, cases)
            count += judge(exercise, cases, seen, expected, lambda: ()).passed
    return count
