"""No points for an answer that stands before the inputs are drawn.

Here a forger is as clever as can be without doing the work.  It knows of each case which one it
is, which no box is told, and has seen hundreds of gradings.  It answers with what was right
most often, or with one argument times, or plus, what was right most often.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.judging import reference
from autograder.judging.judging import ROUNDS
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.compare import match
from cs231n_lib.judging.verdict import judge
from cs231n_lib.wire import Rng

LEARNT, TRIED = 24, 40  # gradings that the forger has seen, and is tried on
OFTEN = 0.97  # a case whose answer is the same more often does not depend on the draw
# groups in which an argument is the answer itself, as their exercise has it
ARGUMENTS = {("constant", "first steps"), ("constant", "any step")}

Draw = tuple[list[Case], list[dict[str, Any]]]


def drawn(exercise: Exercise, seeds: range) -> list[Draw]:
    found = []
    for seed in seeds:
        cases = reference.draw(exercise, (77, seed))
        found.append((cases, reference.expected(exercise, cases)))
    return found


def numbers(case: Case) -> Iterator[tuple[str, np.ndarray]]:
    """The numbers and arrays among the arguments of a case, by name."""
    waiting = list(case.args.items())
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{name}.{key}", part) for key, part in value.items()]
        elif isinstance(value, int | float | np.ndarray) and not isinstance(value, bool):
            array = np.asarray(value)
            if array.dtype.kind in "if":
                yield name, array.astype(np.float64)


def views(case: Case, answer: Any) -> dict[str, Any]:
    """One answer as it is, and beside each argument: what a forger might see stay the same."""
    found: dict[str, Any] = {"as it is": answer}
    if isinstance(answer, str):
        return found
    answer = np.asarray(answer, dtype=np.float64)
    with np.errstate(all="ignore"):
        for name, value in numbers(case):
            if value.shape in ((), answer.shape):
                found[f"times {name}"] = answer / value
                found[f"plus {name}"] = answer - value
    return found


def same(exercise: Exercise, a: Any, b: Any) -> bool:
    a, b = (v if isinstance(v, str) else np.asarray(v) for v in (a, b))
    return not _far(a, b) and match(a, b, exercise.tolerance).ok


def _far(a: Any, b: Any) -> bool:
    """Whether the first numbers differ by 1 % of the largest: no tolerance allows a tenth of it."""
    if isinstance(a, str) or isinstance(b, str) or a.shape != b.shape or not a.size:
        return False
    if "f" not in (a.dtype.kind, b.dtype.kind) or a.dtype.kind not in "if":
        return False
    scale = max(float(np.abs(a).max()), float(np.abs(b).max()))
    return bool(abs(float(a.flat[0]) - float(b.flat[0])) > 0.01 * scale)


def watched(exercise: Exercise, group: str, outputs: dict[str, Any]) -> list[str]:
    return list(exercise.groups[group].outputs) or [n for n in outputs if n != "own"]


def learnt(
    exercise: Exercise, seen: list[Draw], place: int, name: str, raw: bool
) -> tuple[str, Any, float]:
    """The best guess at one output of the case at one place: view, value, how often right."""
    tables = [views(cases[place], answers[place][name]) for cases, answers in seen]
    best: tuple[str, Any, float] = ("as it is", tables[0]["as it is"], 0.0)
    for view in ["as it is"] if raw else tables[0]:
        values = [table[view] for table in tables if view in table]
        for guess in values[:8]:
            often = sum(same(exercise, guess, v) for v in values) / len(tables)
            if often > best[2]:
                best = view, guess, often
    return best


def places(exercise: Exercise, group: str, seen: list[Draw]) -> list[int]:
    return [i for i, case in enumerate(seen[0][0]) if group in case.groups]


def fixed_cases(exercise: Exercise) -> list[str]:
    """The cases whose answer is nearly always the same number, word or array."""
    seen, found = drawn(exercise, range(LEARNT)), []
    for group in exercise.groups:
        for place in places(exercise, group, seen):
            names = watched(exercise, group, seen[0][1][place])
            often = min(learnt(exercise, seen, place, n, raw=True)[2] for n in names)
            if often > OFTEN:
                found.append(f"{group}, {seen[0][0][place].label}: the same {often:.0%} of times")
    return found


def forged_groups(exercise: Exercise) -> dict[str, float]:
    """How often the forger earns each group of a grading."""
    seen = drawn(exercise, range(LEARNT))
    tried = drawn(exercise, range(LEARNT, LEARNT + TRIED))
    found = {}
    for group in exercise.groups:
        guesses = {
            (place, name): learnt(exercise, seen, place, name, raw=False)[:2]
            for place in places(exercise, group, seen)
            for name in watched(exercise, group, seen[0][1][place])
        }

        def right(one: Draw, guesses: dict[Any, Any] = guesses) -> bool:
            cases, answers = one
            return all(
                view in (table := views(cases[place], answers[place][name]))
                and same(exercise, guess, table[view])
                for (place, name), (view, guess) in guesses.items()
            )

        # a grading draws the cases ROUNDS times
        found[group] = (sum(map(right, tried)) / TRIED) ** ROUNDS
    return found


def test_no_case_has_an_answer_that_does_not_depend_on_the_draw(exercise: Exercise) -> None:
    if exercise.law is None:
        assert fixed_cases(exercise) == []


def test_no_group_is_earned_without_doing_its_work(exercise: Exercise) -> None:
    if exercise.law is not None:
        return
    for group, often in forged_groups(exercise).items():
        if (exercise.name, group) not in ARGUMENTS:
            assert often < 0.01, f"{group} is earned in {often:.0%} of gradings"


def test_every_exercise_has_arguments(exercise: Exercise) -> None:
    assert all(case.args for case in reference.draw(exercise, 0))


def test_answers_of_another_draw_earn_nothing(exercise: Exercise) -> None:
    """Right outputs, of random functions too, for the same cases of another grading."""
    cases = reference.draw(exercise, (5, 1), ROUNDS)
    others = reference.draw(exercise, (5, 2), ROUNDS)
    seen = reference.run(exercise, reference.answers()[exercise.name], others)
    report = judge(exercise, cases, seen, reference.expected(exercise, cases), lambda: [])
    assert report.earned == 0


def test_no_group_asks_for_one_answer_only(exercise: Exercise) -> None:
    """One constant may be right in a case or two, and never in a whole group."""
    if exercise.law is not None:
        return
    for seed in range(20):
        cases = reference.draw(exercise, (6, seed), ROUNDS)
        answers = reference.expected(exercise, cases)
        for group in exercise.groups:
            here = [a for c, a in zip(cases, answers, strict=True) if group in c.groups]
            names = watched(exercise, group, here[0])
            assert not all(same(exercise, here[0][n], a[n]) for a in here for n in names), group


# --- the test itself can fail ---------------------------------------------------------


@pytest.mark.anneal_momentum
def test_a_case_with_one_answer_is_found() -> None:
    whole = exercises.get("anneal_momentum")

    def ends(rng: np.random.Generator) -> Iterator[Case]:
        total = int(rng.integers(20, 60))
        yield Case("ends", {"step": 0, "total": total}, "first step")
        yield Case("ends", {"step": total - 1, "total": total}, "last step")

    weak = replace(whole, cases=ends, groups={"ends": whole.groups["ends"]})
    assert fixed_cases(weak) == [
        "ends, first step: the same 100% of times",
        "ends, last step: the same 100% of times",
    ]
    assert forged_groups(weak) == {"ends": 1.0}


@pytest.mark.constant
def test_an_argument_that_is_the_answer_is_found() -> None:
    found = forged_groups(exercises.get("constant"))
    assert set(found.values()) == {1.0} and {("constant", g) for g in found} == ARGUMENTS


# --- a line search that never asks f --------------------------------------------------


def told(case: Case) -> np.ndarray:
    """What x, p, grad and the numbers of a case tell about the number of shrinks."""
    x, p, grad = (case.args[name] for name in ("x", "p", "grad"))
    size = np.linalg.norm
    sizes = np.log([size(p) / size(grad), size(p) / size(x), size(grad) / size(x), -grad @ p or 1])
    sizes = np.where(np.isfinite(sizes), sizes, -50.0)  # uphill
    more = {"alpha": (1.0, 10), "c": (0, 30), "shrink": (0.5, 30), "max_shrinks": (30, 7)}
    rest = [weight * case.args.get(name, usual) for name, (usual, weight) in more.items()]
    return np.array([*sizes, 3.0 * len(x), *rest])


def shrinks(case: Case, answer: dict[str, Any]) -> int:
    step, first = float(answer["step"]), case.args.get("alpha", 1.0)
    return -1 if step == 0 else round(np.log(step / first) / np.log(case.args.get("shrink", 0.5)))


@pytest.mark.backtracking_line_search
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_line_search_that_never_calls_f_keeps_nothing() -> None:
    """A vote of the fifteen nearest of thousands of solved cases, on everything but f."""
    exercise = exercises.get("backtracking_line_search")
    known = [pair for cases, found in drawn(exercise, range(250)) for pair in zip(cases, found)]  # noqa: B905
    places = np.array([told(case) for case, _ in known])
    votes = np.array([shrinks(*pair) for pair in known])
    earned = dict.fromkeys(exercise.groups, 0)
    rounds = drawn(exercise, range(300, 360))
    for cases, answers in rounds:
        right = dict.fromkeys(exercise.groups, True)
        for case, answer in zip(cases, answers, strict=True):
            nearest = np.argsort(np.sum((places - told(case)) ** 2, axis=1))[:15]
            guess = int(np.bincount(votes[nearest] + 1).argmax()) - 1
            right[case.groups[0]] &= guess == shrinks(case, answer)
        for group, won in right.items():
            earned[group] += won
    often = {group: (count / len(rounds)) ** ROUNDS for group, count in earned.items()}
    assert max(often.values()) < 0.05, often


@pytest.mark.minibatches
def test_a_generator_carries_a_seed_that_is_drawn() -> None:
    seeds = set()
    for seed in range(5):
        for case in reference.draw(exercises.get("minibatches"), seed):
            assert isinstance(case.args["rng"], Rng)
            seeds.add(case.args["rng"].seed)
    assert len(seeds) == 25
