"""The warm process behind the wall: imports once, then forks a fresh process for each task.

It never reads anything of a student's itself: a task's data come over a socket of its own
to the forked process, which has limits, and ends with its task.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pickle
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.sandbox.calls import filter_calls
from autograder.walls.channel import Channel

REQUEST = 96 << 20  # bytes of a request, which the grader itself wrote
ORDER = 4096
PAGE = resource.getpagesize()


def main() -> None:
    """Serve the grader at the other end of a socket until it is gone."""
    control = socket.socket(fileno=int(sys.argv[1]))
    alone = sys.argv[2] == "alone"  # in a process namespace of its own
    for name in sys.argv[3:]:
        importlib.import_module(name)
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    control.send(b"ready")
    while True:
        order, files, _, _ = socket.recv_fds(control, ORDER, 1)
        if not order:
            return
        told = json.loads(order)
        if not files:  # an order to kill that came too late
            continue
        pid = os.fork()
        if pid == 0:
            control.close()
            os._exit(_task(files[0], told))
        os.close(files[0])
        control.send(json.dumps(_wait(pid, control, ended, alone)).encode())


def _wait(pid: int, control: socket.socket, ended: int, alone: bool) -> dict[str, Any]:
    """Wait for a task's process, and end it when the grader says so or is gone."""
    while True:
        found, status, used = os.wait4(pid, os.WNOHANG)
        if found:
            break
        ready, _, _ = select.select([control.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 512)
        if control.fileno() in ready:
            control.recv(ORDER)
            os.kill(pid, signal.SIGKILL)
            _, status, used = os.wait4(pid, 0)
            break
    if alone:  # whatever it may have started
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, 0)[0]:
                pass
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss << 10,
    }


def _task(file: int, told: dict[str, Any]) -> int:
    """Do one task in this process, which was made for it; returns its exit status."""
    channel = Channel(socket.socket(fileno=file), REQUEST)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    module, _, name = told["task"].partition(":")
    task: Callable[..., Any] = getattr(importlib.import_module(module), name)
    request = pickle.loads(channel.receive())  # the grader's own
    _limit(told)
    try:
        answer = task(request, channel) if told["talks"] else task(request)
        if not told["talks"]:
            channel.send_json(answer)
    except MemoryError:
        return 3
    except RecursionError:
        return 4
    except BaseException:  # it must not reach the warm process's own loop
        return 1
    return 0


def _limit(told: dict[str, Any]) -> None:
    """Set this process's limits; what is there already does not count."""
    here = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * PAGE
    for kind, most in (
        (resource.RLIMIT_AS, here + told["memory"]),
        (resource.RLIMIT_CPU, max(1, round(told["cpu"]))),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (most, most))
    filter_calls()


if __name__ == "__main__":
    main()
