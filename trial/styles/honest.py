"""How often the judge rejects right work: right solutions in many styles, on fresh inputs.

Every variant of ``solutions/variants`` and every answer is run and judged on inputs drawn
as for a grading.  Random functions have a chance of being rejected by design; whether it
is as small as stated is seen in :mod:`trial.styles.laws`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from autograder.grading.workers import forked_after
from autograder.judging import judging, reference
from autograder.progress import Progress
from cs231n_lib import exercises as declared
from trial import bounds, record
from trial.styles.laws import Law, measure
from trial.styles.right import rejections, unnoticed, variants

CHUNK = 50  # seeds of one task
Say = Callable[[str], None]


SEEDS = 200  # gradings of each solution


@dataclass(frozen=True)
class Tried:
    """One exercise: how many right solutions were graded, how often, how often in vain."""

    exercise: str
    variants: int
    gradings: int
    rejections: tuple[str, ...]

    @property
    def bound(self) -> float:
        """Rate of false rejections that is not exceeded, at 95 % confidence."""
        return bounds.upper(len(self.rejections), self.gradings)


def _try(name: str, index: int, seeds: Sequence[Sequence[int]]) -> list[str]:
    return rejections(variants(name)[index], seeds)


def run(say: Say, exercises: Sequence[str] = (), seeds: int = SEEDS) -> int:
    """Measure false rejections, and keep what was found on enough seeds.

    Every grading has a seed of its own, so that the gradings of an exercise are
    independent, as its bound assumes.

    Args:
        say: takes each line of the progress.
        exercises: names; none means all of them.
        seeds: gradings of each variant.

    Returns:
        0 when nothing right was rejected and every random function keeps its stated
        rate, else 1.

    Raises:
        MissingVariants: when a chapter has no right solutions in other styles.
        KeyError: for an exercise that does not exist.
    """
    names = [declared.get(name).name for name in exercises] or list(declared.table())
    many = {name: len(variants(name)) for name in names}
    random = [name for name in names if declared.get(name).law]
    place, first = list(declared.table()), secrets.randbits(32)

    def chunks(name: str, index: int) -> Iterator[list[list[int]]]:
        drawn = [[first, place.index(name), index, k] for k in range(seeds)]
        return (drawn[start : start + CHUNK] for start in range(0, seeds, CHUNK))

    context = forked_after("trial.styles.honest")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        tasks = {
            name: [
                pool.submit(_try, name, i, part)
                for i in range(many[name])
                for part in chunks(name, i)
            ]
            for name in names
        }
        laws = [pool.submit(measure, name) for name in random]
        missed = {
            name: [pool.submit(unnoticed, name, part) for part in chunks(name, many[name])]
            for name in random
        }
        tried = _collect(say, tasks, many, seeds, [t for some in missed.values() for t in some])
        found = [task.result() for task in laws]
        lost = [sum(task.result() for task in missed[name]) for name in random]
    for one, count in zip(found, lost, strict=True):
        say(_law_line(one, count, seeds))
    if seeds >= SEEDS:  # a shorter run must not replace a longer one
        _keep(tried, found, lost, seeds, first)
    whole = total(tried)
    say(
        f"{len(whole.rejections)} of {whole.gradings} gradings of right solutions rejected; "
        f"with 95 % confidence fewer than {whole.bound:.2g} of them would be"
    )
    good = not whole.rejections and all(one.holds for one in found) and not any(lost)
    return 0 if good else 1


def _collect(
    say: Say,
    tasks: Mapping[str, Sequence[Future[list[str]]]],
    many: Mapping[str, int],
    seeds: int,
    others: Sequence[Future[int]],
) -> list[Tried]:
    """The results by exercise, each said as soon as it and those before it are there."""
    everything: list[Future[Any]] = [*(t for some in tasks.values() for t in some), *others]
    progress, tried = Progress(len(everything)), []
    for i, (name, parts) in enumerate(tasks.items(), 1):
        why = tuple(text for task in parts for text in task.result())
        found = Tried(name, many[name] - 1, many[name] * seeds, why)
        tried.append(found)
        done = sum(task.done() for task in everything)
        say(
            f"[{i}/{len(tasks)}] {name}: {found.variants} variants and the answer, "
            f"{found.gradings} gradings, {len(why)} rejected, rate below {found.bound:.2g}"
            f"{progress.left(done)}"
        )
        for text in why:
            say(f"    {text}")
    return tried


def total(tried: Sequence[Tried]) -> Tried:
    """All exercises together."""
    return Tried(
        "all",
        sum(t.variants for t in tried),
        sum(t.gradings for t in tried),
        tuple(why for t in tried for why in t.rejections),
    )


def _law_line(found: Law, missed: int, seeds: int) -> str:
    kept = "agrees with" if found.holds else "DISAGREES with"
    return (
        f"{found.exercise}: the computed rate of false rejections, {found.case:.1e} of a case, "
        f"{kept} the stated {found.stated:.0e} and with {len(found.measured)} simulations; its "
        f"known mistakes kept all points {missed} times on {seeds} seeds"
    )


def _keep(
    tried: Sequence[Tried], laws: Sequence[Law], lost: Sequence[int], seeds: int, first: int
) -> None:
    """Write the records: counts and sentences, no code and no style of a variant."""
    of_laws = {one.exercise: (one, missed) for one, missed in zip(laws, lost, strict=True)}
    for one in tried:
        law = {"law": _law_row(*of_laws[one.exercise])} if one.exercise in of_laws else {}
        record.keep(
            one.exercise,
            "styles",
            seeds=seeds,
            first=first,
            rounds=judging.ROUNDS,
            confidence=0.95,
            **_row(one),
            **law,
        )


def _law_row(law: Law, missed: int) -> dict[str, Any]:
    many = len(reference.mistakes(declared.get(law.exercise)))
    told = {k: v for k, v in asdict(law).items() if k != "exercise"}
    return {**told, "holds": law.holds, "mistakes": many, "unnoticed": missed}


def _row(tried: Tried) -> dict[str, Any]:
    return {
        "variants": tried.variants,
        "gradings": tried.gradings,
        "rejections": len(tried.rejections),
        "bound": tried.bound,
    }
