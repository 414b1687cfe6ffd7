"""An answer with pieces of its text exchanged: a function with a known mistake in it, or two."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Sequence
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


@cache
def text(name: str) -> str:
    """The source of an answer without its decorator."""
    source = textwrap.dedent(inspect.getsource(reference.answers()[name]))
    return source[source.index("def ") :]


def made(name: str, source: str) -> Function:
    """The function that ``source`` defines, among the names of the answer's module."""
    space = dict(vars(inspect.getmodule(reference.answers()[name])))
    exec(compile(source, f"<{name}>", "exec"), space)
    found: Function = space[name]
    return found


@cache
def edited(name: str, *mistakes: str) -> Function | None:
    """The answer with some mistakes in it; None if they do not go together."""
    source = text(name)
    for mistake in mistakes:
        for old, new in edits(name)[mistake]:
            if source.count(old) != 1:
                return None
            source = source.replace(old, new)
    return made(name, source)


def both(name: str, a: str, b: str) -> Function | None:
    """The answer with two mistakes, whichever has to be made first."""
    return edited(name, a, b) or edited(name, b, a)
