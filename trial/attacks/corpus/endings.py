"""Attacks that do not end: loops in C, crowds of processes and threads, cells without number."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.bombs import bomb
from trial.attacks.corpus.desk import Desk, attack, before, everything, names


@attack(*everything())
def endless_loop_in_c(desk: Desk) -> NotebookNode:
    """Loops for ever in C, where Python sees no interrupt."""
    return bomb(
        desk, "import collections, itertools\ncollections.deque(itertools.repeat(0), maxlen=0)"
    )


@attack(*everything())
def zombies_and_daemons(desk: Desk) -> NotebookNode:
    """Children that end unseen, and others that leave their session and stay."""
    return bomb(
        desk,
        """
import os, signal, time
for i in range(20):
    if os.fork() == 0:
        os._exit(0)
for i in range(5):
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            while True:
                time.sleep(0.1)
        os._exit(0)
""",
    )


@attack(*everything())
def threads_by_the_thousand(desk: Desk) -> NotebookNode:
    """Starts threads until no more can be started, and never ends them."""
    return bomb(
        desk,
        """
import threading, time
for i in range(10_000):
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
time.sleep(600)
""",
    )


@attack(*everything())
def closed_handles(desk: Desk) -> NotebookNode:
    """Closes every open file of its process, the kernel's sockets among them."""
    return bomb(desk, "import os\nos.closerange(0, 256)")


@attack(*everything())
def stack_overflow(desk: Desk) -> NotebookNode:
    """Recurses with the interpreter's own limit lifted, until the stack is used up."""
    return bomb(
        desk,
        """
import sys
sys.setrecursionlimit(10**9)
def deeper(x):
    return [deeper, *map(deeper, [x])]
deeper(0)
""",
    )


@attack(*everything(), least=12)
def many_patient_cells(desk: Desk) -> NotebookNode:
    """Cells that each take nearly the time that a cell may take, before the fourth exercise."""
    nb = desk.solved()
    for _ in range(20):
        before(nb, f"{names()[3]}-code", "import time\ntime.sleep(3.7)")
    return nb
