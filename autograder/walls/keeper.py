"""The grader's side of the wall: a warm process, started when it is first needed.

A task is the name of a function (``module:function``).  It runs in a process of its own that
is forked from the warm one, gets a request (which the grader wrote), and answers in JSON.
Whatever becomes of it (a crash, too much memory, no end) is a :class:`BehindTheWall` error
with a sentence, and the next task finds a fresh process.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograder.paths import ROOT
from autograder.sandbox import leftovers
from autograder.walls.allowance import Allowance, Budget
from autograder.walls.channel import Channel, ChannelClosed, TooSlow
from autograder.walls.command import walled

START_SECONDS = 120.0
REPORT = 4096
MEMORY, DEPTH = 3, 4  # exit statuses of a task that hit a limit and could still say so
ENDED = {
    MEMORY: "it needed too much memory",
    DEPTH: "it is nested too deeply",
    -9: "it took too long",
    -24: "it took too long",  # SIGXCPU
    -25: "it tried to write a file",
}


class BehindTheWall(RuntimeError):
    """A task did not come to its end; the text says why, without a word of a student's."""


class Keeper:
    """One warm process behind a wall, for one task at a time.

    Args:
        preload: modules that each task finds imported.
    """

    def __init__(self, preload: Sequence[str]) -> None:
        self.preload = tuple(preload)
        self._turn = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0
        atexit.register(self.close)

    def ask(
        self,
        task: str,
        request: Any,
        allowance: Allowance,
        budget: Budget | None = None,
        stage: str = "",
    ) -> Any:
        """The answer of a task, as plain data.

        Args:
            task: ``module:function``, a function of the request.
            request: plain data of the grader's.
            allowance: limits of this task.
            budget: of the submission; what the task took is spent from it as ``stage``.

        Raises:
            BehindTheWall: when there is no answer.
        """
        with self._turn:
            try:
                return self._asked(task, request, allowance, budget, stage)
            except BehindTheWall:
                if self._control is not None:
                    raise
            # the warm process itself is gone: it may have been killed from outside
            return self._asked(task, request, allowance, budget, stage)

    def _asked(
        self, task: str, request: Any, allowance: Allowance, budget: Budget | None, stage: str
    ) -> Any:
        with self._task(task, request, allowance, budget, stage, talks=False) as channel:
            try:
                answer = channel.receive_json(allowance.seconds)
            except TooSlow as error:
                raise BehindTheWall("it took too long") from error
        return answer

    @contextmanager
    def talk(
        self,
        task: str,
        request: Any,
        allowance: Allowance,
        budget: Budget | None = None,
        stage: str = "",
    ) -> Iterator[Channel]:
        """A channel to a task that answers more than once; leaving ends the task.

        Raises:
            BehindTheWall: when the task ends by itself, or sends what it may not.
        """
        with self._turn, self._task(task, request, allowance, budget, stage, True) as channel:
            yield channel

    @contextmanager
    def _task(
        self,
        task: str,
        request: Any,
        allowance: Allowance,
        budget: Budget | None,
        stage: str,
        talks: bool,
    ) -> Iterator[Channel]:
        cpu = (
            allowance.cpu
            if budget is None
            else min(allowance.cpu, max(allowance.least, budget.left))
        )
        told = {"task": task, "memory": allowance.memory, "cpu": cpu, "talks": talks}
        channel = self._order(told, allowance.answer)
        failed: Exception | None = None
        try:
            channel.send(pickle.dumps(request))
            yield channel
        except (ChannelClosed, BehindTheWall) as error:
            failed = error
        finally:
            channel.close()
            report = self._report(kill=failed is not None or talks)
            if budget is not None and report:
                budget.spend(stage, report["cpu"])
        if failed is not None:
            # a limit explains the end better than that there was one
            why = ENDED.get(report.get("exit", 0)) if isinstance(failed, ChannelClosed) else ""
            said = str(failed) if isinstance(failed, BehindTheWall) else "the reading of it ended"
            raise BehindTheWall(why or said) from failed

    def _order(self, told: dict[str, Any], largest: int) -> Channel:
        for chance in (1, 2):  # the warm process may have been killed since
            control = self._started()
            mine, theirs = socket.socketpair()
            try:
                socket.send_fds(control, [json.dumps(told).encode()], [theirs.fileno()])
                return Channel(mine, largest)
            except OSError:
                mine.close()
                self.close()
                if chance == 2:
                    raise
            finally:
                theirs.close()
        raise AssertionError("unreachable")

    def _report(self, kill: bool) -> dict[str, Any]:
        """What became of the task's process, which is ended first where it may not be done."""
        control = self._control
        if control is None:
            return {}
        try:
            if kill:
                control.settimeout(0.2)  # it may just have ended by itself, with a reason
                with contextlib.suppress(TimeoutError):
                    return dict(json.loads(control.recv(REPORT)))
                control.send(b"kill")
            control.settimeout(START_SECONDS)
            return dict(json.loads(control.recv(REPORT)))
        except (OSError, ValueError):
            self.close()
            return {}

    def _started(self) -> socket.socket:
        if self._control is not None and self._owner == os.getpid():
            return self._control
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command, alone = walled(leftovers.private())
        inside = [sys.executable, "-s", "-B", "-m", "autograder.walls.inside"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        self._process = subprocess.Popen(
            [*command, *inside, str(theirs.fileno()), "alone" if alone else "-", *self.preload],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env=environment,
            cwd=ROOT,
        )
        theirs.close()
        self._control, self._owner = mine, os.getpid()
        mine.settimeout(START_SECONDS)
        try:
            ready = mine.recv(REPORT)
        except OSError:
            ready = b""
        if ready != b"ready":
            self.close()
            raise BehindTheWall(
                "the process that reads what students made did not start: run the command again "
                "when the machine is less busy"
            )
        return mine

    @property
    def alive(self) -> bool:
        """Whether the warm process is there; if not, it was ended from outside."""
        if self._control is None or self._process is None:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):  # its end may just be coming
            self._process.wait(0.3)
        return self._process.poll() is None

    def close(self) -> None:
        """End the warm process; it is started anew when it is needed."""
        if self._control is not None:
            self._control.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._control = self._process = None
