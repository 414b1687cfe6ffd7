"""nbgrader's exchange, the whole circle: an instructor and students, each a user of the machine.

With ``ignore = ["*"]`` every command of it copied nothing and said "Success"; what was handed
in by it was then graded with 0.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.paths import ROOT
from tests.grading.totals import FUNCTIONS
from tests.grading.users import Users, users

NAME, CHAPTER = "03-momentum", "momentum"
COURSE = "training-deep-networks"
STRICT = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
BUILD = """
from autograder.building.notebooks import find
from autograder.course.course import generate
generate(find("3"))
"""
SET_DUE = """
from datetime import UTC, datetime
from nbgrader.api import Gradebook
from autograder.course import gradebook
with Gradebook(gradebook.url()) as book:
    now = datetime.now(UTC).replace(tzinfo=None)
    book.update_or_create_assignment("03-momentum", duedate=now)
"""


class Class:
    """A course of ``teacher``'s in a checkout of their own, and two students."""

    def __init__(self, known: Users) -> None:
        self.users = known
        self.root = known.home("teacher") / "lessons"
        self.course = self.root / "course"
        self.exchange = known.home("teacher") / "lessons-course-exchange"
        self.root.mkdir()
        for name in ("autograder", "cs231n_lib", "solutions", "assignments"):
            shutil.copytree(
                ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__")
            )
            (self.root / name).chmod(0o755)  # as a clone has it
        config = (ROOT / "nbgrader_config.py").read_text("utf-8")
        (self.root / "nbgrader_config.py").write_text(config + STRICT, "utf-8")
        known.own("teacher", self.root)
        self.teach("-c", BUILD)

    def teach(self, *words: str) -> str:
        """A Python program of the teacher's that succeeds, in the checkout."""
        done = self.users.run("teacher", *words, at=self.root, PYTHONPATH=str(self.root))
        assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-3000:]
        return done.stdout + done.stderr

    def grade(self) -> dict[str, dict[str, str]]:
        """Collect, grade, release the pages; returns the rows of the table."""
        self.teach("-m", "nbgrader", "collect", NAME)
        self.teach("-m", "autograder.cli", "grade", "3", "--workers", "1")
        self.teach("-m", "nbgrader", "release_feedback", NAME)
        with open(self.course / "grades.csv", encoding="utf-8", newline="") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

    def student(self, who: str, *words: str) -> str:
        """A command of nbgrader's that a student gives in their home, and that succeeds."""
        done = self.users.run(who, "-m", "nbgrader", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def fetch(self, who: str) -> Path:
        """What a student does first; returns the notebook."""
        known = self.exchange / COURSE / "nbgrader_config.json"
        shutil.copy(known, self.users.home(who))
        assert f"{COURSE} {NAME}" in self.student(who, "list")
        self.student(who, "fetch_assignment", NAME)
        return self.users.home(who) / NAME / f"{CHAPTER}.ipynb"

    def solve(self, notebook: Path) -> None:
        notebook.write_bytes((self.course / "source" / NAME / f"{CHAPTER}.ipynb").read_bytes())

    def pages(self, who: str) -> list[str]:
        """The feedback pages that a student has, oldest submission first."""
        self.student(who, "fetch_feedback", NAME)
        found = sorted((self.users.home(who) / NAME / "feedback").glob(f"*/{CHAPTER}.html"))
        return [path.read_text("utf-8") for path in found]


@pytest.fixture(scope="module")
def room() -> Iterator[Class]:
    with users("teacher", "ada", "ben") as known:
        found = Class(known)
        found.teach("-m", "nbgrader", "release_assignment", NAME)
        yield found


def test_the_whole_circle_with_a_second_attempt_and_late_work(room: Class) -> None:
    notebook = room.fetch("ada")
    released = room.course / "release" / NAME / f"{CHAPTER}.ipynb"
    assert notebook.read_bytes() == released.read_bytes()
    room.student("ada", "submit", NAME)
    assert room.grade()["ada"]["score"] == "0"
    (first,) = room.pages("ada")

    room.solve(notebook)
    room.student("ada", "submit", NAME)
    row = room.grade()["ada"]
    assert (row["score"], row["late_penalty"]) == (f"{FUNCTIONS}", "0")
    pages = room.pages("ada")
    assert len(pages) == 2 and pages[0] == first != pages[1]
    assert f"{FUNCTIONS}" in pages[1]

    room.teach("-c", SET_DUE)
    late = room.fetch("ben")
    room.solve(late)
    room.student("ben", "submit", NAME)
    rows = room.grade()
    assert rows["ada"]["score"] == f"{FUNCTIONS}"
    assert (rows["ben"]["score"], rows["ben"]["points"]) == ("0", f"{FUNCTIONS}")
    room.teach("-m", "nbgrader", "export")
    with open(room.course / "exported-grades.csv", encoding="utf-8", newline="") as file:
        told = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {who: float(row["score"]) for who, row in told.items()} == {"ada": FUNCTIONS, "ben": 0}
    (page,) = room.pages("ben")
    assert f"late: {FUNCTIONS} points less" in page

    # the same work once more: the later stamp counts, and the page comes to it as well
    room.student("ada", "submit", NAME)
    row = room.grade()["ada"]
    assert (row["score"], row["points"]) == ("0", f"{FUNCTIONS}")
    assert f"late: {FUNCTIONS} points less" in room.pages("ada")[2]


def test_students_cannot_read_answers_work_or_grades(room: Class) -> None:
    """With the usual umask all of it was open to every user of the machine."""
    secret = [room.course, room.root / "solutions"]
    secret += [p for p in room.course.iterdir() if p.name not in ("release", ".grading")]
    secret += [*room.course.rglob("*.ipynb"), *(room.root / "solutions").rglob("*.py")]
    names = {path.name for path in secret}
    assert {"source", "gradebook.db", "sgd_momentum.py"} <= names
    assert room.users.may_read("ada", *secret) == set()
    assert room.users.may_read("teacher", *secret) == set(secret)
    # students do not see each other either: the folder of what comes in has no list
    lists = [room.exchange / COURSE / name for name in ("inbound", "feedback")]
    assert lists[0].is_dir()
    assert room.users.may_read("ada", *(path for path in lists if path.exists())) == set()


def test_students_cannot_put_something_in_the_place_of_the_exchange(room: Class) -> None:
    """Everybody may write in its root; whoever may write may also rename, but for one bit."""
    program = f"import os; os.rename({str(room.exchange / COURSE)!r}, {str(room.exchange / 'x')!r})"
    done = room.users.run("ada", "-c", program)
    assert "Operation not permitted" in done.stderr
    known = json.loads((room.exchange / COURSE / "nbgrader_config.json").read_text("utf-8"))
    assert known == {
        "CourseDirectory": {"course_id": COURSE},
        "Exchange": {"root": str(room.exchange)},
    }
