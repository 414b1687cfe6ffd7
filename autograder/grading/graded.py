"""One notebook's way through the grader: run in the box, judged behind the wall, shown.

Inputs are drawn when grading starts; the box returns raw arrays; the reference and the
known mistakes are computed behind the wall.  Nothing that student code prints, writes or
redefines reaches a score except through those arrays, and this process sees none of it but
cells as text and verdicts as numbers and finished words.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nbformat.notebooknode import NotebookNode

from autograder.building.notebooks import find
from autograder.grading import behind
from autograder.grading.about import tell
from autograder.grading.released import released
from autograder.judging.judging import Evidence, draw, for_the_box
from autograder.judging.reasons import missing, own_cells
from autograder.judging.verdict import Verdict
from autograder.paths import ROOT
from autograder.sandbox.box import Limits
from autograder.sandbox.execute import Taken, execute
from autograder.walls.allowance import Budget
from cs231n_lib import exercises

STARTUP = ROOT / "autograder" / "sandbox" / "startup.py"  # never imported here
CHECK = '__import__("cs231n_lib.checking", fromlist=["check"]).check("{name}", {name})'


@dataclass
class Graded:
    """What was found in a notebook, and what that rests on.

    Attributes:
        seed: what all inputs were drawn from.
        submission: digest of the file that was handed in; None where it is not known.
        regraded: seal of the record that was judged again; empty after an execution.
        crowded: whether it ran out of time while others had the processor.
        budget: what it used.
        remark: a sentence for the instructor on what was handed in; empty where all is well.
    """

    seed: int
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    submission: str | None = None
    regraded: str = ""
    crowded: bool = False
    budget: Budget | None = None
    remark: str = ""


def exercise_of(cell: NotebookNode) -> str | None:
    """The exercise that a restored notebook's cell checks, or None."""
    meta = cell.metadata.get("nbgrader", {})
    name = meta.get("grade_id", "")
    graded = meta.get("grade") and not meta.get("solution")
    return name if graded and name in exercises.table() else None


def is_run(cell: NotebookNode) -> bool:
    """Whether a code cell is executed when grading: the released figures are not."""
    meta = cell.metadata.get("nbgrader", {})
    return not (meta.get("locked") and not meta.get("grade"))


def is_own(cell: NotebookNode) -> bool:
    """Whether a code cell was not handed out by name: no score rests on its time."""
    return "nbgrader" not in cell.metadata


def program(cell: NotebookNode) -> str:
    """What is executed for a cell: of a check, the call alone, whatever `check` is by then."""
    name = exercise_of(cell)
    return CHECK.format(name=name) if name else str(cell.source)


def _first(names: Sequence[str]) -> list[str]:
    """What each kernel runs before the notebook: what the release imports always exists."""
    if not names:
        return [STARTUP.read_text("utf-8")]
    assignment = find(exercises.get(names[0]).chapter)
    setup = released(assignment.name, assignment.chapter).setup
    return [STARTUP.read_text("utf-8"), *setup]


def grade_notebook(
    nb: NotebookNode,
    limits: Limits,
    seed: int | None = None,
    budget: Budget | None = None,
) -> Graded:
    """Execute and judge a restored notebook, whose cells get outputs and verdicts.

    Args:
        nb: a notebook that :func:`autograder.submissions.restore.restore` returned.
        limits: of the box, or that there is none.
        seed: where inputs are drawn from; secret and fresh unless given.
        budget: of the whole submission; that of ``limits`` unless given.

    Raises:
        NotStarted: when no kernel could be started.
    """
    seed = secrets.randbits(64) if seed is None else seed
    budget = budget or Budget(limits.total_seconds)
    names = [name for cell in nb.cells if (name := exercise_of(cell))]
    seeds = {name: (seed, i) for i, name in enumerate(exercises.table())}
    inputs = {name: draw(name, seeds[name]) for name in names}
    told = {name: for_the_box(inputs[name]) for name in names}
    taken = Taken(exercise_of, is_run, is_own, program, _first(names))
    run = execute(nb, taken, told, limits, behind.judge(), budget)
    cells = {c.metadata["nbgrader"]["grade_id"]: c for c in nb.cells if not is_own(c)}
    silent = [name for name in names if not run.records.get(name)]
    run.trouble |= missing(silent, cells, run.trouble)
    tell(nb, own_cells(nb))
    evidence = {
        name: Evidence(seeds[name], inputs[name], run.records.get(name, b"")) for name in names
    }
    verdicts = behind.judged(evidence, run.trouble, budget)
    show_verdicts(nb, verdicts)
    return Graded(seed, verdicts, evidence, run.trouble, crowded=run.crowded, budget=budget)


def show_verdicts(nb: NotebookNode, verdicts: Mapping[str, Verdict]) -> None:
    """Put score and explanation under the graded cells."""
    for cell in nb.cells:
        if cell.cell_type == "code" and (name := exercise_of(cell)):
            cell.outputs = verdicts[name].outputs()
