"""CONTRIBUTING.md to the letter, in a copy: what it says makes an exercise, and nothing else."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
EXERCISE, CHAPTER = (
    PAGE[PAGE.index(f"## Adding {a}") : PAGE.index(f"## Adding {b}")]
    for a, b in (("an exercise", "a chapter"), ("a chapter", "an explorable"))
)
FILES = dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```", EXERCISE, re.MULTILINE | re.DOTALL))
PLACED = re.search(r"^````markdown\n(.*?)^````", EXERCISE, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """The commands of a section of the page, in order."""
    blocks = re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What git would keep of the project, in another folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    copy = tmp_path / "course"
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


def run(copy: Path, *words: str) -> str:
    """Run a command of the page in the copy, as one does in the environment."""
    programs = Path(sys.executable).parent
    program = sys.executable if words[0] == "python" else str(programs / words[0])
    # how these tests are run is nothing to the tests of the copy
    plain = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    done = subprocess.run(
        [program, *words[1:]],
        cwd=copy,
        env={**plain, "PYTHONPATH": str(copy), "CS231N_COURSE": str(copy / "course")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (words, done.stdout[-3000:], done.stderr[-3000:])
    return done.stdout


def kept(copy: Path) -> dict[str, bytes]:
    """The files of the copy that git would keep, with what is in them."""
    passing = {"course", "build", "__pycache__"}
    return {
        path.relative_to(copy).as_posix(): path.read_bytes()
        for path in copy.rglob("*")
        if path.is_file()
        and not {p for p in path.relative_to(copy).parts if p in passing or p.startswith(".")}
    }


def test_an_exercise_is_two_files_a_line_its_place_and_its_test(copy: Path) -> None:
    """Seventeen files had to be touched, and `pytest -m` tried all exercises' mutants."""
    before = kept(copy)
    begin, build, trial, test = commands(EXERCISE)
    run(copy, *begin)
    changed = {name for name, text in kept(copy).items() if before.get(name) != text}
    listed = "cs231n_lib/chapters/momentum/__init__.py"
    assert changed == {*FILES, listed}
    assert set((copy / listed).read_text().splitlines()) - set(
        before[listed].decode().splitlines()
    ) == {'    "halve",'}
    for name, text in FILES.items():
        (copy / name).write_text(text, "utf-8")
    assignment = copy / "assignments" / "03-momentum" / "momentum.md"
    assert PLACED is not None
    with assignment.open("a", encoding="utf-8") as file:
        file.write("\n" + PLACED[1])
    run(copy, *build)
    said = run(copy, *trial)
    assert "halve" in said and "sgd" not in said and "kept in book/trial_records" in said
    tested = run(copy, *test, "-q", "-p", "no:cacheprovider")
    assert re.search(r"\b\d\d+ passed", tested) and "failed" not in tested
    changed = {name for name, text in kept(copy).items() if before.get(name) != text}
    assert changed == {
        *FILES,
        listed,
        "assignments/03-momentum/momentum.md",
        "assignments/03-momentum/momentum.ipynb",
        "book/exercises.md",
        "book/trial_records/momentum/halve.json",
        "cs231n_lib/expected/momentum.safetensors",
    }
    record = json.loads((copy / "book/trial_records/momentum/halve.json").read_text("utf-8"))
    assert set(record) == {"mutants", "mistakes", "styles"}


def test_a_chapter_is_one_command(copy: Path) -> None:
    """Nine lists had to be changed by hand."""
    (new,) = commands(CHAPTER)
    run(copy, *new)
    name = new[3]
    run(copy, "autograder", "new", "exercise", name, "bend")
    for path in copy.rglob("*bend.py"):  # as the scaffold is, but with an answer that is tested
        path.write_text(path.read_text().replace("[np.nan]", "[1.0]"))
    assignment = copy / "assignments" / "07-curvature" / f"{name}.md"
    with assignment.open("a", encoding="utf-8") as file:
        file.write("\n```{code-cell} ipython3\n:tags: [exercise]\nbend\n```\n")
    run(copy, "autograder", "build", name)
    assert "bend: 1 points" in run(copy, "autograder", "list")
    assert "<code>bend</code>" in (copy / "book" / "exercises.md").read_text("utf-8")
    told = run(
        copy, "pytest", "-q", "-p", "no:cacheprovider",
        "tests/book/test_book_config.py", f"tests/chapters/{name}",
        "tests/test_declarations.py::test_no_exercise_is_an_orphan",
    )  # fmt: skip
    assert " passed" in told


def test_asking_for_an_exercise_leaves_out_no_test_of_it() -> None:
    """What cannot be about it is not even read; `and` makes pytest read everything."""
    found = []
    for expression in ("sgd_momentum", "sgd_momentum and sgd_momentum"):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--co", "-q", "-p", "no:cacheprovider",
             "-m", expression],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found.append({line for line in done.stdout.splitlines() if "::" in line})
    assert found[0] == found[1] and len(found[0]) > 50
