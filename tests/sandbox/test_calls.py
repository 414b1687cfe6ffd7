"""Memory that the operating system would hold for student code, and counts for no process.

Each attack is run twice: in the box, where it gets nothing, and in a box without the wall
that stops it, where it does what it says.  Memory is measured from outside.
"""

from __future__ import annotations

import errno
import os
import platform
from pathlib import Path
from typing import Any

import pytest
from boxes import boxed
from hoards import CALLS, END, MEMORY, START

MUCH, LITTLE = 240 << 20, 160 << 20  # what the hoards want; what a quiet kernel needs at most


@pytest.mark.parametrize("name", MEMORY)
def test_hoard_gets_nothing(name: str, no_watcher: None, meter: Any) -> None:
    """No group of its own bounds the box: the meter only counts."""
    texts, _, _ = boxed(START + MEMORY[name] + END, processes=64)
    assert "HELD" not in texts[0] or name == "pages of /dev/zero"
    assert meter.peak() < LITTLE, texts


@pytest.mark.parametrize("name", MEMORY)
def test_hoard_without_its_wall_holds_what_it_says(
    name: str,
    no_filter: None,
    no_watcher: None,
    meter: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from autograder.sandbox import seen

    machine = seen.machine
    monkeypatch.setattr(
        seen, "machine", lambda: without(machine(), ["--dev-bind", "/dev/full", "/dev/zero"])
    )
    texts, trouble, _ = boxed(START + MEMORY[name] + END, files=3_000_000, processes=64)
    if is_unknown(texts[0]):
        pytest.skip(f"this machine does not have it: {texts[0].strip()}")
    assert "HELD" in texts[0], (texts, trouble)
    assert meter.peak() > MUCH


def test_calls_are_refused(no_group: None) -> None:
    texts, trouble, _ = boxed(START, *(source + END for source in CALLS.values()))
    told = dict(zip(CALLS, texts[1:], strict=True))
    assert [name for name, text in told.items() if "HELD" in text] == []
    assert all(told.values()) and not trouble  # errors that the code sees, not its end


def test_calls_work_without_the_filter(no_filter: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograder.sandbox.limits import Limits

    rlimits = Limits.rlimits
    free = {"signals": 10_000, "queues": 800_000, "locked": 8 << 20}
    monkeypatch.setattr(Limits, "rlimits", lambda self: {**rlimits(self), **free})
    texts, trouble, _ = boxed(START, *(source + END for source in CALLS.values()))
    told = dict(zip(CALLS, texts[1:], strict=True))
    lacking = {name for name, text in told.items() if is_unknown(text)}
    assert not trouble
    assert {n: t for n, t in told.items() if "HELD" not in t and n not in lacking} == {}
    assert len(lacking) < len(CALLS) / 2, lacking


def test_every_thread_is_filtered_and_without_rights() -> None:
    """A thread keeps the rights and the filter that it began with."""
    source = """
import glob
for path in glob.glob("/proc/self/task/*/status"):
    lines = open(path).read().splitlines()
    print(*(l for l in lines if l.startswith(("Cap", "Seccomp:", "NoNewPrivs"))), sep="|")
"""
    texts, _, _ = boxed(source)
    lines = set(texts[0].split("\n")) - {""}
    none = [f"{name}:\t{0:016x}" for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
    assert lines == {"|".join([*none, "NoNewPrivs:\t1", "Seccomp:\t2"])}


def test_files_are_answered_as_written_without_keeping_the_disk_busy() -> None:
    """Student code that saves carefully works; ``sync`` of the whole machine does nothing."""
    source = """
import os, mmap, tempfile, shutil, subprocess
with open("/box/home/a", "wb+") as file:
    file.write(bytes(4096)); file.flush(); os.fsync(file.fileno()); os.fdatasync(file.fileno())
    view = mmap.mmap(file.fileno(), 4096); view[0] = 7; view.flush()
os.sync()
shutil.copyfile("/box/home/a", "/box/home/b")
shutil.copytree("/box/lib/cs231n_lib/chapters", "/box/home/c")
print(open("/box/home/b", "rb").read(1), subprocess.run(["cp", "a", "d"]).returncode)
"""
    texts, trouble, _ = boxed(source)
    assert texts[0] == "b'\\x07' 0\n" and not trouble


def test_what_notebooks_do_works() -> None:
    """Threads, forks that print, pools, pipes, terminals, time-outs, asynchronous code."""
    sources = [
        "import multiprocessing as m, time\nfork = m.get_context('fork')\n"
        "p = fork.Process(target=print, args=('A',)); p.start(); p.join(); time.sleep(0.3)",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "print(sum(ThreadPoolExecutor(4).map(abs, range(-3, 3))))",
        "!echo B && tty",
        "%%bash\necho C | cat",
        "import asyncio\nawait asyncio.wait_for(asyncio.sleep(0.01), 1)\nprint('D')",
        "import subprocess\nprint(subprocess.run(['ls', '/box'], capture_output=True).stdout)",
        "import psutil, os\nprint(psutil.virtual_memory().total > 0, len(os.sched_getaffinity(0)))",
        "import signal, time\nsignal.setitimer(signal.ITIMER_REAL, 0.1)\n"
        "signal.signal(signal.SIGALRM, lambda *_: print('E'))\ntime.sleep(0.3)",
        "%timeit -n1 -r1 sum(range(10))",
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); print('F')",
    ]
    texts, trouble, _ = boxed(*sources)
    assert not trouble
    wanted = ["A", "9", "B", "C", "D", "inside.py", "True", "E", "loop", "F"]
    for text, word in zip(texts, wanted, strict=True):
        assert word in text, texts
    assert "/dev/pts/0" in texts[2]


HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_those_of_the_systems_headers(machine: str) -> None:
    import re

    from autograder.sandbox.calls import ALLOWED, DECIDED, IDLE, PROCESSORS

    path = Path(HEADERS[machine])
    if not path.exists():
        pytest.skip("no headers of the system here")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)$", path.read_text("ascii"), re.M)
    known = {name: int(number) for name, number in found}
    known.setdefault("newfstatat", known.get("fstatat", 0))
    column = PROCESSORS[machine][1]
    ours = {**ALLOWED, **IDLE, **{name: numbers for name, (numbers, _) in DECIDED.items()}}
    checked = 0
    for name, numbers in ours.items():
        if name in known:
            assert numbers[column] == known[name], name
            checked += 1
        elif machine == "x86_64" or numbers[column] is not None:
            assert (numbers[column] or 0) > 450, name  # newer than the headers
    assert checked > 150


@pytest.mark.parametrize("machine", HEADERS)
def test_program_answers_as_the_table_says(machine: str) -> None:
    """The filter of either processor, run here, call by call."""
    from autograder.sandbox.calls import ALLOWED, PROCESSORS, program

    architecture, column = PROCESSORS[machine]
    steps = program(machine)
    assert len(steps) < 4096  # the most that the system takes

    def answer(number: int, *arguments: int, arch: int = architecture) -> int:
        words = {0: number, 4: arch} | {16 + 8 * i: a for i, a in enumerate(arguments)}
        held, at = 0, 0
        while True:
            operation, yes, no, operand = steps[at]
            at += 1
            if operation == 0x20:
                held = words.get(operand, 0)
            elif operation == 0x54:
                held &= operand
            elif operation == 0x06:
                return operand
            else:
                true = {
                    0x15: held == operand,
                    0x45: bool(held & operand),
                    0x35: held >= operand,
                }[operation]
                at += yes if true else no

    allow, fail = 0x7FFF0000, 0x00050000
    allowed = {numbers[column] for numbers in ALLOWED.values()} - {None}
    special = {(9, 222), (28, 233), (56, 220), (435, 435), (41, 198), (53, 199), (54, 208),
               (72, 25), (157, 167), (16, 29), (74, 82), (75, 83), (26, 227), (162, 81),
               (306, 267)}  # fmt: skip
    decided = {numbers[column] for numbers in special}
    for number in range(600):
        if number in decided:
            continue
        wanted = allow if number in allowed else fail | errno.ENOSYS
        assert answer(number) == wanted, number
    assert answer(0, arch=architecture ^ 1) == fail | errno.EPERM
    assert answer(0x40000000) == fail | errno.EPERM
    socket = (41, 198)[column]
    for family in range(50):
        wanted = allow if family == 1 else fail | errno.EAFNOSUPPORT
        assert answer(socket, family) == wanted
    control = (72, 25)[column]
    for command in (6, 7, 8, 37, 38, 1024, 1026, 1031, 1033):
        assert answer(control, 0, command) == fail | errno.EINVAL
    assert answer(control, 0, 1030) == answer(control, 0, 4) == allow
    clone = (56, 220)[column]
    assert answer(clone, 0x3D0F00) == allow  # a thread
    for bit in (17, 25, 26, 27, 28, 29, 30):
        assert answer(clone, 1 << bit) == fail | errno.EPERM
    assert answer((9, 222)[column], 0, 0, 3, 0x22) == allow
    assert answer((9, 222)[column], 0, 0, 3, 0x21) == fail | errno.EPERM
    assert answer((9, 222)[column], 0, 0, 3, 0x40022) == fail | errno.ENOMEM
    assert answer((16, 29)[column], 0, 0x80045430) == allow
    assert answer((16, 29)[column], 0, 0x5412) == fail | errno.EPERM
    assert answer((16, 29)[column], 0, 0x40086602) == fail | errno.ENOTTY


def test_this_machine_has_a_filter() -> None:
    from autograder.sandbox.seen import has_filter

    assert has_filter() == (platform.machine() in ("x86_64", "aarch64"))


def without(words: list[str], some: list[str]) -> list[str]:
    at = next(i for i in range(len(words)) if words[i : i + len(some)] == some)
    return words[:at] + words[at + len(some) :]


def is_unknown(text: str) -> bool:
    """Not every machine has every call; then the box has nothing to refuse there."""
    return any(
        os.strerror(number) in text
        for number in (errno.ENOSYS, errno.EAFNOSUPPORT, errno.EOPNOTSUPP, errno.EPROTONOSUPPORT)
    )
