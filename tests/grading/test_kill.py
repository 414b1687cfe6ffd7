"""The grader is killed with SIGKILL: nothing is lost, doubled, or left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.paths import ROOT
from autograder.sandbox import leftovers
from autograder.sandbox.box import Box
from trial.faults import classroom, kills

HOLDS_A_BOX = """
import sys, time
from autograder.sandbox.box import Box
print(Box(("momentum",), trusted=True).folder, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def storm() -> dict[str, object]:
    with classroom.workplace() as work:
        return kills.storm(lambda text: None, work, size=6, kills=6)


def test_a_class_under_kills_is_graded_once_and_as_if_undisturbed(storm) -> None:
    assert storm["troubles"] == []
    assert storm["submissions with another verdict than undisturbed"] == 0
    assert storm["kills"] == 6


@pytest.mark.parametrize(
    ("program", "troubles"),
    [
        ("echo 's001 03-momentum: no points; nothing is written in it' >&2", []),
        ("echo Traceback >&2", ["a run between the kills ended with status 0: Traceback"]),
        ("exit 1", ["a run between the kills ended with status 1: "]),
    ],
)
def test_a_grader_that_ends_before_it_is_killed_may_tell_of_work_without_points(
    program: str, troubles: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a quick machine the class is graded before the kill comes."""

    def start(work: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(["sh", "-c", program], stderr=subprocess.PIPE, text=True)

    struck = iter([False, True])
    monkeypatch.setattr(kills, "start", start)
    monkeypatch.setattr(kills, "strike", lambda *_: next(struck))
    monkeypatch.setattr(classroom, "hand_in_again", lambda course: None)
    found = kills._under_kills(lambda text: None, tmp_path, 1, random.Random(0), 1.0)
    assert found["troubles"] == troubles


def test_some_kills_struck_while_the_gradebook_was_written(storm) -> None:
    written = ("a transaction of the gradebook", "writing a submission")
    assert sum(storm["hit"].get(where, 0) for where in written) >= 2


def test_killed_graders_leave_no_folder_and_no_process(storm) -> None:
    assert storm["folders left in the temporary folder"] == 0
    assert storm["processes left"] == 0


@pytest.fixture
def private_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(leftovers, "place", lambda: str(tmp_path))
    return tmp_path


def test_a_box_is_removed_only_after_its_owner_is_gone(private_tmp: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": "/tmp"}
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLDS_A_BOX], env=environment, stdout=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        moved = folder.rename(private_tmp / folder.name)  # the lock goes with the file
        assert leftovers.sweep() == 0 and moved.exists()
        owner.send_signal(signal.SIGKILL)
    assert leftovers.sweep() == 1 and not moved.exists()


def test_a_box_of_this_very_process_is_not_removed(
    private_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "private", lambda: private_tmp)
    box = Box(("momentum",), trusted=True)
    assert box.folder.parent == private_tmp
    assert leftovers.sweep() == 0 and box.folder.exists()
    box.close()
    assert not box.folder.exists()


def test_a_box_that_is_just_being_made_is_not_removed(private_tmp: Path) -> None:
    folder = private_tmp / f"{leftovers.PREFIX}made-now"
    folder.mkdir()
    assert leftovers.sweep() == 0
    old = time.time() - 2 * leftovers.UNFINISHED_SECONDS
    os.utime(folder, (old, old))
    assert leftovers.sweep() == 1


def test_a_link_that_looks_like_a_box_is_left_alone(private_tmp: Path) -> None:
    target = private_tmp / "precious"
    target.mkdir()
    (target / leftovers.OWNED).touch()
    (private_tmp / f"{leftovers.PREFIX}link").symlink_to(target)
    assert leftovers.sweep() == 0 and target.exists()


def test_what_runs_in_an_abandoned_box_is_ended(private_tmp: Path) -> None:
    folder = private_tmp / "cbox-orphan"
    (folder / "run").mkdir(parents=True)
    (folder / leftovers.OWNED).touch()  # nobody holds its lock
    run = str(folder / "run")
    walls = ["bwrap", "--unshare-pid", "--ro-bind", "/", "/", "--bind", run, "/mnt"]
    with subprocess.Popen([*walls, "sleep", "600"]) as box:
        assert leftovers.sweep() == 1
        assert box.wait(timeout=10) != 0
    assert not folder.exists()


def test_a_box_ends_when_the_other_end_of_its_pipe_is_closed() -> None:
    """As it is when the grader is killed before bubblewrap could ask to die with it."""
    read, write = os.pipe()
    inside = Path(leftovers.__file__).with_name("inside.py")
    source = f"import runpy, time; runpy.run_path({str(inside)!r})['end_with']({read}); "
    command = [sys.executable, "-c", source + "print('waiting', flush=True); time.sleep(600)"]
    with subprocess.Popen(command, pass_fds=(read,), stdout=subprocess.PIPE) as process:
        os.close(read)
        assert process.stdout is not None and process.stdout.readline() == b"waiting\n"
        assert process.poll() is None
        os.close(write)
        assert process.wait(timeout=10) == 1
