"""Whatever is wrong on the instructor's side: one sentence, a status, nothing lost."""

from __future__ import annotations

import os
import socket
import sqlite3
from pathlib import Path

import pytest

from autograder import cli
from autograder.building.notebooks import find
from autograder.grading import grade
from autograder.sandbox import box
from tests.grading.totals import TABLE


def sentence(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Standard error of a command that must fail, with a single sentence of its own."""
    assert cli.main(arguments) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    err = "\n".join(line for line in lines if not line.startswith("note: "))  # of this machine
    assert "Traceback" not in err
    return err


def test_no_bubblewrap(mine: Path, hand_in, capsys, monkeypatch) -> None:
    hand_in(mine, "ada")
    monkeypatch.setattr("autograder.sandbox.seen.shutil.which", lambda name: None)
    box.bubblewrap.cache_clear()
    try:
        err = sentence(capsys, "grade", "3")
    finally:
        monkeypatch.undo()
        box.bubblewrap.cache_clear()
    assert "apt-get install bubblewrap" in err and "--trusted" in err
    assert len(err.splitlines()) == 1


def test_trusted_grading_needs_no_sandbox(mine: Path, hand_in, capsys, monkeypatch) -> None:
    hand_in(mine, "ada")
    monkeypatch.setattr(box, "bubblewrap", lambda: pytest.fail("asked for the sandbox"))
    assert cli.main(["grade", "3", "--trusted", "--workers", "1"]) == 0
    assert f"ada,{TABLE}" in (mine / "grades.csv").read_text("utf-8")


def test_unknown_chapter(mine: Path, capsys) -> None:
    err = sentence(capsys, "grade", "chapter-99")
    assert "no assignment or chapter 'chapter-99'" in err and "03-momentum" in err


def test_nothing_handed_in(mine: Path, capsys) -> None:
    assert "put notebooks into" in sentence(capsys, "grade", "3")


def test_not_released(mine: Path, hand_in, capsys) -> None:
    (mine / "gradebook.db").unlink()
    hand_in(mine, "ada")
    assert "run `autograder build` first" in sentence(capsys, "grade", "3")


def test_missing_notebook_gets_zero_and_a_sentence(mine: Path, capsys) -> None:
    (mine / "submitted" / "ada" / "03-momentum").mkdir(parents=True)
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert "ada,0,22" in (mine / "grades.csv").read_text("utf-8")
    page = mine / "feedback" / "ada" / "03-momentum" / "momentum.html"
    assert "could not be opened" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"cells": [', "damaged or cut short"),
        (b"[1, 2]", "no Jupyter notebook"),
        (b"\xff\xfe\x00", "damaged or cut short"),
        (b"[" * 200_000, "nested too deeply|damaged"),
    ],
)
def test_unreadable_notebook_gets_zero_and_a_sentence(
    mine: Path, hand_in, capsys, content, told
) -> None:
    import re

    hand_in(mine, "ada").write_bytes(content)
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert "ada,0,22" in (mine / "grades.csv").read_text("utf-8")
    page = mine / "feedback" / "ada" / "03-momentum" / "momentum.html"
    assert re.search(told, page.read_text("utf-8"))


def test_gradebook_of_another_version(mine: Path, hand_in, capsys) -> None:
    hand_in(mine, "ada")
    with sqlite3.connect(mine / "gradebook.db") as db:
        db.execute("update alembic_version set version_num = 'abc'")
    assert "another version of nbgrader" in sentence(capsys, "grade", "3")


def test_damaged_gradebook(mine: Path, hand_in, capsys) -> None:
    hand_in(mine, "ada")
    (mine / "gradebook.db").write_bytes(b"no database" * 1000)
    assert "the gradebook is damaged" in sentence(capsys, "grade", "3")


def test_damaged_key(mine: Path, hand_in, capsys) -> None:
    hand_in(mine, "ada")
    (mine / "records.key").write_text("no key", "utf-8")
    assert "records.key is damaged" in sentence(capsys, "grade", "3")


def test_nothing_to_replay(mine: Path, hand_in, capsys) -> None:
    hand_in(mine, "ada")
    assert "run `autograder grade` first" in sentence(capsys, "replay", "3")


def test_port_taken(mine: Path, capsys) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} is taken" in sentence(capsys, "formgrader", "--port", str(port))


def test_disk_full_while_grading_keeps_what_was_graded(
    mine: Path, hand_in, capsys, monkeypatch
) -> None:
    for who in ("ada", "ben"):
        hand_in(mine, who)
    write, calls = grade.write_graded, []

    def full(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError(28, os.strerror(28), "gradebook.db")
        write(*arguments)

    monkeypatch.setattr(grade, "write_graded", full)
    assert cli.main(["grade", "3", "--workers", "1"]) == 1
    assert "the disk is full: make room" in capsys.readouterr().err
    monkeypatch.setattr(grade, "write_graded", write)
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert "graded 1, already graded 1" in capsys.readouterr().out
    table = (mine / "grades.csv").read_text("utf-8")
    assert f"ada,{TABLE}" in table and f"ben,{TABLE}" in table


def test_a_worker_that_dies_costs_only_its_own_submission(mine: Path, hand_in, monkeypatch) -> None:
    for who in ("ada", "ben"):
        hand_in(mine, who)
    monkeypatch.setattr(grade, "compute", dies_for_ben)
    said: list[str] = []
    summary = grade.grade_class([find("3")], said.append, workers=2)
    assert summary.graded == 1
    assert "a worker process died" in summary.failed["ben 03-momentum"]


def dies_for_ben(path, *rest):
    """Stands in for a worker's task; the process ends as if it had been killed."""
    if "ben" in str(path):
        os._exit(9)
    return REAL(path, *rest)


REAL = grade.compute
