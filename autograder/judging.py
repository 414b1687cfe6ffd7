"""The verdict on one notebook: compute in the box, compare here.

Inputs are drawn when grading starts; the box returns raw arrays; the reference and the
known mistakes are computed in this process.  Nothing that student code prints, writes or
redefines reaches a score except through those arrays.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from autograder import reference
from autograder.sandbox.box import Limits
from autograder.sandbox.execute import Run, execute
from cs231n_lib import exercises, show
from cs231n_lib.exercises.declare import Case, Exercise
from cs231n_lib.exercises.layer_drivers import Backward
from cs231n_lib.exercises.results import MAX_TEXT
from cs231n_lib.expected_values import cases_from_tree, cases_to_tree
from cs231n_lib.verdict import OWN_VERDICT, GroupResult, Report, judge
from cs231n_lib.wire import WireError, pack, unpack

MAX_OUTPUTS = 16 << 20  # bytes of the outputs of one case
MAX_DIMENSIONS = 8  # NumPy prints short sides in full, however many there are
ROUNDS = 2  # how often the cases of an exercise are drawn for one grading
# escape sequences of terminals: colours, titles, cursor movements
ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)")
SAFE_OUTPUTS = ("text/plain", "image/png", "image/jpeg")


@dataclass(frozen=True)
class Evidence:
    """What the verdict on one exercise rests on.

    Attributes:
        drawn: the seed of the cases, as NumPy takes it.
        inputs: the packed cases; the box was given their arguments only.
        outputs: the bytes that the box wrote; empty if it wrote nothing.
    """

    drawn: tuple[int, ...]
    inputs: bytes
    outputs: bytes

    def cases(self) -> list[Case]:
        """The cases that were put to the student's function."""
        return cases_from_tree(unpack(self.inputs))


@dataclass
class Graded:
    """A graded notebook: its cells with outputs, what was found, and what that rests on.

    Attributes:
        seed: what all inputs were drawn from.
        submission: digest of the file that was handed in; None where it is not known.
        regraded: seal of the record that was judged again; empty after an execution.
    """

    nb: NotebookNode
    seed: int
    reports: dict[str, Report] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    submission: str | None = None
    regraded: str = ""


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


def grade_notebook(
    nb: NotebookNode, limits: Limits, trusted: bool = False, seed: int | None = None
) -> Graded:
    """Execute and judge a restored notebook; ``nb`` is changed and part of the result.

    Args:
        nb: a notebook that :func:`autograder.hooks.restore.restore` returned.
        limits: of the box.
        trusted: run student code without the box.
        seed: where inputs are drawn from; secret and fresh unless given.
    """
    seed = secrets.randbits(64) if seed is None else seed
    names = [name for cell in nb.cells if (name := exercise_of(cell))]
    seeds = {name: (seed, i) for i, name in enumerate(exercises.table())}
    inputs = {name: draw(name, seeds[name]) for name in names}
    told = {name: asked(inputs[name]) for name in names}
    run = execute(nb, exercise_of, is_run, told, limits, trusted)
    evidence = {
        name: Evidence(seeds[name], inputs[name], run.records.get(name, b"")) for name in names
    }
    graded = Graded(nb, seed, verdicts(evidence, run.trouble), evidence, run.trouble)
    for cell in nb.cells:
        if cell.cell_type == "code" and not exercise_of(cell):
            cell.outputs = safe(cell.outputs)
    show_verdicts(graded)
    return graded


def draw(name: str, seed: tuple[int, ...]) -> bytes:
    """The packed cases of an exercise that one grading draws from ``seed``.

    They come in an order of their own, so that no result can be known by its place.
    """
    cases = reference.draw(exercises.get(name), seed, ROUNDS)
    order = np.random.default_rng([*seed, len(cases)]).permutation(len(cases))
    return pack(cases_to_tree([cases[i] for i in order]))


def asked(inputs: bytes) -> bytes:
    """What the box learns of the cases: arguments, without labels, which may tell the result."""
    cases = cases_from_tree(unpack(inputs))
    return pack(cases_to_tree([Case((), case.args, "") for case in cases]))


def verdicts(evidence: Mapping[str, Evidence], trouble: Mapping[str, str]) -> dict[str, Report]:
    """Judge all exercises of a notebook; no student code runs here.

    The cases are read from what the box was given, so that a verdict is the same now and
    whenever it is asked for again.
    """
    run = Run({name: e.outputs for name, e in evidence.items()}, dict(trouble))
    reports = {name: report(exercises.get(name), e.cases(), run) for name, e in evidence.items()}
    hold_own(reports)
    _blame(reports)
    return reports


def show_verdicts(graded: Graded) -> None:
    """Put score and explanation under the graded cells."""
    for cell in graded.nb.cells:
        if cell.cell_type == "code" and (name := exercise_of(cell)):
            cell.outputs = verdict_outputs(graded.reports[name])


def report(exercise: Exercise, cases: list[Case], run: Run) -> Report:
    """Judge one exercise from what the box wrote, or say why there is nothing to judge."""
    name = exercise.name
    trouble = run.trouble.get(name, "")
    try:
        seen = observations(run.records.get(name, b""), len(cases))
    except WireError as error:
        return nothing(exercise, trouble or run.trouble.get("") or f"no result came back ({error})")
    found = judge(
        exercise,
        cases,
        seen,
        reference.expected(exercise, cases),
        lambda: reference.known(exercise, cases),
    )
    if trouble and not found.passed and found.problem is None:
        found.problem = {"kind": "stopped", "text": trouble}
    return found


