"""What a box shows of the machine, what it lets be kept there, and records held by a lease."""

from __future__ import annotations

import ast
import fcntl
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from boxes import boxed

from autograder.grading import behind
from autograder.sandbox import seen
from autograder.sandbox.box import Box, Limits
from autograder.sandbox.execute import Taken, execute

SHOWN = {"cpuinfo", "loadavg", "meminfo", "stat", "uptime", "version"}
LOOK = """
import os, socket
told = {"full": [], "host": socket.gethostname(), "open": []}
for entry in os.scandir("/proc"):
    if entry.name.isdigit() or entry.is_symlink():
        continue
    try:
        if os.listdir(entry.path) if entry.is_dir() else open(entry.path, "rb").read(1):
            told["full"].append(entry.name)
    except OSError:
        pass
told["local"] = [p for p in LOCAL if os.path.exists(p) and os.listdir(p)]
told["private"] = [p for p in PRIVATE if os.path.exists(p) and open(p, "rb").read(1)]
told["devices"] = sorted(os.listdir("/dev"))
told["sys"] = os.path.exists("/sys")
for path in ("/proc/1/mem", "/proc/1/environ", "/proc/1/maps", "/proc/1/root/etc"):
    try:
        open(path, "r+b" if path.endswith("mem") else "rb").close()
        told["open"].append(path)
    except OSError:
        pass
for folder, _, _ in os.walk("/"):
    if folder.startswith(("/proc", "/usr", "/root", "/work", "/opt", "/home", "/lib")):
        continue
    try:
        open(folder + "/zz", "w").close()
        told["open"].append(folder)
    except OSError:
        pass
print(told)
"""


def test_what_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = [str(Path(sys.prefix) / name) for name in ("pip.conf",)]
    local = [p for p in seen._added()]
    texts, trouble, _ = boxed(f"LOCAL, PRIVATE = {local!r}, {private!r}\n{LOOK}")
    assert not trouble
    told = ast.literal_eval(texts[0])
    assert set(told["full"]) <= SHOWN
    assert told["host"] == "box" != socket.gethostname()
    assert told["local"] == [] and told["private"] == [] and not told["sys"]
    assert {p for p in told["open"] if not p.startswith(("/box/home", "/tmp/"))} == set()
    assert set(told["devices"]) <= {
        "core", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin",
        "stdout", "tty", "urandom", "zero", "console",
    }  # fmt: skip


def test_what_is_hidden_is_there_outside() -> None:
    """The test above would see it: this machine has what it says that the box has not."""
    outside = {p.name for p in Path("/proc").iterdir() if not p.name.isdigit()}
    assert {"cmdline", "sys", "filesystems"} <= outside - SHOWN
    assert Path("/proc/cmdline").read_text()


