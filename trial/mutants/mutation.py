"""Mutation testing of the cases: does a wrong function lose points, whatever is wrong in it?

A mutant is *killed* when it loses points under the hidden cases of every one of the
:data:`SEEDS`; a mutant that gets through with one of them counts as a survivor.  Points
that an exercise loses because it is driven with the mutant (a backward pass with the cache
of a mutated forward pass) count too: they are lost in the same notebook.

Survivors that compute the same as the answer are listed, each with its reason, in
the exercise's file in ``solutions``.  Any other survivor is a missing case.
"""

from __future__ import annotations

import ast
import os
import resource
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging import reference
from autograder.judging.judging import ROUNDS
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.expected_values import PUBLIC_SEED
from cs231n_lib.judging.verdict import costs_points, judge
from solutions.declare import undecorated
from trial.mutants.mutants import ARROW, Mutant, function, mutants

SEEDS = (1, 2, 3)
SECONDS = 1.0  # of the processor, for one case: a changed loop may never end
MEMORY = 6 << 30  # a changed size may be huge


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant.

    Attributes:
        mutant: the change.
        killed: it loses points with every seed of the hidden cases.
        public: it fails the public check.
        crashed: it returned nothing that could be compared, up to the case that killed it.
        reason: why it computes the same as the answer, where that is on record.
    """

    mutant: Mutant
    killed: bool
    public: bool
    crashed: bool
    reason: str = ""


def source(answer: Callable[..., Any]) -> str:
    """Source of an answer without its decorator, in one style."""
    return ast.unparse(ast.parse(undecorated(answer)))


def of(exercise: Exercise) -> list[Mutant]:
    """All mutants of the answer to ``exercise``."""
    return mutants(exercise.name, source(reference.answers()[exercise.name]))


def equivalents(name: str) -> dict[str, str]:
    """The reasons on record for one exercise, by the change."""
    found = reference.solution(name).equivalents
    return {ARROW.join(lines): entry.reason for entry in found for lines in entry.changes}


class Bench:
    """The cases of one exercise, and of those that are driven with it, ready to judge on."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.dependents = [
            e for e in exercises.table().values() if exercise.name in e.driver.companions
        ]
        self._drawn: dict[tuple[str, int, int], tuple[list[Case], list[dict[str, Any]]]] = {}

    def outcome(self, mutant: Mutant) -> Outcome:
        """Try one mutant."""
        try:
            fn = function(mutant, {"np": np, **reference.answers()})
        except Exception:  # a default value that cannot be computed
            return Outcome(mutant, True, True, True)
        self._returned = self._hung = False
        public = self._loses(fn, PUBLIC_SEED, 1)
        # one that never ends will not end with other numbers either: it is not waited for again
        killed = self._hung or all([self._loses(fn, seed, ROUNDS) for seed in SEEDS])
        reason = equivalents(mutant.exercise).get(mutant.change, "")
        return Outcome(mutant, killed, public, not self._returned, reason)

    def _loses(self, fn: Callable[..., Any], seed: int, rounds: int) -> bool:
        if not self._passes(self.exercise, fn, {}, seed, rounds):
            return True
        return any(
            not self._passes(e, reference.answers()[e.name], {self.exercise.name: fn}, seed, rounds)
            for e in self.dependents
        )

    def _passes(
        self,
        exercise: Exercise,
        fn: Callable[..., Any],
        own: dict[str, Any],
        seed: int,
        rounds: int,
    ) -> bool:
        key = (exercise.name, seed, rounds)
        if key not in self._drawn:
            cases = reference.draw(exercise, seed, rounds)
            self._drawn[key] = cases, reference.expected(exercise, cases)
        cases, expected = self._drawn[key]
        companions = {n: reference.answers()[n] for n in exercise.driver.companions} | own
        seen = []
        for case, right in zip(cases, expected, strict=True):
            with limited() as rang:
                seen.append(exercise.observe(fn, case, companions, numeric=False))
            if rang:
                self._hung = True
                return False
            self._returned |= seen[-1]["outputs"] is not None
            if costs_points(exercise, case, seen[-1], right):
                return False
        return judge(exercise, cases, seen, expected, lambda: []).passed


@contextmanager
def limited() -> Iterator[list[bool]]:
    """An alarm that rings until the call gives up; yields a list that is empty until then.

    It counts the processor's time: what else runs on the machine decides nothing.
    """
    rang: list[bool] = []

    def ring(*_: Any) -> None:
        rang.append(True)
        raise TimeoutError("ran too long")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, SECONDS)
    try:
        yield rang
    except TimeoutError:  # it rang once more on the way out
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def prepare() -> None:
    """In a process that tries mutants: no warnings, no open end to memory."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)


def examine(name: str) -> list[Outcome]:
    """Try every mutant of one exercise."""
    exercise = exercises.get(name)
    bench = Bench(exercise)
    return [bench.outcome(m) for m in of(exercise)]
