"""The watcher: what it counts, what it says, and that nothing makes it give up."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boxes import boxed

from autograder.sandbox import groups, usage, watch
from autograder.sandbox.box import Box, Limits
from autograder.sandbox.watch import ENDED, Used, Watcher

FULL_SOCKETS = """
import os, socket, time
held = []
for child in range(8):
    if os.fork() == 0:
        for i in range(24):
            held.append(socket.socketpair())
            for one in held[-1]:
                one.setblocking(False)
                try:
                    while True: one.send(bytes([1]) * 30000)
                except BlockingIOError: pass
        time.sleep(60)
time.sleep(20)
"""
SEVERAL = """
import os, time
for i in range(4):
    if os.fork() == 0:
        x = bytes([1]) * (500 << 20)
        time.sleep(60)
time.sleep(60)
"""
FIRST_THREAD_ENDED = """
import ctypes, os, threading, time
for i in range(3):
    if os.fork() == 0:
        def hold():
            global x
            x = bytes([1]) * (600 << 20)
            time.sleep(60)
        threading.Thread(target=hold).start()
        ctypes.CDLL(None).pthread_exit(None)
time.sleep(60)
"""
MAPPINGS = """
import ctypes, os, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
for child in range(10):
    if os.fork() == 0:
        for i in range(60000):
            libc.mmap(None, 4096, 1 + i % 2 * 2, 0x22, -1, 0)
        time.sleep(60)
time.sleep(60)
"""
TOO_MUCH = "it used more than 1536 MB of memory"
LEAST = 1536 << 20


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (SEVERAL, TOO_MUCH),
        (FIRST_THREAD_ENDED, TOO_MUCH),
        (FULL_SOCKETS, "it opened more than 256 sockets"),
    ],
    ids=["several processes", "first thread ended", "full sockets"],
)
def test_box_ends_without_a_group(source: str, why: str, no_group: None) -> None:
    texts, trouble, seconds = boxed(source, "print('next')", memory=LEAST)
    assert trouble[""] == why
    assert texts[1] == "next\n" and seconds < 40


def test_it_would_not_end_if_nobody_looked(no_group: None, no_watcher: None) -> None:
    """The attacks above do what they say: nothing else stops them."""
    for source in (SEVERAL, FIRST_THREAD_ENDED, FULL_SOCKETS):
        texts, trouble, _ = boxed(source, "print('next')", memory=LEAST, cell_seconds=4.0)
        assert trouble[""] == "it ran longer than 4 seconds and was stopped"
        assert texts[1] == "next\n"


def test_mappings_of_a_box_are_counted(no_group: None) -> None:
    """Each costs the operating system memory that no process owns."""
    peaks: list[int] = []
    stop = Watcher.stop

    def spy(self: Watcher) -> None:
        peaks.append(self.used().memory)
        stop(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watcher, "stop", spy)
        boxed("print(1)", cell_seconds=3.0)
        boxed(MAPPINGS, cell_seconds=6.0)
    assert max(peaks[1:]) - peaks[0] > 20 << 20


@pytest.fixture
def box() -> Iterator[Box]:
    box = Box(())
    yield box
    box.close()


def started(box: Box, source: str, limits: Limits) -> subprocess.Popen[bytes]:
    """A process that stands for a box: two that only wait, as bubblewrap's, and its Python."""
    group = groups.make(box.folder.name, limits.memory, limits.processes)
    box.group = group
    shell = 'sh -c \'"$0" -c "$1"; true\' "$0" "$1"; true'
    words = [*(group.enter() if group else []), "sh", "-c", shell, sys.executable, source]
    return subprocess.Popen(words)


