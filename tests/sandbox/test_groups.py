"""Memory, processes and processor of a box as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from boxes import boxed
from hoards import END, MEMORY, START

from autograder.sandbox import delegation, groups, leftovers
from autograder.sandbox.box import Box, Limits

needs_groups = pytest.mark.skipif(not groups.places(), reason="no control groups are allowed here")
TOO_MUCH = "it used more than 1536 MB of memory"
LEAST = 1536 << 20


@needs_groups
@pytest.mark.parametrize("name", ["semaphores", "messages", "shared memory"])
def test_memory_of_the_system_counts_for_the_group(
    name: str, no_filter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even what the filter would refuse: the box ends, and is told that it was memory."""
    peaks = record_peaks(monkeypatch)
    monkeypatch.setattr(Limits, "rlimits", lambda self: {})
    texts, trouble, _ = boxed(START + MEMORY[name] + END, "print('next')", memory=160 << 20)
    assert trouble[""] == "it used more than 160 MB of memory"
    assert "HELD" not in texts[0] and texts[1] == "next\n"
    assert max(peaks) <= 160 << 20


@needs_groups
def test_memory_of_several_processes_counts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
import os, time
for i in range(4):
    if os.fork() == 0:
        x = bytes([1]) * (500 << 20)
        time.sleep(60)
time.sleep(60)
"""
    peaks = record_peaks(monkeypatch)
    texts, trouble, seconds = boxed(source, "print('next')", memory=LEAST)
    assert trouble[""] == TOO_MUCH and texts[1] == "next\n"
    assert seconds < 30 and max(peaks) <= LEAST


@needs_groups
def test_the_whole_tree_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """bubblewrap and all that comes of it, daemons too, from before student code begins."""
    from autograder.sandbox import usage
    from autograder.sandbox.watch import Watcher

    seen: list[tuple[set[int], set[int]]] = []
    check = Watcher.check

    def spy(self: Watcher) -> str:
        assert self.box.group is not None
        before, inside = set(usage.family(self.process.pid)), set(self.box.group.processes())
        seen.append(({process for process in before if lives(process)}, inside))
        return check(self)

    monkeypatch.setattr(Watcher, "check", spy)
    source = """