def test_private_files_of_an_environment_are_covered(tmp_path: Path) -> None:
    for name in ("pip.conf", "etc/jupyter/jupyter_config.json", "conda-meta/state"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("password")
    words = seen._hide_private(tmp_path)
    bwrap = [seen.bubblewrap(), "--ro-bind", "/", "/", "--dev", "/dev"]
    look = ["grep", "-r", "password", str(tmp_path)]
    assert subprocess.run([*bwrap, *look], capture_output=True).stdout.count(b"password") == 3
    assert subprocess.run([*bwrap, *words, *look], capture_output=True).stdout == b""


def test_names_in_the_working_folder_are_bounded() -> None:
    source = """
import os
count = 0
try:
    while True:
        os.link("/box/home/x", f"/box/home/{count}") if count else os.mknod("/box/home/x")
        count += 1
except OSError as error:
    print(count, error.errno)
"""
    texts, _, _ = boxed(source, files=500)
    count, error = map(int, texts[0].split())
    assert error == 28 and 400 < count < 500  # no space
    texts, _, _ = boxed(source.replace("True", "count < 2000") + "print(count)", files=5000)
    assert texts[0] == "2000\n"


def test_terminals_are_bounded() -> None:
    """They are counted for the whole machine."""
    source = """
import os
kept = []
try:
    while len(kept) < 50: kept.append(os.openpty())
except OSError: pass
print(len(kept))
"""
    texts, _, _ = boxed(source)
    assert 0 < int(texts[0]) <= 16


KEEP = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
file = os.open("/box/out/sgd_momentum.safetensors", os.O_RDWR)
done = libc.fallocate(file, 1, ctypes.c_long(0), ctypes.c_long(60 << 20))
print(done, os.fstat(file).st_blocks * 512)
"""


def kept_on_disk() -> str:
    from nbformat.v4 import new_code_cell, new_notebook

    nb = new_notebook(cells=[new_code_cell(KEEP)])
    execute(nb, Taken(), {"sgd_momentum": b""}, Limits(), behind.judge())
    return str(nb.cells[0].outputs[0].text)


def test_record_keeps_no_room_on_the_disk() -> None:
    """The limit on the size of a file does not bound what is kept beyond its end."""
    assert kept_on_disk() == "-1 0\n"


def test_without_the_filter_it_would(no_filter: None, no_watcher: None) -> None:
    done, room = map(int, kept_on_disk().split())
    if done:
        pytest.skip("this file system keeps no room beyond the end of a file")
    assert room >= 60 << 20


def lease(path: Path) -> subprocess.Popen[str]:
    """Another process that takes a lease on a file and does not give it back."""
    source = (
        "import fcntl, os, signal, sys, time\n"
        "signal.signal(signal.SIGIO, signal.SIG_IGN)\n"
        "file = os.open(sys.argv[1], os.O_RDWR)\n"
        "try:\n    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK); print('HELD', flush=True)\n"
        "except OSError: print('refused', flush=True)\n"
        "fcntl.lockf(file, fcntl.LOCK_EX); fcntl.flock(file, fcntl.LOCK_EX)\n"
        "print('locked', flush=True)\ntime.sleep(60)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", source, str(path)], stdout=subprocess.PIPE, text=True
    )


def test_record_cannot_be_held() -> None:
    """Neither a lease nor a lock, where no filter refuses them, lets the grader wait."""
    box = Box(("sgd_momentum",))
    path = box.folder / "out" / "sgd_momentum.safetensors"
    path.write_bytes(b"x" * 1000)
    with lease(path) as holder:
        assert holder.stdout is not None
        assert [holder.stdout.readline(), holder.stdout.readline()] == ["refused\n", "locked\n"]
        begin = time.monotonic()
        assert box.take("sgd_momentum", 10) == b"x" * 10
        box.clear("sgd_momentum")
        assert box.take("sgd_momentum", 10) == b""
        box.close()
        assert time.monotonic() - begin < 1
        holder.kill()


def test_a_file_that_nobody_holds_open_could_be_held(tmp_path: Path) -> None:
    path = tmp_path / "free"
    path.write_bytes(b"x")
    with lease(path) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "HELD\n"
        with pytest.raises(BlockingIOError):
            os.open(path, os.O_RDWR | os.O_NONBLOCK)
        holder.kill()
    assert fcntl.F_SETLEASE


def test_record_that_is_replaced_or_linked_is_not_followed(tmp_path: Path) -> None:
    """Whatever stands under its name, what the box was given is read."""
    box = Box(("sgd_momentum",))
    path = box.folder / "out" / "sgd_momentum.safetensors"
    secret = tmp_path / "secret"
    secret.write_text("secret")
    path.unlink()
    path.symlink_to(secret)
    assert box.take("sgd_momentum", 100) == b""
    box.clear("sgd_momentum")
    assert secret.read_text() == "secret"
    box.close()
    box.close()  # nothing is closed twice


def test_weaknesses_are_told(no_group: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.sandbox.box import weaknesses

    told: list[Any] = weaknesses()
    assert len(told) == 1 and "Delegate=yes" in told[0]
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert len(weaknesses()) == 2
    words = seen.spaces(False)
    assert "--cap-add" not in words and "--unshare-user" in words
