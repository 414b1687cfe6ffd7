"""How often luck decides: known mistakes, graded on many fresh inputs.

Whoever hands in the same wrong function twice must get the same points twice, and be told
the same mistake.  A case that a mistake fails only on some inputs makes the score a draw.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from autograder.grading.workers import forked_after
from autograder.judging import judging, reference
from autograder.judging.known import undeclared
from autograder.progress import Progress
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.judging.recognise import Known
from cs231n_lib.judging.verdict import Report, judge
from trial import record

SEEDS = 100  # gradings of each mistake
CHUNK = 10  # seeds of one task
FULL = "full points"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Steadiness:
    """The verdicts on the known mistakes of one exercise: by name of the mistake, counted."""

    exercise: str
    verdicts: dict[str, Counter[str]]

    @property
    def gradings(self) -> int:
        return sum(sum(found.values()) for found in self.verdicts.values())

    @property
    def troubles(self) -> list[str]:
        """One sentence for each mistake that got more than one verdict, or full points."""
        return [
            f"{self.exercise}, {name}: "
            + "; ".join(f"{n} times {what}" for what, n in found.most_common())
            for name, found in self.verdicts.items()
            if len(found) > 1 or any(what.startswith(FULL) for what in found)
        ]


def verdicts(name: str, seeds: Sequence[Sequence[int]]) -> dict[str, Counter[str]]:
    """Grade every known mistake of an exercise once per seed, as a grading does."""
    exercise = exercises.get(name)
    found: dict[str, Counter[str]] = {m.name: Counter() for m in reference.mistakes(exercise)}
    for seed in seeds:
        for mistake, report in _reports(exercise, seed):
            found[mistake][_told(report)] += 1
    return found


def _reports(exercise: Exercise, seed: Sequence[int]) -> Iterator[tuple[str, Report]]:
    cases = reference.draw(exercise, seed, judging.ROUNDS)
    expected = reference.expected(exercise, cases)
    declared = reference.known(exercise, cases)

    def known() -> Iterator[Known]:
        yield from declared
        yield from undeclared(exercise, cases, expected)

    for mistake in reference.mistakes(exercise):
        seen = reference.run(exercise, mistake.function, cases)
        yield mistake.name, judge(exercise, cases, seen, expected, known)


def _told(report: Report) -> str:
    """Points of each group, and the mistake that the student is told."""
    groups = ", ".join(f"{g.name} {g.earned}" for g in report.groups)
    named = report.mistake.name if report.mistake else "no name"
    return f"{FULL if report.passed else groups}, told: {named}"


def run(say: Say, names: Sequence[str] = (), seeds: int = SEEDS) -> int:
    """Look for verdicts that depend on the inputs, and keep what was found on enough seeds.

    Args:
        say: takes each line of the progress.
        names: exercises; none means all of them.
        seeds: gradings of each mistake.

    Returns:
        0 when every known mistake got one verdict, else 1.

    Raises:
        KeyError: for an exercise that does not exist.
    """
    wanted = [exercises.get(n).name for n in names] or list(exercises.table())
    place, first = list(exercises.table()), secrets.randbits(32)
    drawn = {name: [[first, place.index(name), k] for k in range(seeds)] for name in wanted}
    context = forked_after("trial.mistakes.steady")
    found, progress = list[Steadiness](), Progress(len(wanted))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        tasks = {
            name: [pool.submit(verdicts, name, s[i : i + CHUNK]) for i in range(0, seeds, CHUNK)]
            for name, s in drawn.items()
        }
        for i, (name, parts) in enumerate(tasks.items(), 1):
            one = Steadiness(name, merged([part.result() for part in parts]))
            found.append(one)
            say(
                f"[{i}/{len(wanted)}] {name}: {len(one.verdicts)} known mistakes, {one.gradings} "
                f"gradings, {len(one.troubles)} of them with several verdicts{progress.left(i)}"
            )
            for sentence in one.troubles:
                say(f"    {sentence}")
    wrong = sum(len(one.troubles) for one in found)
    mistakes, gradings = sum(len(o.verdicts) for o in found), sum(o.gradings for o in found)
    say(f"{wrong} of {mistakes} known mistakes got more than one verdict in {gradings} gradings")
    for one in found if seeds >= SEEDS else ():  # a shorter run must not replace a longer one
        record.keep(one.exercise, "mistakes", seeds=seeds, first=first, **_row(one))
    return 1 if wrong else 0


def merged(parts: Sequence[dict[str, Counter[str]]]) -> dict[str, Counter[str]]:
    """The counts of several tasks together."""
    return {name: sum((part[name] for part in parts), Counter()) for name in parts[0]}


def _row(one: Steadiness) -> dict[str, Any]:
    return {
        "mistakes": len(one.verdicts),
        "gradings": one.gradings,
        "several": len(one.troubles),
    }
