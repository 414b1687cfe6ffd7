"""Opens nbgrader's formgrader on this course, alone and on this machine only."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from autograder.course import CourseError, prepare
from autograder.paths import ROOT


def serve(port: int, say: Callable[[str], None]) -> int:
    """Run a Jupyter server with the formgrader until it is interrupted.

    Raises:
        CourseError: when the port is taken.
    """
    course = prepare()
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
        command(port, token, course), cwd=ROOT, env=environment(course), check=False
    )
    return done.returncode


def command(port: int, token: str, course: Path) -> list[str]:
    """The Jupyter server's command line; who has the token may grade.

    The server shows the course folder and nothing above it: nbgrader wants the course
    below the server's root, wherever ``CS231N_COURSE`` puts it.
    """
    options = [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.open_browser=False",
        "--ServerApp.ip=127.0.0.1",
        f"--IdentityProvider.token={token}",
        "--Application.log_level=WARN",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--ServerApp.allow_root=True")
    return [sys.executable, "-m", "jupyter_server", *options, f"--ServerApp.root_dir={course}"]


def environment(course: Path) -> dict[str, str]:
    """Enables the extension for this server alone, whatever the user's Jupyter does."""
    folder = Path(tempfile.mkdtemp(prefix="formgrader-"))
    extensions = {
        name: True
        for name in (
            "nbgrader.server_extensions.formgrader",
            "nbgrader.server_extensions.validate_assignment",
        )
    }
    settings = {"ServerApp": {"jpserver_extensions": extensions}}
    (folder / "jupyter_server_config.json").write_text(json.dumps(settings), "utf-8")
    (course / "exchange").mkdir(exist_ok=True)
    return {**os.environ, "JUPYTER_CONFIG_DIR": str(folder), "CS231N_COURSE": str(course)}
