"""Kills the grader with SIGKILL again and again, and looks at what it leaves."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from autograder.paths import ROOT
from trial.faults import classroom, soundness

Say = Callable[[str], None]
CELL_SECONDS = 6
PATIENCE_SECONDS = 900.0
ORPHAN_SECONDS = 10.0
# what a kill waits for: any moment, a submission being written, a transaction of SQLite
AIMS = ("any", "writing", "transaction")


def storm(say: Say, work: Path, size: int, kills: int, seed: int = 1) -> dict[str, Any]:
    """Grade a class undisturbed, then one with the same notebooks under kills; compare.

    Args:
        say: told of the progress.
        work: the folder of :func:`trial.faults.classroom.workplace`.
        size: submissions.
        kills: how often the grader is killed.
        seed: of the moments.
    """
    students = classroom.hand_in(size)
    course = work / "course"
    say(f"grading {size} submissions undisturbed ...")
    begin = time.monotonic()
    troubles = _finish(start(work), "the undisturbed run")
    calm_seconds = time.monotonic() - begin
    calm = classroom.verdicts(course)
    troubles += soundness.everything(course, classroom.assignment(), students)
    classroom.hand_in_again(course)
    found = _under_kills(say, work, kills, random.Random(seed), calm_seconds)
    say("letting it end ...")
    troubles += _finish(start(work), "the last run")
    troubles += soundness.everything(course, classroom.assignment(), students)
    after = classroom.verdicts(course)
    changed = sorted(s for s in students if calm.get(s) != after.get(s))
    troubles += [f"{s}: another verdict than undisturbed" for s in changed]
    boxes = sorted(p.name for p in (work / "tmp").iterdir())
    alive = _wait_for_none(work)
    troubles += [f"{name} was left in the temporary folder" for name in boxes]
    troubles += [f"process left: {name}" for name in alive]
    return {
        "submissions": size,
        "undisturbed seconds": round(calm_seconds, 1),
        **found,
        "submissions with another verdict than undisturbed": len(changed),
        "folders left in the temporary folder": len(boxes),
        "processes left": len(alive) + found["killed graders with a process alive after 10 s"],
        "troubles": [*found["troubles"], *troubles],
        "verdict": "held" if not troubles and not found["troubles"] else "FAILED",
    }


def start(work: Path) -> subprocess.Popen[str]:
    """The command as an instructor types it, in a process group of its own."""
    words = ["-m", "autograder.cli", "grade", "3", "--workers", "2"]
    return subprocess.Popen(
        [sys.executable, *words, "--cell-seconds", str(CELL_SECONDS)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(work / "tmp"), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _finish(grader: subprocess.Popen[str], which: str) -> list[str]:
    """Wait for a run; what is wrong with how it ended.

    It may tell of work that deserves no points.
    """
    _, errors = grader.communicate(timeout=PATIENCE_SECONDS)
    unexpected = [line for line in errors.splitlines() if ": no points; " not in line]
    if grader.returncode or unexpected:
        said = errors.strip()[-300:]
        return [f"{which} ended with status {grader.returncode}: {said}"]
    return []


def _under_kills(
    say: Say, work: Path, kills: int, rng: random.Random, calm_seconds: float
) -> dict[str, Any]:
    hit: Counter[str] = Counter()
    whom: Counter[str] = Counter()
    troubles: list[str] = []
    survived = rounds = done = 0
    course = work / "course"
    while done < kills:
        begun, group = time.time(), rng.random() < 0.5
        grader = start(work)
        aim = AIMS[done % len(AIMS)]
        if not strike(grader, course, aim, group, rng, min(12.0, calm_seconds)):
            troubles += _finish(grader, "a run between the kills")
            classroom.hand_in_again(course)  # all graded before the kills were spent
            rounds += 1
            continue
        done += 1
        hit[where(course, begun)] += 1
        whom["the process group" if group else "the command alone"] += 1
        grader.communicate()
        alive = _wait_for_none(work)
        survived += bool(alive)
        troubles += [f"alive after the kill: {name}" for name in alive]
        if done % 5 == 0:
            say(f"[{done}/{kills}] kills")
    return {
        "kills": done,
        "killed": dict(whom),
        "hit": dict(hit),
        "times the class was graded to its end and handed in anew": rounds,
        "killed graders with a process alive after 10 s": survived,
        "troubles": troubles,
    }


def strike(
    grader: subprocess.Popen[str],
    course: Path,
    aim: str,
    group: bool,
    rng: random.Random,
    longest: float,
) -> bool:
    """Kill the grader at a moment of this kind; False if it ended before."""
    begun, end = time.time(), time.monotonic() + rng.uniform(0.2, longest)
    # a submission takes about a third of a second to write: anywhere in it
    count, after = rng.randint(1, 4), rng.uniform(0.0, 0.35)
    seen, before = 0, False
    while grader.poll() is None:
        if aim == "any" and time.monotonic() > end:
            break
        if aim == "writing" and len(_staged(course, begun)) >= count:
            time.sleep(after)
            break
        if aim == "transaction":
            now = _newer(course / "gradebook.db-journal", begun)
            seen, before = seen + (now and not before), now
            if now and seen >= 4 * count:
                break
        time.sleep(0.0005 if aim == "transaction" else 0.01)
    if grader.poll() is not None:
        return False
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if group else os.kill)(grader.pid, signal.SIGKILL)
    grader.wait()
    return grader.returncode == -signal.SIGKILL


def where(course: Path, begun: float) -> str:
    """What the grader that was started at ``begun`` was at, by what it left."""
    if _newer(course / "gradebook.db-journal", begun):
        return "a transaction of the gradebook"
    for student in _staged(course, begun):
        marker = course / "records" / student / classroom.assignment().name / "graded.json"
        if not marker.exists():
            return "writing a submission"
    return "elsewhere"


def _staged(course: Path, begun: float) -> list[str]:
    """Students whose submission was being written; those of an earlier grader do not count."""
    return [p.name for p in course.glob(".staging/*") if _newer(p, begun)]


def _newer(path: Path, begun: float) -> bool:
    try:
        return path.stat().st_mtime > begun
    except OSError:
        return False


def processes(work: Path) -> list[str]:
    """Programs that still run for this folder: graders, workers, boxes, kernels."""
    found, word = [], str(work)
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error):
            told = [*process.cmdline(), *process.environ().values()]
            if any(word in text for text in told) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.name())
    return found


def _wait_for_none(work: Path) -> list[str]:
    end = time.monotonic() + ORPHAN_SECONDS
    while (alive := processes(work)) and time.monotonic() < end:
        time.sleep(0.1)
    return alive
