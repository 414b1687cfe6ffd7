"""The exchange where students put into it what they like, and where it may lie at all."""

from __future__ import annotations

import json
import os
import pwd
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.utils import notebook_hash
from traitlets.config import Config

from autograder import cli, paths
from autograder.building.notebooks import find
from autograder.course import course, private
from tests.grading.commands import nbgrader

NAME, NOTEBOOK = "03-momentum", "momentum.ipynb"
STAMP = "2026-03-01 12:00:0{}.000000 UTC"
SECRET = "s3cret" * 8


@pytest.fixture
def exchange(mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An exchange in which chapter 3 is released; returns the folder that students write to."""
    monkeypatch.setenv(paths.EXCHANGE, str(tmp_path / "exchange"))
    assert api("release_assignment")["success"]
    return tmp_path / "exchange" / "training-deep-networks" / "inbound"


def api(name: str, config: Config | None = None) -> dict[str, Any]:
    """One of nbgrader's commands, as formgrader's buttons give it; returns what it reports."""
    result: dict[str, Any] = getattr(NbGraderAPI(config=config or course.config()), name)(NAME)
    return result


@pytest.fixture
def submitted(exchange: Path, mine: Path) -> Callable[..., Path]:
    """A function that puts a folder into the exchange, as ``nbgrader submit`` does."""

    def put(student: str, second: int = 1, solved: bool = False, owner: int = 0) -> Path:
        folder = exchange / f"{student}+{NAME}+{STAMP.format(second)}+r{second}"
        step = "source" if solved else "release"
        shutil.copytree(mine / step / NAME, folder)
        (folder / "timestamp.txt").write_text(STAMP.format(second), "utf-8")
        (folder / "submission_secret.txt").write_text(f"{SECRET}{second}", "utf-8")
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner, owner)
        return folder

    return put


@pytest.fixture
def named() -> pwd.struct_passwd:
    """A user of this machine that is not the one who runs the tests."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files to other users")
    return next(user for user in pwd.getpwall() if user.pw_uid not in (0, 65534))


def test_links_pipes_and_odd_names_neither_leak_nor_end_the_collection(
    exchange: Path, submitted, mine: Path, tmp_path: Path
) -> None:
    """A link to the solved notebook, collected by its owner, was full marks and the answers."""
    solved = mine / "source" / NAME
    submitted("ada")
    bob = submitted("bob")
    (bob / NOTEBOOK).unlink()
    (bob / NOTEBOOK).symlink_to(solved / NOTEBOOK)
    (bob / "inner").symlink_to(solved)
    os.mkfifo(bob / "pipe")
    (exchange / f"cy+{NAME}+{STAMP.format(1)}+r").symlink_to(solved)
    (exchange / f"dan+{NAME}+yesterday+r").mkdir()
    (exchange / f"dan+{NAME}").mkdir()
    shutil.copytree(submitted("eve"), exchange / f"*+{NAME}+{STAMP.format(2)}+r")
    big = submitted("fay")
    with open(big / "film.bin", "wb") as file:
        file.truncate(200_000_000)
    done = api("collect")
    assert done["success"], done
    answers = (solved / NOTEBOOK).read_bytes()
    collected = [p for p in (mine / "submitted").rglob("*") if not p.is_dir() or p.is_symlink()]
    there = {str(p.relative_to(mine / "submitted")) for p in collected}
    receipt = {"timestamp.txt", "submission_secret.txt"}
    assert there == {
        *(f"{who}/{NAME}/{name}" for who in ("ada", "eve", "fay") for name in (NOTEBOOK, *receipt)),
        *(f"bob/{NAME}/{name}" for name in receipt),
    }
    assert not any(p.is_symlink() or p.read_bytes() == answers for p in collected)
    for told in ("momentum.ipynb", "pipe", "yesterday", "'*' (U+002A)", "film.bin", "cy+"):
        assert told in done["log"]


def test_nobody_hands_in_for_somebody_else(submitted, mine: Path, named) -> None:
    """A folder in another student's name, with a later stamp, took the place of their work."""
    submitted(named.pw_name, 1, solved=True, owner=named.pw_uid)
    submitted(named.pw_name, 2, owner=named.pw_uid + 1)
    done = api("collect")
    assert "has handed in work of their own: not collected" in done["log"]
    found = mine / "submitted" / named.pw_name / NAME
    assert (found / "timestamp.txt").read_text("utf-8") == STAMP.format(1)
    assert (found / NOTEBOOK).read_bytes() == (mine / "source" / NAME / NOTEBOOK).read_bytes()


def test_where_all_students_are_one_user_the_newest_counts(submitted, mine: Path) -> None:
    """As in a hub whose servers share one: the owner says nothing of who handed in."""
    submitted("ada", 1)
    submitted("ada", 2)
    done = api("collect")
    assert done["success"] and "claims to be submitted by ada" in done["log"]
    assert (mine / "submitted").stat().st_mode & 0o777 == 0o700
    stamp = mine / "submitted" / "ada" / NAME / "timestamp.txt"
    assert stamp.read_text("utf-8") == STAMP.format(2)


