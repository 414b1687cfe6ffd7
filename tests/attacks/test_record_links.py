"""Links in the folder of records, laid by someone who may write there and has no key.

Whatever a grading, a replay or a new verdict does with them: nothing elsewhere is written,
removed or read as a record.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.building.notebooks import find
from autograder.course.course import generate
from autograder.grading.grade import grade_class
from autograder.records import records, replay
from autograder.sandbox.box import Limits
from autograder.submissions.submissions import Submission
from trial.attacks.classroom import HALF, ROOT, Targets, digests, signed
from trial.attacks.corpus.desk import RIGHT, Desk

ASSIGNMENT = find("momentum")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course folder with one graded submission in it."""
    course = tmp_path_factory.mktemp("links") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS231N_COURSE", str(course))
        generate(ASSIGNMENT)
        folder = course / "submitted" / HALF / ASSIGNMENT.name
        folder.mkdir(parents=True)
        desk = Desk(ASSIGNMENT, folder, Targets(course, course, ROOT))
        desk.write(signed(desk, *RIGHT))
        done = grade_class([ASSIGNMENT], lambda _: None, workers=1, limits=Limits(cell_seconds=30))
        assert done.graded == 1
    yield course


@pytest.fixture
def place(graded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, and another folder beside it."""
    course = tmp_path / "course"
    shutil.copytree(graded, course)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(course / "records" / HALF / ASSIGNMENT.name, elsewhere / ASSIGNMENT.name)
    for folder in (elsewhere, elsewhere / ASSIGNMENT.name):
        for name in ("old.safetensors", ".x.part", "graded.json", "mine.txt"):
            (folder / name).write_text("not the grader's", "utf-8")
    monkeypatch.setenv("CS231N_COURSE", str(course))
    return course


def _folder(level: int) -> Callable[[Path], None]:
    """A link in the place of a folder of the path to the record, as many levels above it."""

    def plant(course: Path) -> None:
        folder = course / "records" / HALF / ASSIGNMENT.name
        there = course.parent / "elsewhere"
        targets = [there / ASSIGNMENT.name, there, there / "students"]
        if level == 2:
            targets[2].mkdir()
            shutil.copytree(there / ASSIGNMENT.name, targets[2] / HALF / ASSIGNMENT.name)
            (targets[2] / HALF / ASSIGNMENT.name / "other.safetensors").write_text("x", "utf-8")
        link = [folder, folder.parent, folder.parent.parent][level]
        shutil.rmtree(link)
        os.symlink(targets[level], link)

    return plant


def _file(pattern: str) -> Callable[[Path], None]:
    """A link in the place of a file of the record."""

    def plant(course: Path) -> None:
        folder = course / "records" / HALF / ASSIGNMENT.name
        there = course.parent / "elsewhere" / ASSIGNMENT.name
        for path in [*folder.glob(pattern)] or [folder / pattern]:
            path.unlink(missing_ok=True)
            os.symlink(there / path.name, path)
            if not (there / path.name).exists():
                (there / path.name).write_text("not the grader's", "utf-8")

    return plant


PLANTED: dict[str, Callable[[Path], None]] = {
    "assignment": _folder(0),
    "student": _folder(1),
    "records": _folder(2),
    "json": _file("momentum.json"),
    "arrays": _file("*.safetensors"),
    "marker": _file("graded.json"),
    "part": _file(f".momentum.json.{os.getpid()}.part"),
}


def again(course: Path) -> Submission:
    return Submission(HALF, ASSIGNMENT, course / "submitted" / HALF / ASSIGNMENT.name)


@pytest.mark.parametrize("name", PLANTED)
def test_a_new_record_touches_nothing_elsewhere(name: str, place: Path) -> None:
    """The record of a regrading, written where links were laid."""
    record, reports = replay.judge_again(again(place))
    told = record.told
    graded = records.Graded(
        told["seed"], reports, record.evidence, told["trouble"], submission=told["submission"],
    )  # fmt: skip
    PLANTED[name](place)
    before = digests(place.parent / "elsewhere")
    refused = ""
    try:
        records.write(
            student=HALF,
            assignment=ASSIGNMENT.name,
            notebook=ASSIGNMENT.chapter,
            graded=graded,
        )
    except Exception as error:  # a sentence, whatever its type
        refused = str(error)
    assert digests(place.parent / "elsewhere") == before
    if name in ("assignment", "student", "records"):
        assert "link" in refused, "the folder is not a folder, and nothing was said"


@pytest.mark.parametrize("name", ["assignment", "student", "records", "json", "arrays"])
def test_no_record_is_read_through_a_link(name: str, place: Path) -> None:
    replay.judge_again(again(place))  # without a link it is read
    PLANTED[name](place)
    with pytest.raises(records.Refused):
        replay.judge_again(again(place))
