"""Control groups: memory, processes and processor counted and bounded for a box as a whole.

What no process owns (queues, full sockets, names of files, tables of pages) counts for a
group, and each group gets the same share of the processor however many processes it has.
A group lies inside the one that the grader itself is in, or beside it, so that no limit of
the grader's is left.  Where the machine does not let this user make one there is none,
and the watcher adds up what it can see.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.sandbox.delegation import candidates, roots, write

PREFIX = "cbox-"
OWN_PROCESSES = 4  # bubblewrap's, beside those that a notebook may have
SHARE = {"cpu.weight": 100, "cpu.shares": 1024}
KILL_SECONDS = 5.0
YOUNG_SECONDS = 2.0  # a group without its lock is being made, or was given up

# moves itself into each group named before `--`, then becomes the command after it
ENTER = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 126; shift; done; shift; exec "$@"'
_making = threading.Lock()


@dataclass
class Group:
    """The control group of one box: with version 1 a folder per controller, else one."""

    folders: dict[str, Path]
    limit: int
    _locks: list[int] = field(default_factory=list, repr=False)

    def enter(self) -> list[str]:
        """Words before a command, so that it and all that come of it are in the group."""
        own = [str(folder / "cgroup.procs") for folder in self._each()]
        return ["/bin/sh", "-c", ENTER, "sh", *own, "--"]

    def memory(self) -> int:
        """Bytes in use, the operating system's own for the group among them."""
        used = self._number("memory", "memory.current", "memory.usage_in_bytes")
        return used + self._number("memory", "memory.kmem.tcp.usage_in_bytes")

    def peak(self) -> int:
        """The most bytes that were in use at once; 0 where it is not told."""
        used = self._number("memory", "memory.peak", "memory.max_usage_in_bytes")
        return used + self._number("memory", "memory.kmem.tcp.max_usage_in_bytes")

    def cpu_seconds(self) -> float | None:
        """Processor time of all its processes, ended ones too; None where it is not told."""
        if spent := self._number("cpuacct", "cpuacct.usage"):
            return spent / 1e9
        for line in self._lines("memory", "cpu.stat"):  # version 2 has all in one folder
            if line.startswith("usage_usec "):
                return int(line.split()[1]) / 1e6
        return None

    def ran_out(self) -> bool:
        """Whether a process was ended because the memory of the group was used up."""
        for name in ("memory.events", "memory.oom_control"):
            for line in self._lines("memory", name):
                if line.startswith("oom_kill ") and int(line.split()[1]):
                    return True
        return False

    def processes(self) -> list[int]:
        """Process ids as this process sees them."""
        return [int(line) for line in self._lines("pids", "cgroup.procs")]

    def kill(self) -> None:
        """End every process, those that just begin too; returns when they are gone, or soon."""
        write(self.folders["pids"] / "pids.max", 0)
        deadline = time.monotonic() + KILL_SECONDS
        while (left := self.processes()) and time.monotonic() < deadline:
            if not write(self.folders["pids"] / "cgroup.kill", 1):
                for process in left:
                    with contextlib.suppress(OSError):
                        os.kill(process, signal.SIGKILL)
            time.sleep(0.01)

    def remove(self) -> None:
        """End what runs in the group and remove it; nothing is said if that fails."""
        if any(folder.exists() for folder in self._each()):
            self.kill()
        for folder in self._each():
            _remove(folder)
        for handle in self._locks:
            os.close(handle)
        self._locks.clear()

    def _each(self) -> list[Path]:
        return list(dict.fromkeys(self.folders.values()))

    def _number(self, controller: str, *names: str) -> int:
        for name in names:
            for line in self._lines(controller, name):
                return int(line)
        return 0

    def _lines(self, controller: str, name: str) -> list[str]:
        try:
            return (self.folders[controller] / name).read_text("ascii").splitlines()
        except (OSError, KeyError, UnicodeDecodeError):
            return []


def make(name: str, memory: int, processes: int) -> Group | None:
    """A group for one box, or None where the machine does not allow it.

    Args:
        name: of the box; begins with :data:`PREFIX`.
        memory: bytes for all processes together.
        processes: how many of them, threads counted, beside bubblewrap's own.
    """
    found = places()
    return _make(found, name, memory, processes) if found else None


@cache
def places() -> dict[str, Path]:
    """For each controller the folder in which this user can make groups; empty if it cannot.

    Tried once, with a group that a process enters.
    """
    with _making:
        for found in candidates(Path("/proc/self/mountinfo"), Path("/proc/self/cgroup")):
            group = _make(found, f"{PREFIX}try-{os.getpid()}-{time.monotonic_ns()}", 64 << 20, 4)
            if group is None:
                continue
            try:
                tried = subprocess.run([*group.enter(), "true"], capture_output=True, check=False)
            finally:
                group.remove()
            if tried.returncode == 0:
                return found
    return {}


def sweep(in_use: set[str] | frozenset[str] = frozenset()) -> int:
    """End and remove the groups whose grader is gone; returns how many.

    Args:
        in_use: names that belong to boxes in use.
    """
    found = set[str]()
    for root in roots(Path("/proc/self/mountinfo")):
        # a grader that is gone may have been in another group than this one
        for folder, names, _ in os.walk(root):
            own = [name for name in names if name.startswith(PREFIX)]
            names[:] = [name for name in names if name not in own]
            for path in (Path(folder, name) for name in own if name not in in_use):
                if _abandoned(path):
                    Group({"memory": path, "pids": path}, 0).remove()
                    found.add(path.name)
    return len(found)


def _make(found: Mapping[str, Path], name: str, memory: int, processes: int) -> Group | None:
    group = Group({controller: place / name for controller, place in found.items()}, memory)
    try:
        for folder in group._each():
            folder.mkdir()
            group._locks.append(_lock(folder))
        limits = group.folders["memory"]
        bounded = write(limits / "memory.max", memory) or write(
            limits / "memory.limit_in_bytes", memory
        )
        pids = write(group.folders["pids"] / "pids.max", processes + OWN_PROCESSES)
    except OSError:
        bounded = pids = False
    if not (bounded and pids):
        group.remove()
        return None
    write(limits / "memory.swap.max", 0)
    write(limits / "memory.memsw.limit_in_bytes", memory)
    write(limits / "memory.kmem.tcp.limit_in_bytes", memory)
    write(limits / "memory.oom.group", 1)
    for share, value in SHARE.items():
        if "cpu" in group.folders:
            write(group.folders["cpu"] / share, value)
    return group


def _lock(folder: Path) -> int:
    """Hold a group for as long as this process lives: told so by the operating system."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _abandoned(folder: Path) -> bool:
    try:
        if time.time() - folder.stat().st_mtime < YOUNG_SECONDS:
            return False
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
    finally:
        os.close(handle)


def _remove(folder: Path) -> None:
    deadline = time.monotonic() + KILL_SECONDS
    while True:
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:  # a process of it is not quite gone
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)
