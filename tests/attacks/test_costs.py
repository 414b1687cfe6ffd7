"""What an attack costs the grader, the machine, and the honest work beside it.

Each new attack is also graded alone, by nbgrader's own command, and judged again from its
record (``alone.py``), in a course folder of its own and in processes that are watched.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from trial.attacks.classroom import ROOT, WORKERS, Class, beside
from trial.attacks.corpus import ATTACKS
from trial.attacks.corpus.desk import Attack, names, points

COSTLY = ("costs", "messages", "kernel_memory", "processor", "notebooks", "showing", "rendering",
          "unearned")  # fmt: skip
NEW = [n for n, a in ATTACKS.items() if a.build.__module__.rpartition(".")[2] in COSTLY]
BESIDE = beside(tuple(ATTACKS.values()))
GRADER = 700.0  # MB beyond what an idle grader holds, in all its processes together
MACHINE = 1536.0 + GRADER + 300.0  # what one box and its grader may use, and some for others
NOTEBOOK = 60.0  # seconds that a notebook may take in these classes
SECONDS = NOTEBOOK + 45.0  # and to read, judge and show it, on a machine that is busy
AGAIN = 30.0  # seconds to judge a record again
SLOWER = 2.0  # times its time alone, beside an attack


@pytest.fixture(scope="module")
def found(classroom: Class) -> Iterator[dict[str, dict[str, Any]]]:
    """What ``alone.py`` tells of each new attack, in a copy of the released course."""
    place = classroom.course.parent / "alone"
    place.mkdir()
    for part in ("source", "release"):
        shutil.copytree(classroom.course / part, place / part)
    shutil.copy(classroom.course / "gradebook.db", place / "gradebook.db")
    for name in NEW:
        shutil.copytree(
            classroom.course / "submitted" / name, place / "submitted" / name, symlinks=True
        )
    # a course folder for each, since only one of them may write to a gradebook
    places = [place, *(place.with_name(f"alone-{i}") for i in range(1, WORKERS))]
    for other in places[1:]:
        shutil.copytree(place, other, symlinks=True)

    def some(i: int) -> list[dict[str, Any]]:
        words = [sys.executable, "-m", "trial.attacks.alone", str(places[i]), *NEW[i::WORKERS]]
        done = subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ}
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    with ThreadPoolExecutor(WORKERS) as threads:
        yield {row["name"]: row for rows in threads.map(some, range(WORKERS)) for row in rows}
    for other in places:
        shutil.rmtree(other, ignore_errors=True)


def fair(attack: Attack, row: dict[str, Any]) -> None:
    assert "failed" not in row, f"{attack.tries}: {row['failed']}"
    earned = row["earned"]
    assert attack.least <= earned <= attack.deserves, f"{attack.tries}: got {earned}"


@pytest.mark.parametrize("name", NEW)
def test_nbgraders_own_command_gives_the_same(name: str, found: dict[str, Any]) -> None:
    fair(ATTACKS[name], found[name]["autograde"])


@pytest.mark.parametrize("name", NEW)
def test_a_replay_says_the_same(name: str, found: dict[str, Any]) -> None:
    graded, row = found[name]["autograde"], found[name]["replay"]
    fair(ATTACKS[name], row)
    assert (row["status"], row["earned"]) == ("same", graded["earned"])


@pytest.mark.parametrize("name", NEW)
def test_time_and_memory_are_bounded(name: str, found: dict[str, Any]) -> None:
    for how, seconds in (("autograde", SECONDS), ("replay", AGAIN)):
        cost = found[name][how]
        assert cost["seconds"] < seconds, f"{how}: {cost}"
        assert cost["grader"] < GRADER, f"{how}: {cost}"
        assert cost["machine"] < MACHINE, f"{how}: {cost}"


@pytest.mark.parametrize("name", BESIDE)
def test_honest_work_beside_it_keeps_its_points_and_its_time(name: str, classroom: Class) -> None:
    """Within twice its time alone: the median of several, in this run."""
    assert classroom.earned(name) == points(*names()), f"beside {BESIDE[name]}"
    alone = statistics.median(t for n, t in classroom.took.items() if n not in BESIDE)
    assert alone < 60
    assert classroom.took[name] < SLOWER * alone, f"{alone:.1f} s alone"
