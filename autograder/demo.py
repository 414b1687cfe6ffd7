"""A sample class, made from the exercises themselves, then graded.

Every submission knows what it deserves, so that the demonstration checks itself: perfect
ones, empty ones, half done ones, one known mistake each, and hostile ones.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.building.listing import needs
from autograder.building.notebooks import Assignment, assignments
from autograder.course.course import generate, prepare
from autograder.course.table import write_table
from autograder.grading.grade import grade_class
from autograder.judging import reference
from autograder.paths import DEMO_DIR
from autograder.sandbox.box import Limits
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise
from solutions.declare import Mistake

Say = Callable[[str], None]
LIMITS = Limits(cell_seconds=6)  # one of the class never ends: no need to wait long for it
SLIPS = ("dora-slips", "emil-slips")  # between them they make a known mistake in every exercise


@dataclass(frozen=True)
class Expected:
    """What a sample submission must get: at least and at most this many points."""

    student: str
    assignment: str
    least: float
    most: float
    why: str


def solved(assignment: Assignment) -> NotebookNode:
    """The notebook with all answers filled in, as a student would hand it in."""
    return nbformat.read(
        prepare() / "source" / assignment.name / f"{assignment.chapter}.ipynb", as_version=4
    )


def unsolved(assignment: Assignment) -> NotebookNode:
    """The notebook as it was released."""
    return nbformat.read(
        prepare() / "release" / assignment.name / f"{assignment.chapter}.ipynb", as_version=4
    )


def cell_of(nb: NotebookNode, name: str) -> NotebookNode:
    """The cell with this grade_id."""
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def write_function(nb: NotebookNode, exercise: Exercise, source: str) -> None:
    """Put the source of a function into the exercise's cell."""
    cell_of(nb, f"{exercise.name}-code").source = source


def mistaken(mistake: Mistake) -> str:
    """A known mistake as a student would have written it."""
    return re.sub(r"^def \w+\(", f"def {mistake.exercise}(", mistake.source)


def submit(student: str, assignment: Assignment, nb: NotebookNode) -> None:
    """Hand in a notebook."""
    folder = prepare() / "submitted" / student / assignment.name
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, folder / f"{assignment.chapter}.ipynb")


def make_class() -> list[Expected]:
    """Write the sample class into ``submitted``; returns what each must get."""
    shutil.rmtree(prepare() / "submitted", ignore_errors=True)
    found: list[Expected] = []
    for assignment in assignments():
        rows = exercises.chapter(assignment.chapter)
        total = sum(e.points for e in rows)

        def hand_in(
            who: str,
            nb: NotebookNode,
            least: float,
            most: float,
            why: str,
            a: Assignment = assignment,
        ) -> None:
            submit(who, a, nb)
            found.append(Expected(who, a.name, least, most, why))

        hand_in("ada-perfect", solved(assignment), total, total, "every answer right")
        hand_in("ben-empty", unsolved(assignment), 0, 0, "nothing written")
        half, kept = solved(assignment), set[str]()
        for i, e in enumerate(rows):
            if i % 2:
                write_function(half, e, cell_of(unsolved(assignment), f"{e.name}-code").source)
            else:
                kept.add(e.name)
        points = sum(e.points for e in rows if e.name in kept and kept.issuperset(needs(e)))
        hand_in("cleo-half", half, points, points, "every other function written")
    found += _mistakes()
    found += _hostile()
    return found


def _mistakes() -> list[Expected]:
    """Two students a chapter, each wrong in every other exercise by its first known mistake."""
    found = []
    for assignment in assignments():
        rows = exercises.chapter(assignment.chapter)
        total = sum(e.points for e in rows)
        for i, who in enumerate(SLIPS):
            wrong, nb = rows[i :: len(SLIPS)], solved(assignment)
            for e in wrong:
                write_function(nb, e, mistaken(reference.mistakes(e)[0]))
            submit(who, assignment, nb)
            # who calls a wrong function may fail with it
            names = {e.name for e in wrong}
            least = total - sum(e.points for e in rows if names & {e.name, *needs(e)})
            why = f"the first known mistake in {len(wrong)} of {len(rows)} exercises"
            found.append(Expected(who, assignment.name, least, total - len(wrong), why))
    return found


