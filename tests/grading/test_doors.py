"""The same work gets the same score by every door: the course's, nbgrader's, formgrader's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.apps.api import NbGraderAPI

from autograder import cli
from autograder.building.notebooks import find
from autograder.course import gradebook
from autograder.course.course import config
from tests.grading.commands import nbgrader
from tests.grading.totals import FUNCTIONS

NAME, CHAPTER = "03-momentum", "momentum"

# where the solved notebook lies below the student's folder; a blank one may lie beside it
PLACES = {
    "ada": [f"{NAME}/momentum.ipynb"],
    "ben": [f"{NAME}/Copy of momentum.ipynb"],
    "cleo": [f"{NAME}/momentum (1).ipynb", f"{NAME}/momentum.ipynb"],
    "प्रिया": ["momentum/momentum.ipynb"],
    "o'neill.s": [f"{NAME}/handed in/momentum.ipynb"],
    "Roe, Jane": ["momentum.ipynb"],
}


@pytest.fixture
def handed_in(mine: Path) -> Path:
    solved, blank = (mine / s / NAME / "momentum.ipynb" for s in ("source", "release"))
    for student, (place, *others) in PLACES.items():
        for where, what in [(place, solved), *((o, blank) for o in others)]:
            path = mine / "submitted" / student / where
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(what, path)
    folder = mine / "submitted" / "प्रिया" / "momentum"
    (folder / "timestamp.txt").write_text("2026-03-01 12:30:00 UTC", "utf-8")
    return mine


def by_the_course(_: Path) -> None:
    assert cli.main(["grade", "3"]) == 0


def by_nbgrader(_: Path) -> None:
    done = nbgrader("autograde", NAME)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "cleo: `momentum (1).ipynb` was graded" in done.stderr


def by_formgrader(_: Path) -> None:
    """Its list, and what its button runs for each student on it."""
    api = NbGraderAPI(config=config())
    listed = api.get_submissions(NAME)
    assert {row["student"] for row in listed} == set(PLACES)
    stamped = {row["student"]: row["timestamp"] for row in listed}
    assert stamped["प्रिया"] == "2026-03-01T12:30:00" and stamped["ada"] is None
    for student in sorted(PLACES):
        result = api.autograde(NAME, student)
        assert result["success"], result.get("error") or result.get("log")
    assert all(row["autograded"] for row in api.get_submissions(NAME))


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("door", [by_the_course, by_nbgrader, by_formgrader])
def test_every_door_gives_the_same_scores(handed_in: Path, door: Callable, capsys) -> None:
    """`Copy of momentum.ipynb` had full points from `autograder grade`, elsewhere an error."""
    door(handed_in)
    found = {r["student"]: r["cells"] for r in gradebook.scores(find("3"))}
    assert set(found) == set(PLACES)
    for student, cells in found.items():
        assert sum(cells.values()) == FUNCTIONS, student
    assert not list(handed_in.glob(".staging*"))
    beside = {str(p.relative_to(handed_in)) for p in handed_in.glob(f"autograded/*/{NAME}/*")}
    graded = {f"autograded/{student}/{NAME}/momentum.ipynb" for student in PLACES}
    assert beside == graded | {f"autograded/प्रिया/{NAME}/timestamp.txt"}
    # whichever door it was, the record verifies, and the next grading says the same
    assert cli.main(["replay", "3"]) == 0
    assert cli.main(["grade", "3"]) == 0
    again = {r["student"]: r["cells"] for r in gradebook.scores(find("3"))}
    assert again == found
