"""Watches one box from outside: what it uses, whether that is too much, why it ended."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.sandbox import usage
from autograder.sandbox.box import Box
from autograder.sandbox.limits import Limits

WATCH_SECONDS = 0.2
MAX_RUN_FOLDER = 1 << 20
NEARLY = 0.75  # of its memory: a process that ended or hung then may have asked for too much
ENDED = "the Python process ended (exit or crash)"


@dataclass(frozen=True)
class Used:
    """What a box used until now.

    Attributes:
        cpu_seconds: processor time of all its processes.
        waited_seconds: time that its Python process could have run and had no processor,
            without what its own other processes took; 0 where the machine does not tell.
        memory: the most bytes in use at once, as far as it was seen.
    """

    cpu_seconds: float = 0.0
    waited_seconds: float = 0.0
    memory: int = 0


class Watcher:
    """A thread that looks at a box several times a second and ends it when it uses too much.

    The operating system limits each process, and the group, where there is one, all of
    them; this sees what neither does, and says which limit it was.  Whatever student code
    does to ``/proc``, the thread goes on until it is stopped.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        box: Box,
        limits: Limits,
        kill: Callable[[str], None],
    ) -> None:
        """
        Args:
            process: the command of the box, just started.
            box: its folder and group.
            limits: what it may use.
            kill: ends the box; called with the reason, perhaps more than once.
        """
        self.process, self.box, self.limits, self._kill = process, box, limits, kill
        self._used, self._lock = Used(), threading.Lock()
        self._python = 0  # id of the process in which student code begins
        self._highest = 0  # of its address space
        self._seen, self._lost = 0.0, 0.0  # processor time of living processes, of ended ones
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; what was seen is still told."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=2)

    def used(self) -> Used:
        """What the box used until now, looked up at once."""
        with contextlib.suppress(Exception):  # what it cannot tell now it has told before
            self._look(usage.family(self.process.pid))
        return self._used

    def why_ended(self) -> str:
        """A sentence for a process that ended and was not ended by the grader."""
        group = self.box.group
        if (group and group.ran_out()) or self._highest > NEARLY * self.limits.memory:
            return self._too_much()
        return ENDED

    def why_slow(self, too_long: str) -> str:
        """A sentence for a box whose time is over, which names memory where that was short.

        A library that is refused memory may ask again without end, and a group at its limit
        reads the same pages from the disk again and again: both look like an endless loop.
        """
        if max(self._highest, self.used().memory) > NEARLY * self.limits.memory:
            return f"{too_long}; it had asked for nearly all of its {self._megabytes} of memory"
        return too_long

    @property
    def _megabytes(self) -> str:
        return f"{self.limits.memory >> 20} MB"

    def _too_much(self) -> str:
        return f"it used more than {self._megabytes} of memory"

    def _watch(self) -> None:
        pause = WATCH_SECONDS
        while not self._stop.wait(pause):
            begin = time.monotonic()
            # a process that vanished, a file that cannot be read: look again, never give up
            with contextlib.suppress(Exception):
                if reason := self.check():
                    self._kill(reason)
            # a box that is slow to look at may not keep this processor busy
            pause = max(WATCH_SECONDS, 2 * (time.monotonic() - begin))

    def check(self) -> str:
        """Look once; why the box has to end, or nothing."""
        processes = usage.family(self.process.pid)
        group = self.box.group
        self._look(processes)
        if group.ran_out() if group else self._used_now(processes) > self.limits.memory:
            return self._too_much()
        if usage.sockets(self._python) > self.limits.sockets:
            return f"it opened more than {self.limits.sockets} sockets"
        if _size(self.box.folder / "run") > MAX_RUN_FOLDER:
            return "it filled a folder that is not its own"
        most = self.limits.file_size * max(1, len(self.box.exercises))
        if _size(self.box.folder / "out") > most + MAX_RUN_FOLDER:
            return "it filled a folder that is not its own"
        return ""

    def _used_now(self, processes: list[int]) -> int:
        now = usage.memory(processes) + usage.work_folder(self._python or self.process.pid)
        with self._lock:
            self._used = replace(self._used, memory=max(self._used.memory, now))
        return now

    def _look(self, processes: list[int]) -> None:
        """Bring processor time, and memory where a group tells it, up to date."""
        with self._lock:
            if not self._python and len(processes) > 2:
                self._python = processes[2]  # bubblewrap, its first process inside, ours
            if self._python:
                self._highest = max(self._highest, usage.status(self._python, "VmPeak"))
            group, old = self.box.group, self._used
            spent = group.cpu_seconds() if group else None
            if spent is None:
                spent = self._added_up(processes)
            memory = (group.peak() or group.memory()) if group else 0
            waited = 0.0
            if self._python:
                others = max(0.0, spent - usage.own_cpu_seconds(self._python))
                waited = max(0.0, usage.delay_seconds(self._python) - others)
            self._used = Used(
                max(old.cpu_seconds, spent),
                max(old.waited_seconds, waited),
                max(old.memory, memory),
            )

    def _added_up(self, processes: list[int]) -> float:
        """Processor time of all processes; that of ended ones as it was last seen."""
        now = sum(map(usage.cpu_seconds, processes))
        self._lost += max(0.0, self._seen - now)
        self._seen = now
        return self._lost + now


def _size(folder: Path) -> int:
    """Disk used below a folder, a block at least for each entry; enough once it is too much."""
    total, waiting = 0, [str(folder)]
    while waiting and total <= MAX_RUN_FOLDER:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in itertools.islice(entries, 1000):
                total += max(entry.stat(follow_symlinks=False).st_blocks * 512, 4096)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return total
