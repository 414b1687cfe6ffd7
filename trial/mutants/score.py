"""The mutation score of every exercise: the command, its table and its record."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from autograder.grading.workers import forked_after
from autograder.judging import reference
from autograder.progress import Progress
from cs231n_lib import exercises
from trial import record
from trial.mutants import mutation
from trial.mutants.mutation import Outcome

Say = Callable[[str], None]
LEAST = 20  # mutants of an exercise


def run(say: Say, names: Sequence[str] = (), show: bool = False) -> int:
    """Try all mutants of some exercises, or of all; 0 when none of them survives.

    With ``show`` every change is listed with what became of it.  The record that the book
    shows is written when nothing is wrong, for the exercises that were tried.
    """
    wanted = [exercises.get(n).name for n in names] or list(exercises.table())
    rows, wrong, progress = [], 0, Progress(len(wanted))
    say(
        f"{'exercise':<30}{'mutants':>8}{'killed':>8}{'equivalent':>12}{'survived':>10}{'public':>8}"
    )
    for i, (name, outcomes) in enumerate(tried(wanted), 1):
        row = count(name, outcomes)
        rows.append(row)
        wrong += row["survived"] + len(row["stale"]) + (row["mutants"] < LEAST)
        say(
            f"{name:<30}{row['mutants']:>8}{row['killed']:>8}{row['equivalent']:>12}"
            f"{row['survived']:>10}{row['public']:>8}{progress.left(i)}"
        )
        for sentence in troubles(name, outcomes):
            say(f"    {sentence}")
        if show:
            for o in outcomes:
                say(f"    {_fate(o):<11}{o.mutant.operator}: {o.mutant.change}")
    sums = {k: sum(r[k] for r in rows) for k in ("mutants", "killed", "equivalent", "survived")}
    say(", ".join(f"{v} {k}" for k, v in sums.items()))
    if wrong:
        return 1
    for row in rows:
        told = {k: v for k, v in row.items() if k not in ("exercise", "stale")}
        record.keep(row["exercise"], "mutants", seeds=len(mutation.SEEDS), **told)
    say(f"kept in {os.path.relpath(record.FOLDER)}")
    return 0


def tried(names: Sequence[str]) -> Any:
    """Each exercise with its outcomes, in order; several processes try them side by side."""
    context = forked_after("trial.mutants.mutation")
    with ProcessPoolExecutor(
        min(os.cpu_count() or 2, len(names)), mp_context=context, initializer=mutation.prepare
    ) as pool:
        yield from zip(names, pool.map(mutation.examine, names), strict=True)


def count(name: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """One exercise's row of the table."""
    survivors = [o for o in outcomes if not o.killed]
    return {
        "exercise": name,
        "mistakes": len(reference.mistakes(exercises.get(name))),
        "mutants": len(outcomes),
        "killed": len(outcomes) - len(survivors),
        "crashed": sum(o.crashed for o in outcomes if o.killed),
        "equivalent": sum(bool(o.reason) for o in survivors),
        "survived": sum(not o.reason for o in survivors),
        "public": sum(o.public for o in outcomes),
        "stale": stale(name, outcomes),
    }


def stale(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    """Entries of the list of equivalents that do not occur, or that a case does tell apart."""
    alive = {o.mutant.change for o in outcomes if not o.killed}
    return [c for c in mutation.equivalents(name) if c not in alive]


def troubles(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    """What has to be mended, in sentences."""
    survivors = [f"survived: {o.mutant.change}" for o in outcomes if not o.killed and not o.reason]
    listed = [f"declared equivalent, but no surviving mutant: {c}" for c in stale(name, outcomes)]
    few = [f"only {len(outcomes)} mutants, {LEAST} wanted"] if len(outcomes) < LEAST else []
    return survivors + listed + few


def _fate(outcome: Outcome) -> str:
    return "killed" if outcome.killed else "equivalent" if outcome.reason else "SURVIVED"
