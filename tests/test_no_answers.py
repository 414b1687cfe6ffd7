"""No answer stands in anything that a student can get: notebooks, texts, wheel, release."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from autograder.judging import reference
from autograder.paths import ASSIGNMENTS, LIBRARY, ROOT
from cs231n_lib import exercises
from tests.answer_scan import answers_in
from trial.mutants.mutation import source


def test_the_scan_finds_an_answer_where_there_is_one(leaks, answer_lines, course: Path) -> None:
    """A scan that finds nothing anywhere would pass every other test here."""
    assert set(answer_lines.values()) >= {"sgd_momentum", "affine_forward", "minibatches"}
    for exercise in exercises.table().values():
        if exercise.name in answer_lines.values():  # the others are short
            path = ROOT / "solutions" / exercise.chapter / f"{exercise.name}.py"
            assert exercise.name in leaks(path.read_bytes()), path
    for path in (course / "source").rglob("*.ipynb"):
        assert len(leaks(path.read_bytes())) >= 3, path


def test_nothing_under_assignments_or_in_the_library_holds_an_answer(leaks) -> None:
    for folder in (ASSIGNMENTS, LIBRARY, ROOT / "docs", ROOT / "book"):
        for path in folder.rglob("*"):
            if path.is_file() and "_build" not in path.parts and "__pycache__" not in path.parts:
                assert leaks(path.read_bytes()) == set(), path


def test_the_release_holds_no_answer(leaks, course: Path) -> None:
    files = [p for p in (course / "release").rglob("*") if p.is_file()]
    assert files
    for path in files:
        assert leaks(path.read_bytes()) == set(), path


def test_the_student_wheel_holds_no_answer_and_no_compiled_file(leaks, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q",
         "-w", str(tmp_path), str(ROOT)],
        check=True,
    )  # fmt: skip
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            assert name.startswith("cs231n_lib"), name
            assert not name.endswith(".pyc"), name
            assert leaks(archive.read(name)) == set(), name


def kept_files() -> list[Path]:
    """Every file of the project's history that is no solution."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [p for p in paths if p.is_file() and p.relative_to(ROOT).parts[0] != "solutions"]


def test_no_function_outside_solutions_answers_an_exercise() -> None:
    """Tests held answers with full points to 11 exercises: who removes solutions/ left them."""
    found = {}
    for path in kept_files():
        if path.suffix not in (".py", ".md", ".ipynb", ".toml", ".yml", ".txt", ".html", ".js"):
            continue
        text = path.read_text("utf-8")
        if path.suffix == ".ipynb":
            text = text.replace("\\n", "\n").replace('\\"', '"')
        if answers := answers_in(text, path.suffix == ".py"):
            found[str(path.relative_to(ROOT))] = answers
    assert found == {}


def test_the_scan_finds_answers_wherever_they_stand() -> None:
    """In programs, in strings of programs, in texts, under other names."""
    for name, function in reference.answers().items():
        if name in ("sgd", "relu_forward", "nesterov"):
            text = source(function)
            assert (name, name) in answers_in(text)
            assert (name, name) in answers_in(f"CODE = {text!r}")
            assert (name, name) in answers_in(f"Prose.\n\n```python\n{text}\n```\n", python=False)
            assert ("other", name) in answers_in(text.replace(f"def {name}", "def other"))
    assert answers_in("def sgd(w, dw, config=None):\n    return w, config") == set()
    bare = "def step(w, dw, config):\n    return w - %s * dw, config"  # here it is no program
    assert answers_in(bare % "config['learning_rate']") == {("step", "sgd")}, (
        "a notebook of chapter 6 printed it"
    )


def test_the_scan_ends_where_a_function_does_not() -> None:
    """An endless loop in a test's text once kept all tests from ending."""
    endless = "def sgd(w, dw, config=None):\n    while True:\n        w = w - dw"
    assert answers_in(endless) == set()
