"""The faults that the grader must survive: killed, starved, damaged, and asked ten times."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from autograder import demo
from autograder.grading.grade import grade_class
from autograder.sandbox.box import Limits
from trial import record
from trial.faults import classroom, damage, kills, suffer

Say = Callable[[str], None]
SUBMISSIONS, KILLS, TIMES = 100, 50, 10
PARTS = ("kills", "damage", "repeats")


def run(say: Say, parts: Sequence[str] = PARTS) -> int:
    """Do all of it in temporary course folders, and keep what was found.

    Args:
        say: told of the progress.
        parts: some of :data:`PARTS`; what is left out stays as the last run found it.

    Returns:
        the exit status: 0 when every fault was survived.
    """
    todo = {
        "kills": lambda: storm(say, SUBMISSIONS, KILLS),
        "damage": lambda: befall(say),
        "repeats": lambda: repeat(say, TIMES),
    }
    found = {name: part for name, part in record.read("faults").items() if name in PARTS}
    for name in parts:
        begin = time.monotonic()
        part = todo[name]()
        found[name] = {"seconds": round(time.monotonic() - begin), **part}
        record.write("faults", **{n: found[n] for n in PARTS if n in found})
        say(f"{name}: {found[name]['verdict']}, {found[name]['seconds']} s")
    return 0 if all(found[name]["verdict"] == "held" for name in parts) else 1


def storm(say: Say, submissions: int, times: int) -> dict[str, Any]:
    """Kill the grader at random moments, and aimed at its writing."""
    with classroom.workplace() as work:
        return kills.storm(say, work, submissions, times)


def befall(say: Say, names: Sequence[str] = tuple(damage.FAULTS)) -> dict[str, Any]:
    """Every other fault, once each."""
    found: dict[str, Any] = {}
    with classroom.workplace() as work:
        students = suffer.prepare(work / "course")
        for i, name in enumerate(names, 1):
            if name == suffer.DISK:
                seen = suffer.on_small_disk()
                if seen is None:
                    say("no file system of its own can be made here: the full disk is left out")
                    continue
            else:
                seen = suffer.suffer(name, work / "course", students, work)
            found[name] = seen
            said = "; ".join(seen["said"]) or "all graded, nothing to say"
            say(f"[{i}/{len(names)}] {name}: {seen['verdict']}: {said}")
    held = all(seen["verdict"] == "held" for seen in found.values())
    return {
        "class": len(students),
        "held": sum(seen["verdict"] == "held" for seen in found.values()),
        "faults": found,
        "verdict": "held" if held else "FAILED",
    }


def repeat(say: Say, times: int) -> dict[str, Any]:
    """Grade one class again and again, with fresh inputs each time."""
    with classroom.workplace() as work:
        books = classroom.compact()
        for student, nb in books.items():
            demo.submit(student, classroom.assignment(), nb)
        seen = []
        for i in range(times):
            summary = grade_class(
                [classroom.assignment()],
                lambda _: None,
                limits=Limits(cell_seconds=20),
                force=True,
            )
            if summary.failed:
                raise RuntimeError(f"not graded: {summary.failed}")
            seen.append(classroom.verdicts(work / "course"))
            say(f"[{i + 1}/{times}] graded {summary.graded} submissions")
    first = seen[0]
    changed = sorted({s for later in seen for s in books if later.get(s) != first.get(s)})
    named = sum(e["mistake"] is not None for told in first.values() for e in told.values())
    return {
        "submissions": len(books),
        "gradings": times,
        "known mistakes named in each grading": named,
        "submissions with another score, mistake or case group": len(changed),
        "verdict": "FAILED" if changed or len(first) != len(books) else "held",
    }
