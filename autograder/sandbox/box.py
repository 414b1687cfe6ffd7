"""What a box is made of: the bubblewrap command line and the folders it shares.

Inside there are: the system and the Python environment, read-only; the student
library, read-only; the inputs, read-only; one writable file per exercise for the
outputs; a folder for the kernel's sockets; and an empty working folder in memory.
There is no network, no home, no course folder, no other process.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.paths import LIBRARY, ROOT
from autograder.sandbox import leftovers

INSIDE = Path(__file__).with_name("inside.py")
USERS = 61_000  # boxes of a grader that runs as root get user ids from here on


class SandboxUnavailable(RuntimeError):
    """bubblewrap is missing or not allowed to work here."""


@dataclass(frozen=True)
class Limits:
    """What one notebook may use."""

    cell_seconds: float = 30.0
    total_seconds: float = 300.0
    memory: int = 2 << 30  # address space of a process, and resident memory of the box
    processes: int = 64
    file_size: int = 16 << 20
    open_files: int = 256
    work_folder: int = 64 << 20
    output: int = 100_000  # characters kept of one cell

    def rlimits(self) -> dict[str, int]:
        """The limits that the kernel of the operating system holds, for ``inside.py``."""
        return {
            "memory": self.memory,
            "processes": self.processes,
            "file_size": self.file_size,
            "open_files": self.open_files,
            "core": 0,
        }


@dataclass
class Box:
    """The host's side of one box: a private folder, removed by :meth:`close`."""

    exercises: tuple[str, ...]
    trusted: bool = False
    folder: Path = field(init=False)
    user: int = field(init=False)
    _lock: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # below the folder of this process, which the wall shows to the relay of its messages
        self.folder = Path(tempfile.mkdtemp(prefix="b", dir=leftovers.private()))
        self._lock, self.user = -1, 0
        try:
            self._furnish()
        except OSError:
            self.close()
            raise

    def _furnish(self) -> None:
        self._lock = leftovers.own(self.folder)
        for name in ("in", "out", "run"):
            (self.folder / name).mkdir()
        if os.geteuid() == 0 and not self.trusted:
            # limits on processes do not bind root: each box gets a user of its own
            self.user = USERS + os.getpid() % 4000
            os.chown(self.folder / "run", self.user, self.user)
        for name in self.exercises:
            path = self.folder / "out" / f"{name}.safetensors"
            path.touch()
            if self.user:
                os.chown(path, self.user, self.user)

    def put(self, exercise: str, data: bytes) -> None:
        """Hand in the inputs of one exercise."""
        (self.folder / "in" / f"{exercise}.safetensors").write_bytes(data)

    def clear(self, exercise: str) -> None:
        """Forget what was written for one exercise."""
        path = self.folder / "out" / f"{exercise}.safetensors"
        path.chmod(0o600)  # student code may have taken it
        os.truncate(path, 0)

    def take(self, exercise: str, limit: int) -> bytes:
        """What was written for one exercise, at most ``limit`` bytes of it."""
        path = self.folder / "out" / f"{exercise}.safetensors"
        path.chmod(0o600)
        with open(path, "rb") as file:
            return file.read(limit)

    def close(self) -> None:
        leftovers.remove(self.folder)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def command(self, limits: Limits, pipe: int = -1) -> list[str]:
        """The command that starts a kernel in this box; ``{connection_file}`` is Jupyter's.

        The box ends when ``pipe``, a file that it inherits, is closed at its other end.
        """
        kernel = ["-f", "{connection_file}", "--HistoryManager.hist_file=:memory:"]
        inside = [sys.executable, "-s", "-B"]
        if self.trusted:
            return [*inside, "-m", "ipykernel_launcher", *kernel]
        arguments = [str(pipe), str(self.user), json.dumps(limits.rlimits()), *kernel]
        return [*self._walls(limits), "--", *inside, "/box/inside.py", *arguments]

    def environment(self) -> dict[str, str]:
        """The whole environment of the kernel."""
        base = str(self.folder) if self.trusted else "/box"
        home = f"{base}/run" if self.trusted else "/box/home"
        threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
        return {
            "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
            "HOME": home,
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            "CS231N_BOX": base,
            "IPYTHONDIR": f"{home}/.ipython",
            "MPLCONFIGDIR": f"{home}/.mpl",
            "MPLBACKEND": "agg",
            "PYTHONPATH": str(ROOT) if self.trusted else "/box/lib",
            # a thread of OpenBLAS counts as a process, and the limit would bite
            **{f"{name}_NUM_THREADS": "1" for name in threads},
        }

    def _walls(self, limits: Limits) -> list[str]:
        command = [bubblewrap(), "--unshare-ipc", "--unshare-pid", "--unshare-net"]
        command += ["--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session"]
        if self.user:
            # inside.py needs these two to become the box's user, and loses them by it
            command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        else:
            command += (
                ["--unshare-user", "--disable-userns"]
                if _can_disable_userns()
                else ["--unshare-user"]
            )
        for path in _system():
            command += [*_way(Path(path)), "--ro-bind", path, path]
        command += _links()
        command += ["--proc", "/proc", "--dev", "/dev", "--size", str(1 << 20), "--tmpfs", "/tmp"]
        # hides the checkout, should it lie under a folder that is bound above
        command += ["--size", str(1 << 20), "--tmpfs", str(ROOT)]
        for path in _environments():
            command += [*_way(Path(path)), "--ro-bind", path, path]
        command += [*_way(Path("/box/lib/x")), *_way(Path("/box/out/x"))]
        command += ["--perms", "1777", "--size", str(limits.work_folder), "--tmpfs", "/box/home"]
        command += ["--ro-bind", str(LIBRARY), "/box/lib/cs231n_lib"]
        command += ["--ro-bind", str(INSIDE), "/box/inside.py"]
        command += ["--ro-bind", str(self.folder / "in"), "/box/in"]
        for name in self.exercises:
            path = f"out/{name}.safetensors"
            command += ["--bind", str(self.folder / path), f"/box/{path}"]
        run = self.folder / "run"
        command += [*_way(run), "--bind", str(run), str(run)]
        command += ["--perms", "1777", "--dir", "/box/home/.mpl"]
        for cache_file in _font_caches():
            command += ["--ro-bind", str(cache_file), f"/box/home/.mpl/{cache_file.name}"]
        # where no user of its own binds it, student code owns these two file systems
        command += ["--remount-ro", "/", "--remount-ro", "/dev", "--clearenv"]
        for key, value in self.environment().items():
            command += ["--setenv", key, value]
        return command


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
def _links() -> list[str]:
    command: list[str] = []
    for path in ("/lib", "/lib64", "/lib32", "/bin", "/sbin"):
        if Path(path).is_symlink():
            command += ["--symlink", os.readlink(path), path]
    return command


@cache
def _environments() -> tuple[str, ...]:
    """The Python environment and the interpreter that it was made from."""
    found = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])}
    outside = [p for p in sorted(found) if not Path(p).is_relative_to("/usr")]
    for path in outside:
        if ROOT.is_relative_to(path):
            raise SandboxUnavailable(
                f"the course lies inside the Python environment {path}, which the sandbox "
                "shows to student code: move the course elsewhere"
            )
    return tuple(outside)


def _way(path: Path) -> list[str]:
    """The folders above ``path``, open to the box's user; bubblewrap would close them."""
    above = reversed(path.parents[:-1])
    return [word for p in above for word in ("--perms", "0755", "--dir", str(p))]


@cache
def _font_caches() -> tuple[Path, ...]:
    """matplotlib's list of fonts, so that no box has to search for them again."""
    import matplotlib

    return tuple(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
