"""Memory of the operating system that no process owns: tables, queues, buffers, names, locks.

What the processes of a box hold is added up; what the system holds for them is not.  Each
takes more than a box may have, if it is let.
"""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.bombs import bomb
from trial.attacks.corpus.desk import Desk, attack, everything

TAKE = """
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
END = time.monotonic() + 2.5  # a cell has four seconds, and what it holds must be held a while
def told(what):
    print("REACHED:", what, os.strerror(ctypes.get_errno()), flush=True)
def crowd(count, work):
    # many processes, each with files of its own; those that were let stay and hold them
    for _ in range(count):
        try:
            if os.fork() == 0:
                try:
                    work()
                    time.sleep(60)
                finally:
                    os._exit(0)
        except OSError:
            break
"""


def take(desk: Desk, source: str) -> NotebookNode:
    """A right notebook with a cell that takes memory, and holds it for a second."""
    return bomb(desk, TAKE + source + "\ntime.sleep(1)")


@attack(*everything())
def sets_of_semaphores(desk: Desk) -> NotebookNode:
    """Sets of thirty thousand semaphores each, which outlive whoever made them: 1.4 gigabytes."""
    return take(
        desk,
        """
count = 0
while count < 700 and time.monotonic() < END and libc.semget(0, 32_000, 0o1600) >= 0:
    count += 1
told(f"{count} sets")
""",
    )


@attack(*everything())
def queues_of_messages(desk: Desk) -> NotebookNode:
    """Fills message queues, as many as there may be."""
    return take(
        desk,
        """
message = ctypes.create_string_buffer(b"\\1" + bytes(8200))
queues = 0
while queues < 32_000 and time.monotonic() < END:
    queue = libc.msgget(0, 0o1600)
    if queue < 0:
        break
    queues += 1
    libc.msgsnd(queue, message, 8192, 0o4000)
    libc.msgsnd(queue, message, 8192, 0o4000)
told(f"{queues} queues")
""",
    )


@attack(*everything())
def attributes_of_files(desk: Desk) -> NotebookNode:
    """Extended attributes of files in memory: their bytes count in no file's size."""
    return take(
        desk,
        """
value, count = bytes(65_000), 0
try:
    while count < 20_000 and time.monotonic() < END:
        path = f"/box/home/a{count // 40}"
        if count % 40 == 0:
            open(path, "wb").close()
        os.setxattr(path, f"user.x{count}", value)
        count += 1
except OSError as error:
    ctypes.set_errno(error.errno)
told(f"{count} attributes")
""",
    )


@attack(*everything())
def names_of_empty_files(desk: Desk) -> NotebookNode:
    """Empty files with long names in every folder in memory: no bytes, but a kilobyte each."""
    return take(
        desk,
        """
def fill(folder="/box/home"):
    me, i = os.getpid(), 0
    try:
        while True:
            os.close(os.open(f"{folder}/{'n' * 230}{me}-{i}", os.O_CREAT | os.O_WRONLY))
            i += 1
    except OSError:
        pass
crowd(3, fill)
crowd(1, lambda: fill("/tmp"))
time.sleep(1)
ctypes.set_errno(0)
told("empty files " + str(len(os.listdir("/box/home")) > 1000))
""",
    )


@attack(*everything())
def sockets_that_are_full(desk: Desk) -> NotebookNode:
    """Pairs of sockets in many processes, both ends filled with what nobody reads."""
    return take(
        desk,
        """
import socket
block = bytes(1 << 17)
def fill():
    kept = []
    try:
        while True:
            kept.append(socket.socketpair())
            for one in kept[-1]:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
                one.setblocking(False)
                try:
                    while True:
                        one.send(block)
                except BlockingIOError:
                    pass
    except OSError:
        pass
    fill.kept = kept
crowd(16, fill)
told("sockets")
""",
    )


@attack(*everything())
def pages_pinned_by_pipes(desk: Desk) -> NotebookNode:
    """Gives one byte of each large page to a pipe: the pages stay when their memory is given back.

    A pipe counts the places in it, not what they refer to.
    """
    return take(
        desk,
        """
import fcntl
class Piece(ctypes.Structure):
    _fields_ = [("at", ctypes.c_void_p), ("size", ctypes.c_size_t)]
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
LARGE = 2 << 20
count, pipes = 0, []
for _ in range(50):
    try:
        read, write = os.pipe()
    except OSError:  # of memory that the operating system holds: a wall
        break
    pipes.append((read, write))
    for _ in range(14 if time.monotonic() < END else 0):
        at = libc.mmap(None, 2 * LARGE, 3, 0x22, -1, 0)
        if at in (None, 2**64 - 1):
            break
        page = (at + LARGE - 1) & ~(LARGE - 1)
        libc.madvise(page, LARGE, 14)
        ctypes.memset(page, 1, 1)
        given = libc.vmsplice(write, ctypes.byref(Piece(page, 1)), ctypes.c_ulong(1), 2)
        libc.munmap(at, 2 * LARGE)
        count += given == 1
told(f"{count} pages")
""",
    )


@attack(*everything())
def watches_of_every_kind(desk: Desk) -> NotebookNode:
    """Timers, events, watches of folders and queues for reading, as many as are given."""
    return take(
        desk,
        """
import select
def hold():
    kept = []
    contexts = ctypes.c_ulong()
    while libc.syscall(206, 1000, ctypes.byref(contexts)) == 0:  # aio on x86-64
        contexts = ctypes.c_ulong()
    try:
        notify = libc.inotify_init()
        for i in range(2000):
            os.mkdir(f"/box/home/{os.getpid()}-{i}")
            libc.inotify_add_watch(notify, f"/box/home/{os.getpid()}-{i}".encode(), 0xFFF)
    except OSError:
        pass
    try:
        while True:
            kept.append(select.epoll())
            for make in (lambda: libc.eventfd(0, 0), lambda: libc.timerfd_create(0, 0)):
                one = make()
                if one < 0:
                    raise OSError
                kept[-1].register(one)
    except OSError:
        pass
    hold.kept = kept
crowd(30, hold)
told("watches")
""",
    )


@attack(*everything())
def locks_without_number(desk: Desk) -> NotebookNode:
    """Locks every other byte of many files: each lock is a piece of the system's memory."""
    return take(
        desk,
        """
import fcntl
def lock():
    files = []
    try:
        for i in range(100):
            files.append(open(f"/box/home/l{os.getpid()}-{i}", "wb"))
            for byte in range(4000, 0, -2):
                fcntl.lockf(files[-1], fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except OSError:
        pass
    lock.files = files
crowd(20, lock)
told("locks")
""",
    )
