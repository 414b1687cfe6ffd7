"""Two known mistakes in one function.

``solutions/edits.py`` has known mistakes as changes of the answer's text.  Those that change
different pieces of it are made together, and the function is run.  A mistake that is a change
of the call (:mod:`autograder.derived`) is added to each of them.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations
from typing import Any

from autograder import derived, reference
from cs231n_lib.exercises.declare import Case, Exercise
from cs231n_lib.recognise import TWO, Known, Sketched, both

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


def edited(name: str, *mistakes: str) -> Callable[..., Any] | None:
    """The answer with some mistakes in it; None if they do not go together."""
    source = text(name)
    for mistake in mistakes:
        for old, new in edits(name)[mistake]:
            if source.count(old) != 1:
                return None
            source = source.replace(old, new)
    space = dict(vars(inspect.getmodule(reference.answers()[name])))
    exec(compile(source, f"<{name}>", "exec"), space)
    made: Callable[..., Any] = space[name]
    return made


def known(exercise: Exercise, cases: Sequence[Case]) -> Iterator[Known]:
    """Every two mistakes that can be made at once."""
    hints = {m.name: m.hint for m in reference.mistakes(exercise)}
    names = [n for n in edits(exercise.name) if n in hints]
    for a, b in combinations(names, 2):
        function = edited(exercise.name, a, b) or edited(exercise.name, b, a)
        if function is None:
            continue
        two = both(a, hints[a], b, hints[b])
        outputs = Sketched(derived.runs(exercise, function, cases), len(cases))
        yield Known(two.name, two.hint, outputs, (), TWO)
    alone = {name: edited(exercise.name, name) for name in names}
    for change in (c for c in derived.changes(exercise) if c.common):
        for name, function in alone.items():
            if function is None:
                continue
            two = both(name, hints[name], change.name, change.hint)
            again = derived.Change(two.name, two.hint, change.args)
            plain = cache(derived.runs(exercise, function, cases))
            yield from derived.changed(exercise, again, function, cases, plain, TWO)
