"""``check``: the one call that a notebook makes about an exercise.

At home it runs the public cases and shows a table with what is wrong.  In the grader's
sandbox the same call only computes: it reads inputs drawn after submission, runs the
function, and writes the raw outputs down.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from cs231n_lib import exercises, failing_case, notebook, summing
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.judging.expected_values import cases_from_tree, public_cases
from cs231n_lib.judging.verdict import Report, judge
from cs231n_lib.patience import Patience, guard, unguarded
from cs231n_lib.summing import BOX, CheckFailed
from cs231n_lib.wire import WireError, pack, unpack

Watch = Callable[[Case], AbstractContextManager[object]]


def check(name: str, function: Callable[..., Any]) -> None:
    """Check the function that answers exercise ``name`` and show what was found.

    A notebook goes on after a check that fails, so that all of them are seen; such a check
    is marked by a line on the error stream, and :func:`cs231n_lib.sum_up` fails at the end.

    Args:
        name: name of the exercise, as in the notebook.
        function: your function.

    Raises:
        CheckFailed: in a program, when not every case group is right.
        Interrupted: when somebody interrupts it.
        KeyError: when there is no such exercise.
    """
    exercise = exercises.get(name)
    box = os.environ.get(BOX)
    if box:
        _record(exercise, function, Path(box))
        return
    function = unguarded(function)
    report = local_report(exercise, function)
    if any(f.problem and f.problem["kind"] == "stopped" for f in report.failures):
        guard(name, function)
    summing.remember(function, report)
    failing_case.remember(exercise, function, _companions(exercise, function), report)
    notebook.report(report)
    if report.passed:
        return
    if not notebook.is_interactive():
        raise CheckFailed(_short(report))
    print(_short(report), file=sys.stderr)


def local_report(exercise: Exercise, function: Callable[..., Any]) -> Report:
    """Judge ``function`` on the public cases; a case that does not end is stopped."""
    public = public_cases(exercise)
    seen = run_cases(exercise, function, public.cases, Patience(exercise.name))
    return judge(exercise, public.cases, seen, public.expected, lambda: public.known)


def run_cases(
    exercise: Exercise,
    function: Callable[..., Any],
    cases: Sequence[Case],
    watch: Watch = nullcontext,
) -> list[dict[str, Any]]:
    """Observe ``function`` on every case; stops early at an unfilled stub."""
    companions = _companions(exercise, function)
    seen: list[dict[str, Any]] = []
    for case in cases:
        if seen and (seen[-1]["problem"] or {}).get("kind") == "empty":
            seen.append(seen[-1])
            continue
        with watch(case):
            seen.append(exercise.observe(function, case, companions))
    return seen


def _companions(exercise: Exercise, function: Callable[..., Any]) -> dict[str, Any]:
    """The functions that the driver needs beside ``function``: those of the same notebook."""
    spaces = [getattr(function, "__globals__", {}), _notebook_namespace()]
    found = {}
    for name in exercise.driver.companions:
        for space in spaces:
            if callable(space.get(name)):
                found[name] = space[name]
                break
    return found


def _notebook_namespace() -> dict[str, Any]:
    import __main__

    return vars(__main__)


def _short(report: Report) -> str:
    wrong = ", ".join(g.name for g in report.groups if not g.right)
    if report.problem and report.problem["kind"] == "empty":
        return f"{report.exercise} is not written yet"
    reason = f" ({report.mistake.name})" if report.mistake else ""
    return (
        f"{report.exercise} earns {report.earned} of {report.points} points; wrong: {wrong}{reason}"
    )


def _record(exercise: Exercise, function: Callable[..., Any], box: Path) -> None:
    """In the sandbox: compute outputs for the given inputs and write them down raw."""
    cases = cases_from_tree(unpack((box / "in" / f"{exercise.name}.safetensors").read_bytes()))
    seen = run_cases(exercise, function, cases)
    for i, observation in enumerate(seen):
        try:
            pack(observation)
        except WireError as error:
            problem = {"kind": "result", "text": str(error)}
            seen[i] = {"outputs": None, "problem": problem, "notes": []}
    # the file is prepared by the grader and cannot be replaced, only written
    (box / "out" / f"{exercise.name}.safetensors").write_bytes(pack(seen))
    print(f"{exercise.name}: recorded")
