"""Attacks one at a time, each in a process of its own: `nbgrader autograde`, then `replay`.

    python -m trial.attacks.alone <course folder> [attack ...]

The folder holds the submissions already.  Prints one line of JSON for each attack, with what
both ways of grading gave it and what they cost (see :mod:`watch`).  A grader that takes too
long, or too much memory, is ended: the line says so.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import psutil

from trial.attacks import watch
from trial.attacks.corpus import ATTACKS

PATIENCE = float(os.environ.get("ATTACK_PATIENCE", 240))  # seconds; a notebook may take 60
TOO_MUCH = 5000.0  # MB in the grader: nobody has to wait for the end
SECONDS = float(os.environ.get("ATTACK_CELL_SECONDS", 4))  # more, on a machine that is busy
LIMITS = {"cell_seconds": SECONDS, "total_seconds": 60.0, "memory_mb": 1536}


def autograde(name: str) -> dict[str, Any]:
    """Points by nbgrader's own command, with its feedback page."""
    from autograder.building.notebooks import find
    from autograder.course import course, gradebook

    assignment = find(ATTACKS[name].chapter)
    course.autograde(assignment.name, name, SafeExecute=LIMITS)
    course.feedback(assignment.name, name)
    cells = gradebook.automatic(assignment)[name]
    page = course.prepare() / "feedback" / name / assignment.name / f"{assignment.chapter}.html"
    return {"earned": sum(p or 0 for p in cells.values()), "page": page.stat().st_size}


def replay(name: str) -> dict[str, Any]:
    """What a replay of its record says."""
    from autograder.building.notebooks import find
    from autograder.records.replay import replay_class

    found = replay_class([find(ATTACKS[name].chapter)], lambda _: None, students=(name,))
    return {"earned": found[0].earned, "status": found[0].status, "why": found[0].why}


def measured(task: Callable[[str], dict[str, Any]], name: str) -> dict[str, Any]:
    """The answer of ``task``, or why there is none, with its cost."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        os.setsid()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of nbgrader and its database
                told = task(name)
        except BaseException as error:
            print(traceback.format_exc()[-3000:], file=sys.stderr)
            told = {"failed": f"{type(error).__name__}: {error}"[:500]}
        os.write(write, json.dumps(told).encode())
        os._exit(0)
    os.close(write)
    with watch.Watch(child) as seen:
        end, why = time.monotonic() + PATIENCE, ""
        while not (ended := os.wait4(child, os.WNOHANG))[0] and not why:
            why = "no end" if time.monotonic() > end else ""
            why = "too much memory" if seen.cost.grader > TOO_MUCH else why
            time.sleep(0.05)
        if why and not ended[0]:
            for process in reversed([psutil.Process(child), *_below(child)]):
                with contextlib.suppress(psutil.Error):
                    process.kill()
            ended = os.wait4(child, 0)
    with os.fdopen(read, "rb") as file:
        written = file.read() if not why else b""
    seen.cost.processor = ended[2].ru_utime + ended[2].ru_stime
    how = f"ended by signal {os.WTERMSIG(ended[1])}" if os.WIFSIGNALED(ended[1]) else "no answer"
    answer = json.loads(written) if written else {"failed": why or how}
    return {**answer, **{k: round(v, 2) for k, v in asdict(seen.cost).items()}}


def _below(child: int) -> list[psutil.Process]:
    try:
        return psutil.Process(child).children(recursive=True)
    except psutil.Error:
        return []


def main(place: str, *names: str) -> None:
    os.environ["CS231N_COURSE"] = place
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    from autograder.course import course
    from autograder.judging import judging  # noqa: F401

    course.prepare()
    for name in names:
        told: dict[str, Any] = {"name": name}
        for task in (autograde, replay):
            told[task.__name__] = measured(task, name)
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
