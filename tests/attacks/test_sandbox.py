"""The box by itself: what code in it can see, what it can use up, and what it leaves behind."""

from __future__ import annotations

import ast
import json
import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.boxes import boxed as in_a_box
from trial.attacks.classroom import SECRETS

LEAST = 1536 << 20  # of memory: honest notebooks need it

PROBES: dict[str, str] = {
    "environment": "import os; tell(dict(os.environ))",
    "argv of process 1": "tell(open('/proc/1/cmdline').read())",
    "environ of process 1": """
try:
    tell(open('/proc/1/environ').read())
except OSError as error:
    tell(type(error).__name__)
""",
    "processes": "import os; tell([int(p) for p in os.listdir('/proc') if p.isdigit()])",
    "top": "import os; tell(sorted(os.listdir('/')))",
    "box": "import os; tell({d: sorted(os.listdir('/box/' + d)) for d in ('in', 'out', 'lib')})",
    "etc": "import os; tell(sorted(os.listdir('/etc')))",
    "homes": "import os; tell([os.path.exists(p) for p in HIDDEN])",
    "imports": """
import importlib.util
tell([n for n in ('solutions', 'autograder') if importlib.util.find_spec(n)])
""",
    "writable": """
import os
found = []
for folder in ('/', '/tmp', '/dev', '/dev/shm', '/box', '/box/in', '/box/out', '/box/lib',
               '/box/lib/cs231n_lib', '/usr', '/etc', PREFIX, ROOT, '/proc', '/box/home'):
    try:
        open(folder + '/zz', 'w').close()
        found.append(folder)
    except OSError:
        pass
tell(found)
""",
    "library": """
import cs231n_lib
try:
    open(cs231n_lib.__file__, 'a')
    tell('open')
except OSError as error:
    tell(type(error).__name__)
""",
    "rights": """
import os
status = open('/proc/self/status').read()
caps = [l.split()[1] for l in status.splitlines() if l.startswith(('CapEff', 'CapPrm', 'CapAmb'))]
new = [l.split()[1] for l in status.splitlines() if l.startswith('NoNewPrivs')]
tell([os.getuid() != 0, os.getgroups(), caps, new])
""",
    "become root": """
import os
found = []
for act in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.chroot('/'),
            lambda: os.mknod('/box/home/n', 0o60666, os.makedev(8, 0)), lambda: os.kill(1, 9)):
    try:
        act()
        found.append('done')
    except OSError as error:
        found.append(type(error).__name__)
tell(found)
""",
    "network": """
import socket
found = []
for family, address in ((socket.AF_INET, ('127.0.0.1', PORT)), (socket.AF_INET, ('1.1.1.1', 53)),
                        (socket.AF_UNIX, ABSTRACT), (socket.AF_UNIX, SOCKET)):
    try:
        with socket.socket(family) as s:
            s.settimeout(1)
            s.connect(address)
        found.append(str(address))
    except OSError:
        pass
try:
    tell([found, [name for _, name in socket.if_nameindex()]])
except OSError as error:
    tell([found, type(error).__name__])
""",
    "limits": """
import resource as r
names = ('AS', 'NPROC', 'FSIZE', 'NOFILE', 'CORE')
tell({n: r.getrlimit(getattr(r, 'RLIMIT_' + n)) for n in names})
""",
    "threads": "import threading, numpy as np; np.ones((300, 300)) @ np.ones((300, 300)); tell(1)",
    "open files": """
import os
handles = []
try:
    while True:
        handles.append(os.open('/dev/null', os.O_RDONLY))
except OSError as error:
    tell(error.errno)
for handle in handles:
    os.close(handle)
""",
    "large file": """
try:
    with open('/box/home/large', 'wb') as file:
        for _ in range(40):
            file.write(bytes(1 << 20))
    tell('written')
except OSError as error:
    tell(error.errno)
os.unlink('/box/home/large')
""",
    "full folder": """
import os
count = 0
try:
    for count in range(200):
        with open(f'/box/home/f{count}', 'wb') as file:
            file.write(bytes(1 << 20))
except OSError as error:
    tell([count < 70, error.errno])
for i in range(count + 1):
    os.unlink(f'/box/home/f{i}')
""",
    "memory": """
try:
    x = bytearray(4 << 30)
    tell('there')
except MemoryError:
    tell('MemoryError')
""",
}


# as a notebook is graded that needs no more than any honest one
boxed = partial(in_a_box, cell_seconds=5.0, total_seconds=60.0, memory=LEAST)


@pytest.fixture(scope="module")
def hidden(workplace: Path) -> list[str]:
    """Paths that exist here and may not exist inside."""
    root = Path(__file__).resolve().parents[2]
    paths = [workplace / "home", workplace / "course", root / "solutions", root / "autograder"]
    paths += [root / "cs231n_lib", root / "assignments", Path("/etc/passwd"), Path("/etc/shadow")]
    return [str(p) for p in paths]


