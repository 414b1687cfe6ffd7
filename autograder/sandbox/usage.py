"""What the processes of a box use, read from ``/proc`` by their grader.

Student code decides what stands there: processes vanish, hide, lose their first thread.
Each function gives what can be read and 0 for what cannot.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
MAPPING = 256  # bytes of the operating system for each mapping, about
MAPS_LINE = 40  # characters at least of a line that tells of one
MAPS_READ = 8 << 20  # characters of such lines that are read for a box
MOST = 4096  # processes that are looked at


def family(root: int) -> list[int]:
    """A process and all that come of it, in the order in which they began."""
    found, waiting = [root], [root]
    while waiting and len(found) < MOST:
        for child in _children(waiting.pop(0)):
            found.append(child)
            waiting.append(child)
    return found


def _children(process: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{process}/task"):
            yield from map(int, _read(f"/proc/{process}/task/{thread}/children").split())


def memory(processes: list[int]) -> int:
    """Bytes in use by some processes, what the system holds for their mappings included.

    Pages that several share count once; pages that were swapped out count.
    """
    total, room = 0, MAPS_READ
    for process in processes:
        total += _pages(process)
        lines = _length(f"/proc/{process}/maps", room)
        room -= lines
        total += lines // MAPS_LINE * MAPPING // 2
    return total


def _pages(process: int) -> int:
    found = 0
    for line in _read(f"/proc/{process}/smaps_rollup").splitlines():
        if line.startswith(("Pss:", "SwapPss:", "Private_Hugetlb:", "Shared_Hugetlb:")):
            found += int(line.split()[1]) << 10
    if not found:
        # hidden from this user, or its first thread ended and others hold the memory
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{process}/task")[:64]:
                numbers = _read(f"/proc/{process}/task/{thread}/statm").split()
                found = max(found, int(numbers[1]) * PAGE if len(numbers) > 1 else 0)
    return found + status(process, "VmPTE")


def status(process: int, name: str) -> int:
    """Bytes that the status of a process tells under a name, as ``VmPeak``."""
    for line in _read(f"/proc/{process}/status").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) << 10
    return 0


def work_folder(process: int) -> int:
    """Bytes of the files that a box made in memory."""
    try:
        told = os.statvfs(f"/proc/{process}/root/box/home")
    except OSError:
        return 0
    return (told.f_blocks - told.f_bfree) * told.f_frsize


def sockets(process: int) -> int:
    """Sockets in the network namespace of a process, those that none has open included."""
    for line in _read(f"/proc/{process}/net/sockstat").splitlines():
        if line.startswith("sockets: used "):
            return int(line.split()[2])
    return 0


def cpu_seconds(process: int) -> float:
    """Processor time of a process and of those of its children that it waited for."""
    words = _read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return sum(map(int, words[11:15])) / TICKS if len(words) > 15 else 0.0


def own_cpu_seconds(process: int) -> float:
    """Processor time of a process itself, all its threads."""
    words = _read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return sum(map(int, words[11:13])) / TICKS if len(words) > 15 else 0.0


def delay_seconds(process: int) -> float:
    """Time that the first thread of a process could have run and had no processor."""
    words = _read(f"/proc/{process}/task/{process}/schedstat").split()
    return int(words[1]) / 1e9 if len(words) == 3 else 0.0


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def _length(path: str, limit: int) -> int:
    """Characters of a file, counted up to a limit."""
    count = 0
    try:
        with open(path, "rb", buffering=0) as file:
            while count < limit and (part := file.read(1 << 16)):
                count += len(part)
    except (OSError, ValueError):
        pass
    return count
