"""What can befall a grader at work: one sentence, nothing lost, a second run ends the job."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from autograder import cli
from autograder.course import gradebook, trouble
from autograder.course import table as table_of_grades
from autograder.course.course import generate
from autograder.submissions.reading import read_submission
from trial.faults import classroom, damage, faults, suffer

TORN = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma cache_size = 1")
db.execute("begin immediate")
db.execute("update comment set auto_comment = hex(zeroblob(20000))")
db.execute("update source_cell set source = hex(zeroblob(20000))")
os._exit(9)
"""


@pytest.fixture(scope="module")
def small() -> Iterator[tuple[Path, list[str]]]:
    """A class of four, one of them graded before; a fault gets a copy of it."""
    with classroom.workplace() as work:
        yield work, suffer.prepare(work / "course", size=3)


@pytest.mark.parametrize("name", [n for n in damage.FAULTS if n != suffer.DISK])
def test_a_fault_is_survived(small, name: str) -> None:
    work, students = small
    assert suffer.suffer(name, work / "course", students, work)["troubles"] == []


def test_a_full_disk_is_survived() -> None:
    seen = suffer.on_small_disk(size=3)
    if seen is None:
        pytest.skip("no file system may be mounted here; `gradebook cannot grow` stands for it")
    assert seen["troubles"] == []
    assert seen["said"] == [f"autograder: {trouble.FULL}"]


def test_the_same_class_gets_the_same_verdicts_with_other_inputs() -> None:
    found = faults.repeat(lambda text: None, times=3)
    assert found["submissions with another score, mistake or case group"] == 0
    assert found["known mistakes named in each grading"] >= 26


@pytest.fixture
def graded(small, tmp_path: Path) -> Iterator[Path]:
    """A copy of the course in which only the graded submission lies."""
    work, _ = small
    folder = tmp_path / "course"
    shutil.copytree(work / "course", folder)
    for path in (folder / "submitted").iterdir():
        if path.name != suffer.EARLIER:
            shutil.rmtree(path)
    classroom.use(folder)
    yield folder
    classroom.use(work / "course")


def test_what_a_killed_writer_had_begun_is_taken_back(graded: Path) -> None:
    path = graded / "gradebook.db"
    subprocess.run([sys.executable, "-c", TORN, str(path)], check=False)
    assert (graded / "gradebook.db-journal").stat().st_size > 0
    gradebook.check()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select max(length(source)) from source_cell").fetchone()[0] < 20000
    assert not (graded / "gradebook.db-journal").exists()


def test_a_new_gradebook_gets_its_grades_again(graded: Path, capsys) -> None:
    (graded / "gradebook.db").unlink()
    generate(classroom.assignment())
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert "graded 1, already graded 0" in capsys.readouterr().out
    assert len(gradebook.scores(classroom.assignment())) == 1


def test_a_lost_feedback_page_is_written_again(graded: Path, capsys) -> None:
    page = graded / "feedback" / suffer.EARLIER / "03-momentum" / "momentum.html"
    page.unlink()
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert page.exists()


def test_a_grade_table_is_not_lost_when_a_new_one_cannot_be_written(graded: Path) -> None:
    table = graded / "grades.csv"
    before = table.read_text("utf-8")
    with (
        pytest.MonkeyPatch.context() as patch,
        pytest.raises(OSError, match="full"),
    ):
        patch.setattr(table_of_grades.csv, "writer", lambda file: _Full())
        table_of_grades.write_table([classroom.assignment()], table)
    assert table.read_text("utf-8") == before


class _Full:
    def writerow(self, row: list[str]) -> None:
        raise OSError(28, "full")


def test_a_notebook_that_may_not_be_read_is_no_empty_one(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "momentum.ipynb"
    path.write_text("{}", "utf-8")

    def refuse(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("autograder.submissions.reading.os.open", refuse)
    with pytest.raises(PermissionError):
        read_submission(path)


def test_words_of_a_student_do_not_end_the_grading_of_a_class() -> None:
    assert trouble.sentence("ValueError: (sqlite3.OperationalError) database is locked") is None
    assert trouble.sentence(ValueError("No space left on device")) is None
    told = "sqlite3.OperationalError: database is locked"
    assert trouble.sentence(told) == trouble.LOCKED
    assert trouble.sentence(OSError(28, "x", "y")) == trouble.FULL
