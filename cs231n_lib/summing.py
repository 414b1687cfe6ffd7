"""The last cell of a notebook: which functions are right, and what to do next."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.judging.verdict import Report
from cs231n_lib.patience import unguarded

BOX = "CS231N_BOX"  # set where the grader runs a notebook
UNCHECKED = "not checked since the kernel was started"
CHANGED = "changed since its check"
UNWRITTEN = "not written yet"


class CheckFailed(AssertionError):
    """Something is not right yet; what was printed above says what."""

    def _render_traceback_(self) -> list[str]:
        # the frames inside this library would only hide the sentence
        return [f"CheckFailed: {self}"]


@dataclass(frozen=True)
class Checked:
    """What the last check of an exercise found."""

    function: Callable[..., Any]
    report: Report


_checked: dict[str, Checked] = {}


def remember(function: Callable[..., Any], report: Report) -> None:
    """Keep what a check found."""
    _checked[report.exercise] = Checked(function, report)


def sum_up(chapter: str) -> None:
    """Print the points of a chapter's functions so far, and what to do next.

    It looks at the checks that have run since the kernel was started, and runs none itself.

    Args:
        chapter: as in the name of the notebook's file.

    Raises:
        CheckFailed: when a function is not right yet, or was not checked as it is now.
        KeyError: for an unknown chapter.
    """
    if os.environ.get(BOX):
        return  # the grader counts for itself
    rows = [(e, *_state(e)) for e in exercises.chapter(chapter)]
    earned, points = sum(r[1] for r in rows), sum(e.points for e, _, _ in rows)
    wide = max(len(e.name) for e, _, _ in rows)
    print(f"{chapter}: {earned} of {points} points for functions\n")
    for e, got, state in rows:
        print(f"  {e.name:<{wide}}  {f'{got}/{e.points}':>6}  {state or 'right'}")
    print()
    still = [(e, state) for e, _, state in rows if state]
    if still:
        print(f"Next: {_advice(*still[0])}")
        count = "1 function is" if len(still) == 1 else f"{len(still)} functions are"
        names = ", ".join(e.name for e, _ in still)
        raise CheckFailed(f"{count} not right yet: {names}")
    print(
        "Every function is right here. Before you hand in: restart the kernel, run all cells, "
        "answer the questions in your own words, and save the notebook."
    )


def _state(exercise: Exercise) -> tuple[int, str]:
    """Points so far, and why these are not all; no reason where it is right."""
    import __main__

    found = _checked.get(exercise.name)
    if found is None:
        return 0, UNCHECKED
    now = unguarded(vars(__main__).get(exercise.name, found.function))
    if now is not found.function:
        return 0, CHANGED
    report = found.report
    if report.passed:
        return report.earned, ""
    if report.problem and report.problem["kind"] == "empty":
        return 0, UNWRITTEN
    mistake = f" ({report.mistake.name})" if report.mistake else ""
    wrong = ", ".join(g.name for g in report.groups if not g.right)
    return report.earned, f"wrong: {wrong}{mistake}"


def _advice(exercise: Exercise, state: str) -> str:
    if state == UNWRITTEN:
        return f"write `{exercise.name}`, then run its check."
    if state in (UNCHECKED, CHANGED):
        return f"run the cells of `{exercise.name}` and of its check."
    return f"mend `{exercise.name}`; the output of its check says where it is wrong."
