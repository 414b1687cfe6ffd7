"""One class for all attacks: honest students, the whole corpus, and canaries around it.

The class is graded once, through ``grade_class``, in a course folder of its own.
"""

from __future__ import annotations

import hashlib
import multiprocessing.util
import os
import shutil
import stat
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

SECRETS = {
    place: f"CANARY-{place}-{hashlib.sha256(place.encode()).hexdigest()[:16]}"
    for place in ("home", "env", "course")
}
WORKERS = 2


@dataclass
class Class:
    """The graded class and what lay around it before."""

    course: Path
    home: Path
    assignment: Any
    summary: Any
    rows: dict[str, dict[str, Any]]
    before: dict[str, dict[str, Any]]
    digests: dict[str, str]
    seconds: float
    said: list[str] = field(default_factory=list)

    def notebook(self, student: str) -> str:
        """Text of the autograded notebook."""
        return self._read("autograded", student, ".ipynb")

    def feedback(self, student: str) -> str:
        """The feedback page."""
        return self._read("feedback", student, ".html")

    def page(self, student: str) -> Path:
        name = self.assignment.name
        return self.course / "feedback" / student / name / f"{self.assignment.chapter}.html"

    def _read(self, folder: str, student: str, ending: str) -> str:
        path = self.course / folder / student / self.assignment.name
        return (path / f"{self.assignment.chapter}{ending}").read_text("utf-8")

    def earned(self, student: str) -> float:
        """Automatic points, without the free-text answer."""
        from corpus.desk import QUESTION

        return sum(s for n, s in self.rows[student]["cells"].items() if n != QUESTION)


def digests(*folders: Path) -> dict[str, str]:
    """Content, type, rights and targets of everything below some folders."""
    found = {}
    for folder in folders:
        for path in [folder, *sorted(folder.rglob("*"))]:
            info = path.lstat()
            what = f"{info.st_mode:o}"
            if stat.S_ISLNK(info.st_mode):
                what += os.readlink(path)
            elif stat.S_ISREG(info.st_mode):
                what += hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path)] = what
    return found


@pytest.fixture(scope="session")
def workplace() -> Iterator[Path]:
    """A short private folder for temporary files, course and home (socket paths are short)."""
    multiprocessing.util.get_temp_dir()  # made now, since it outlives this folder
    folder = Path(tempfile.mkdtemp(prefix="atk-"))
    changed = {
        "TMPDIR": str(folder / "t"),
        "HOME": str(folder / "home"),
        "CS231N_COURSE": str(folder / "course"),
        "CANARY": SECRETS["env"],
        "OMP_NUM_THREADS": "1",
    }
    old = {name: os.environ.get(name) for name in changed}
    for name in ("t", "home", "course"):
        (folder / name).mkdir()
    (folder / "home" / "canary.txt").write_text(SECRETS["home"], "utf-8")
    (folder / "course" / "canary.txt").write_text(SECRETS["course"], "utf-8")
    (folder / "t").chmod(0o1777)
    folder.chmod(0o755)  # so that only the box keeps its user out
    os.environ.update(changed)
    tempfile.tempdir = None
    yield folder
    for name, value in old.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})
    tempfile.tempdir = None
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def classroom(workplace: Path) -> Class:
    """Honest students before and after the whole corpus, all graded."""
    from corpus import ATTACKS
    from corpus.desk import Desk, Targets

    from autograder import gradebook
    from autograder.course import generate
    from autograder.grade import grade_class
    from autograder.notebooks import find
    from autograder.sandbox.box import Limits

    assignment, course, home = find("momentum"), workplace / "course", workplace / "home"
    said: list[str] = []

    def say(text: str) -> None:
        said.append(f"{time.monotonic() - begin:6.1f} s  {text}")
        print(said[-1])  # seen with `pytest -s`

    limits = Limits(cell_seconds=4, total_seconds=60, memory=1 << 30)

    def hand_in(student: str, build: Any) -> None:
        folder = course / "submitted" / student / assignment.name
        folder.mkdir(parents=True)
        desk = Desk(assignment, folder, Targets(course, home, HERE.parents[1]))
        nb = build(desk)
        if nb is not None:
            desk.write(nb)

    def grade(*students: str) -> Any:
        return grade_class([assignment], say, students=students, workers=WORKERS, limits=limits)

    def rows() -> dict[str, dict[str, Any]]:
        return {r["student"]: r for r in gradebook.scores(assignment)}

    begin = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nbgrader and its database
        generate(assignment)
        hand_in("aaa-honest-before", lambda desk: desk.solved())
        grade("aaa-honest-before")
        for one in ATTACKS.values():
            hand_in(one.name, one.build)
        before, kept = rows(), (course / "source", course / "release", course / "submitted", home)
        seen = digests(*kept)
        summary = grade(*ATTACKS)
        hand_in("zzz-honest-after", lambda desk: desk.solved())
        unchanged = digests(*kept)
        for path in [p for p in unchanged if "zzz-honest-after" in p]:
            del unchanged[path]
        last = grade("zzz-honest-after")
    summary.failed.update(last.failed)
    changed = {
        p: "changed" for p in seen.keys() | unchanged.keys() if seen.get(p) != unchanged.get(p)
    }
    seconds = time.monotonic() - begin
    return Class(course, home, assignment, summary, rows(), before, changed, seconds, said)
