"""Two known mistakes in one function.

Most known mistakes are changes of the answer's text.  Those that change different pieces of it
are made together, and the function is run.  A mistake that is a change
of the call (:mod:`autograder.judging.calls`) goes together with any other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

from autograder.judging import derived, edited, reference
from autograder.judging.calls import LIKELY, POSSIBLE, Change, changes
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.exercise.drivers import Steps
from cs231n_lib.judging.recognise import TWO, Known, Sketched, both


def known(exercise: Exercise, cases: Sequence[Case], every: bool) -> Iterator[Known]:
    """Every two mistakes that can be made at once.

    Args:
        every: with all changes of the call; else only with those that are likely.
    """
    if exercise.law is not None:
        return
    hints = {m.name: m.hint for m in reference.mistakes(exercise)}
    for a, b in combinations(edited.edits(exercise.name), 2):
        function = edited.both(exercise.name, a, b)
        if function is None:
            continue
        two = both(a, hints[a], b, hints[b])
        outputs = Sketched(derived.runs(exercise, function, cases), len(cases))
        yield Known(two.name, two.hint, outputs, (), TWO)
    least = POSSIBLE if every and isinstance(exercise.driver, Steps) else LIKELY
    calls = [c for c in changes(exercise) if c.company >= least]
    for mistake in reference.mistakes(exercise) if calls else ():
        plain = cache(derived.runs(exercise, mistake.function, cases))
        for change in calls:
            two = both(mistake.name, mistake.hint, change.name, change.hint)
            again = Change(two.name, two.hint, change.args)
            yield from derived.changed(exercise, again, mistake.function, cases, plain, TWO)
