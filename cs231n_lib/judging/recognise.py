"""Which known mistake, or which two of them, explain what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, groupby
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case, Exercise, Tolerance
from cs231n_lib.judging.compare import match
from cs231n_lib.judging.crash import signature
from cs231n_lib.judging.modest import modest
from cs231n_lib.judging.sketch import alike, sketch

LAW = "law"  # where stored outputs of a random function hold its properties
RECOGNISE = Tolerance(exact=3e-5, single=3e-5)
DECLARED, DERIVED, TWO = range(3)  # ranks of known mistakes
Place = tuple[int, str]  # a case by its index, and an output


@dataclass(frozen=True)
class Known:
    """A known mistake with what it would have answered, case by case (None: nothing).

    Attributes:
        outputs: for each case the outputs by name; of a mistake that is not ``DECLARED``
            their fingerprints (:mod:`cs231n_lib.judging.sketch`) suffice.
        raised: for each case the signature of what it raised; empty if none raised.
        rank: those of a higher rank are asked only if no other one explains everything.
    """

    name: str
    hint: str
    outputs: Sequence[dict[str, Any] | None]
    raised: Sequence[str] = ()
    rank: int = DECLARED


@dataclass(frozen=True)
class Trial:
    """All cases of one exercise with what came and what is right.

    Attributes:
        got, want: outputs that are compared, by name; None where nothing came.
        raised: signatures of the exceptions, empty where there was none.
        failing: index and case group of whatever is not right.
    """

    exercise: Exercise
    cases: Sequence[Case]
    got: Sequence[Any]
    want: Sequence[Any]
    raised: Sequence[str]
    failing: Sequence[tuple[int, str]]
    _sketches: dict[tuple[bool, int, str], np.ndarray] = field(default_factory=dict)

    @cached_property
    def wrong(self) -> set[int]:
        """The cases in which something is not right."""
        return {i for i, _ in self.failing}

    @cached_property
    def places(self) -> list[Place]:
        """Everything that is compared."""
        return list(
            dict.fromkeys(
                (i, name)
                for i, case in enumerate(self.cases)
                for group in case.groups
                for name in watched(self.exercise, group, self.want[i])
            )
        )

    @cached_property
    def needed(self) -> list[Place]:
        """What a mistake has to explain: all that counts in a failing group."""
        return list(
            dict.fromkeys(
                (i, name)
                for i, group in self.failing
                for name in watched(self.exercise, group, self.want[i])
            )
        )

    def like(self, mistake: Known, place: Place, right: bool = False) -> bool:
        """Whether a mistake answers there as the student does, or as is right."""
        i, name = place
        here, theirs = (self.want if right else self.got)[i], mistake.outputs[i]
        if mistake.rank == DECLARED:
            theirs = of_reference(self.exercise, self.cases[i], theirs)
        if here is None or not theirs:
            return here is None and not theirs
        if name not in theirs:
            return False
        value, key = here.get(name), (right, i, name)
        if mistake.rank == DECLARED:
            return match(value, theirs[name], RECOGNISE).ok
        if key not in self._sketches:
            self._sketches[key] = sketch(value)
        return alike(self._sketches[key], theirs[name], value)


class Sketched(Sequence[dict[str, Any] | None]):
    """Fingerprints of what a mistake answers in each case, computed when they are asked for.

    Most mistakes are out of question after one case.
    """

    def __init__(self, answer: Callable[[int], dict[str, Any] | None], count: int) -> None:
        self._answer, self._count = answer, count
        self._found: dict[int, dict[str, Any] | None] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < self._count:
            raise IndexError(index)
        if index not in self._found:
            outputs = self._answer(index) or {}
            found = {n: sketch(v) for n, v in outputs.items() if n != "own"}
            self._found[index] = found or None
        return self._found[index]


def comparable(exercise: Exercise, case: Case, outputs: dict[str, Any] | None) -> Any:
    """The outputs that are compared: raw, or the properties of a random function's law."""
    if outputs is None:
        return None
    if exercise.law is None:
        return {k: v for k, v in outputs.items() if k != "own"}
    if not modest(outputs):  # a law walks through what it gets
        return None
    try:
        return {k: np.asarray(v) for k, v in exercise.law(case.args, outputs).items()}
    except Exception:  # hostile or malformed outputs: none of the properties holds
        return None


