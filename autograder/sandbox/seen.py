"""What a box shows of the machine: the words of bubblewrap's command line.

Of the machine there are the system's programs and the Python environment, read-only,
without what an instructor may have put beside them.  What ``/proc`` tells of the machine
is covered by ``inside.py``, which does so faster.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from autograder.paths import ROOT
from autograder.sandbox.calls import PROCESSORS

# below an environment: passwords of package indexes, servers' settings, variables
PRIVATE = ("pip.conf", ".condarc", "condarc", "etc/jupyter", "etc/conda", "etc/ipython",
           "conda-meta/state", "conda-meta/history", "share/jupyter/kernels", "var")  # fmt: skip
# below /usr: what is no part of the system
ADDED = ("/usr/local", "/usr/src", "/usr/games")


class SandboxUnavailable(RuntimeError):
    """bubblewrap is missing or not allowed to work here."""


@cache
def bubblewrap() -> str:
    """Path of the ``bwrap`` program, tried once.

    Raises:
        SandboxUnavailable: when it is missing or cannot make a box here.
    """
    program = shutil.which("bwrap")
    advice = (
        "install it with `apt-get install bubblewrap` (or your system's package manager), or "
        "pass --trusted to run student code without any protection"
    )
    if program is None:
        raise SandboxUnavailable(f"the sandbox needs bubblewrap, which is not installed: {advice}")
    attempt = [program, "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc"]
    done = subprocess.run([*attempt, "true"], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise SandboxUnavailable(
            f"bubblewrap cannot make a sandbox on this machine ({reason[0]}): allow "
            "unprivileged user namespaces, or pass --trusted to run student code without "
            "any protection"
        )
    return program


def has_filter() -> bool:
    """Whether ``calls.py`` knows the calls of this machine's processor."""
    return platform.machine() in PROCESSORS


def spaces(own_user: bool) -> list[str]:
    """Namespaces of a box, and the rights that ``inside.py`` gives up as soon as it used them."""
    command = [bubblewrap(), "--unshare-ipc", "--unshare-pid", "--unshare-net"]
    command += ["--unshare-uts", "--hostname", "box", "--unshare-cgroup-try"]
    command += ["--die-with-parent", "--new-session"]
    rights = ["SETPCAP", "SYS_ADMIN"] if has_filter() else []
    if own_user:
        command += ["--cap-drop", "ALL"]
        rights += ["SETUID", "SETGID"]
    else:
        command.append("--unshare-user")
        if rights:
            # as root of the box's own users alone may `inside.py` change bubblewrap's mounts
            command += ["--uid", "0", "--gid", "0"]
            rights.append("SETFCAP")
        elif _can_disable_userns():  # where the filter does not refuse them
            command.append("--disable-userns")
    for right in rights:
        command += ["--cap-add", f"CAP_{right}"]
    return command


def machine() -> list[str]:
    """The system and the Python environment, read-only, and file systems of the box's own."""
    command: list[str] = []
    for path in _system():
        command += [*way(Path(path)), "--ro-bind", path, path]
    for path in _added():
        command += ["--tmpfs", path, "--remount-ro", path]
    command += _links()
    command += ["--proc", "/proc", "--dev", "/dev"]
    # pages of the first could be held by nobody; the second reads the same
    command += ["--dev-bind", "/dev/full", "/dev/zero"]
    command += ["--size", str(1 << 20), "--tmpfs", "/tmp"]
    # hides the checkout, should it lie under a folder that is bound above
    command += ["--size", str(1 << 20), "--tmpfs", str(ROOT)]
    for path in _environments():
        command += [*way(Path(path)), "--ro-bind", path, path, *_hide_private(Path(path))]
    return [*command, "--remount-ro", str(ROOT)]


def way(path: Path) -> list[str]:
    """The folders above ``path``, open to the box's user; bubblewrap would close them."""
    above = reversed(path.parents[:-1])
    return [word for p in above for word in ("--perms", "0755", "--dir", str(p))]


@cache
def _can_disable_userns() -> bool:
    text = subprocess.run([bubblewrap(), "--help"], capture_output=True, text=True, check=False)
    return "--disable-userns" in text.stdout


@cache
def _system() -> tuple[str, ...]:
    wanted = ("/usr", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
    folders = [p for p in ("/lib", "/lib64", "/bin", "/sbin") if not Path(p).is_symlink()]
    return tuple(p for p in (*wanted, *folders) if Path(p).exists())


@cache
def _added() -> tuple[str, ...]:
    """Folders below /usr that are hidden: those that hold nothing of this Python."""
    used = {Path(p).resolve() for p in (*_prefixes(), *sys.path) if p}
    return tuple(
        p for p in ADDED if Path(p).is_dir() and not any(u.is_relative_to(p) for u in used)
    )


@cache
def _links() -> list[str]:
    command: list[str] = []
    for path in ("/lib", "/lib64", "/lib32", "/bin", "/sbin"):
        if Path(path).is_symlink():
            command += ["--symlink", os.readlink(path), path]
    return command


def _hide_private(prefix: Path) -> list[str]:
    command: list[str] = []
    for path in (prefix / name for name in PRIVATE):
        if path.is_dir():
            command += ["--tmpfs", str(path), "--remount-ro", str(path)]
        elif path.exists():
            command += ["--ro-bind", "/dev/null", str(path)]
    return command


def _prefixes() -> set[str]:
    return {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])}


@cache
def _environments() -> tuple[str, ...]:
    """The Python environment and the interpreter that it was made from."""
    outside = [p for p in sorted(_prefixes()) if not Path(p).is_relative_to("/usr")]
    for path in outside:
        if ROOT.is_relative_to(path):
            raise SandboxUnavailable(
                f"the course lies inside the Python environment {path}, which the sandbox "
                "shows to student code: move the course elsewhere"
            )
    return tuple(outside)