def test_a_page_goes_to_the_submission_that_was_graded(
    exchange: Path, submitted, mine: Path, hand_in, capsys
) -> None:
    """A later submission has a secret of its own, and nobody has graded it yet."""
    submitted("ada", 1)
    api("collect")
    hand_in(mine, "zoe")  # without the exchange: this ended the release of everybody's pages
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    submitted("ada", 2, solved=True)
    api("collect")
    done = api("release_feedback")
    assert done["success"], done
    assert f"zoe did not hand in {NAME} through the exchange" in done["log"]
    pages = exchange.parent / "feedback"
    names = [notebook_hash(secret=f"{SECRET}{n}", notebook_id="momentum") for n in (1, 2)]
    assert [p.name for p in pages.iterdir()] == [f"{names[0]}.html"]
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    api("release_feedback")
    assert {p.name for p in pages.iterdir()} == {f"{name}.html" for name in names}
    first, second = (pages / f"{name}.html" for name in names)
    assert first.read_bytes() != second.read_bytes()


def test_nbgraders_own_commands_bring_the_page_to_its_submission(
    exchange: Path, submitted, mine: Path
) -> None:
    """The other door: autograde and generate_feedback instead of `autograder grade`."""
    submitted("ada", 1, solved=True)
    for command in ("collect", "autograde", "generate_feedback", "release_feedback"):
        done = nbgrader(command, NAME)
        assert done.returncode == 0, done.stderr[-2000:]
    (page,) = (exchange.parent / "feedback").iterdir()
    assert page.stem == notebook_hash(secret=f"{SECRET}1", notebook_id="momentum")
    own = mine / "feedback" / "ada" / NAME / "momentum.html"
    assert page.read_bytes() == own.read_bytes()


@pytest.mark.parametrize("inside", ["course", "checkout"])
def test_an_exchange_among_the_answers_is_refused(inside: str, mine: Path, monkeypatch) -> None:
    """It lay in the course folder, which students then have to enter."""
    place = {"course": mine, "checkout": paths.ROOT / "build"}[inside] / "exchange"
    monkeypatch.setenv(paths.EXCHANGE, str(place))
    done = api("release_assignment")
    assert not done["success"] and "holds answers or grades" in done["log"]
    assert not place.exists()


def test_the_exchange_lies_beside_what_is_secret(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv(paths.EXCHANGE, raising=False)
    for folder in (paths.ROOT / "course", paths.ROOT / "build" / "two", tmp_path / "course"):
        monkeypatch.setenv(paths.COURSE, str(folder))
        found = Path(course.config().Exchange.root)
        assert found == paths.exchange_dir()
        assert not found.is_relative_to(folder) and not found.is_relative_to(paths.ROOT)
    # whatever is configured, nothing of the sample class is released to real students
    monkeypatch.setenv(paths.EXCHANGE, "/srv/exchange")
    assert course.config().Exchange.root == "/srv/exchange"
    monkeypatch.setenv(paths.COURSE, str(paths.DEMO_DIR))
    assert course.config().Exchange.root == str(paths.DEMO_DIR.resolve().parent / "demo-exchange")


def test_a_place_that_students_cannot_reach_is_told(
    mine: Path, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    monkeypatch.setenv(paths.EXCHANGE, str(tmp_path / "home" / "exchange"))
    done = api("release_assignment")
    assert done["success"] and f"other users may not enter {tmp_path / 'home'}" in done["log"]
    told = tmp_path / "home" / "exchange" / "training-deep-networks" / "nbgrader_config.json"
    assert json.loads(told.read_text("utf-8"))["Exchange"]["root"] == os.environ[paths.EXCHANGE]


def test_a_folder_that_was_open_holds_nothing_that_others_can_read(
    mine: Path, tmp_path: Path, hand_in, monkeypatch, capsys
) -> None:
    """With umask 022 answers, work and grades could be read by every user of the machine."""
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    monkeypatch.setenv(paths.COURSE, str(folder))
    before = os.umask(0o022)
    try:
        course.generate(find("3"))
        hand_in(folder, "ada")
        for _ in range(2):  # the second run copies the gradebook
            assert cli.main(["grade", "3", "--workers", "1", "--force"]) == 0
        assert nbgrader("export").returncode == 0
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o755  # it was there, and is left as it was
    there = {p.name: p.stat().st_mode & 0o007 for p in folder.iterdir()}
    assert {*private.FOLDERS, *private.FILES} <= there.keys()
    assert {name for name in (*private.FOLDERS, *private.FILES) if there[name]} == set()


def test_what_was_open_before_is_closed_to_others_and_not_to_a_group(
    mine: Path, tmp_path: Path, monkeypatch
) -> None:
    """A course that an earlier version made; colleagues may share it through a group."""
    root = tmp_path / "checkout"
    (root / "solutions").mkdir(parents=True)
    monkeypatch.setattr(private, "ROOT", root)
    for path in (mine / "source", mine / "gradebook.db", root / "solutions"):
        path.chmod(0o775 if path.is_dir() else 0o664)
    course.prepare()
    assert (mine / "source").stat().st_mode & 0o777 == 0o770
    assert (mine / "gradebook.db").stat().st_mode & 0o777 == 0o660
    assert (root / "solutions").stat().st_mode & 0o777 == 0o770
