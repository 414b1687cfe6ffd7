"""The class of attacks, graded once for all tests of this folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


@pytest.fixture(scope="session")
def workplace() -> Iterator[Path]:
    """A private folder for temporary files, course and home."""
    from trial.attacks.classroom import workplace

    with workplace() as folder:
        yield folder


@pytest.fixture(scope="session")
def classroom(workplace: Path) -> object:
    """Honest students before, among and after the whole corpus; seen with `pytest -s`."""
    from trial.attacks.classroom import grade_corpus

    return grade_corpus(workplace)
