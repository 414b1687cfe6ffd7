"""All exercises of the course, by chapter, in the order in which they are taught."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from cs231n_lib.exercises.declare import Exercise

CHAPTERS: tuple[str, ...] = (
    "training_loop",
    "gradient_descent",
    "momentum",
    "adaptive_methods",
    "second_order",
    "schedules",
)


@cache
def chapter(name: str) -> tuple[Exercise, ...]:
    """The exercises of one chapter, in order.

    Raises:
        KeyError: for a name that is not in :data:`CHAPTERS`.
    """
    if name not in CHAPTERS:
        raise KeyError(f"no chapter {name!r}; there are {', '.join(CHAPTERS)}")
    module = import_module(f"cs231n_lib.exercises.{name}")
    return tuple(v for v in vars(module).values() if isinstance(v, Exercise))


@cache
def table() -> dict[str, Exercise]:
    """Every exercise by its name."""
    return {e.name: e for name in CHAPTERS for e in chapter(name)}


def get(name: str) -> Exercise:
    """The exercise called ``name``.

    Raises:
        KeyError: with the nearest names, when there is none.
    """
    import difflib

    if name not in table():
        near = difflib.get_close_matches(name, table(), n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise KeyError(f"there is no exercise {name!r}{hint}")
    return table()[name]