def nothing(exercise: Exercise, why: str) -> Report:
    """A report without a point, for an exercise that produced nothing."""
    groups = [
        GroupResult(n, g.points, 0, 0, 0, float("nan"), "not judged")
        for n, g in exercise.groups.items()
    ]
    return Report(exercise.name, groups, problem={"kind": "stopped", "text": why})


def observations(data: bytes, count: int) -> list[dict[str, Any]]:
    """The observations in a record, checked in every part: a student's code wrote it.

    Raises:
        WireError: when it is anything but ``count`` observations.
    """
    if not data:
        raise WireError("its check cell wrote nothing")
    try:
        tree = unpack(data)
    except Exception as error:  # infinite seeds, and whatever else is forged
        raise WireError(f"not a readable record: {type(error).__name__}") from error
    if not isinstance(tree, list) or len(tree) != count:
        raise WireError("the record does not fit the inputs")
    return [_observation(item) for item in tree]


def _observation(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise WireError("malformed observation")
    outputs, problem, notes = item.get("outputs"), item.get("problem"), item.get("notes")
    if problem is not None:
        told = problem if isinstance(problem, dict) else {}
        kind = _said(told.get("kind"), 20)
        known = kind if kind in ("empty", "result", "companion", "error") else "error"
        problem = {"kind": known, "text": _said(told.get("text"), 600)}
    fits = isinstance(outputs, dict) and problem is None and _weight(outputs) <= MAX_OUTPUTS
    return {
        "outputs": outputs if fits else None,
        "problem": problem,
        "notes": [_said(n, 300) for n in notes[:10]] if isinstance(notes, list) else [],
    }


def _said(text: Any, limit: int) -> str:
    return _plain(text[:limit]) if isinstance(text, str) else ""


def _weight(tree: Any) -> float:
    """Bytes of a result, as often as it is named; infinite for what no honest box writes."""
    if isinstance(tree, np.ndarray):
        return float(tree.nbytes) if tree.ndim <= MAX_DIMENSIONS else float("inf")
    if isinstance(tree, str):
        return len(tree) if len(tree) <= MAX_TEXT else float("inf")
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return sum(map(_weight, parts))


def hold_own(reports: Mapping[str, Report]) -> None:
    """Let a gradient keep points for a wrong forward pass only as far as that one lost some.

    What the box says of the forward pass could be forged; points lost for it cannot. So
    whoever forges it pays at least as much as it brings.
    """
    for name, found in reports.items():
        driver = exercises.get(name).driver
        if not isinstance(driver, Backward):
            continue
        forward = reports.get(driver.forward)
        lost = forward.points - forward.earned if forward else 0
        for i, group in enumerate(found.groups):
            if group.verdict == OWN_VERDICT:
                if group.earned > lost:
                    found.groups[i] = replace(group, earned=0, verdict="wrong")
                else:
                    lost -= group.earned


def _blame(reports: Mapping[str, Report]) -> None:
    """Say of a failed exercise which earlier one, also failed, it depends on."""
    for name, found in reports.items():
        if found.passed:
            continue
        for callee in exercises.get(name).calls:
            if callee in reports and not reports[callee].passed:
                found.blames.append(
                    f"This calls `{callee}`, which failed: mend that one first, this one may be "
                    "right already."
                )


def verdict_outputs(found: Report) -> list[NotebookNode]:
    """What stands under a graded cell: the explanation, and the score nbgrader reads."""
    data = {"text/html": show.html(found), "text/plain": show.text(found)}
    score = {"text/plain": repr(float(found.earned))}
    return [
        new_output("display_data", data=data),
        new_output("execute_result", data=score, execution_count=None),
    ]


def safe(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Outputs that cannot run in the browser of whoever reads them."""
    kept = []
    for output in outputs:
        if output.output_type in ("display_data", "execute_result"):
            data = {k: v for k, v in output.data.items() if k in SAFE_OUTPUTS}
            data = {k: s for k, v in data.items() if (s := _shown(k, v)) is not None}
            if not data:
                data = {"text/plain": "[an output of a kind that is not shown here]"}
            kept.append(new_output("display_data", data=data))
        elif output.output_type == "stream":
            kept.append(new_output("stream", name="stdout", text=_plain(output.text)))
        elif output.output_type == "error":
            kept.append(
                new_output(
                    "error",
                    ename=_plain(output.ename)[:200],
                    evalue=_plain(output.evalue)[:2000],
                    traceback=[_plain(line)[:2000] for line in output.traceback[:40]],
                )
            )
    return kept


def _shown(kind: str, value: Any) -> str | None:
    """One form of an output, or None for a picture or text that is none."""
    if not isinstance(value, str):
        return None
    if kind == "text/plain":
        return _plain(value)
    return value if re.fullmatch(r"[A-Za-z0-9+/=\s]*", value) else None


def _plain(text: str) -> str:
    """Text without control characters (terminal escapes) and halves of surrogate pairs."""
    text = ESCAPES.sub("", str(text)).encode("utf-8", "replace").decode("utf-8")
    return "".join(ch for ch in text if ch in "\n\t" or ch.isprintable())
