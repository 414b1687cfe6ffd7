"""An answer with pieces of its text exchanged: a function with a known mistake in it, or two."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from autograder import reference

Function = Callable[..., Any]
Edits = Sequence[tuple[str, str]]


@cache
def edits(name: str) -> dict[str, Edits]:
    """The changes of the text of one answer, by the name of the mistake."""
    from solutions.edits import EDITS

    return dict(EDITS.get(name, {}))


def text(name: str) -> str:
    """The source of an answer without its decorator."""
    return undecorated(reference.answers()[name])


@cache
def undecorated(function: Function) -> str:
    """The source of a function without its decorator, as it was written."""
    source = textwrap.dedent(inspect.getsource(function))
    return source[source.index("def ") :]


def made(name: str, source: str) -> Function:
    """The function that ``source`` defines, among the names of the answer's module."""
    return defined(name, source, vars(inspect.getmodule(reference.answers()[name])))


def defined(name: str, source: str, space: Mapping[str, Any]) -> Function:
    """The function ``name`` that ``source`` defines, among the names of ``space``."""
    here = dict(space)
    exec(compile(source, f"<changed {name}>", "exec"), here)
    found: Function = here[name]
    return found


def edited(name: str, *mistakes: str) -> Function | None:
    """The answer with some mistakes in it; None if they do not go together."""
    return _edited(text(name), name, mistakes)


@cache  # by the text: a corrected answer has other mistakes
def _edited(source: str, name: str, mistakes: tuple[str, ...]) -> Function | None:
    for mistake in mistakes:
        for old, new in edits(name)[mistake]:
            if source.count(old) != 1:
                return None
            source = source.replace(old, new)
    return made(name, source)


def both(name: str, a: str, b: str) -> Function | None:
    """The answer with two mistakes, whichever has to be made first."""
    return edited(name, a, b) or edited(name, b, a)
