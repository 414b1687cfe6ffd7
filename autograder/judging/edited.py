"""An answer with pieces of its text exchanged: a function with a known mistake in it, or two."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from autograder.judging import reference
from solutions.declare import BadChange, changed, defined, undecorated

Function = Callable[..., Any]
Edits = tuple[tuple[str, str], ...]


def edits(name: str) -> dict[str, Edits]:
    """The changes of the text of one answer, by the name of the mistake."""
    return {m.name: m.changes for m in reference.solution(name).mistakes if m.changes}


def text(name: str) -> str:
    """The source of an answer without its decorator."""
    return undecorated(reference.answers()[name])


def made(name: str, source: str) -> Function:
    """The function that ``source`` defines, among the names of the answer's module."""
    return defined(name, source, vars(inspect.getmodule(reference.answers()[name])))


def edited(name: str, *mistakes: str) -> Function | None:
    """The answer with some mistakes in it; None if they do not go together."""
    return _edited(text(name), name, mistakes)


@cache  # by the text: a corrected answer has other mistakes
def _edited(source: str, name: str, mistakes: tuple[str, ...]) -> Function | None:
    known = edits(name)
    try:
        for mistake in mistakes:
            source = changed(source, known[mistake])
    except BadChange:
        return None
    return made(name, source)


def both(name: str, a: str, b: str) -> Function | None:
    """The answer with two mistakes, whichever has to be made first."""
    return edited(name, a, b) or edited(name, b, a)
