"""One sample class, graded once by our command, for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import demo
from autograder.grade import Summary, grade_class
from autograder.gradebook import scores
from autograder.notebooks import assignments


@dataclass
class GradedClass:
    """The sample class, what each of it deserved, and what was said while grading."""

    folder: Path
    deserved: list[demo.Expected]
    summary: Summary
    said: list[str]

    def cells(self, student: str, assignment: str) -> dict[str, float]:
        """Points per graded cell of one submission."""
        a = next(x for x in assignments() if x.name == assignment)
        row = next(r for r in scores(a) if r["student"] == student)
        return row["cells"]


@pytest.fixture(scope="session")
def graded(course: Path) -> GradedClass:
    deserved = demo.make_class()
    said: list[str] = []
    summary = grade_class(assignments(), said.append, workers=2, limits=demo.LIMITS)
    return GradedClass(course, deserved, summary, said)
