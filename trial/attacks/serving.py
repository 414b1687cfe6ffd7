"""formgrader's server for one course, started as the command starts it."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from autograder import formgrader
from autograder.paths import ROOT

TOKEN = "secret"
STARTS_WITHIN = 90  # seconds


@contextlib.contextmanager
def formgrader_of(course: Path) -> Iterator[str]:
    """Where formgrader answers, for whoever has ``TOKEN``.

    Raises:
        RuntimeError: when it does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        formgrader.command(port, course),
        cwd=ROOT,
        env=formgrader.environment(course, TOKEN),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(2 * STARTS_WITHIN):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/login", timeout=2).close()
                break
            time.sleep(0.5)
        else:
            raise RuntimeError(f"formgrader did not start within {STARTS_WITHIN} seconds")
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)
