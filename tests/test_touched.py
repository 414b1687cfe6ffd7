"""`make check` tries the exercises of the chapters that changed, and no others."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cs231n_lib import exercises

ROOT = Path(__file__).resolve().parents[1]
KNOWN = ["training_loop", "momentum", "second_order"]


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
        ("solutions/momentum.py", ["momentum"]),
        ("cs231n_lib/exercises/momentum_cases.py", ["momentum"]),
        ("cs231n_lib/expected/second_order.safetensors", ["second_order"]),
        ("assignments/01-training-loop/training_loop.md", ["training_loop"]),
        ("solutions/variants/momentum.py", ["momentum"]),
        ("tests/solutions/test_second_order.py", ["second_order"]),
        ("autograder/momentumless.py", []),
        ("README.md", []),
    ],
)
def test_a_file_belongs_to_the_chapter_that_it_names(
    path: str, found: list[str], touched: Any
) -> None:
    assert touched.chapters([path], KNOWN) == found


def test_chapters_come_in_the_order_of_the_course(touched: Any) -> None:
    paths = ["solutions/second_order.py", "solutions/training_loop.py"]
    assert touched.chapters(paths, KNOWN) == ["training_loop", "second_order"]


@pytest.fixture
def history(touched: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, in which ``touched`` looks."""
    monkeypatch.setattr(touched, "ROOT", tmp_path)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "momentum.py").write_text("x = 1\n", "utf-8")
    for words in ("init -q", "add .", "-c user.name=n -c user.email=e commit -q -m first"):
        subprocess.run(["git", "-C", tmp_path, *words.split()], check=True)
    return tmp_path


def test_what_is_written_and_what_is_new_counts(touched: Any, history: Path, capsys: Any) -> None:
    assert touched.main() == 0
    assert capsys.readouterr().out == "\n"
    (history / "solutions" / "momentum.py").write_text("x = 2\n", "utf-8")
    assert touched.main() == 0
    names = [e.name for e in exercises.chapter("momentum")]
    assert capsys.readouterr().out == " or ".join(names) + "\n"
    (history / "solutions" / "schedules.py").write_text("new = 1\n", "utf-8")
    assert touched.main("HEAD") == 0
    names += [e.name for e in exercises.chapter("schedules")]
    assert capsys.readouterr().out == " or ".join(names) + "\n"


def test_a_commit_that_is_not_there_is_told(touched: Any, history: Path, capsys: Any) -> None:
    assert touched.main("nowhere") == 1
    assert capsys.readouterr().err == (
        "touched: there is no commit 'nowhere': name another, or commit once\n"
    )
