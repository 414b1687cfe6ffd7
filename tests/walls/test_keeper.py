"""Whatever befalls a process behind the wall, the grader gets a sentence and goes on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from autograder.paths import ROOT
from autograder.walls.allowance import PATIENCE, Allowance, Budget
from autograder.walls.keeper import BehindTheWall, Keeper

HOSTILE = "tests.walls.hostile"
SMALL = Allowance(cpu=1.0, memory=200 << 20, answer=1 << 20)


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    found = Keeper([HOSTILE])
    yield found
    found.close()


def ask(keeper: Keeper, name: str, request: Any = None, **more: Any) -> Any:
    return keeper.ask(f"{HOSTILE}:{name}", request, more.pop("allowance", SMALL), **more)


def test_an_answer_comes_back(keeper: Keeper) -> None:
    assert ask(keeper, "echo", {"a": [1, 2.5, None, "ü"]}) == {"a": [1, 2.5, None, "ü"]}


@pytest.mark.parametrize(
    "module", ["walls.tasks", "walls.relay", "walls.pages", "grading.graded", "grading.grade"]
)
def test_no_process_of_the_grader_starts_slowly(module: str) -> None:
    """A check of addresses in JSON, which nobody here needs, builds a grammar for two seconds."""
    program = f"import autograder.{module}, sys; print(*sys.modules)"
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    slow = {"lark", "rfc3987_syntax", "torch", "matplotlib.pyplot", "IPython"}
    assert not slow & set(done.stdout.split())


ENDS: dict[str, tuple[Any, str]] = {
    "memory": (1 << 30, "too much memory"),
    "loop": (None, "took too long"),
    "deaf": (None, "took too long"),
    "crash": (None, "the reading of it ended"),
    "nested": (None, "nested too deeply"),
    "long_answer": (2 << 20, "the reading of it ended"),
    "raises": ("words of a student", "the reading of it ended"),
    "unserialisable": (None, "the reading of it ended"),
}


@pytest.mark.parametrize("name", ENDS)
def test_an_end_is_told_in_a_sentence_of_ours(name: str, keeper: Keeper) -> None:
    request, words = ENDS[name]
    begin = time.monotonic()
    with pytest.raises(BehindTheWall, match=words) as told:
        ask(keeper, name, request)
    assert "student" not in str(told.value)
    assert time.monotonic() - begin < PATIENCE * SMALL.cpu + 5
    assert ask(keeper, "echo", 1) == 1


def test_each_limit_is_the_reason(keeper: Keeper) -> None:
    """The same tasks come to their end where they may."""
    large = Allowance(cpu=20.0, memory=2 << 30, answer=4 << 20)
    assert ask(keeper, "memory", 1 << 30, allowance=large) == 1024
    assert len(ask(keeper, "long_answer", 2 << 20, allowance=large)) == 2 << 20
    assert ask(keeper, "sleep", 0.5, allowance=large) == "slept"


def test_nothing_stays_for_the_next_task(keeper: Keeper) -> None:
    assert [ask(keeper, "remember", "left_behind") for _ in range(2)] == [False, False]


def test_a_program_that_a_task_starts_does_not_outlive_it(keeper: Keeper) -> None:
    with pytest.raises(BehindTheWall):
        assert ask(keeper, "start", ["sleep", "317"]) == "started"
        raise BehindTheWall("it was started, which is harmless if it has ended")
    time.sleep(0.2)
    assert not [
        p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "317"]
    ]
    assert ask(keeper, "others") == []


def test_it_can_write_nothing(keeper: Keeper, tmp_path: Path) -> None:
    paths = [str(p / "zz") for p in (tmp_path, ROOT, Path("/"), Path("/tmp"), Path("/dev/shm"))]
    paths += [
        str(ROOT / "autograder" / "grading" / "grade.py"),
        f"{sys.prefix}/zz",
        "/usr/zz",
        "/etc/zz",
    ]
    assert ask(keeper, "write", paths) == []
    assert "zz" not in os.listdir(ROOT)


def test_it_sees_nothing_of_the_course(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither gradebook nor key, wherever the course folder lies; nor anyone's home."""
    secrets = [str(tmp_path), "/etc/passwd", "/etc/shadow", "/var", str(Path.home() / ".ssh")]
    assert os.path.exists("/etc/passwd")
    assert ask(keeper, "see", secrets) == []
    inside = ROOT / "build" / "test-of-the-wall"
    (inside / "course").mkdir(parents=True, exist_ok=True)
    (inside / "course" / "records.key").write_text("secret")
    monkeypatch.setenv("CS231N_COURSE", str(inside / "course"))
    other = Keeper([HOSTILE])
    try:
        assert ask(other, "see", [str(inside / "course" / "records.key")]) == []
        assert ask(other, "see", [str(ROOT / "cs231n_lib")]) == [str(ROOT / "cs231n_lib")]
    finally:
        other.close()
        (inside / "course" / "records.key").unlink()


