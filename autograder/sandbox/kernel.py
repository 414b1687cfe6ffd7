"""A Jupyter kernel in a box: started, watched, asked, stopped.

This process never reads what the kernel sends: a relay behind the second wall does
(:mod:`autograder.walls.relay`).  Here are the clock, the watcher, and the right to kill.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import time
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.sandbox.box import Box, Limits
from autograder.sandbox.clock import Clock
from autograder.sandbox.watch import Watcher
from autograder.walls.allowance import PATIENCE, Allowance
from autograder.walls.channel import Channel, ChannelClosed, TooSlow
from autograder.walls.keeper import BehindTheWall, Keeper
from autograder.walls.outputs import nodes

START_SECONDS = 30.0  # of work; a busy machine may take PATIENCE times as long
GRACE_SECONDS = 3.0  # after an interrupt, before the kernel is killed
POLL_SECONDS = 0.1
RELAY_MEMORY = 512 << 20
ANSWER = 8 << 20
PORTS = ("shell", "iopub", "stdin", "control", "hb")


class KernelDied(RuntimeError):
    """The kernel's process ended, or was ended; the text says why."""


class NotStarted(RuntimeError):
    """No kernel could be started: nothing that a student is to blame for."""


class CellHung(RuntimeError):
    """A cell did not stop when it was asked to."""


class BoxedKernel:
    """One kernel in one box; use as a context manager."""

    def __init__(self, box: Box, limits: Limits, keeper: Keeper) -> None:
        self.box, self.limits, self.keeper = box, limits, keeper
        self.killed_for = ""
        self._open = contextlib.ExitStack()

    def __enter__(self) -> BoxedKernel:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self) -> None:
        run = self.box.folder / "run"
        connection = self._connection()
        theirs, pipe = os.pipe()  # the box ends when this process does
        self._open.callback(os.close, pipe)
        file = str(run / "c.json")
        command = self.box.command(self.limits, theirs)
        environment = self.box.environment()
        if self.box.trusted:
            environment["JPY_PARENT_PID"] = str(os.getpid())
        try:
            self.process = subprocess.Popen(
                [word.replace("{connection_file}", file) for word in command],
                env=environment,
                cwd=run,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs,),
                start_new_session=True,
            )
        finally:
            os.close(theirs)
        self._open.callback(self._end)
        self.watcher = Watcher(self.process, self.box, self.limits, self.kill)
        self.watcher.start()
        self._open.callback(self.watcher.stop)
        # its time is the cells' own, which the clock below bounds
        allowance = Allowance(4 * self.limits.total_seconds, RELAY_MEMORY, ANSWER)
        talk = self.keeper.talk("autograder.walls.relay:relay", connection, allowance)
        self._channel: Channel = self._open.enter_context(talk)
        self._await_ready()
        if self.box.user:
            os.chown(run, 0, 0)  # its sockets are there: nothing else has to be made

    def _connection(self) -> dict[str, Any]:
        run = self.box.folder / "run"
        told: dict[str, Any] = {f"{name}_port": i for i, name in enumerate(PORTS, 1)}
        told |= {"transport": "ipc", "ip": str(run / "k"), "key": secrets.token_hex(16)}
        told |= {"signature_scheme": "hmac-sha256", "kernel_name": ""}
        (run / "c.json").write_text(json.dumps(told), "ascii")
        if self.box.user:
            os.chown(run / "c.json", self.box.user, self.box.user)
        return told

    def _await_ready(self) -> None:
        clock = Clock(self.watcher, START_SECONDS)
        while True:
            try:
                if self._channel.receive_json(POLL_SECONDS) == {"ready": True}:
                    return
            except TooSlow:
                if self.process.poll() is None and not clock.over:
                    continue
                ended = self.process.poll()
                why = "in time" if ended is None else f"(its process ended with status {ended})"
            except ChannelClosed:
                why = "(the process that should hear it ended)"
            said = self.killed_for or f"the kernel did not start {why}"
            raise NotStarted(f"{said}: run the command again when the machine is less busy")

    def __exit__(self, *_: Any) -> None:
        # the relay may have ended by itself, which was noticed in its place
        with contextlib.suppress(BehindTheWall):
            self._open.close()

    def run(
        self, source: str, seconds: float, room: int, too_long: str
    ) -> tuple[list[NotebookNode], int, str]:
        """Outputs of one cell, the room that they took, and what stopped it early.

        Args:
            source: the code.
            seconds: of work that it may take.
            room: characters of output that the notebook has left.
            too_long: what to say when the time is over.

        Raises:
            KernelDied: when the kernel is gone.
            CellHung: when the cell ran out of time and ignored the interrupt.
        """
        clock, trouble, asked = Clock(self.watcher, seconds), "", 0.0
        try:
            order = {"source": source, "kept": self.limits.output, "room": room}
            self._channel.send_json(order)
            while True:
                try:
                    told = self._channel.receive_json(POLL_SECONDS)
                    outputs = nodes(told["outputs"], ANSWER)
                    return outputs, int(told["took"]), trouble
                except TooSlow:
                    if self.process.poll() is not None:
                        why = self.killed_for or self.watcher.why_ended()
                        raise KernelDied(why) from None
                if asked and time.monotonic() > asked + GRACE_SECONDS:
                    self.kill(trouble)
                    raise CellHung(trouble)
                if not asked and clock.over:
                    trouble, asked = self.watcher.why_slow(too_long), time.monotonic()
                    self._channel.send_json({"interrupt": True})
        except (ChannelClosed, ValueError, KeyError, TypeError) as error:
            if not self.keeper.alive:  # not the relay alone: no student can do that
                raise KernelDied("what reads its messages was ended from outside") from error
            self.kill("it sent the grader more messages than can be read")
            raise KernelDied(self.killed_for) from error
        finally:
            self.spent, self.crowded = clock.spent, clock.crowded

    def kill(self, reason: str) -> None:
        """End every process of the box."""
        self.killed_for = self.killed_for or reason
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.box.trusted:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.box.end()

    def _end(self) -> None:
        self.kill("")
        self.process.wait()


__all__ = ["PATIENCE", "BoxedKernel", "CellHung", "KernelDied", "NotStarted"]
