"""How wrong numbers relate to the right ones: relations that hold exactly, or are not told.

Each relation looks at all pairs of a wrong and a right array at once and answers with words
that complete "it is ...", or with nothing.  What it says can be checked with a calculator, so
it is true whatever the cause is.
"""

from __future__ import annotations

from collections.abc import Sequence

from cs231n_lib.judging.arrangements import cut, given, place, turned, unreduced
from cs231n_lib.judging.compared import Compared, Relation
from cs231n_lib.judging.magnitudes import entrywise, factor, shifted, zero

# in this order: the first that holds is told
RELATIONS: tuple[Relation, ...] = (
    zero,
    given,
    factor,
    shifted,
    turned,
    entrywise,
    unreduced,
    cut,
    place,
)


def told(pairs: Sequence[Compared], relations: Sequence[Relation] = RELATIONS) -> str:
    """The words of the first relation that holds for all pairs; empty if none does."""
    if not pairs:
        return ""
    return next((words for relation in relations if (words := relation(pairs))), "")