HOSTILE: dict[str, tuple[str, str]] = {
    "mallory-exit": ("import os\nos._exit(0)", "ends Python before anything is checked"),
    "mallory-fake": (
        "get_ipython().events.register('pre_run_cell', lambda *a: print('100.0'))\n"
        "import numpy as np\nnp.allclose = lambda *a, **k: True",
        "prints scores and patches NumPy",
    ),
    "mallory-hang": ("while True:\n    pass", "never ends"),
    "mallory-snoop": (
        "import glob, os\nfor p in glob.glob('/*/*/*/gradebook.db') + glob.glob('../../../*.db'):\n"
        "    os.remove(p)\nprint(open('/etc/passwd').read())",
        "looks for the gradebook and the password file",
    ),
}


def _hostile() -> list[Expected]:
    """Wrong or empty work that attacks the grader: it must get nothing for that."""
    first, found = assignments()[0], []
    for who, (source, why) in HOSTILE.items():
        nb = unsolved(first)
        nb.cells.insert(0, new_code_cell(source))
        submit(who, first, nb)
        found.append(Expected(who, first.name, 0, 0, why))
    nb = unsolved(first)
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["tags"] = ["skip-execution"]
            cell.metadata["nbgrader"]["points"] = 100
    submit("mallory-tags", first, nb)
    found.append(Expected("mallory-tags", first.name, 0, 0, "tags cells to skip them"))
    folder = prepare() / "submitted" / "mallory-broken" / first.name
    folder.mkdir(parents=True)
    (folder / f"{first.chapter}.ipynb").write_text('{"cells": [', "utf-8")
    found.append(Expected("mallory-broken", first.name, 0, 0, "hands in half a file"))
    return found


def demo(say: Say, workers: int, trusted: bool) -> int:
    """Build, make the class, grade it, and compare with what each deserved.

    All of it happens in a course folder of its own, made anew each time: the real one may
    hold real submissions.
    """
    shutil.rmtree(DEMO_DIR, ignore_errors=True)
    os.environ["CS231N_COURSE"] = str(DEMO_DIR)
    say("building notebooks for the sample class ...")
    for assignment in assignments():
        generate(assignment)
    expected = make_class()
    say(f"made a sample class of {len(expected)} submissions; grading with {workers} workers ...")
    summary = grade_class(
        assignments(), say, workers=workers, limits=replace(LIMITS, trusted=trusted), force=True
    )
    wrong = _compare(expected, say)
    say(f"\ngrade table     {DEMO_DIR / 'grades.csv'}")
    say(f"feedback pages  {DEMO_DIR / 'feedback'}/<student>/<assignment>/")
    say("to grade the free-text answers by hand: autograder formgrader --demo")
    if wrong or summary.failed:
        say(f"{wrong} submissions did not get what they deserved, {len(summary.failed)} not graded")
        return 1
    say(f"all {len(expected)} submissions got what they deserved")
    return 0


def _compare(expected: list[Expected], say: Say) -> int:
    """Print the grade table beside what each deserved; returns how many differ."""
    table = write_table(assignments(), prepare() / "grades.csv")
    rows = {(r["student"], r["assignment"]): r for r in table}
    wrong = 0
    say(f"\n{'student':<34} {'score':>6}  deserved  submission")
    for e in expected:
        row = rows.get((e.student, e.assignment))
        # free-text answers are for a person: only the automatic points count here
        score = sum(s for n, s in row["cells"].items() if n in exercises.table()) if row else None
        fair = score is not None and e.least <= score <= e.most
        wrong += not fair
        right = f"{e.least:g}" if e.least == e.most else f"{e.least:g}-{e.most:g}"
        shown = "none" if score is None else f"{score:g}"
        mark = "" if fair else "   <-- NOT WHAT IT DESERVED"
        say(f"{e.student:<34} {shown:>6}  {right:>8}  {e.assignment}: {e.why}{mark}")
    return wrong
