"""How many wrong functions are told what is wrong, and whether a right one ever is.

Three kinds of wrong functions are graded: the known mistakes, every two of them that go
together, and mutants of the answers.  Counted is who reads the name of the mistake, or a
sentence about how the numbers differ.  Mutants that never return anything are not counted:
their exception is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from autograder.judging import edited, judging, reference
from autograder.judging.known import undeclared
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.recognise import Known
from cs231n_lib.judging.verdict import Report, judge
from trial.mutants import mutation
from trial.mutants.mutants import function

Function = Callable[..., Any]
NAME, SENTENCE, NOTHING, RIGHT = "name", "sentence", "nothing", "right"
KINDS = ("known", "two", "mutants")
GOAL = 0.95
EVERY = 7  # of the mutants one in so many is graded


@dataclass
class Share:
    """What wrong functions of one kind read, counted, and who reads nothing."""

    counts: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How many of them lost points."""
        return self.counts.total() - self.counts[RIGHT]

    @property
    def told(self) -> int:
        """How many of these read more than their numbers."""
        return self.counts[NAME] + self.counts[SENTENCE]

    def add(self, what: str, name: str) -> None:
        """Count one."""
        self.counts[what] += 1
        self.silent += [name] if what == NOTHING else []


class Bench:
    """The cases of one grading of one exercise, with what is known of them."""

    def __init__(self, exercise: Exercise, seed: Sequence[int]) -> None:
        self.exercise = exercise
        self.cases: list[Case] = reference.draw(exercise, seed, judging.ROUNDS)
        self.expected = reference.expected(exercise, self.cases)
        self._declared = reference.known(exercise, self.cases)

    def report(self, function: Function) -> Report:
        """The verdict on a function."""
        seen = []
        for case in self.cases:
            with mutation.limited():
                seen += reference.run(self.exercise, function, [case])
        if len(seen) < len(self.cases):
            seen += [{"outputs": None, "problem": None}] * (len(self.cases) - len(seen))
        return judge(self.exercise, self.cases, seen, self.expected, self.known)

    def known(self) -> Iterator[Known]:
        """Whatever a grading compares with."""
        yield from self._declared
        yield from undeclared(self.exercise, self.cases, self.expected)


def told(report: Report) -> str:
    """What is said beside the numbers."""
    if report.passed:
        return RIGHT
    if report.mistake is not None:
        return NAME
    words = any(w.text for f in report.failures for w in f.wrong if not f.problem)
    return SENTENCE if report.diagnoses or words else NOTHING


def two_at_once(exercise: Exercise) -> Iterator[tuple[str, Function]]:
    """Every two known mistakes that go together, as functions; with their names."""
    for a, b in combinations(edited.edits(exercise.name), 2):
        made = edited.both(exercise.name, a, b)
        if made is not None:
            yield f"{a}; and {b}", made


def measured(name: str, seed: Sequence[int] = (1,)) -> dict[str, Share]:
    """The shares of one exercise, by the kind of wrong function."""
    exercise = exercises.get(name)
    bench = Bench(exercise, seed)
    found = {kind: Share() for kind in KINDS}
    for mistake in reference.mistakes(exercise):
        found["known"].add(told(bench.report(mistake.function)), mistake.name)
    for both, made in two_at_once(exercise):
        found["two"].add(told(bench.report(made)), both)
    for mutant in mutation.of(exercise)[::EVERY]:
        try:
            changed = function(mutant, {"np": np, **reference.answers()})
        except Exception:  # a default value that cannot be computed
            continue
        report = bench.report(changed)
        if not all(f.problem for f in report.failures) or report.passed:
            found["mutants"].add(told(report), mutant.change)
    return found


def run(say: Callable[[str], None], names: Sequence[str] = ()) -> int:
    """Measure exercises, all without ``names``.

    Args:
        say: takes each line of what was found.

    Returns:
        0 when of the known mistakes and of every two of them at least ``GOAL`` are told.
    """
    mutation.prepare()
    whole = {kind: Share() for kind in KINDS}
    for name in names or list(exercises.table()):
        found = measured(name)
        for kind, share in found.items():
            whole[kind].counts += share.counts
            for one in share.silent:
                say(f"    {name}, {kind}: {one}")
        say(f"{name}: " + ", ".join(f"{k} {s.told} of {s.wrong}" for k, s in found.items()))
    for kind, share in whole.items():
        say(f"{kind}: {share.told} of {share.wrong} are told, {share.counts[NAME]} by name")
    known, two = whole["known"], whole["two"]
    return int(known.told + two.told < GOAL * (known.wrong + two.wrong))
