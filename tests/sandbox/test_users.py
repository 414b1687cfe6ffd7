"""Every box has a user of its own, in one process or in several, in threads too."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.sandbox import users
from autograder.sandbox.box import Box

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="boxes of a user have that user's id")


def test_boxes_of_many_threads_have_different_users() -> None:
    with ThreadPoolExecutor(16) as pool:
        boxes = list(pool.map(lambda _: Box(()), range(40)))
    try:
        assert len({box.user for box in boxes}) == 40
        assert all((box.folder / "run").stat().st_uid == box.user for box in boxes)
    finally:
        for box in boxes:
            box.close()


def test_another_grader_takes_other_users() -> None:
    boxes = [Box(()) for _ in range(3)]
    source = (
        "import sys\nfrom autograder.sandbox import users\n"
        "users.os.getpid = lambda: int(sys.argv[1])\n"  # would begin with the same
        "print(*(users.take()[0] for _ in range(3)))"
    )
    try:
        told = subprocess.run(
            [sys.executable, "-c", source, str(os.getpid())], capture_output=True, text=True
        )
        assert not {box.user for box in boxes} & {int(word) for word in told.stdout.split()}
        assert len(told.stdout.split()) == 3
    finally:
        for box in boxes:
            box.close()


def test_a_user_is_free_again_when_its_box_is_closed() -> None:
    box = Box(())
    user = box.user
    box.close()
    again, lock = users.take()
    os.close(lock)
    assert again == user


def test_no_user_left_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "USERS", range(60_706, 60_708))
    taken = [users.take()[1] for _ in range(2)]
    try:
        with pytest.raises(users.NoUserLeft, match="run fewer workers"):
            users.take()
        with pytest.raises(OSError):
            Box(())
    finally:
        for lock in taken:
            os.close(lock)


def test_users_are_nobodys() -> None:
    import pwd

    assert not {entry.pw_uid for entry in pwd.getpwall()} & set(users.USERS)
