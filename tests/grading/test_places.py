"""Work in odd places and under other names: read where one reading is clear, told in any case."""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from autograder import cli
from autograder.building.notebooks import find
from autograder.course.gradebook import released
from autograder.submissions.choosing import choose
from autograder.submissions.places import survey
from autograder.submissions.submissions import Submission, is_notebook, same
from tests.grading.totals import FUNCTIONS

NAME, CHAPTER = "03-momentum", "momentum"


@dataclass
class Student:
    """A student's folder, and the notebooks that a student may put there."""

    home: Path
    solved: Path
    blank: Path

    def put(self, source: Path, where: str) -> Path:
        path = self.home / where
        path.parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(source, path))


@pytest.fixture
def desk(mine: Path) -> Callable[[str], Student]:
    def of(name: str) -> Student:
        home = mine / "submitted" / name
        home.mkdir(parents=True)
        kinds = [mine / step / NAME / f"{CHAPTER}.ipynb" for step in ("source", "release")]
        return Student(home, *kinds)

    return of


def only(mine: Path) -> Submission:
    (found,) = survey(mine).found
    return found


@pytest.mark.parametrize(
    "name",
    [
        "momentum",
        "Momentum",
        "3-momentum",
        "03_momentum",
        "momentum (1)",
        "Copy of momentum",
        "momentum copy",
        "03-momentum-Copy1",
        "momentum copy 2",
        "3",
    ],
)
def test_a_folder_called_like_the_assignment_is_read_as_it(mine, desk, name: str) -> None:
    """nbgrader 258: `submitted/ben/momentum/momentum.ipynb` counted as nothing handed in."""
    ben = desk("ben")
    ben.put(ben.solved, f"{name}/momentum.ipynb")
    found = only(mine)
    assert found.assignment.name == NAME
    assert f"its folder is called `{name}`" in found.note


@pytest.mark.parametrize("name", ["moment", "momentums", "second", "momentum-and-more", "13"])
def test_another_name_is_no_assignment(name: str) -> None:
    assert not same(name, find(NAME))


def test_a_notebook_in_the_students_own_folder_is_read(mine, desk) -> None:
    """A folder that a learning platform made holds the notebooks of all chapters at once."""
    ben = desk("ben")
    ben.put(ben.solved, "momentum (2).ipynb")
    ben.put(ben.blank, "schedules.ipynb")
    found = {s.assignment.name: s for s in survey(mine).found}
    assert set(found) == {NAME, "06-schedules"}
    assert [p.name for p in found[NAME].candidates()] == ["momentum (2).ipynb"]
    assert survey(mine).stray == {}


def test_two_folders_that_may_be_meant_are_told(mine, desk) -> None:
    ben = desk("ben")
    ben.put(ben.solved, "momentum/momentum.ipynb")
    ben.put(ben.solved, "momentum (1)/momentum.ipynb")
    lying = survey(mine)
    assert lying.found == []
    assert "`momentum`, `momentum (1)` may all be meant" in lying.refused["ben", NAME]


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("ben/home.ipynb", "lies in no assignment's folder"),
        ("ben/work.zip", "is an archive: unpack it"),
        ("ben.zip", "is an archive: unpack it"),
        ("momentum.ipynb", "lies in no assignment's folder"),
        ("ben/homework/momentum.ipynb", "no assignment is called `homework`"),
        ("03-momentum/ben/momentum.ipynb", "stands where a student's folder belongs"),
    ],
)
def test_what_nobody_can_read_is_told(mine: Path, where: str, told: str) -> None:
    """nbgrader 744, 1302: work in another place was 0 points or nothing, without a word."""
    path = mine / "submitted" / where
    path.parent.mkdir(parents=True)
    path.write_text("{}", "utf-8")
    lying = survey(mine)
    assert lying.found == []
    (why,) = lying.stray.values()
    assert told in why


def test_an_empty_folder_is_told(mine, desk) -> None:
    desk("ben")
    assert survey(mine).stray == {"ben": "not graded: the folder is empty"}


def test_what_systems_leave_is_not_told(mine, desk) -> None:
    ben = desk("ben")
    ben.put(ben.solved, f"{NAME}/momentum.ipynb")
    for name in (".DS_Store", "__MACOSX/x", ".ipynb_checkpoints/momentum.ipynb", "feedback.txt"):
        ben.put(ben.blank, name)
    (mine / "submitted" / ".gitkeep").touch()
    (mine / "submitted" / "README.md").touch()
    lying = survey(mine)
    assert lying.stray == {} and len(lying.found) == 1


@pytest.mark.parametrize(
    "name",
    [
        "momentum (1).ipynb",
        "final.IPYNB",
        "momentum.ipynb.txt",
        "momentum.ipynb.json",
        "momentum.json",
        "Momentum-Copy1.ipynb",
        "sub/momentum.ipynb",
        "a/b/other.ipynb",
    ],
)
@pytest.mark.parametrize("beside", ["nothing", "blank", "empty", "broken"])
def test_the_one_solved_notebook_is_taken_and_said(mine, desk, name: str, beside: str) -> None:
    """nbgrader 1409: the blank `momentum.ipynb` was graded, beside the solved `momentum (1)`."""
    ben = desk("ben")
    right = ben.home / NAME / "momentum.ipynb"
    ben.put(ben.solved, f"{NAME}/{name}")
    if beside == "blank":
        shutil.copy(ben.blank, right)
    elif beside != "nothing":
        right.write_text("" if beside == "empty" else '{"cells": [', "utf-8")
    found = choose(only(mine), released(find(NAME)))
    assert found.written and f"`{name}` was graded: " in found.remark
    expected = {"nothing": "there is no", "blank": "nothing is written in"}
    assert expected.get(beside, "`momentum.ipynb` cannot be read") in found.remark
    assert found.remark in found.nb.metadata["course_trouble"]


