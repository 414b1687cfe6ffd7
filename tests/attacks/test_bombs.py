"""Cells that try to take a box down, and what lies behind them: the next cell gets its turn."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from autograder.sandbox import leftovers
from tests.sandbox.boxes import boxed as in_a_box

LEAST = 1536 << 20  # of memory: honest notebooks need it
boxed = partial(in_a_box, cell_seconds=5.0, total_seconds=60.0, memory=LEAST)


def assert_nothing_left(workplace: Path) -> None:
    """No process of a box, and no folder of one."""
    here, own = f"{workplace}/t/cbox-", leftovers.private()  # this process is the grader
    deadline = time.monotonic() + 5
    while (left := [p.pid for p in psutil.process_iter() if _has(p, here, str(own))]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.1)
    assert not left
    assert not [*own.glob("cbox-*")]
    assert not [p for p in (workplace / "t").glob("cbox-*") if p != own]


def _has(process: psutil.Process, text: str, own: str) -> bool:
    """Whether its command names a box; the warm processes are shown the folder of all boxes."""
    try:
        return any(text in word and word != own for word in process.cmdline())
    except psutil.Error:
        return False


BOMBS = {
    "fork bomb": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "threads": "import threading, time\nfor i in range(10**4):\n"
    "    threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\ntime.sleep(99)",
    "deaf": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
    "deaf in C": "import numpy as np\nx = np.ones(10**7)\nwhile True:\n    try:\n"
    "        while True: np.sort(x)\n    except KeyboardInterrupt: pass",
    "memory of several": "import os, time\nfor i in range(4):\n    if os.fork() == 0:\n"
    "        x = [bytes([1]) * (10 << 20) for _ in range(50)]; time.sleep(99)\ntime.sleep(99)",
    "kernel's folder": "import os, sys\nd = os.path.dirname(sys.argv[sys.argv.index('-f') + 1])\n"
    "for i in range(10**6):\n    open(f'{d}/{i}', 'wb').write(b'x' * (1 << 20))",
    "connection file": "import sys\nf = open(sys.argv[sys.argv.index('-f') + 1], 'wb')\n"
    "f.write(bytes(15 << 20)); f.flush()\nimport time; time.sleep(3)",
    "output": "while True:\n    print('x' * 1000)",
    "one line": "print('x' * (40 << 20))",
    "markup": "from IPython.display import display\nfor i in range(10**5):\n"
    "    display({'a/b': ''}, raw=True)",
    "exit": "import atexit, os, time\natexit.register(time.sleep, 99)\nos._exit(3)",
    "quit": "import atexit, time\natexit.register(time.sleep, 99)\nexit()",
    "abort": "import os\nos.abort()",
    "stop": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "kill all": "import os\nos.kill(-1, 9)",
    "daemons": "import os, time\nfor i in range(5):\n    if os.fork() == 0:\n        os.setsid()\n"
    "        if os.fork() == 0:\n            while True: time.sleep(1)\n        os._exit(0)",
    "zombies": "import os, time\nfor i in range(30):\n    if os.fork() == 0: os._exit(0)",
    "messages": "s = get_ipython()\nfor i in range(3000):\n    s.display_pub.session.send("
    "s.display_pub.pub_socket, 'status', {'execution_state': []}, parent=s.parent_header)",
}
# children that have not filled their memory when their parent's time ends fill it in the next cell
SECONDS = {"memory of several": 8.0}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_ends_and_what_follows_runs(name: str, workplace: Path) -> None:
    """The cell after the bomb gets its turn, soon, and nothing of the box survives."""
    texts, _, seconds = boxed(
        "before = 'kept'",
        BOMBS[name],
        "print('after', before)",
        cell_seconds=SECONDS.get(name, 2.0),
    )
    assert texts[2].strip() == "after kept"
    assert sum(len(t) for t in texts) < 200_000
    assert seconds < 40
    assert_nothing_left(workplace)


def test_the_time_of_a_whole_notebook_is_told(workplace: Path) -> None:
    sleep = "import time; time.sleep(2.5)"
    _, trouble, _ = boxed(sleep, sleep, sleep, "1", cell_seconds=4.0, total_seconds=4.0)
    assert trouble == {"": "the whole notebook ran longer than 4 seconds and was stopped"}


def test_nested_folders_are_removed(workplace: Path) -> None:
    source = """
import os, sys
for top in (os.path.dirname(sys.argv[sys.argv.index('-f') + 1]), '/box/home'):
    try:
        os.chdir(top)
        for i in range(2000):
            os.mkdir('d')
            os.chdir('d')
    except OSError as error:
        print(error)
os.chdir('/box/home')
print('made')
"""
    boxed(source, "print(1)", cell_seconds=5.0)
    assert_nothing_left(workplace)
