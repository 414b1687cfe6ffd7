"""Known mistakes as whole functions: what a change of the answer's text makes of it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from autograder.judging import reference
from cs231n_lib import exercises


def run(say: Callable[[str], None], names: Sequence[str] = ()) -> int:
    """Print every mistaken function of some exercises, or of all."""
    for name in names or list(exercises.table()):
        for mistake in reference.mistakes(exercises.get(name)):
            say(f"# {name}: {mistake.name}")
            say(textwrap.fill(mistake.hint, 90, initial_indent="# ", subsequent_indent="# "))
            say(mistake.source.rstrip() + "\n")
    return 0
