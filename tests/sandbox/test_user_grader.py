"""A grader that is no root: its boxes have the same walls, made with no right of the machine's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="all tests here are a user's already"
)
USER = 1234
HERE = Path(__file__).resolve().parent
LOOK = """
import os, ctypes
libc = ctypes.CDLL(None, use_errno=True)
told = {"user": os.getuid(), "groups": os.getgroups()}
status = open("/proc/self/status").read().splitlines()
told["rights"] = sorted({l.split()[1] for l in status if l.startswith("Cap")})
told["filter"] = [l.split()[1] for l in status if l.startswith(("Seccomp:", "NoNewPrivs"))]
told["files"] = os.statvfs("/box/home").f_files
def refused(act):
    try:
        return act() in (-1, None)
    except OSError:
        return True
told["mount"] = refused(lambda: libc.mount(b"x", b"/box/home", b"tmpfs", 0, b""))
told["root"] = refused(lambda: os.setuid(0) or 1)
told["writable"] = []
for folder in ("/", "/tmp", "/dev", "/dev/shm", "/box", "/proc/sys", ROOT):
    if not refused(lambda: open(folder + "/zz", "w").close() or 1):
        told["writable"].append(folder)
child = os.fork()
if child == 0:
    os._exit(7 if libc.unshare(0x10000000) == 0 else 0)
told["users"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
told["full"] = [n for n in os.listdir("/proc/sys")]
import json
print(json.dumps(told))
"""
ASK = """
import sys
sys.path[:0] = sys.argv[1:3]
from boxes import boxed
print(boxed(f"ROOT = {sys.argv[1]!r}\\n" + sys.argv[3])[0][0])
"""


def as_user(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a real user, who may read the interpreter in a view of the machine."""
    closed = [p for p in Path(sys.base_prefix).parents if p.exists() and not p.stat().st_mode & 1]
    show = "mount --make-rprivate /"
    if closed:
        kept = home / "kept"
        kept.mkdir()
        shown = Path(sys.base_prefix)
        show += (
            f" && mount --bind {shown} {kept} && mount -t tmpfs -o mode=755 none {closed[-1]}"
            f" && mkdir -p {shown} && mount --move {kept} {shown}"
        )
    # of the group that may read the answers: others may not
    shared = (HERE.parents[1] / "solutions").stat().st_gid
    become = f"setpriv --reuid {USER} --regid {USER} --groups {shared}"
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", f'{show} && exec {become} "$@"', "sh", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(home), "TMPDIR": "/tmp"},
        timeout=120,
    )


def test_walls_of_a_users_box(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("no mounts of its own are allowed here")
    done = as_user("id", "-u", home=tmp_path)
    assert done.stdout == f"{USER}\n", done.stderr
    shutil.rmtree(tmp_path / "kept", ignore_errors=True)
    done = as_user(sys.executable, "-c", ASK, str(HERE.parents[1]), str(HERE), LOOK, home=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told == {
        "user": USER,
        "groups": told["groups"],
        "rights": ["0" * 16],
        "filter": ["1", "2"],
        "files": 4096,
        "mount": True,
        "root": True,
        "writable": [],
        "users": 0,
        "full": [],
    }
    assert set(told["groups"]) <= {USER, 65534}
