"""Users of the machine that exist for a test only, with names of their own."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PROBE = "import nbgrader, subprocess; subprocess.run(['alembic', '--version'], check=True)"
FIRST = 61_300  # assigned to nobody by systemd's table of user ids, and to no box


@dataclass
class Users:
    """Each has a home in ``folder``, which all may enter."""

    folder: Path
    ids: dict[str, int]

    def home(self, who: str) -> Path:
        return self.folder / who

    def own(self, who: str, path: Path) -> None:
        """Give a folder and all that lies in it to a user."""
        for place, _, files in os.walk(path):
            for name in (place, *(os.path.join(place, f) for f in files)):
                os.chown(name, self.ids[who], self.ids[who], follow_symlinks=False)

    def run(
        self, who: str, *command: str, at: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a Python module as this user, with nothing of root's rights or groups."""
        here = {k: v for k, v in os.environ.items() if not k.startswith(("CS231N", "JUPYTER"))}
        home, number = self.home(who), str(self.ids[who])
        words = ["bwrap", "--cap-add", "ALL", "--dev-bind", "/", "/", "--die-with-parent"]
        words += [*_python(), "--ro-bind", str(self.folder / "passwd"), "/etc/passwd"]
        words += ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups"]
        words += ["--inh-caps=-all", "--bounding-set=-all", sys.executable]
        return subprocess.run(
            [*words, *command],
            cwd=at or home,
            env={**here, "HOME": str(home), "USER": who, "TMPDIR": "/tmp", **env},
            capture_output=True,
            text=True,
            check=False,
            umask=0o022,
        )

    def may_read(self, who: str, *paths: Path) -> set[Path]:
        """Which of some files and folders a user can read."""
        program = (
            "import os, sys\n"
            "for p in sys.argv[1:]:\n"
            "    try:\n"
            "        os.listdir(p) if os.path.isdir(p) else open(p).close(); print(p)\n"
            "    except PermissionError: pass\n"
        )
        done = self.run(who, "-c", program, *map(str, paths))
        assert done.returncode == 0, done.stderr
        return {Path(line) for line in done.stdout.splitlines()}


def _python() -> list[str]:
    """Words for bubblewrap that show Python where root keeps it in a folder of its own."""
    words = []
    for path in {Path(sys.prefix), Path(sys.executable).resolve().parents[1]}:
        closed = [p for p in path.parents if not p.stat().st_mode & stat.S_IXOTH]
        if closed:
            words += ["--tmpfs", str(closed[-1])]
            for between in reversed(path.parents):
                if between.is_relative_to(closed[-1]):
                    words += ["--perms", "0755", "--dir", str(between)]
            words += ["--ro-bind", str(path), str(path)]
    return words


@contextmanager
def users(*names: str) -> Iterator[Users]:
    """Make users; they are gone when the block ends.

    The test is skipped where they cannot be made.
    """
    if os.geteuid() != 0:
        pytest.skip("only root can work as several users")
    if not (shutil.which("bwrap") and shutil.which("setpriv")):
        pytest.skip("needs bubblewrap and setpriv to work as several users")
    folder = Path(tempfile.mkdtemp(prefix="users-", dir="/tmp"))
    try:
        folder.chmod(0o755)
        found = Users(folder, {name: FIRST + i for i, name in enumerate(names)})
        lines = ["root:x:0:0::/root:/bin/sh"]
        for name, number in found.ids.items():
            lines.append(f"{name}:x:{number}:{number}::{found.home(name)}:/bin/sh")
            found.home(name).mkdir()
            os.chown(found.home(name), number, number)
        (folder / "passwd").write_text("\n".join(lines) + "\n", "utf-8")
        (folder / "passwd").chmod(0o644)
        probe = found.run(names[0], "-c", PROBE)
        if probe.returncode:
            pytest.skip(f"other users cannot use this environment: {probe.stderr[-200:]}")
        yield found
    finally:
        shutil.rmtree(folder, ignore_errors=True)
