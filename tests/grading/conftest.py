"""Classes that are graded once, for all tests of this folder."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from autograder import demo
from autograder.building.notebooks import Assignment, assignments, find
from autograder.course.course import generate
from autograder.course.gradebook import released, scores
from autograder.grading import behind, grade
from autograder.grading.grade import grade_class
from autograder.grading.work import Summary
from autograder.judging import reference
from autograder.sandbox.box import Limits
from autograder.submissions.submissions import Submission
from cs231n_lib import exercises


@dataclass
class GradedClass:
    """The sample class, what each of it deserved, and what was said while grading."""

    folder: Path
    deserved: list[demo.Expected]
    summary: Summary
    said: list[str]

    def cells(self, student: str, assignment: str) -> dict[str, float]:
        """Points per graded cell of one submission."""
        a = next(x for x in assignments() if x.name == assignment)
        row = next(r for r in scores(a) if r["student"] == student)
        return row["cells"]


@pytest.fixture(scope="session")
def graded(course: Path) -> GradedClass:
    deserved = demo.make_class()
    said: list[str] = []
    summary = grade_class(assignments(), said.append, workers=2, limits=demo.LIMITS)
    return GradedClass(course, deserved, summary, said)


@dataclass
class Recorded:
    """A small graded class whose records can be judged again, in a course folder of its own."""

    folder: Path
    executed: dict[str, dict[str, dict[str, Any]]]

    def record(self, student: str, assignment: str = "03-momentum") -> Path:
        """The sealed JSON of one record."""
        notebook = assignment[3:].replace("-", "_")
        return self.folder / "records" / student / assignment / f"{notebook}.json"


def grade_here(folder: Path, student: str, assignment: Assignment) -> dict[str, dict[str, Any]]:
    """Grade one submission in this process; returns what was found for each exercise."""
    place = folder / "submitted" / student / assignment.name
    submission = Submission(student, assignment, place)
    limits = Limits(cell_seconds=20)
    text, found = grade.compute(submission, released(assignment), limits)
    grade.write_graded(folder, submission, text, found)
    return {name: v.summary() for name, v in found.verdicts.items()}


class JudgedHere:
    """A judge in this process, where a test has changed the answers; relays stay outside."""

    def __init__(self) -> None:
        self.outside = behind.judge()

    def ask(self, task: str, request: Any, *_: Any) -> Any:
        module, _, name = task.partition(":")
        return json.loads(json.dumps(getattr(import_module(module), name)(request)))

    def talk(self, *arguments: Any) -> Any:
        return self.outside.talk(*arguments)


def change_answer(patch: pytest.MonkeyPatch, name: str, function: Any) -> None:
    """Let the course have another answer to an exercise from now on."""
    patch.setitem(reference.answers(), name, function)
    here = JudgedHere()
    patch.setattr(behind, "judge", lambda: here)


OWN = {
    "affine_forward": (
        "def affine_forward(x, w, b):\n    return x.reshape(len(x), -1) @ w + 2 * b, (x, w, b)\n"
    ),
    "affine_backward": (
        "def affine_backward(dout, cache):\n"
        "    x, w, b = cache\n"
        "    dw = x.reshape(len(x), -1).T @ dout\n"
        "    return (dout @ w.T).reshape(x.shape), dw, 2 * dout.sum(axis=0)\n"
    ),
}


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Perfect, empty, crashed and late work, every known mistake of chapter 3, own credit.

    ``slip-<i>`` has the i-th known mistake of each exercise; ``wronged`` is right where the
    answer was wrong when it was graded.
    """
    folder = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS231N_COURSE", str(folder))
        first, third = find("1"), find("3")
        for assignment in (first, third):
            generate(assignment)
        demo.submit("perfect", third, demo.solved(third))
        demo.submit("wronged", third, demo.solved(third))
        demo.submit("empty", third, demo.unsolved(third))
        crash = demo.solved(third)
        demo.cell_of(crash, "nesterov-code").source = "import os\nos._exit(1)"
        demo.submit("crash", third, crash)
        late = folder / "submitted" / "crash" / third.name / "timestamp.txt"
        late.write_text("2030-01-01 00:00:00 UTC", "utf-8")
        slips = [(e, reference.mistakes(e)) for e in exercises.chapter("momentum")]
        for i in range(max(len(known) for _, known in slips)):
            nb = demo.solved(third)
            for exercise, known in slips:
                demo.write_function(nb, exercise, demo.mistaken(known[i % len(known)]))
            demo.submit(f"slip-{i}", third, nb)
        nb = demo.solved(first)
        for name, source in OWN.items():
            demo.write_function(nb, exercises.get(name), source)
        demo.submit("own", first, nb)
        executed = {"own": grade_here(folder, "own", first)}
        for place in sorted((folder / "submitted").glob(f"*/{third.name}")):
            student = place.parent.name
            with pytest.MonkeyPatch.context() as wrong:
                if student == "wronged":
                    change_answer(wrong, "nesterov", reference.answers()["sgd_momentum"])
                executed[student] = grade_here(folder, student, third)
    yield Recorded(folder, executed)


@pytest.fixture
def replayable(recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """A copy of the recorded class that a test may change; nothing can be executed in it."""

    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("student code was about to run")

    folder = tmp_path / "course"
    shutil.copytree(recorded.folder, folder)
    monkeypatch.setenv("CS231N_COURSE", str(folder))
    monkeypatch.setattr("autograder.grading.graded.execute", forbidden)
    monkeypatch.setattr("autograder.sandbox.execute.Box", forbidden)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "alembic").symlink_to(Path(sys.executable).parent / "alembic")
    monkeypatch.setenv("PATH", str(tools))
    return Recorded(folder, recorded.executed)


@pytest.fixture
def with_answer() -> Callable[..., None]:
    """:func:`change_answer`, for the tests of this folder."""
    return change_answer


@pytest.fixture
def mine(released_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the released course that a test may break; nobody has handed anything in."""
    folder = Path(shutil.copytree(released_course, tmp_path / "course"))
    monkeypatch.setenv("CS231N_COURSE", str(folder))
    return folder


@pytest.fixture
def hand_in() -> Callable[..., Path]:
    """A function that hands in momentum, solved unless another notebook is given."""

    def put(folder: Path, student: str, source: Path | None = None) -> Path:
        place = folder / "submitted" / student / "03-momentum"
        place.mkdir(parents=True)
        solved = folder / "source" / "03-momentum" / "momentum.ipynb"
        return Path(shutil.copy(source or solved, place / "momentum.ipynb"))

    return put
