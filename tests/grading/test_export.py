"""`nbgrader export` writes grades where nobody publishes them, and every name survives."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course import gradebook
from autograder.paths import ROOT
from tests.grading.commands import nbgrader

# nbgrader's own, of how it adds a submission
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
NAMES = ["Roe, Jane", "o'neill.s", '"Bob"', "-1", "प्रिया"]


@pytest.fixture
def named(mine: Path) -> Path:
    """A course with students who handed in momentum, and one who did not."""
    with Gradebook(gradebook.url()) as book:
        for name in NAMES:
            book.add_student(name, last_name="Roe, Jr.")
            book.add_submission("03-momentum", name)
        book.add_student("idle")
    return mine


def test_export_writes_into_the_course_folder(named: Path) -> None:
    """It wrote grades.csv into the repository's root, where `git add .` would publish it."""
    before = {p.name for p in ROOT.iterdir()}
    done = nbgrader("export")
    assert done.returncode == 0, done.stderr
    path = named / "exported-grades.csv"
    assert f"grades exported to {path}" in done.stdout
    assert {p.name for p in ROOT.iterdir()} == before
    assert "/*.csv" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_names_with_commas_and_quotes_keep_their_columns(named: Path, tmp_path: Path) -> None:
    """nbgrader's own export quotes nothing: a comma in a name moves all columns after it."""
    table = tmp_path / "some.csv"
    assert nbgrader("export", f"--to={table}", "--assignment=['03-momentum']").returncode == 0
    with open(table, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {"'-1" if name == "-1" else name for name in NAMES}
    assert {r["student_id"] for r in rows} == known | {"idle"}
    assert {r["last_name"] for r in rows} == {"Roe, Jr.", ""}
    assert {r["max_score"] for r in rows} == {"22.0"}
    assert all(r["assignment"] == "03-momentum" and None not in r for r in rows)
