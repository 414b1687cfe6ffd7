"""`make check` tries the exercises that changed, and no others."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cs231n_lib import exercises

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = {
    "training_loop": ["affine_forward", "affine_backward"],
    "descent": ["descent", "noise"],
    "momentum": ["sgd_momentum", "nesterov"],
}


@pytest.fixture
def touched() -> Any:
    spec = importlib.util.spec_from_file_location("touched", ROOT / "scripts" / "touched.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("solutions/momentum/nesterov.py", ["nesterov"]),
        ("cs231n_lib/chapters/momentum/nesterov.py", ["nesterov"]),
        ("tests/chapters/momentum/test_nesterov.py", ["nesterov"]),
        ("solutions/training_loop/affine_forward.py", ["affine_forward", "affine_backward"]),
        ("cs231n_lib/chapters/momentum/_cases.py", ["sgd_momentum", "nesterov"]),
        ("cs231n_lib/expected/momentum.safetensors", ["sgd_momentum", "nesterov"]),
        ("assignments/01-training-loop/training_loop.md", ["affine_forward", "affine_backward"]),
        ("book/momentum.md", ["sgd_momentum", "nesterov"]),
        ("solutions/descent/descent.py", ["descent"]),
        ("book/descent.md", ["descent", "noise"]),
        ("autograder/momentumless.py", []),
        ("nesterov.py", []),
        ("README.md", []),
    ],
)
def test_a_file_belongs_to_the_exercise_or_the_chapter_that_it_names(
    path: str, found: list[str], touched: Any
) -> None:
    assert touched.touched([path], CHAPTERS, {"affine_forward": ["affine_backward"]}) == found


def test_exercises_come_in_the_order_of_the_course(touched: Any) -> None:
    paths = ["solutions/momentum/nesterov.py", "solutions/training_loop/affine_forward.py"]
    assert touched.touched(paths, CHAPTERS, {}) == ["affine_forward", "nesterov"]


@pytest.fixture
def history(touched: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, in which ``touched`` looks."""
    monkeypatch.setattr(touched, "ROOT", tmp_path)
    (tmp_path / "solutions" / "momentum").mkdir(parents=True)
    (tmp_path / "solutions" / "momentum" / "nesterov.py").write_text("x = 1\n", "utf-8")
    for words in ("init -q", "add .", "-c user.name=n -c user.email=e commit -q -m first"):
        subprocess.run(["git", "-C", tmp_path, *words.split()], check=True)
    return tmp_path


def test_what_is_written_and_what_is_new_counts(touched: Any, history: Path, capsys: Any) -> None:
    assert touched.main() == 0
    assert capsys.readouterr().out == "\n"
    (history / "solutions" / "momentum" / "nesterov.py").write_text("x = 2\n", "utf-8")
    assert touched.main() == 0
    assert capsys.readouterr().out == "nesterov\n"
    (history / "book").mkdir()
    (history / "book" / "schedules.md").write_text("new\n", "utf-8")
    assert touched.main("HEAD") == 0
    names = ["nesterov", *(e.name for e in exercises.chapter("schedules"))]
    assert capsys.readouterr().out == " or ".join(names) + "\n"


def test_a_commit_that_is_not_there_is_told(touched: Any, history: Path, capsys: Any) -> None:
    assert touched.main("nowhere") == 1
    assert capsys.readouterr().err == (
        "touched: there is no commit 'nowhere': name another, or commit once\n"
    )