def of_reference(exercise: Exercise, case: Case, outputs: dict[str, Any] | None) -> Any:
    """The same for outputs of ours, whose properties may have been computed before.

    Never for a student's: who could write properties down would not need to have them.
    """
    if outputs is not None and LAW in outputs:
        return {k: np.asarray(v) for k, v in outputs[LAW].items()}
    return comparable(exercise, case, outputs)


def watched(exercise: Exercise, group: str, expected: Mapping[str, Any]) -> list[str]:
    """The outputs that count in a case group."""
    return list(exercise.groups[group].outputs) or list(expected)


def signatures(observations: Sequence[Mapping[str, Any]]) -> list[str]:
    """The signature of what was raised in each case."""
    return [signature(seen.get("problem")) for seen in observations]


def recognise(trial: Trial, known: Iterable[Known]) -> Known | None:
    """The first known mistake that explains every failing case; whole matches come first.

    Two that show in different places come before the mistakes of the rank ``TWO``, which are
    made of two that show in one place.

    A case on which the function and the mistake both fail to give anything (two matrices
    exchanged, where the shapes do not fit) fits as well.  If there is no other failing case,
    both must raise the same, and nowhere else.
    """
    crashes_only = all(trial.got[i] is None for i in trial.wrong)
    if crashes_only and not any(trial.raised):
        return None
    singles, paired = list[Known](), crashes_only
    for rank, mistakes in groupby(known, lambda mistake: mistake.rank):
        if rank == TWO and not paired:
            paired = True
            if found := _apart(trial, singles):
                return found
        best: tuple[int, Known] | None = None
        for mistake in mistakes:
            singles += [mistake] if rank == DECLARED else []
            everywhere = _explains(trial, mistake, crashes_only)
            if everywhere and (best is None or everywhere > best[0]):
                best = (everywhere, mistake)
        if best:
            return best[1]
    return None if paired else _apart(trial, singles)


def _explains(trial: Trial, mistake: Known, crashes_only: bool) -> int:
    """In how many places a mistake answers alike; 0 if not wherever something is wrong."""
    if crashes_only and list(mistake.raised) != list(trial.raised):
        return 0
    if not all(trial.like(mistake, place) for place in trial.needed):
        return 0
    return sum(trial.like(mistake, place) for place in trial.places)


def _apart(trial: Trial, known: Sequence[Known]) -> Known | None:
    """Two mistakes that show in different places, and of which nothing shows elsewhere.

    Wherever one of them would show, the student's answer is what it gives; the other one
    either gives the right answer there or the same.
    """
    places = [p for p in trial.places if trial.got[p[0]] is not None]
    if len(places) < len(trial.places):
        return None
    right = np.array([_right(trial, place) for place in places])
    tables = []
    for mistake in known:
        mine = np.array([trial.like(mistake, place) for place in places])
        if not np.any(mine & ~right):  # it explains nothing
            continue
        silent = np.array([trial.like(mistake, place, right=True) for place in places])
        tables.append((mistake, mine, silent))
    for (a, like_a, silent_a), (b, like_b, silent_b) in combinations(tables, 2):
        if np.all((like_a & silent_b) | (like_b & silent_a) | (like_a & like_b)):
            return both(a.name, a.hint, b.name, b.hint)
    return None


def _right(trial: Trial, place: Place) -> bool:
    i, name = place
    return match(trial.got[i].get(name), trial.want[i][name], trial.exercise.tolerance).ok


def both(name: str, hint: str, other: str, other_hint: str) -> Known:
    """Two known mistakes as one."""
    return Known(f"{name}; and {other}", f"{hint} And for the other one: {other_hint}", [], (), TWO)
