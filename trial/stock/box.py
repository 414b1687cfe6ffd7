"""A throw-away container for one run of stock nbgrader, which has no walls of its own.

Student code runs here without the course's sandbox, so that the container has to hold it:
no network, no process or file of this machine, everything writable in memory and bounded,
a user without rights, limits on processes, memory, files and time.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from autograder.paths import LIBRARY

INSIDE = Path(__file__).with_name("inside.py")
HOME = "/home/prof"
USER = 65_001
SECONDS = 150.0  # of one container: a hostile submission, an honest one after it, a page
MEMORY = 4 << 30
SYSTEM = ("/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
PASSWORDS = "root:x:0:0:root:/root:/bin/sh\nprof:x:{0}:{0}::/home/prof:/bin/sh\n"
LIMITS = ("--nproc=300", "--as=3221225472", "--nofile=1024", "--core=0")


def command(stage: Path, slot: int, words: list[str]) -> list[str]:
    """The container's command line; ``stage`` is shown at ``/stage``, read-only."""
    user = str(USER + slot)
    root = os.geteuid() == 0
    walls = ["bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    walls += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    if root:  # to become the container's user; gone with it
        walls += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        walls += ["--unshare-user"]
    for path in (*SYSTEM, *sorted({sys.prefix, sys.base_prefix})):
        if Path(path).exists() and (path in SYSTEM or not path.startswith("/usr")):
            for above in reversed(Path(path).parents[:-1]):
                walls += ["--perms", "0755", "--dir", str(above)]
            walls += ["--ro-bind", path, path]
    for path in ("/lib", "/lib64", "/bin", "/sbin"):
        if Path(path).is_symlink():
            walls += ["--symlink", os.readlink(path), path]
        elif Path(path).exists():
            walls += ["--ro-bind", path, path]
    walls += ["--ro-bind", str(stage / "passwd"), "/etc/passwd", "--proc", "/proc", "--dev", "/dev"]
    walls += ["--perms", "1777", "--size", str(64 << 20), "--tmpfs", "/run/t"]
    walls += ["--perms", "0755", "--dir", "/home", "--perms", "1777", "--size", str(512 << 20)]
    walls += ["--tmpfs", HOME, "--ro-bind", str(stage), "/stage"]
    walls += ["--perms", "0755", "--dir", "/opt", "--perms", "0755", "--dir", "/opt/lib"]
    walls += ["--ro-bind", str(LIBRARY), "/opt/lib/cs231n_lib", "--ro-bind", str(INSIDE), "/in.py"]
    environment = {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "HOME": HOME,
        "TMPDIR": "/run/t",
        "LANG": "C.UTF-8",
        "PYTHONPATH": "/opt/lib",
        "CANARY": "CANARY-env",
        "MPLBACKEND": "agg",
        **{f"{n}_NUM_THREADS": "1" for n in ("OMP", "OPENBLAS", "MKL")},
    }
    walls += ["--chdir", HOME, "--remount-ro", "/", "--clearenv"]
    for key, value in environment.items():
        walls += ["--setenv", key, value]
    drop = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"]
    limits = ["prlimit", *(LIMITS if root else LIMITS[1:])]  # others have other processes too
    inside = [*(drop if root else []), *limits, sys.executable, "-s", "-B", "/in.py", *words]
    return [*walls, "--", *inside]


def run(template: Path, submitted: Path, slot: int, words: list[str]) -> dict[str, Any]:
    """What the program inside found; ``{"lost": why}`` when it came to no end.

    Args:
        template: the stock course, with an honest submission graded.
        submitted: the folder ``submitted`` with the attack and an honest one in it.
        slot: which of the runs side by side, each with a user of its own.
        words: arguments of the program inside.
    """
    stage = Path(tempfile.mkdtemp(prefix="stock-"))
    stage.chmod(0o755)
    try:
        shutil.copytree(template, stage / "course", symlinks=True)
        submitted.rename(stage / "submitted")
        (stage / "passwd").write_text(PASSWORDS.format(USER + slot), "utf-8")
        _open(stage)
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(
                command(stage, slot, words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
            )
            why = _watched(process)
            out.seek(0)
            text = out.read(64 << 20).decode("utf-8", "replace")
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    lines = [line for line in text.splitlines() if line.startswith("FOUND ")]
    if "BEGUN" not in text:
        raise RuntimeError("the container of stock nbgrader does not start on this machine")
    with contextlib.suppress(ValueError, IndexError):
        found: dict[str, Any] = json.loads(lines[-1].removeprefix("FOUND "))
        return found
    return {"lost": why or "the grader's own processes were ended"}


def _open(folder: Path) -> None:
    """Readable for the container's user, whose files these are not."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)


def _watched(process: subprocess.Popen[bytes]) -> str:
    """Wait for the container; why it was ended early, if it was."""
    end, why = time.monotonic() + SECONDS, ""
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            family = psutil.Process(process.pid).children(recursive=True)
            if sum(_resident(p) for p in family) > MEMORY:
                why = "all memory used up"
        if time.monotonic() > end:
            why = "no end"
        if why:
            process.kill()
            process.wait()
            break
        time.sleep(0.3)
    return why


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
