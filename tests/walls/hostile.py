"""Tasks as if student data had taken them over; each says what it got, if anything."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


def echo(request: Any) -> Any:
    return request


def memory(size: int) -> int:
    """Take so many bytes, in pieces."""
    held = [bytearray(1 << 20) for _ in range(size >> 20)]
    return len(held)


def loop(_: Any) -> None:
    while True:
        pass


def sleep(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


def crash(_: Any) -> None:
    ctypes.string_at(0)


def nested(_: Any) -> Any:
    def deeper(n: int) -> int:
        return deeper(n + 1)

    return deeper(0)


def long_answer(size: int) -> str:
    return "x" * size


def raises(text: str) -> None:
    raise ValueError(text)


def unserialisable(_: Any) -> Any:
    return {1, 2}


def write(paths: list[str]) -> list[str]:
    """Which of these files could be written to."""
    found = []
    for path in paths:
        try:
            with open(path, "wb") as file:
                file.write(b"x")
            found.append(path)
        except OSError:
            pass
    return found


def see(paths: list[str]) -> list[str]:
    """Which of these can be seen at all."""
    return [path for path in paths if os.path.exists(path)]


def reach(addresses: list[list[Any]]) -> list[Any]:
    """Which of these can be connected to: a port of this machine, or an abstract socket."""
    found = []
    for family, address in addresses:
        try:
            with socket.socket(family) as s:
                s.settimeout(1)
                s.connect(tuple(address) if isinstance(address, list) else address)
            found.append(address)
        except OSError:
            pass
    return found


def others(_: Any) -> list[int]:
    """Processes that it sees, and could stop."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (os.getpid(), os.getppid(), 1):
            found.append(int(name))
    return found


def start(command: list[str]) -> str:
    """Start a program that outlives the task."""
    subprocess.Popen(command)
    return "started"


def deaf(_: Any) -> None:
    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(0.01)


def remember(word: str) -> bool:
    """Leave something in the process; tells whether it was there."""
    import builtins

    there = hasattr(builtins, word)
    setattr(builtins, word, True)
    return there


def rights(_: Any) -> dict[str, str]:
    status = Path("/proc/self/status").read_text("ascii")
    return dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)


def chatter(request: Any, channel: Any) -> None:
    """Answer every order, until one is too much."""
    while True:
        order = channel.receive_json()
        channel.send(b"x" * int(order["bytes"]) if "bytes" in order else b"{}")
