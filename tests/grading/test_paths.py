"""Course and checkout in folders of every name: all works, or a sentence before any work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps.api import NbGraderAPI

from autograder import cli
from autograder.building.notebooks import find
from autograder.course import gradebook
from autograder.course.course import config
from autograder.hooks.globs import literal
from autograder.paths import ROOT
from tests.grading.commands import nbgrader
from tests.grading.totals import FUNCTIONS, TABLE

ODD = "my course (2026)+[a-b] ünï 李 {x} 'q' #1,2=3@4~5!6&7;8$HOME"
GRADED = """
from autograder import cli, demo
from autograder.course.course import generate
from autograder.building.notebooks import find

if __name__ == "__main__":
    generate(find("3"))
    demo.submit("ada", find("3"), demo.solved(find("3")))
    raise SystemExit(cli.main(["grade", "3", "--workers", "1"]))
"""


def done(*arguments: str) -> None:
    """A command of nbgrader's that succeeds."""
    found = nbgrader(*arguments)
    assert found.returncode == 0, found.stderr[-2000:]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_a_course_in_a_folder_of_any_name(mine: Path, hand_in, tmp_path, monkeypatch, capsys):
    """nbgrader 1738, 1843, 1965: parentheses in the path, and no submission could be graded."""
    folder = tmp_path / ODD / "course"
    folder.parent.mkdir()
    mine.rename(folder)
    monkeypatch.setenv("CS231N_COURSE", str(folder))
    hand_in(folder, "ada")
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert f"03-momentum,ada,{TABLE}" in (folder / "grades.csv").read_text("utf-8")
    assert cli.main(["replay", "3"]) == 0
    done("autograde", "03-momentum", "--force")
    done("generate_feedback", "03-momentum", "--force")
    done("export")
    done("generate_assignment", "03-momentum", "--force")
    api = NbGraderAPI(config=config())
    assert "03-momentum" in api.get_source_assignments()
    assert [r["student"] for r in api.get_submissions("03-momentum")] == ["ada"]
    assert gradebook.scores(find("3"))[0]["score"] == FUNCTIONS


@pytest.mark.parametrize("name", ["what?", "100%", "two\nlines"])
def test_a_path_that_cannot_be_an_address_is_told_before_any_work(
    name: str, tmp_path: Path, monkeypatch, capsys
) -> None:
    """With `?` the gradebook became a file with half of the name, somewhere else."""
    folder = tmp_path / name / "course"
    monkeypatch.setenv("CS231N_COURSE", str(folder))
    assert cli.main(["build"]) == 1
    (folder / "submitted").mkdir(parents=True)
    assert cli.main(["grade"]) == 1
    err = capsys.readouterr().err
    assert err.count("in its path, which means something else in the address") == 2
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert [p.name for p in folder.iterdir()] == ["submitted"]


def test_a_checkout_in_a_folder_of_any_name(tmp_path: Path) -> None:
    """In a checkout called `course (1)` 73 of 73 submissions of the demo were not graded."""
    root = tmp_path / ODD.replace("$", "")
    root.mkdir()
    for name in ("autograder", "cs231n_lib", "solutions", "assignments"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (tmp_path / "run.py").write_text(GRADED, "utf-8")
    env = {k: v for k, v in os.environ.items() if k != "CS231N_COURSE"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(tmp_path / "run.py")],
        cwd=root,
        env={**env, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    table = (root / "course" / "grades.csv").read_text("utf-8")
    assert f"03-momentum,ada,{TABLE}" in table


def test_a_checkout_whose_path_nbgrader_changes_is_told(mine: Path, monkeypatch, capsys) -> None:
    """nbgrader would read no configuration there: neither box nor judge."""
    monkeypatch.setattr("autograder.course.course.ROOT", Path("/courses/$HOME"))
    assert cli.main(["grade"]) == 1
    assert "the folder /courses/$HOME has '$' in its path" in capsys.readouterr().err


def test_only_folders_that_are_there_stand_for_themselves(tmp_path: Path) -> None:
    """A student's folder called `*` must not hide the class."""
    (tmp_path / "[a]" / "*").mkdir(parents=True)
    pattern = str(tmp_path / "[a]" / "*" / "[b]" / "x*")
    assert literal(pattern) == str(tmp_path / "[[]a]" / "*" / "[b]" / "x*")
