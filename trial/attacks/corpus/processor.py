"""Attacks on time: the processor that others need, patience that is used up, files that wait.

Beside each, the honest submissions of the class must end about as soon as they do alone.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.bombs import bomb
from trial.attacks.corpus.desk import Desk, attack, before, cell_of, everything, first, names

FIRST_TWO = 8  # points of what stands before these attacks
CROWD = """
import os, time
def crowd(count, work):
    for _ in range(count):
        try:
            if os.fork() == 0:
                try:
                    work()
                finally:
                    os._exit(0)
        except OSError:
            break
print("REACHED: a crowd", flush=True)
"""


@attack(*everything(), least=FIRST_TWO)
def sixty_busy_processes(desk: Desk) -> NotebookNode:
    """Sixty processes that compute for as long as they may, beside everyone else's."""
    return bomb(
        desk,
        CROWD
        + """
def work():
    while True:
        pass
crowd(60, work)
time.sleep(3)
""",
    )


@attack(*everything(), least=FIRST_TWO)
def sixty_processes_that_talk(desk: Desk) -> NotebookNode:
    """Processes that send each other single bytes: the system itself has the work."""
    return bomb(
        desk,
        CROWD
        + """
def work():
    read, write = os.pipe()
    back, forth = os.pipe()
    if os.fork() == 0:
        while True:
            os.write(forth, os.read(read, 1))
    while True:
        os.write(write, b"x")
        os.read(back, 1)
crowd(28, work)
time.sleep(3)
""",
    )


@attack(*everything(), least=FIRST_TWO)
def threads_that_compute_in_c(desk: Desk) -> NotebookNode:
    """Forty threads that sort in C, where no lock of Python's holds them."""
    return bomb(
        desk,
        """
import threading, time
import numpy as np
def work():
    x = np.random.default_rng(0).normal(size=100_000)
    while True:
        np.sort(x)
for _ in range(40):
    try:
        threading.Thread(target=work, daemon=True).start()
    except RuntimeError:
        break
print("REACHED: threads", flush=True)
time.sleep(3)
""",
    )


@attack(*everything(), least=FIRST_TWO)
def more_important_than_others(desk: Desk) -> NotebookNode:
    """Asks for the first place in every queue: niceness, real time, groups of its own."""
    return bomb(
        desk,
        CROWD
        + """
def work():
    asked = (lambda: os.nice(-20), lambda: os.setpriority(os.PRIO_USER, 0, -20),
             lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(99)),
             lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
             lambda: os.setsid(), lambda: open("/proc/self/autogroup", "w").write("-20"))
    for ask in asked:
        try:
            ask()
        except OSError:
            pass
    while True:
        pass
for _ in range(6):
    # each with a session of its own, which a scheduler that shares by session serves alike
    crowd(8, work)
time.sleep(3)
""",
    )


def _killing(desk: Desk, count: int) -> NotebookNode:
    nb = desk.solved()
    for i in range(count):
        before(nb, f"{names()[2]}-code", f"import os\nprint('REACHED {i}')\nos._exit({i + 1})")
    return nb


@attack(*everything())
def five_cells_that_end_python(desk: Desk) -> NotebookNode:
    """Five cells of the student's own that end Python, in the midst of honest work."""
    return _killing(desk, 5)


@attack(*everything(), least=FIRST_TWO)
def fifty_cells_that_end_python(desk: Desk) -> NotebookNode:
    """Fifty such cells: each wants a new kernel."""
    return _killing(desk, 50)


@attack(*everything(), least=FIRST_TWO)
def ends_after_a_long_preparation(desk: Desk) -> NotebookNode:
    """Slow cells, then some that end Python: the slow ones run again in each new kernel."""
    nb = _killing(desk, 6)
    for _ in range(3):
        before(nb, f"{names()[0]}-code", "import time\ntime.sleep(2)")
    return nb


@attack(*everything(), least=FIRST_TWO)
def lease_on_the_record(desk: Desk) -> NotebookNode:
    """A lease on each file by which its box answers: whoever opens one waits for 45 seconds."""
    return bomb(
        desk,
        """
import fcntl, glob, os, signal
paths = glob.glob("/box/out/*.safetensors")
signal.signal(signal.SIGIO, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    import time
    held = []
    while True:
        for path in paths:
            handle = os.open(path, os.O_RDONLY)
            try:
                fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
                held.append(handle)
            except OSError:
                os.close(handle)
        time.sleep(0.01)
import time
time.sleep(0.5)
print("REACHED: leases", len(paths))
""",
    )


@attack(*everything(), least=FIRST_TWO)
def locks_on_the_record(desk: Desk) -> NotebookNode:
    """Locks of both kinds on each file by which its box answers."""
    return bomb(
        desk,
        """
import fcntl, glob, os, time
if os.fork() == 0:
    os.setsid()
    held = [open(path, "r+b") for path in glob.glob("/box/out/*.safetensors")]
    for file in held:
        for lock in (fcntl.flock, fcntl.lockf):
            try:
                lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                pass
    time.sleep(60)
    os._exit(0)
time.sleep(0.2)
print("REACHED: locks")
""",
    )


def working(desk: Desk) -> NotebookNode:
    """Honest work that costs about a second of processor time for each check, and says when."""
    nb = first(desk.solved(), "import time\nprint('BEGUN', time.monotonic())")
    for name in names():
        cell = cell_of(nb, f"{name}-code")
        cell.source += (
            "\nend = time.process_time() + 0.8\nwhile time.process_time() < end:\n    pass"
        )
    return nb
