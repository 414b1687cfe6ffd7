"""A student's time stamp cannot keep formgrader from listing the class."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI

from autograder.course import gradebook
from autograder.course.course import config, prepare
from autograder.submissions import stamps

BAD: dict[str, Callable[[Path], object]] = {
    "the end of time": lambda p: p.write_text("9999-12-31 23:59:59.999999-23:00"),
    "a zone of many digits": lambda p: p.write_text(f"2024-01-01 10:00:00 {'9' * 40}"),
    "no date": lambda p: p.write_text("yesterday evening"),
    "empty": lambda p: p.write_text(""),
    "not UTF-8": lambda p: p.write_bytes(b"\xff\xfe2024"),
    "very long": lambda p: p.write_text("2024-01-01" + " " * 10_000),
    "a pipe": os.mkfifo,
    "a folder": lambda p: p.mkdir(),
    "a link": lambda p: p.symlink_to("/dev/zero"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course folder with a gradebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS231N_COURSE", str(tmp_path_factory.mktemp("stamps")))
        found = prepare()
        with Gradebook(gradebook.url()) as book:
            book.add_assignment("03-momentum")
        yield found


@pytest.fixture
def folder(place: Path) -> Iterator[Path]:
    """The submission of `ada`."""
    found = place / "submitted" / "ada" / "03-momentum"
    found.mkdir(parents=True)
    yield found
    shutil.rmtree(found.parent)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_stamp_counts_as_none(name: str, folder: Path) -> None:
    BAD[name](folder / "timestamp.txt")
    assert stamps.text(folder) is None
    assert stamps.time(folder) is None


@pytest.mark.parametrize("name", BAD)
def test_nbgrader_lists_the_class_whatever_the_stamp(name: str, folder: Path) -> None:
    BAD[name](folder / "timestamp.txt")
    api = NbGraderAPI(config=config())
    (row,) = api.get_submissions("03-momentum")
    assert (row["student"], row["timestamp"]) == ("ada", None)
    assert api.coursedir.get_existing_timestamp(str(folder)) is None


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("2026-03-01 12:30:00 UTC", datetime(2026, 3, 1, 12, 30)),
        ("2026-03-01 12:30:00+02:00", datetime(2026, 3, 1, 10, 30)),
        ("2024-01-01 10:00:00 +99:99", datetime(2024, 1, 1, 10)),  # no zone: taken for UTC
    ],
)
def test_a_stamp_that_can_be_read_is_shown(stamp: str, utc: datetime, folder: Path) -> None:
    (folder / "timestamp.txt").write_text(stamp + "\n")
    api = NbGraderAPI(config=config())
    (row,) = api.get_submissions("03-momentum")
    assert row["timestamp"] == utc.isoformat()
    assert api.coursedir.get_existing_timestamp(str(folder)) == utc
    assert stamps.text(folder) == stamp
