"""One box: its folder and user, the control group around it, what it is given and gives back.

Inside there are: the system and the Python environment, read-only; the student
library, read-only; the inputs, read-only; one writable file per exercise for the
outputs; a folder for the kernel's sockets; and an empty working folder in memory.
There is no network, no home, no course folder, no other process.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.paths import LIBRARY, ROOT
from autograder.sandbox import groups, leftovers, seen, users
from autograder.sandbox.limits import Limits, LimitsTooLow
from autograder.sandbox.seen import SandboxUnavailable, bubblewrap

__all__ = ["Box", "Limits", "LimitsTooLow", "SandboxUnavailable", "bubblewrap", "weaknesses"]

HERE = Path(__file__).parent
CLOSED = os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass
class Box:
    """The host's side of one box: a private folder, removed by :meth:`close`.

    Attributes:
        user: the user id of its processes; 0 where it is the grader's own.
        group: the control group around it; None until :meth:`command` makes one, and
            where the machine does not allow any.
    """

    exercises: tuple[str, ...]
    trusted: bool = False
    folder: Path = field(init=False)
    user: int = field(init=False, default=0)
    group: groups.Group | None = field(init=False, default=None)
    _records: dict[str, int] = field(init=False, default_factory=dict, repr=False)
    _locks: list[int] = field(init=False, default_factory=list, repr=False)

    def __post_init__(self) -> None:
        # below the folder of this process, which the wall shows to the relay of its messages
        self.folder = Path(tempfile.mkdtemp(prefix=leftovers.PREFIX, dir=leftovers.private()))
        try:
            self._furnish()
        except OSError:
            self.close()
            raise

    def _furnish(self) -> None:
        self._locks.append(leftovers.own(self.folder))
        for name in ("in", "out", "run"):
            (self.folder / name).mkdir()
        if os.geteuid() == 0 and not self.trusted:
            # limits on processes do not bind root: each box gets a user of its own
            self.user, lock = users.take()
            self._locks.append(lock)
            os.chown(self.folder / "run", self.user, self.user)
        for name in self.exercises:
            # held open from before student code runs until the end: so nobody can take a
            # lease on it, for which another would have to wait, and no rights are needed later
            handle = os.open(
                self.folder / "out" / f"{name}.safetensors",
                os.O_CREAT | os.O_EXCL | os.O_RDWR | CLOSED,
                0o600,
            )
            self._records[name] = handle
            if self.user:
                os.fchown(handle, self.user, self.user)

    def put(self, exercise: str, data: bytes) -> None:
        """Hand in the inputs of one exercise."""
        (self.folder / "in" / f"{exercise}.safetensors").write_bytes(data)

    def clear(self, exercise: str) -> None:
        """Forget what was written for one exercise."""
        os.ftruncate(self._records[exercise], 0)

    def take(self, exercise: str, limit: int) -> bytes:
        """What was written for one exercise, at most ``limit`` bytes of it."""
        found = bytearray()
        while len(found) < limit:
            part = os.pread(self._records[exercise], limit - len(found), len(found))
            if not part:
                break
            found += part
        return bytes(found)

    def end(self) -> None:
        """End every process of the box, where a group tells which these are."""
        if self.group is not None:
            self.group.kill()

    def close(self) -> None:
        """End the box and remove what it had; may be called again."""
        if self.group is not None:
            self.group.remove()
            self.group = None
        for handle in self._records.values():
            os.close(handle)
        self._records.clear()
        leftovers.remove(self.folder)
        while self._locks:
            os.close(self._locks.pop())

    def command(self, limits: Limits, pipe: int = -1) -> list[str]:
        """The command that starts a kernel in this box; ``{connection_file}`` is Jupyter's.

        The box ends when ``pipe``, a file that it inherits, is closed at its other end.
        """
        kernel = ["-f", "{connection_file}", "--HistoryManager.hist_file=:memory:"]
        inside = [sys.executable, "-s", "-B"]
        if self.trusted:
            return [*inside, "-m", "ipykernel_launcher", *kernel]
        wish = {
            "pipe": pipe,
            "user": self.user or os.getuid(),
            "group": self.user or os.getgid(),
            "mapped": not self.user,
            "files": limits.files if seen.has_filter() else 0,
            "limits": limits.rlimits(),
        }
        arguments = [json.dumps(wish), *kernel]
        if self.group is not None:
            self.group.remove()  # of a kernel before, whose end it tells
        self.group = groups.make(self.folder.name, limits.memory, limits.processes)
        enter = self.group.enter() if self.group else []
        return [*enter, *self._walls(limits), "--", *inside, "/box/inside.py", *arguments]

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
        command = [*seen.spaces(bool(self.user)), *seen.machine()]
        command += [*seen.way(Path("/box/lib/x")), *seen.way(Path("/box/out/x"))]
        command += ["--perms", "1777", "--size", str(limits.work_folder), "--tmpfs", "/box/home"]
        command += ["--ro-bind", str(LIBRARY), "/box/lib/cs231n_lib"]
        for name in ("inside.py", "calls.py"):
            command += ["--ro-bind", str(HERE / name), f"/box/{name}"]
        command += ["--ro-bind", str(self.folder / "in"), "/box/in"]
        for name in self.exercises:
            path = f"out/{name}.safetensors"
            command += ["--bind", str(self.folder / path), f"/box/{path}"]
        run = self.folder / "run"
        command += [*seen.way(run), "--bind", str(run), str(run)]
        command += ["--perms", "1777", "--dir", "/box/home/.mpl"]
        for cache_file in _font_caches():
            command += ["--ro-bind", str(cache_file), f"/box/home/.mpl/{cache_file.name}"]
        # where no user of its own binds it, student code owns these file systems
        for path in ("/", "/dev", "/tmp"):
            command += ["--remount-ro", path]
        command.append("--clearenv")
        for key, value in self.environment().items():
            command += ["--setenv", key, value]
        return command


def weaknesses() -> list[str]:
    """What of the walls this machine does not allow, a sentence each; empty if all stand."""
    found = []
    if not seen.has_filter():
        found.append(
            "there is no filter of system calls for this processor: memory that the operating "
            "system holds for student code is not limited"
        )
    if not groups.places():
        found.append(
            "control groups cannot be made here, so memory and processor time of a box are added "
            "up from outside; as a user with systemd, start the grader with `systemd-run --user "
            "--scope -p Delegate=yes`"
        )
    return found


@cache
def _font_caches() -> tuple[Path, ...]:
    """matplotlib's list of fonts, so that no box has to search for them again."""
    import matplotlib

    return tuple(Path(matplotlib.get_cachedir()).glob("fontlist-*.json"))
