"""All exercises as plain data; it works in a copy of the course that has no answers, too."""

from __future__ import annotations

from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise


def needs(exercise: Exercise) -> list[str]:
    """What an exercise needs of earlier ones."""
    return list(dict.fromkeys([*exercise.driver.companions, *exercise.calls]))


def listing() -> list[dict[str, object]]:
    """Every exercise, for ``autograder list --json``; ``mistakes`` is None without answers."""
    return [
        {
            "name": e.name,
            "chapter": e.chapter,
            "summary": e.summary,
            "points": e.points,
            "groups": {n: g.points for n, g in e.groups.items()},
            "mistakes": _mistakes(e),
            "needs": needs(e),
        }
        for e in exercises.table().values()
    ]


def _mistakes(exercise: Exercise) -> list[str] | None:
    try:
        return [m.name for m in reference.mistakes(exercise)]
    except reference.MissingSolutions:
        return None