def test_the_right_name_counts_and_the_others_are_told(mine, desk) -> None:
    ben = desk("ben")
    ben.put(ben.solved, f"{NAME}/momentum.ipynb")
    ben.put(ben.blank, f"{NAME}/momentum (1).ipynb")
    found = choose(only(mine), released(find(NAME)))
    assert found.written and "and not `momentum (1).ipynb`" in found.remark
    assert "course_trouble" not in found.nb.metadata


def test_two_solved_notebooks_of_other_names_are_a_question(mine, desk) -> None:
    ben = desk("ben")
    ben.put(ben.solved, f"{NAME}/a.ipynb")
    nb = nbformat.read(ben.solved, as_version=4)
    nb.cells.append(nbformat.v4.new_code_cell("x = 1"))
    nbformat.write(nb, ben.home / NAME / "b.ipynb")
    found = choose(only(mine), released(find(NAME)))
    assert not found.written and "Several notebooks may be meant (`a.ipynb`, `b.ipynb`)" in (
        found.remark
    )
    shutil.copy(ben.solved, ben.home / NAME / "b.ipynb")  # the same twice is no question
    assert choose(only(mine), released(find(NAME))).written


def test_a_solved_notebook_without_the_names_of_its_cells_is_written(mine, desk) -> None:
    """Some editors drop what they do not know of a cell."""
    ben = desk("ben")
    nb = nbformat.read(ben.solved, as_version=4)
    for cell in nb.cells:
        cell.metadata.clear()
    (ben.home / NAME).mkdir()
    nbformat.write(nb, ben.home / NAME / "mine.ipynb")
    shutil.copy(ben.blank, ben.home / NAME / "momentum.ipynb")
    assert "`mine.ipynb` was graded" in choose(only(mine), released(find(NAME))).remark


def test_a_link_is_no_candidate(mine, desk, tmp_path: Path) -> None:
    ben = desk("ben")
    (ben.home / NAME).mkdir()
    (ben.home / NAME / "link.ipynb").symlink_to(ben.solved)
    (ben.home / NAME / "folder").symlink_to(ben.solved.parent)
    assert only(mine).candidates() == []
    assert "there is no notebook in" in choose(only(mine), released(find(NAME))).remark
    (ben.home / NAME / "momentum.ipynb").symlink_to(ben.solved)
    assert "`momentum.ipynb` is a link" in choose(only(mine), released(find(NAME))).remark


def test_archives_are_no_notebooks() -> None:
    assert not is_notebook("momentum.ipynb.zip") and not is_notebook("momentum.ipynb.gz")
    assert is_notebook("momentum.ipynb ") and not is_notebook("momentum.txt")


def test_everything_is_told_on_stderr_and_in_the_table(mine, desk, capsys) -> None:
    """All of these were 0 points or nothing, with exit status 0 and not a word."""
    ben, eve, fay, gil, hal = (desk(n) for n in ("ben", "eve", "fay", "gil", "hal"))
    ben.put(ben.solved, f"{NAME}/momentum (1).ipynb")
    ben.put(ben.blank, f"{NAME}/momentum.ipynb")
    (eve.home / NAME).mkdir()
    with zipfile.ZipFile(eve.home / NAME / "momentum.zip", "w") as packed:
        packed.write(eve.solved, "momentum.ipynb")
    (fay.home / NAME).mkdir()
    (fay.home / NAME / "momentum.ipynb").touch()
    gil.put(gil.blank, f"{NAME}/momentum.ipynb")
    hal.put(hal.solved, "homework/momentum.ipynb")
    told = {
        "ben": "`momentum (1).ipynb` was graded: nothing is written in `momentum.ipynb`",
        "eve": "no points; `momentum.zip` is an archive: unpack it where it lies",
        "fay": "no points; Your notebook is an empty file of 0 bytes",
        "gil": "no points; nothing is written in it",
        "hal": "not graded: no assignment is called `homework`",
    }
    for _ in range(2):  # the second run grades nothing, and says the same
        assert cli.main(["grade", "3"]) == 0
        err = capsys.readouterr().err.splitlines()
        for who, why in told.items():
            (line,) = [x for x in err if x.startswith((f"{who} ", f"{who}/"))]
            assert f": {why}" in line
        with open(mine / "grades.csv", encoding="utf-8", newline="") as file:
            rows = {row["student"]: row for row in csv.DictReader(file)}
        assert {who: row["score"] for who, row in rows.items()} == {
            "ben": f"{FUNCTIONS}", "eve": "0", "fay": "0", "gil": "0", "hal": "",
        }  # fmt: skip
        for who, why in told.items():
            assert why in rows[who]["remark"]
    page = mine / "feedback" / "eve" / NAME / "momentum.html"
    assert "You handed in an archive" in page.read_text("utf-8")
    assert cli.main(["replay", "3", "--student", "ben"]) == 0


def test_where_nothing_could_be_graded_the_status_says_so(mine, desk, capsys) -> None:
    desk("hal").put(mine / "source" / NAME / "momentum.ipynb", "homework/momentum.ipynb")
    assert cli.main(["grade", "3"]) == 1
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert line.startswith("hal/homework: not graded")
