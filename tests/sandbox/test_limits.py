"""The lowest limits with which honest work loses nothing: measured, stated, held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder import demo
from autograder.building.notebooks import assignments
from autograder.grading.graded import grade_notebook
from autograder.sandbox.limits import Limits, LimitsTooLow

LEAST = Limits(cell_seconds=60, total_seconds=300, **Limits.LEAST)


@pytest.mark.parametrize("name", [a.name for a in assignments()])
def test_honest_work_loses_nothing_under_the_least_limits(name: str, course: Path) -> None:
    LEAST.check()
    assignment = next(a for a in assignments() if a.name == name)
    graded = grade_notebook(demo.solved(assignment), LEAST)
    assert not graded.trouble
    assert all(r.earned == r.points for r in graded.verdicts.values())


def test_less_memory_is_too_little_and_is_called_memory(course: Path) -> None:
    """With much less, honest work ends or hangs, and the message says of what."""
    limits = replace(LEAST, memory=800 << 20, cell_seconds=5, total_seconds=30)
    graded = grade_notebook(demo.solved(assignments()[0]), limits)
    lost = [r for r in graded.verdicts.values() if r.earned < r.points]
    assert lost
    assert any("800 MB of memory" in told for told in graded.trouble.values())


@pytest.mark.parametrize("name", Limits.LEAST)
def test_limits_that_are_too_low_are_told(name: str) -> None:
    low = replace(Limits(), **{name: Limits.LEAST[name] - (1 << 20 if name == "memory" else 1)})
    with pytest.raises(LimitsTooLow, match="honest notebooks need at least") as caught:
        low.check()
    assert isinstance(caught.value, ValueError) and "\n" not in str(caught.value)
    Limits().check()
    replace(Limits(), **{name: Limits.LEAST[name]}).check()


def test_memory_is_told_as_it_is_configured() -> None:
    with pytest.raises(LimitsTooLow) as caught:
        Limits(memory=1 << 30).check()
    assert str(caught.value) == (
        "memory_mb is 1024: honest notebooks need at least 1536 (the standard is 2048)"
    )
