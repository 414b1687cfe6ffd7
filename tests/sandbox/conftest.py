"""Boxes with walls that can be taken away, and what they use, measured from outside."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One thread for NumPy, as a grader has it."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def no_filter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A box that answers every system call."""
    from autograder.sandbox import box

    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "inside.py").write_bytes((box.HERE / "inside.py").read_bytes())
    (folder / "calls.py").write_text("def filter_calls():\n    return False\n", "utf-8")
    monkeypatch.setattr(box, "HERE", folder)


@pytest.fixture
def no_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that allows no control groups."""
    from autograder.sandbox import groups

    monkeypatch.setattr(groups, "places", dict)


@pytest.fixture
def no_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grader that does not look at its boxes."""
    from autograder.sandbox.watch import Watcher

    monkeypatch.setattr(Watcher, "check", lambda self: "")


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Counts the memory of a box, the operating system's included, without bounding it.

    Where there are no groups, the machine's memory is watched.
    """
    from boxes import GroupMeter, MachineMeter

    from autograder.sandbox import groups
    from autograder.sandbox.box import Box

    group = groups.make(f"{groups.PREFIX}meter-{os.getpid()}", 6 << 30, 8000)
    if group is None:
        yield MachineMeter()
        return
    command = Box.command
    monkeypatch.setattr(Box, "command", lambda self, *args: [*group.enter(), *command(self, *args)])
    monkeypatch.setattr(groups, "places", dict)
    yield GroupMeter(group)
    group.remove()
