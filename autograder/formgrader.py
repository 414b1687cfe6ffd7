"""Opens nbgrader's formgrader on this course, alone and on this machine only."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.course.course import CourseError, config, existing
from autograder.paths import ROOT


def serve(port: int, say: Callable[[str], None]) -> int:
    """Run formgrader's server (:mod:`autograder.showing.server`) until it is interrupted.

    Raises:
        CourseError: when the port is taken.
    """
    course = existing()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CourseError(
                f"port {port} is taken: choose another one with --port, for example "
                f"--port {port + 1}"
            ) from error
    token = secrets.token_urlsafe(24)
    say(f"formgrader: http://127.0.0.1:{port}/formgrader?token={token}")
    say("it answers in a few seconds; Ctrl-C ends it")
    done = subprocess.run(
        command(port, course), cwd=ROOT, env=environment(course, token), check=False
    )
    return done.returncode


def command(port: int, course: Path) -> list[str]:
    """The server's command line, for :func:`environment`.

    The server knows the course folder and nothing above it: nbgrader wants the course
    below the server's root, wherever ``CS231N_COURSE`` puts it.
    """
    options = [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.open_browser=False",
        "--ServerApp.ip=127.0.0.1",
        "--Application.log_level=WARN",
        f"--ServerApp.root_dir={course}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--ServerApp.allow_root=True")
    return [sys.executable, "-m", "autograder.showing.server", *options]


def environment(course: Path, token: str) -> dict[str, str]:
    """The server's environment; who has the token may grade.

    It does not stand on the command line, which everybody on the machine can read.  What
    the user's Jupyter is told elsewhere does not count.
    """
    with contextlib.suppress(OSError):  # without it, the pages only lack the buttons to release
        Path(str(config().Exchange.root)).mkdir(exist_ok=True)
    known = {"JUPYTER_TOKEN": token, "JUPYTER_NO_CONFIG": "1", "CS231N_COURSE": str(course)}
    return {**os.environ, **known}
