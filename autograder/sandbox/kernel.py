"""A Jupyter kernel in a box: started, watched, asked, stopped."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import psutil
import zmq
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from autograder.sandbox.box import Box, Limits

READY_SECONDS = 60
WATCH_SECONDS = 0.2
MAX_RUN_FOLDER = 1 << 20
MAX_MESSAGE = 32 << 20
MAX_WAITING = 16


class KernelDied(RuntimeError):
    """The kernel's process ended, or was ended; the text says why."""


class BoxedKernel:
    """One kernel in one box; use as a context manager."""

    def __init__(self, box: Box, limits: Limits) -> None:
        self.box, self.limits = box, limits
        self.killed_for = ""
        self._stop = threading.Event()

    def __enter__(self) -> BoxedKernel:
        run = self.box.folder / "run"
        # what student code sends waits in this process until it is read: bound it
        self.context = zmq.Context()
        self.context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
        self.context.setsockopt(zmq.RCVHWM, MAX_WAITING)
        self.manager = KernelManager(
            context=self.context,
            transport="ipc",
            ip=str(run / "k"),
            connection_file=str(run / "c.json"),
        )
        theirs, self._pipe = os.pipe()  # the box ends when this process does
        # the kernelspec is made here: its command depends on the box
        self.manager._kernel_spec = KernelSpec(
            argv=self.box.command(self.limits, theirs),
            display_name="Python (sandbox)",
            language="python",
            interrupt_mode="message",  # bubblewrap swallows SIGINT
        )
        self.manager.cache_ports = False
        self.manager.write_connection_file()
        if self.box.user:
            os.chown(run / "c.json", self.box.user, self.box.user)
        self.manager.start_kernel(
            env=self.box.environment(),
            cwd=str(run),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs,),
        )
        os.close(theirs)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=READY_SECONDS)
        except RuntimeError as error:
            self.__exit__()
            raise KernelDied(f"the kernel did not start: {error}") from error
        if self.box.user:
            os.chown(run, 0, 0)  # its sockets are there: nothing else has to be made
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        with contextlib.suppress(Exception):
            self.client.stop_channels()
        with contextlib.suppress(Exception):
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
        os.close(self._pipe)
        self._watcher.join(timeout=2)
        self.context.destroy(linger=0)

    @property
    def alive(self) -> bool:
        return bool(self.manager.is_alive())

    def interrupt(self) -> None:
        """Ask the kernel to stop what it runs (it may not listen)."""
        with contextlib.suppress(Exception):
            self.manager.interrupt_kernel()

    def kill(self, reason: str) -> None:
        """End every process of the box."""
        self.killed_for = self.killed_for or reason
        provisioner = self.manager.provisioner
        process = getattr(provisioner, "process", None)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    def _watch(self) -> None:
        """Kill the box when it uses more memory or disk than it may.

        The operating system limits each process; this limits all of them together.
        """
        process = getattr(self.manager.provisioner, "process", None)
        root = psutil.Process(process.pid) if process else None
        while root is not None and not self._stop.wait(WATCH_SECONDS):
            try:
                family = [root, *root.children(recursive=True)]
                resident = sum(_resident(p) for p in family)
            except psutil.Error:
                return
            if resident > self.limits.memory:
                self.kill(f"it used more than {self.limits.memory >> 20} MB of memory")
            if _size(self.box.folder / "run") > MAX_RUN_FOLDER:
                self.kill("it filled a folder that is not its own")


def _resident(process: psutil.Process) -> int:
    """Memory of one process, pages shared with its forks counted by share if that is told."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, AttributeError):
        try:
            return int(process.memory_info().rss)
        except psutil.Error:
            return 0


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
