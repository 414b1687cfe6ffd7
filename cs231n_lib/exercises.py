"""All exercises of the course, by chapter, in the order in which they are taught."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from cs231n_lib.chapters import CHAPTERS
from cs231n_lib.exercise.declare import Exercise

__all__ = ["CHAPTERS", "chapter", "get", "table"]


@cache
def chapter(name: str) -> tuple[Exercise, ...]:
    """The exercises of one chapter, in order.

    Raises:
        KeyError: for a name that is not in :data:`CHAPTERS`.
        TypeError: when a file of the chapter's list declares no exercise of its name.
    """
    if name not in CHAPTERS:
        raise KeyError(f"no chapter {name!r}; there are {', '.join(CHAPTERS)}")
    folder = f"cs231n_lib.chapters.{name}"
    return tuple(_declared(folder, e) for e in import_module(folder).EXERCISES)


def _declared(folder: str, name: str) -> Exercise:
    found = getattr(import_module(f"{folder}.{name}"), name, None)
    if not isinstance(found, Exercise):
        path = f"{folder}.{name}".replace(".", "/")
        raise TypeError(f"{path}.py must declare the exercise {name!r}, with @exercise above it")
    return found


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
