"""The grade table ``grades.csv``: what counts, how it came about, and what is to be said of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.course import gradebook, private
from autograder.grading import done
from autograder.building.notebooks import Assignment

HEAD = ("assignment", "student", "score", "max_score", "needs_manual_grade")
MORE = ("points", "late_penalty", "remark")
NOTHING_RIGHT = "no points; nothing in it is right"


def told(remark: str, points: float, penalty: float = 0.0) -> str:
    """What to say of a submission: its remark, and why it counts nothing where it does."""
    said = [remark] if remark else []
    if not points:
        said = [f"no points; {remark}" if remark else NOTHING_RIGHT]
    elif penalty >= points:
        said.append(f"the late penalty takes all of its {points:g} points")
    return "; ".join(said)


def write_table(
    assignments: Sequence[Assignment], path: Path, stray: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Write the grade table as CSV, whole or not at all; returns its rows.

    Args:
        stray: for each place that holds no usable submission, why; each gets a row as well.
    """
    rows = [row for a in assignments for row in gradebook.scores(a)]
    new = path.with_name(f".{path.name}.new")
    how: dict[str, Any] = {"newline": "", "encoding": "utf-8", "errors": "backslashreplace"}
    with open(new, "w", opener=private.opener, **how) as file:
        writer = csv.writer(file)
        writer.writerow([*HEAD, *MORE])
        for r in rows:
            points = r.get("raw_score", r["score"])
            penalty = r.get("late_penalty", 0.0)
            remark = done.remark(r["assignment"], r["student"])
            writer.writerow(
                [
                    r["assignment"],
                    cell(r["student"]),
                    f"{r['score']:g}",
                    f"{r['max_score']:g}",
                    "yes" if r["needs_manual_grade"] else "no",
                    f"{points:g}",
                    f"{penalty:g}",
                    cell(told(remark, points, penalty)),
                ]
            )
        for place, why in (stray or {}).items():
            student, _, folder = place.partition("/")
            writer.writerow([cell(folder), cell(student), *[""] * 5, cell(why)])
    new.replace(path)
    return rows


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(tuple("=+-@\t\r")) else text
