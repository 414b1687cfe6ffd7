"""A class for trials: momentum notebooks of every kind, in a course folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder import demo
from autograder.building.notebooks import Assignment, find
from autograder.course.course import generate
from autograder.judging import reference
from cs231n_lib import exercises

CRASH = "import os\nos._exit(1)"
HANG = "while True:\n    pass"


@contextmanager
def workplace(below: Path | None = None) -> Iterator[Path]:
    """A temporary folder with a released course in it, which is the course until the end."""
    before = os.environ.get("CS231N_COURSE")
    folder = Path(tempfile.mkdtemp(prefix="ft-", dir=below))
    folder.chmod(0o755)  # the boxes' users must get to their folders
    use(folder / "course")
    try:
        (folder / "tmp").mkdir()
        generate(assignment())
        yield folder
    finally:
        if before is None:
            del os.environ["CS231N_COURSE"]
        else:
            os.environ["CS231N_COURSE"] = before
        shutil.rmtree(folder, ignore_errors=True)


def use(course: Path) -> None:
    """Let this be the course folder from now on."""
    os.environ["CS231N_COURSE"] = str(course)


def assignment() -> Assignment:
    """The shortest one."""
    return find("momentum")


def kinds() -> dict[str, NotebookNode]:
    """Notebooks by name: perfect, empty, half done, a crash, and each known mistake."""
    rows = exercises.chapter("momentum")
    found = {
        "perfect": demo.solved(assignment()),
        "empty": demo.unsolved(assignment()),
        "half": demo.solved(assignment()),
        "crash": _with_cell(CRASH),
    }
    for exercise in rows[1::2]:
        stub = demo.cell_of(found["empty"], f"{exercise.name}-code").source
        demo.write_function(found["half"], exercise, stub)
    for exercise in rows:
        for i, mistake in enumerate(reference.mistakes(exercise)):
            nb = demo.solved(assignment())
            demo.write_function(nb, exercise, demo.mistaken(mistake))
            found[f"{exercise.name.replace('_', '-')}-{i}"] = nb
    return found


def compact() -> dict[str, NotebookNode]:
    """All known mistakes in few notebooks, one of each function in each; and four others."""
    rows = exercises.chapter("momentum")
    found = {k: nb for k, nb in kinds().items() if k in ("perfect", "empty", "half", "crash")}
    for i in range(max(len(reference.mistakes(e)) for e in rows)):
        nb = demo.solved(assignment())
        for exercise in rows:
            if i < len(known := reference.mistakes(exercise)):
                demo.write_function(nb, exercise, demo.mistaken(known[i]))
        found[f"mistakes-{i}"] = nb
    return found


def _with_cell(source: str) -> NotebookNode:
    """All right, but one function's cell does something else as well."""
    nb = demo.solved(assignment())
    cell = demo.cell_of(nb, "nesterov-code")
    cell.source = f"{source}\n{cell.source}"
    return nb


def hand_in(size: int) -> list[str]:
    """A class of this size, all kinds in turn; the last one hangs.  Returns the students."""
    books, students = list(kinds().items()), list[str]()
    for i in range(size):
        kind, nb = ("hang", _with_cell(HANG)) if i == size - 1 else books[i % len(books)]
        student = f"s{i:03d}-{kind}"
        demo.submit(student, assignment(), nb)
        students.append(student)
    return students


def hand_in_again(course: Path) -> None:
    """Every notebook changes by one blank, so that all are graded again."""
    for path in course.glob("submitted/*/*/*.ipynb"):
        path.write_text(path.read_text("utf-8") + " ", "utf-8")


def verdicts(course: Path) -> dict[str, Any]:
    """For each student points, case groups and named mistake of each exercise."""
    found = {}
    for path in sorted(course.glob(f"records/*/{assignment().name}/{assignment().chapter}.json")):
        told = json.loads(path.read_text("utf-8"))["exercises"]
        found[path.parents[1].name] = {
            name: {key: e[key] for key in ("earned", "groups", "mistake")}
            for name, e in told.items()
        }
    return found
