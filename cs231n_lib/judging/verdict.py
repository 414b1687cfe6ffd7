"""From observations to a verdict: which groups are right, and which mistake was made.

The same code judges the public cases at home, against expected values from a file, and
the graded cases outside the student's process, against a reference computed there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case, Exercise, Tolerance
from cs231n_lib.exercise.drivers.random import NO_GENERATOR
from cs231n_lib.judging.compare import Match, match, unequal
from cs231n_lib.judging.crash import told_by_crashes
from cs231n_lib.judging.diagnosis import diagnoses
from cs231n_lib.judging.gradient_check import GradientCheck, gradient_check
from cs231n_lib.judging.own import right_for_own
from cs231n_lib.judging.recognise import (
    Known,
    Trial,
    comparable,
    of_reference,
    recognise,
    signatures,
    watched,
)

OWN_VERDICT = "right for your forward"
# of the drivers, not of the student
OWN_NOTE = re.compile(r"it changes its argument `\w{1,40}` in place|" + re.escape(NO_GENERATOR))


def quoted(words: str) -> str:
    """What the student's process said, between marks that it cannot end itself.

    An exception may say "19 of 19 points"; it has to be seen that it is an exception.
    """
    inner = " ".join(words.split()).replace("\u201c", '"').replace("\u201d", '"')
    return f"\u201c{inner}\u201d"


@dataclass(frozen=True)
class Wrong:
    """One output that is not right.

    Attributes:
        got: what came instead of ``expected``; None where nothing came.
        text: what is wrong, in words; empty where the numbers say it all.
        where: which entries are wrong, of the shape of ``expected``; None where the two
            cannot be compared entry by entry.
    """

    output: str
    expected: Any
    got: Any
    text: str
    where: np.ndarray | None = None


@dataclass(frozen=True)
class Failure:
    """The smallest failing case of one case group, with what is wrong in that very case.

    Attributes:
        problem: why the case gave no result, as its observation has it, or None.
        wrong: its wrong outputs, at least one.
    """

    group: str
    case: Case
    problem: dict[str, str] | None
    wrong: tuple[Wrong, ...]

    @property
    def output(self) -> str:
        return self.wrong[0].output

    @property
    def text(self) -> str:
        return self.problem["text"] if self.problem else self.wrong[0].text


@dataclass(frozen=True)
class GroupResult:
    """One row of the table that a student reads."""

    name: str
    points: int
    earned: int
    cases: int
    failed: int
    error: float
    verdict: str

    @property
    def right(self) -> bool:
        return self.earned == self.points


@dataclass
class Report:
    """Everything that is said about one exercise.

    Attributes:
        mistake: the known mistake that explains what is wrong.
        diagnoses: without one, facts about what is wrong, as sentences.
    """

    exercise: str
    groups: list[GroupResult]
    mistake: Known | None = None
    diagnoses: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    problem: dict[str, str] | None = None
    notes: list[str] = field(default_factory=list)
    blames: list[str] = field(default_factory=list)
    gradient: GradientCheck | None = None

    @property
    def failure(self) -> Failure | None:
        """The smallest case of all that failed."""
        return min(self.failures, key=lambda f: size(f.case.args), default=None)

    @property
    def earned(self) -> int:
        return sum(g.earned for g in self.groups)

    @property
    def points(self) -> int:
        return sum(g.points for g in self.groups)

    @property
    def passed(self) -> bool:
        return self.earned == self.points


def _compare(
    exercise: Exercise, group: str, outputs: Any, expected: Mapping[str, Any], tolerance: Tolerance
) -> dict[str, Match]:
    names = watched(exercise, group, expected)
    if not isinstance(outputs, dict):
        return {n: Match(False, float("inf"), "no result") for n in names}
    return {n: match(outputs.get(n), expected[n], tolerance) for n in names}


def costs_points(
    exercise: Exercise, case: Case, observation: Mapping[str, Any], expected: dict[str, Any]
) -> bool:
    """Whether this one case takes the points of a group, whatever the other cases say.

    A gradient that may be right for the student's own forward pass is left to :func:`judge`.
    """
    got = comparable(exercise, case, observation.get("outputs"))
    want = of_reference(exercise, case, expected)
    return any(
        not match.ok
        for name in case.groups
        if not exercise.groups[name].own
        for match in _compare(exercise, name, got, want, exercise.tolerance).values()
    )


def judge(
    exercise: Exercise,
    cases: Sequence[Case],
    observations: Sequence[Mapping[str, Any]],
    expected: Sequence[dict[str, Any]],
    known: Callable[[], Iterable[Known]],
) -> Report:
    """Compare every case of every group and say what is wrong.

    Args:
        cases, observations, expected: of the same length; an observation is what
            :func:`cs231n_lib.exercise.results.observe` returned, expected the
            reference's outputs (with its own forward output under ``own``).
        known: gives the mistakes to recognise; asked only when something failed.
    """
    got = [
        comparable(exercise, c, o.get("outputs")) for c, o in zip(cases, observations, strict=True)
    ]
    want = [of_reference(exercise, c, e) for c, e in zip(cases, expected, strict=True)]
    report = Report(exercise.name, [])
    failing: list[tuple[int, str]] = []
    for name, group in exercise.groups.items():
        indices = [i for i, c in enumerate(cases) if name in c.groups]
        wrong_cases, worst = dict[int, tuple[Wrong, ...]](), 0.0
        for i in indices:
            result = _compare(exercise, name, got[i], want[i], exercise.tolerance)
            worst = max(worst, *(m.error for m in result.values()))
            report.notes += [f"`{n}`: {m.text}" for n, m in result.items() if m.ok and m.note]
            wrong = {n: m for n, m in result.items() if not m.ok}
            if wrong:
                failing.append((i, name))
                wrong_cases[i] = tuple(
                    _wrong(exercise, n, want[i][n], got[i], m) for n, m in wrong.items()
                )
        if wrong_cases:
            problems = {i: _problem(observations[i]) for i in wrong_cases}
            smallest = min(wrong_cases, key=lambda i: _rank(cases[i], problems[i]))
            problem = problems[smallest]
            failure = Failure(name, cases[smallest], problem, wrong_cases[smallest])
            report.failures.append(failure)
        verdict = "wrong" if wrong_cases else "right"
        if wrong_cases and group.own:
            names = watched(exercise, name, {k: 0 for k in expected[0] if k != "own"})
            pairs = [(observations[i], expected[i]) for i in wrong_cases]
            verdict = OWN_VERDICT if right_for_own(exercise, names, pairs) else verdict
        earned = 0 if verdict == "wrong" else group.points
        report.groups.append(
            GroupResult(name, group.points, earned, len(indices), len(wrong_cases), worst, verdict)
        )
    for seen in observations:
        notes = map(str, seen.get("notes", []))
        report.notes += [n if OWN_NOTE.fullmatch(n) else quoted(n) for n in notes]
        report.problem = report.problem or _problem(seen)
    report.notes = list(dict.fromkeys(report.notes))
    report.gradient = gradient_check(exercise, observations, expected)
    if failing:
        trial = Trial(exercise, cases, got, want, signatures(observations), failing)
        _name(report, trial, observations, known)
    return report


def _name(
    report: Report,
    trial: Trial,
    observations: Sequence[Mapping[str, Any]],
    known: Callable[[], Iterable[Known]],
) -> None:
    """Say which mistake was made, or what else is true of all that is wrong."""
    cases, failing = trial.cases, trial.failing
    try:
        report.mistake = recognise(trial, known())
        if report.mistake is None:
            found = diagnoses(trial.exercise, cases, trial.got, trial.want, failing)
            report.diagnoses = told_by_crashes(cases, observations, trial.wrong) or found
    except MemoryError:
        raise  # the limit behind the wall
    except Exception:  # an output so odd that it cannot be named costs no point of another group
        report.mistake, report.diagnoses = None, []


def _rank(case: Case, problem: dict[str, str] | None) -> tuple[bool, int]:
    """Which of a group's failing cases is shown: one that did not end, or else the smallest."""
    return problem is None or problem["kind"] != "stopped", size(case.args)


def _problem(seen: Mapping[str, Any]) -> dict[str, str] | None:
    problem = seen.get("problem")
    return dict(problem) if isinstance(problem, dict) else None


def _wrong(exercise: Exercise, output: str, want: Any, got: Any, result: Match) -> Wrong:
    value = got.get(output) if isinstance(got, dict) else None
    text = exercise.messages.get(output, result.text)
    return Wrong(output, want, value, text, unequal(value, want, exercise.tolerance))


def size(tree: Any) -> int:
    """How many numbers, words and the like there are in ``tree``."""
    if isinstance(tree, np.ndarray):
        return int(tree.size)
    if isinstance(tree, dict):
        return sum(size(v) for v in tree.values())
    if isinstance(tree, list):
        return sum(size(v) for v in tree)
    return 1