def test_it_goes_on_after_errors(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vanished process, a file that cannot be read, a refusal, nonsense: looked at again."""
    errors: list[Any] = [PermissionError(1, "x"), ProcessLookupError(), ValueError(), KeyError(1)]
    said: list[str] = []

    def check(self: Watcher) -> str:
        if errors:
            raise errors.pop()
        return "too much"

    monkeypatch.setattr(watch, "WATCH_SECONDS", 0.01)
    monkeypatch.setattr(Watcher, "check", check)
    with started(box, "import time; time.sleep(60)", Limits()) as process:
        watcher = Watcher(process, box, Limits(), said.append)
        watcher.start()
        deadline = time.monotonic() + 5
        while len(said) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        watcher.stop()
        process.kill()
        box.end()
    assert not errors and len(said) >= 3 and set(said) == {"too much"}


def test_it_goes_on_when_ending_the_box_fails(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def kill(reason: str) -> None:
        said.append(reason)
        raise OSError("not now")

    monkeypatch.setattr(watch, "WATCH_SECONDS", 0.01)
    (box.folder / "run" / "large").write_bytes(bytes(2 << 20))
    with started(box, "import time; time.sleep(60)", Limits()) as process:
        watcher = Watcher(process, box, Limits(), kill)
        watcher.start()
        deadline = time.monotonic() + 5
        while len(said) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        watcher.stop()
        process.kill()
        box.end()
    assert len(said) >= 3 and set(said) == {"it filled a folder that is not its own"}


# until they are stopped: how long it takes to see something depends on the machine
BUSY = "import os, time\nend = time.monotonic() + 50\nwhile time.monotonic() < end: pass\n"


@pytest.mark.parametrize("grouped", [True, False])
def test_processor_time_and_time_waited_for_others(
    grouped: bool, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others on the same processor: waited.  Its own processes: not waited, but spent."""
    if not grouped:
        monkeypatch.setattr(groups, "places", dict)
    core = min(os.sched_getaffinity(0))
    pin = f"import os\nos.sched_setaffinity(0, {{{core}}})\n"

    def times(members: list[int]) -> tuple[float, float]:
        """The first process's wait, and the time of its own others."""
        others = [usage.own_cpu_seconds(m) for m in members if m != members[2]]
        return usage.delay_seconds(members[2]), sum(others)

    def measured(source: str, beside: int, least: float) -> tuple[Used, float, float]:
        """What is told, and these times, when one of them is ``least`` more than the other."""
        others = [subprocess.Popen([sys.executable, "-c", pin + BUSY]) for _ in range(beside)]
        with started(box, pin + source + "time.sleep(60)", Limits()) as process:
            watcher = Watcher(process, box, Limits(), lambda _: None)
            watcher.start()
            for _ in range(200):
                time.sleep(0.2)
                members = usage.family(process.pid)
                if len(members) > 2:
                    wait, siblings = times(members)
                    if (wait - siblings if beside else siblings) > least:
                        break
            for member in members:
                subprocess.run(["kill", "-STOP", str(member)], stderr=subprocess.DEVNULL)
            used = watcher.used()
            wait, siblings = times(members)
            watcher.stop()
            for member in members:
                subprocess.run(["kill", "-9", str(member)], stderr=subprocess.DEVNULL)
            if box.group:
                box.group.remove()
        for other in others:
            other.kill()
            other.wait()
        return used, wait, siblings

    used, wait, siblings = measured(BUSY, 2, 0.9)
    assert used.waited_seconds > 0.7, used  # two of three parts of the processor
    assert abs(used.waited_seconds - (wait - siblings)) < 0.2
    assert 0.05 < used.cpu_seconds < 1.9, used
    assert used.memory > 1 << 20 or not grouped
    used, wait, siblings = measured("import os\nfor i in range(2): os.fork()\n" + BUSY, 0, 0.6)
    assert siblings > 0.2
    assert abs(used.waited_seconds - max(0.0, wait - siblings)) < 0.2
    assert abs(used.cpu_seconds - siblings) < siblings / 2 + 0.2


def test_why_a_process_ended() -> None:
    texts, trouble, _ = boxed("import os; os._exit(3)", "print('next')")
    assert trouble[""] == ENDED and texts[1] == "next\n"
    ask = "x = bytearray(600 << 20)\nimport time; time.sleep(0.6)\nimport os; os.abort()"
    texts, trouble, _ = boxed(ask, "print('next')", memory=LEAST)
    assert "memory" in trouble[""]


def test_a_cell_that_hangs_while_memory_is_short_is_told_both() -> None:
    """OpenBLAS that gets no memory asks for it again without end: no loop of the student's."""
    hang = "import time; time.sleep(0.6)\nwhile True: pass"
    texts, trouble, _ = boxed(hang, "print('next')", cell_seconds=2.0, memory=LEAST)
    assert trouble[""] == "it ran longer than 2 seconds and was stopped" and texts[1] == "next\n"
    asked = f"""
import mmap
size = next(int(line.split()[1]) << 10 for line in open("/proc/self/status") if "VmSize" in line)
x = mmap.mmap(-1, {LEAST * 7 // 8} - size, flags=mmap.MAP_PRIVATE)
"""
    _, trouble, _ = boxed(asked + hang, cell_seconds=2.0, memory=LEAST)
    assert trouble[""] == (
        "it ran longer than 2 seconds and was stopped; "
        f"it had asked for nearly all of its {LEAST >> 20} MB of memory"
    )


def test_what_is_gone_uses_nothing(tmp_path: Path) -> None:
    gone = 4_194_303
    assert usage.family(gone) == [gone]
    assert usage.memory([gone]) == usage.sockets(gone) == usage.work_folder(gone) == 0
    assert usage.cpu_seconds(gone) == usage.delay_seconds(gone) == usage.status(gone, "VmPTE") == 0