def test_it_reaches_nobody(keeper: Keeper) -> None:
    name = f"\0wall-{os.getpid()}"
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as abstract:
        tcp.bind(("127.0.0.1", 0))
        abstract.bind(name)
        for one in (tcp, abstract):
            one.listen()
        wanted = [[socket.AF_INET, list(tcp.getsockname())], [socket.AF_UNIX, name]]
        from tests.walls.hostile import reach

        assert len(reach(wanted)) == 2  # from here they can be reached
        assert ask(keeper, "reach", wanted) == []


def test_it_has_no_rights(keeper: Keeper) -> None:
    told = ask(keeper, "rights")
    assert told["NoNewPrivs"] == "1" and told["Seccomp"] == "2"
    # as root it may open the sockets of a box's user, on file systems that it cannot write
    assert int(told["CapEff"], 16) in (0, 1 << 1)


def test_a_warm_process_that_was_killed_is_started_anew(keeper: Keeper) -> None:
    assert ask(keeper, "echo", 1) == 1
    assert keeper._process is not None
    keeper._process.kill()
    keeper._process.wait()
    assert ask(keeper, "echo", 2) == 2


def test_what_a_task_took_is_counted(keeper: Keeper) -> None:
    budget = Budget(seconds=10.0)
    with pytest.raises(BehindTheWall):
        ask(keeper, "loop", budget=budget, stage="reading")
    assert 0.8 <= budget.used["reading"] <= 3
    assert budget.told().startswith("reading ")
    ask(keeper, "echo", 1, budget=budget, stage="judging")
    assert set(budget.used) == {"reading", "judging"} and budget.left < 9.2


def test_a_task_gets_no_more_than_the_budget_has_left(keeper: Keeper) -> None:
    budget, large = Budget(seconds=1.0), Allowance(cpu=60.0, memory=1 << 28, answer=100)
    begin = time.monotonic()
    with pytest.raises(BehindTheWall, match="too long"):
        ask(keeper, "loop", allowance=large, budget=budget, stage="x")
    assert budget.left < 0.3 and time.monotonic() - begin < 20


def test_a_budget_ends_by_the_clock_as_well() -> None:
    budget = Budget(seconds=10.0, begin=time.monotonic() - PATIENCE * 10 - 1)
    assert budget.left == 0


def test_a_talk_ends_with_what_is_too_much(keeper: Keeper) -> None:
    with pytest.raises(BehindTheWall), keeper.talk(f"{HOSTILE}:chatter", None, SMALL) as channel:
        channel.send_json({})
        assert channel.receive_json(5) == {}
        channel.send_json({"bytes": 2 << 20})
        channel.receive_json(5)
    assert ask(keeper, "echo", 1) == 1


def test_a_talk_ends_its_process(keeper: Keeper) -> None:
    with keeper.talk(f"{HOSTILE}:chatter", None, SMALL) as channel:
        channel.send_json({})
        assert channel.receive_json(5) == {}
    assert ask(keeper, "others") == []


KILLED = """
import os, signal, sys
from autograder.walls.allowance import Allowance
from autograder.walls.keeper import Keeper
keeper = Keeper(["tests.walls.hostile"])
keeper.ask("tests.walls.hostile:echo", 1, Allowance(1, 1 << 28, 100))
print(keeper._process.pid, flush=True)
with keeper.talk("tests.walls.hostile:chatter", None, Allowance(9, 1 << 28, 100)) as channel:
    channel.send_json({})
    channel.receive_json()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_ends_with_a_grader_that_is_killed() -> None:
    words = [sys.executable, "-c", KILLED]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -9
    warm, deadline = int(done.stdout), time.monotonic() + 5
    while psutil.pid_exists(warm) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not psutil.pid_exists(warm)
