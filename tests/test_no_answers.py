"""No answer stands in anything that a student can get: notebooks, texts, wheel, release."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from autograder.paths import ASSIGNMENTS, LIBRARY, ROOT


def test_the_scan_finds_an_answer_where_there_is_one(leaks, answer_lines, course: Path) -> None:
    """A scan that finds nothing anywhere would pass every other test here."""
    assert set(answer_lines.values()) >= {"sgd_momentum", "affine_forward", "minibatches"}
    for path in sorted((ROOT / "solutions").glob("*.py")):
        if path.stem not in ("__init__", "declare"):
            assert leaks(path.read_bytes()), path
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