@pytest.fixture(scope="module")
def probes(workplace: Path, hidden: list[str]) -> Iterator[dict[str, Any]]:
    """What all probes tell, asked in one box, while sockets of this machine wait outside."""
    import sys

    name = f"\0cs231n-{os.getpid()}"
    with (
        socket.socket() as tcp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as file,
    ):
        tcp.bind(("127.0.0.1", 0))
        abstract.bind(name)
        path = str(workplace / "t" / "service.sock")
        file.bind(path)
        for listening in (tcp, abstract, file):
            listening.listen()
        names = {
            "HIDDEN": hidden,
            "PREFIX": sys.prefix,
            "PORT": tcp.getsockname()[1],
            "ROOT": str(Path(__file__).resolve().parents[2]),
            "ABSTRACT": name,
            "SOCKET": path,
        }
        start = "import os\n" + "\n".join(f"{k} = {v!r}" for k, v in names.items())
        start += "\ndef tell(value):\n    print('TOLD', repr(value))"
        texts, trouble, _ = boxed(start, *PROBES.values(), cell_seconds=20.0)
    assert not trouble
    told = {}
    for key, text in zip(PROBES, texts[1:], strict=True):
        found = [line for line in text.splitlines() if line.startswith("TOLD ")]
        told[key] = ast.literal_eval(found[0][5:]) if found else text
    yield told


def test_environment_is_the_boxes_own(probes: dict[str, Any]) -> None:
    known = {
        "PATH",
        "HOME",
        "LANG",
        "PYTHONUTF8",
        "CS231N_BOX",
        "IPYTHONDIR",
        "MPLCONFIGDIR",
        "MPLBACKEND",
        "PYTHONPATH",
        "PWD",
        "SHLVL",
        "OLDPWD",
        "_",
    }
    known |= {f"{n}_NUM_THREADS" for n in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
    added = {
        "JPY_PARENT_PID",
        "TERM",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "PAGER",
        "GIT_PAGER",
        "PYDEVD_USE_FRAME_EVAL",
        "LINES",
        "COLUMNS",
        "KMP_INIT_AT_FORK",
        "KMP_DUPLICATE_LIB_OK",
    }
    assert set(probes["environment"]) <= known | added
    told = json.dumps([probes["environment"], probes["argv of process 1"]])
    assert not any(secret in told for secret in SECRETS.values())
    assert SECRETS["env"] not in str(probes["environ of process 1"])


def test_no_other_process_is_seen(probes: dict[str, Any]) -> None:
    assert probes["processes"] == [1, 2]  # bubblewrap's and its own


def test_only_the_system_is_seen(probes: dict[str, Any]) -> None:
    assert not any(probes["homes"])
    assert set(probes["etc"]) <= {"ld.so.cache", "alternatives", "fonts", "localtime"}
    assert probes["box"] == {"in": [], "out": [], "lib": ["cs231n_lib"]}
    assert probes["imports"] == []
    assert not {"home", "mnt", "media", "srv", "run", "var"} & set(probes["top"])


def test_only_the_work_folder_can_be_written(probes: dict[str, Any]) -> None:
    assert probes["writable"] == ["/box/home"]
    assert probes["library"] in ("OSError", "PermissionError")


def test_no_rights(probes: dict[str, Any]) -> None:
    if os.geteuid() == 0:
        assert probes["rights"][0] and probes["rights"][1] == []
    assert probes["rights"][2] == ["0" * 16] * 3
    assert probes["rights"][3] == ["1"]
    # of its first process in its own namespace a signal is not refused, but ignored
    assert len(probes["become root"]) == 5 and "done" not in probes["become root"][:4]


def test_no_network(probes: dict[str, Any]) -> None:
    assert probes["network"] == [[], "OSError"]  # no interface can be asked for, either


def test_what_a_box_cannot_reach_is_reached_outside(workplace: Path) -> None:
    """The probe of the network connects where there is no wall."""
    told: list[Any] = []
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as file:
        tcp.bind(("127.0.0.1", 0))
        file.bind(path := str(workplace / "t" / "outside.sock"))
        for listening in (tcp, file):
            listening.listen()
        names = {"PORT": tcp.getsockname()[1], "ABSTRACT": "\0none", "SOCKET": path}
        exec(PROBES["network"], {**names, "tell": told.append})
    os.unlink(path)
    assert "127.0.0.1" in str(told[0][0]) and path in told[0][0]
    assert "lo" in told[0][1]


def test_limits_hold(probes: dict[str, Any]) -> None:
    limits = probes["limits"]
    assert limits["AS"] == (LEAST, LEAST) and limits["NPROC"] == (32, 32)
    assert limits["FSIZE"] == (16 << 20, 16 << 20) and limits["NOFILE"] == (128, 128)
    assert limits["CORE"] == (0, 0)
    assert probes["memory"] == "MemoryError"
    assert probes["open files"] == 24  # EMFILE
    assert probes["large file"] == 27  # EFBIG
    assert probes["full folder"] == [True, 28]  # ENOSPC
    assert probes["threads"] == 1


def test_record_that_cannot_be_read_or_cleared() -> None:
    from autograder.sandbox.box import Box

    box = Box(("anneal_momentum",))
    try:
        path = box.folder / "out" / "anneal_momentum.safetensors"
        path.write_bytes(b"x" * 1000)
        path.chmod(0)
        assert box.take("anneal_momentum", 10) == b"x" * 10
        path.chmod(0)
        box.clear("anneal_momentum")
        assert path.stat().st_size == 0
    finally:
        box.close()
    assert not box.folder.exists()


def test_no_sandbox_no_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bubblewrap student code does not run, and the message says what to do."""
    from autograder.sandbox import box

    box.bubblewrap.cache_clear()
    monkeypatch.setenv("PATH", "/nowhere")
    try:
        with pytest.raises(box.SandboxUnavailable, match="apt-get install bubblewrap"):
            box.bubblewrap()
    finally:
        box.bubblewrap.cache_clear()
