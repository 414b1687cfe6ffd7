"""What a person types: help, names that do not exist, a mistyped course folder."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cs231n_lib
from autograder import cli, formgrader, paths
from autograder.course.course import existing
from autograder.records.seal import KEY
from trial import __main__ as trial


def failing(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Standard error of a command that must fail without a traceback."""
    assert cli.main(arguments) == 1
    err = capsys.readouterr().err
    assert "Traceback" not in err
    return err


def options(top: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    """All options of a command line and of its commands, each with the words before it."""
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                yield from options(sub)
        elif not isinstance(action, argparse._HelpAction | argparse._VersionAction):
            yield top.prog, action


OPTIONS = [*options(cli.parser()), *options(trial.parser())]


@pytest.mark.parametrize("action", OPTIONS, ids=lambda a: f"{a[0]} {a[1].dest}")
def test_every_help_tells_the_default(action) -> None:
    """`--help` of grade named one default of five, that of formgrader none."""
    _, one = action
    if one.required:  # then there is none
        assert one.help
    else:
        assert "default" in (one.help or "")
    if isinstance(one.default, int | float) and not isinstance(one.default, bool):
        assert "%(default)s" in one.help


def test_version(capsys) -> None:
    """There was no way to ask which version graded."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"autograder {cs231n_lib.__version__}\n"


def test_a_student_who_handed_nothing_in_is_named(mine: Path, hand_in, capsys) -> None:
    """`--student nobody` said "put notebooks into ...", although there were some."""
    hand_in(mine, "ada-lovelace")
    err = failing(capsys, "grade", "3", "--student", "ada-lovelaec")
    assert f"no submission of ada-lovelaec in {mine / 'submitted'}" in err
    assert "did you mean ada-lovelace?" in err
    assert not [*(mine / "autograded").glob("*")]
    err = failing(capsys, "replay", "3", "--student", "nobody")
    assert "no record of nobody" in err


def test_another_students_folder_is_not_reported(mine: Path, hand_in, capsys) -> None:
    """`--student x` reported that y's folder could not be graded, and failed for it."""
    hand_in(mine, "x")
    hand_in(mine, "y[1]")
    assert cli.main(["grade", "3", "--student", "x", "--workers", "1"]) == 0
    assert "y[1]" not in capsys.readouterr().err
    assert "y[1]" in failing(capsys, "grade", "3", "--student", "y[1]")


@pytest.mark.parametrize("words", [["mutants"], ["styles"], ["mistakes"], ["show"], []])
def test_an_unknown_exercise_names_the_command_that_lists_them(words: list[str], capsys) -> None:
    """The message said that there is none, and left open where they stand."""
    assert trial.main([*words, "sgd_momentun"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and err.startswith("trial: there is no exercise 'sgd_momentun'")
    assert "did you mean sgd_momentum" in err and "`autograder list`" in err


def test_a_mistyped_trial_is_told_its_name(capsys) -> None:
    assert trial.main(["mutnts"]) == 1
    assert "the trial is called mutants" in capsys.readouterr().err


def test_an_unknown_chapter_names_the_command_that_lists_them(capsys) -> None:
    assert "`autograder list`" in failing(capsys, "grade", "99")


@pytest.mark.parametrize("command", [["grade"], ["replay"], ["regrade", "--write"], ["formgrader"]])
def test_a_mistyped_course_folder_makes_no_course(
    command: list[str], tmp_path: Path, monkeypatch, capsys
) -> None:
    """A slip in CS231N_COURSE made a second course with a key of its own, and said nothing."""
    wrong = tmp_path / "corse"
    monkeypatch.setenv("CS231N_COURSE", str(wrong))
    err = failing(capsys, *command)
    assert f"there is no course in {wrong}, which CS231N_COURSE names" in err
    assert not wrong.exists()
    wrong.mkdir()
    failing(capsys, *command)
    assert not (wrong / KEY).exists() and list(wrong.iterdir()) == []


def test_an_empty_variable_counts_as_none(monkeypatch) -> None:
    """An empty CS231N_COURSE made a course of the folder in which the command was given."""
    monkeypatch.setenv("CS231N_COURSE", "")
    assert paths.course_dir() == paths.ROOT / "course"
    monkeypatch.setenv("CS231N_COURSE", "~/mine")
    assert paths.course_dir() == Path.home().resolve() / "mine"


def test_the_course_is_found(mine: Path) -> None:
    assert existing() == mine
    assert formgrader.existing is existing


def test_list_works_without_the_answers(tmp_path: Path) -> None:
    """A copy for students has no solutions/: `autograder list` ended in "No module named"."""
    for name in ("autograder", "cs231n_lib"):
        shutil.copytree(
            paths.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "autograder.cli"]

    def done(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments], cwd=tmp_path, env=env, capture_output=True, text=True
        )

    rows = json.loads(done("list", "--json").stdout)
    assert len(rows) > 40 and all(r["mistakes"] is None for r in rows)
    told = done("list")
    assert told.returncode == 0 and "sgd_momentum: " in told.stdout
    assert "no solutions/" in told.stderr
    other = done("build")
    assert other.returncode == 1
    assert other.stderr.startswith("autograder: this copy of the course has no solutions/")


def test_grading_one_chapter_keeps_the_others_in_the_table(mine: Path, hand_in, capsys) -> None:
    """`autograder grade 3` wrote a table of chapter 3 alone over that of the whole course."""
    hand_in(mine, "ada")
    other = mine / "submitted" / "ada" / "06-schedules"
    other.mkdir()
    shutil.copy(mine / "release" / "06-schedules" / "schedules.ipynb", other)
    assert cli.main(["grade", "6", "--workers", "1"]) == 0
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    table = (mine / "grades.csv").read_text("utf-8")
    assert "06-schedules,ada" in table and "03-momentum,ada" in table