import os, time
for i in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)
time.sleep(1)
"""
    boxed(source)
    assert max(len(inside) for _, inside in seen) >= 8
    assert max(len(family) for family, _ in seen) >= 8
    assert all(family <= inside for family, inside in seen[1:])


@needs_groups
def test_no_group_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    boxed("print(1)")
    box = Box(())
    box.command(Limits())
    assert box.group is not None
    folders = list(box.group.folders.values())
    assert all(folder.is_dir() for folder in folders)
    child = subprocess.Popen([*box.group.enter(), "sleep", "60"])
    deadline = time.monotonic() + 5
    while child.pid not in box.group.processes() and time.monotonic() < deadline:
        time.sleep(0.01)
    box.end()
    assert child.wait(timeout=5) == -9
    box.close()
    assert not any(folder.exists() for folder in folders)


@needs_groups
def test_processes_of_a_group_are_bounded_and_all_ended() -> None:
    """A fork bomb outside any box, which no limit of a user stops: a group does."""
    group = groups.make(f"{groups.PREFIX}bomb-{os.getpid()}", 256 << 20, 20)
    assert group is not None
    bomb = "import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(0.01)"
    child = subprocess.Popen([*group.enter(), sys.executable, "-c", bomb])
    try:
        time.sleep(1)
        assert 10 < len(group.processes()) <= 20 + groups.OWN_PROCESSES
        group.kill()
        assert group.processes() == [] and child.wait(timeout=5) == -9
    finally:
        group.remove()
    assert not any(folder.exists() for folder in group.folders.values())


@needs_groups
def test_groups_of_killed_graders_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The group goes with what runs in it; those in use stay."""
    monkeypatch.setattr(groups, "YOUNG_SECONDS", 0.0)
    source = (
        "import os, subprocess, sys, time\n"
        "from autograder.sandbox.box import Box, Limits\n"
        "box = Box(())\nbox.command(Limits())\n"
        "child = subprocess.Popen([*box.group.enter(), 'sleep', '60'], stdout=2)\n"
        "time.sleep(0.5)\n"
        "print(box.folder, child.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    folder, process = Path(told.stdout.split()[0]), int(told.stdout.split()[1])
    places = set(groups.places().values())
    assert all((place / folder.name).is_dir() for place in places)
    used = Box(())
    used.command(Limits())
    leftovers.sweep()
    assert not folder.exists()
    assert not any((place / folder.name).exists() for place in places)
    assert not lives(process)
    assert all((place / used.folder.name).is_dir() for place in places)
    used.close()


@needs_groups
def test_boxes_have_the_same_share_of_the_processor() -> None:
    """One busy process beside twenty of another box: each box gets what the other gets."""
    if "cpu" not in groups.places():
        pytest.skip("shares of the processor are not for this user to give")
    spin = [sys.executable, "-c", "while True: pass"]
    core = str(min(os.sched_getaffinity(0)))
    boxes = [groups.make(f"{groups.PREFIX}share-{i}-{os.getpid()}", 1 << 30, 40) for i in (0, 1)]
    try:
        for group, count in zip(boxes, (1, 20), strict=True):
            assert group is not None
            for _ in range(count):
                subprocess.Popen([*group.enter(), "taskset", "-c", core, *spin])
        time.sleep(1)
        before = [group.cpu_seconds() for group in boxes]  # type: ignore[union-attr]
        time.sleep(3)
        spent = [g.cpu_seconds() - b for g, b in zip(boxes, before, strict=True)]  # type: ignore
    finally:
        for group in boxes:
            if group is not None:
                group.remove()
    assert spent[0] > 0.6 * spent[1], spent  # without groups: a twentieth


def test_without_groups_there_are_none(no_group: None) -> None:
    box = Box(())
    try:
        assert "cgroup.procs" not in " ".join(box.command(Limits()))
        assert box.group is None
    finally:
        box.close()


@pytest.mark.parametrize("root", ["/", "/user.slice"])
def test_places_of_version_2(root: str, tmp_path: Path) -> None:
    """Beside the grader's own group where the part above allows it, inside it where it may."""
    own = "/user.slice/app.slice/grader.scope"
    mounts, told = tmp_path / "mountinfo", tmp_path / "cgroup"
    point = tmp_path / "sys"
    told.write_text(f"0::{own}\n")
    mounts.write_text(f"30 20 0:26 {root} {point} rw,nosuid - cgroup2 cgroup2 rw\n")
    folder = point / own.removeprefix(root).lstrip("/")
    folder.mkdir(parents=True)
    assert delegation.candidates(mounts, told) == []  # nothing there may be written
    (folder.parent / "cgroup.subtree_control").write_text("memory pids cpu")
    assert delegation.candidates(mounts, told) == [
        dict.fromkeys(("memory", "pids", "cpu"), folder.parent)
    ]
    told.write_text(f"0::{own}/{delegation.LEAF}\n")
    (folder / delegation.LEAF).mkdir()
    (folder / "cgroup.subtree_control").write_text("memory pids cpu")
    assert delegation.candidates(mounts, told)[0]["memory"] == folder


def test_counters_of_version_2(tmp_path: Path) -> None:
    group = groups.Group(dict.fromkeys(("memory", "pids", "cpu"), tmp_path), 1)
    assert (group.memory(), group.peak(), group.cpu_seconds()) == (0, 0, None)
    (tmp_path / "memory.current").write_text("7\n")
    (tmp_path / "memory.peak").write_text("9\n")
    (tmp_path / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    events = tmp_path / "memory.events"
    events.write_text("low 0\nhigh 0\nmax 4\noom 0\noom_kill 0\n")
    assert (group.memory(), group.peak(), group.cpu_seconds()) == (7, 9, 1.5)
    assert not group.ran_out()
    events.write_text("low 0\nhigh 0\nmax 4\noom 1\noom_kill 1\n")
    assert group.ran_out()


def lives(process: int) -> bool:
    """Whether there is such a process, and it is not only waited for."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def record_peaks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The most memory of each group when it is removed."""
    peaks: list[int] = []
    remove = groups.Group.remove

    def spy(self: groups.Group) -> Any:
        peaks.append(self.peak())
        remove(self)

    monkeypatch.setattr(groups.Group, "remove", spy)
    return peaks
