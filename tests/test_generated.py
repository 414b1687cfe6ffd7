"""Text is the source: what is generated from it must be what lies there."""

from __future__ import annotations

from pathlib import Path

from autograder.building.build import build


def test_notebooks_expected_values_and_tables_are_up_to_date(course: Path) -> None:
    stale = build(lambda _: None, check=True)
    assert stale == [], "run `autograder build` and commit what it writes"
