"""Grades a small class while something befalls it, mends that, and grades the rest."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder import cli, demo
from autograder.course import gradebook
from autograder.paths import ROOT
from cs231n_lib import exercises
from trial.faults import classroom, damage, soundness

EARLIER, QUESTION = "ada", "momentum_velocity_start"
MANUAL = 2.0  # points that a person gave ada for the free-text answer
DISK = "disk full"
SIZE = "40m"


class _Listener(io.StringIO):
    """Standard output that strikes at the first line of progress."""

    def __init__(self, strike: Callable[[], object]) -> None:
        super().__init__()
        self.strike = strike

    def write(self, text: str) -> int:
        if text.startswith("[1/"):
            self.strike()
        return super().write(text)


def grade(strike: Callable[[], object] = damage.nothing) -> tuple[int, list[str]]:
    """The command in this process; its status, and the lines of standard error."""
    errors = io.StringIO()
    with redirect_stdout(_Listener(strike)), redirect_stderr(errors):
        status = cli.main(["grade", "3", "--workers", "2"])
    return status, errors.getvalue().strip().splitlines()


def prepare(course: Path, size: int = 4) -> list[str]:
    """A course in which ada is graded, also by hand, and the others have handed in."""
    a = classroom.assignment()
    demo.submit(EARLIER, a, demo.solved(a))
    status, errors = grade()
    if status:
        raise RuntimeError(f"the class cannot be graded: {errors}")
    with Gradebook(gradebook.url()) as book:
        grade_ = book.find_grade(QUESTION, a.chapter, a.name, EARLIER)
        grade_.manual_score, grade_.needs_manual_grade = MANUAL, False
        book.db.commit()
    others = [damage.FIRST, *(f"mid{i}" for i in range(size - 2)), damage.LAST]
    for student in others:
        demo.submit(student, a, demo.solved(a))
    return [EARLIER, *others]


def suffer(name: str, prepared: Path, students: list[str], work: Path) -> dict[str, Any]:
    """Do one fault to a copy of a prepared course; what was seen, as plain data."""
    fault, course = damage.FAULTS[name], work / "suffering"
    shutil.copytree(prepared, course)
    classroom.use(course)
    begun: list[bool] = []
    try:
        with fault.harm(course) as strike:

            def struck() -> None:
                begun.append(True)
                strike()

            status, said = grade(struck)
        again, errors = grade()
        problems = soundness.everything(course, classroom.assignment(), students)
        problems += _wrong_scores(students)
    finally:
        classroom.use(prepared)
        shutil.rmtree(course, ignore_errors=True)
    said = [line.replace(str(course), "course") for line in said]
    if fault.says and (status != 1 or len(said) != 1 or fault.says not in said[0]):
        problems.append("it did not say what to do in one sentence")
    if not fault.says and (status or said):
        problems.append("the class was not graded in spite of it")
    if again or errors:
        problems.append(f"the second run failed: {' '.join(errors)[:200]}")
    return {
        "done": fault.did,
        "during the grading": bool(begun),
        "status": status,
        "said": said,
        "graded by a second run": not again,
        "troubles": problems,
        "verdict": "FAILED" if problems else "held",
    }


def _wrong_scores(students: list[str]) -> list[str]:
    rows = {r["student"]: r for r in gradebook.scores(classroom.assignment())}
    whole = sum(e.points for e in exercises.chapter(classroom.assignment().chapter))
    found = [
        f"{s} has not all points"
        for s in students
        if sum(p for n, p in rows.get(s, {"cells": {}})["cells"].items() if n != QUESTION) != whole
    ]
    if rows.get(EARLIER, {"cells": {}})["cells"].get(QUESTION) != MANUAL:
        found.append("points given by hand are lost")
    return found


def on_small_disk(name: str = DISK, size: int = 4) -> dict[str, Any] | None:
    """A fault in a course on a small file system of its own; None where none can be made."""
    with tempfile.TemporaryDirectory(prefix="ft-") as folder:
        os.chmod(folder, 0o755)
        mount = f'mount -t tmpfs -o size={SIZE},mode=755 tmpfs "{folder}" && exec '
        if os.geteuid():  # mounting needs root of a namespace, the grader its own user
            ids = f"--map-user={os.geteuid()} --map-group={os.getegid()}"
            words = ["unshare", "-rm", "sh", "-c", f'{mount} unshare --user {ids} -- "$@"', "sh"]
        else:
            words = ["unshare", "-m", "sh", "-c", f'{mount} "$@"', "sh"]
        if shutil.which("unshare") is None or subprocess.run([*words, "true"]).returncode:
            return None
        words += [sys.executable, "-W", "ignore", "-m", "trial.faults.suffer", name, str(size)]
        done = subprocess.run(
            [*words, folder],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def main(name: str, size: str, folder: str) -> None:
    """Run one fault below ``folder`` and print what was seen."""
    with classroom.workplace(Path(folder)) as work:
        students = prepare(work / "course", int(size))
        print(json.dumps(suffer(name, work / "course", students, work)))


if __name__ == "__main__":
    main(*sys.argv[1:])
