"""What is handed in, read by the grader's own process: bounded, and without a side effect."""

from __future__ import annotations

import csv
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from autograder.building.notebooks import find
from autograder.course import gradebook, table
from autograder.grading import grade
from autograder.submissions import reading
from autograder.submissions.reading import TROUBLE, read_submission
from autograder.submissions.submissions import Submission
from autograder.walls.cells import MAX_BLANK, MAX_CODE


def handed_in(folder: Path, *sources: str) -> Path:
    path = folder / "momentum.ipynb"
    path.write_text(writes(new_notebook(cells=[new_code_cell(s) for s in sources])), "utf-8")
    return path


def test_voids_in_the_code_are_shortened(tmp_path: Path) -> None:
    """And nothing else: lines that hold something stay as they are, in their order."""
    source = "x = 1" + "\n    " * 30_000 + "\n\ny = [\n\n  2]\n" + "\n" * 30_000 + "z = 3"
    (cell,) = read_submission(handed_in(tmp_path, source)).cells
    assert [line for line in cell.source.split("\n") if line.strip()] == [
        "x = 1",
        "y = [",
        "  2]",
        "z = 3",
    ]
    assert cell.source.count("\n") == 2 * MAX_BLANK + 1 + 3
    assert "y = [\n\n  2]" in cell.source


def test_code_has_a_limit_that_no_honest_notebook_meets(tmp_path: Path) -> None:
    comment = "# " + "x" * 90_000
    nb = read_submission(handed_in(tmp_path, "def f():\n    return 1", *[comment] * 40))
    assert nb.cells[0].source == "def f():\n    return 1"
    assert sum(len(c.source) for c in nb.cells) == MAX_CODE


KINDS: dict[str, int] = {
    "device": stat.S_IFCHR,
    "socket": stat.S_IFSOCK,
    "pipe": stat.S_IFIFO,
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_not_opened(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "momentum.ipynb"
    try:
        os.mknod(path, KINDS[kind] | 0o666, os.makedev(1, 5) if kind == "device" else 0)
    except PermissionError:
        pytest.skip("only root makes devices")
    opened, real = [], os.open
    monkeypatch.setattr(
        reading.os, "open", lambda p, *rest: opened.append(str(p)) or real(p, *rest)
    )
    assert "is no file" in read_submission(path).metadata[TROUBLE]
    assert opened == ([str(path)] if kind == "pipe" else [])


def test_a_folder_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "momentum.ipynb").mkdir()
    assert "is no file" in read_submission(tmp_path / "momentum.ipynb").metadata[TROUBLE]


def test_a_file_of_a_terabyte_is_not_read(tmp_path: Path) -> None:
    submission = Submission("mallory", find("momentum"), tmp_path)
    with open(submission.path, "wb") as file:
        file.truncate(1 << 40)
    first = submission.digest()
    with open(submission.path, "ab") as file:
        file.truncate((1 << 40) + 1)
    assert first and submission.digest() != first
    assert "too large" in read_submission(submission.path).metadata[TROUBLE]


def test_the_companion_that_a_mac_packs_is_no_second_notebook(tmp_path: Path) -> None:
    right = handed_in(tmp_path, "x = 1").rename(tmp_path / "momentum (1).ipynb")
    (tmp_path / "._momentum (1).ipynb").write_bytes(b"\x00\x05\x16\x07")
    assert Submission("ada", find("momentum"), tmp_path).path == right


def test_errors_are_printable_on_a_terminal() -> None:
    told = grade._sentence(ValueError("\x1b]0;title\x07 \u202e half\nline \ud800"))
    assert told.isprintable() and "half line" in told


def test_no_name_is_a_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["+1+1", "@SUM", "-1", "ada", "=x"]
    row: dict[str, Any] = {"assignment": "a", "score": 1.0, "max_score": 2.0}
    rows = [{**row, "student": n, "needs_manual_grade": False} for n in names]
    monkeypatch.setattr(gradebook, "scores", lambda a: rows)
    table.write_table([find("momentum")], tmp_path / "grades.csv")
    with open(tmp_path / "grades.csv", encoding="utf-8", newline="") as file:
        written = [r[1] for r in csv.reader(file)][1:]
    assert written == ["'+1+1", "'@SUM", "'-1", "ada", "'=x"]
