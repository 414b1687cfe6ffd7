"""Questions to nbgrader's gradebook, asked so that a wrong one is noticed at once."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.course import CourseError, config
from autograder.hooks.restore import HandedOut, handed_out
from autograder.notebooks import Assignment
from cs231n_lib import exercises


def url() -> str:
    """Address of the gradebook, from nbgrader_config.py."""
    return str(config().CourseDirectory.db_url)


def check() -> None:
    """Refuse a gradebook that this nbgrader cannot use.

    Raises:
        CourseError: for a damaged SQLite file, or one of another version of nbgrader.
    """
    address = url()
    if not address.startswith("sqlite:///"):
        return
    path = Path(address.removeprefix("sqlite:///"))
    if not path.exists():
        return
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20) as db:
            rows = db.execute("select version_num from alembic_version").fetchall()
    except sqlite3.Error as error:
        raise CourseError(
            f"the gradebook {path} cannot be read ({error}): restore it from a backup, or move "
            "it away to start a new one"
        ) from error
    found = rows[0][0] if rows else "no version"
    if found != head():
        raise CourseError(
            f"the gradebook {path} belongs to another version of nbgrader (schema {found}, this "
            f"one needs {head()}): back it up and run `nbgrader db upgrade`"
        )


def head() -> str:
    """Schema version that the installed nbgrader works with."""
    import nbgrader
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config()
    settings.set_main_option("script_location", str(Path(nbgrader.__file__).parent / "alembic"))
    return str(ScriptDirectory.from_config(settings).get_current_head())


def released(assignment: Assignment) -> list[HandedOut]:
    """The cells of a released assignment.

    Raises:
        CourseError: when it was not released yet.
    """
    with Gradebook(url()) as gradebook:
        try:
            return handed_out(gradebook, assignment.chapter, assignment.name)
        except MissingEntry as error:
            raise CourseError(
                f"{assignment.name} has not been released: run `autograder build` first"
            ) from error


def scores(assignment: Assignment) -> list[dict[str, Any]]:
    """One row per submission: student, score, and the points of each graded cell."""
    rows = []
    with Gradebook(url()) as gradebook:
        for submission in gradebook.assignment_submissions(assignment.name):
            row: dict[str, Any] = {
                "assignment": assignment.name,
                "student": submission.student.id,
                "score": submission.score,
                "max_score": submission.max_score,
                "needs_manual_grade": submission.needs_manual_grade,
                "cells": {},
            }
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    row["cells"][grade.name] = grade.score
            rows.append(row)
    return sorted(rows, key=lambda r: str(r["student"]))


def automatic(assignment: Assignment) -> dict[str, dict[str, float | None]]:
    """For each student the points that the judge gave, whatever a person made of them."""
    with Gradebook(url()) as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
                if grade.name in exercises.table()
            }
            for submission in gradebook.assignment_submissions(assignment.name)
        }


@contextmanager
def keep_reviewed(assignment: Assignment, student: str) -> Iterator[None]:
    """Free-text answers that a person has graded stay graded while nbgrader grades the rest.

    nbgrader keeps their points and comments, but asks for all of them to be looked at again.
    """

    def grades(gradebook: Gradebook) -> list[Any]:
        try:
            found = gradebook.find_submission_notebook(assignment.chapter, assignment.name, student)
        except MissingEntry:
            return []
        return [g for g in found.grades if g.name not in exercises.table()]

    with Gradebook(url()) as gradebook:
        reviewed = {g.name for g in grades(gradebook) if not g.needs_manual_grade}
    yield
    with Gradebook(url()) as gradebook:
        for grade in grades(gradebook):
            if grade.name in reviewed:
                grade.needs_manual_grade = False
        gradebook.db.commit()


def write_table(assignments: list[Assignment], path: Path) -> list[dict[str, Any]]:
    """Write the grade table as CSV; returns its rows."""
    rows = [row for a in assignments for row in scores(a)]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["assignment", "student", "score", "max_score", "needs_manual_grade"])
        for r in rows:
            writer.writerow(
                [
                    r["assignment"],
                    r["student"],
                    f"{r['score']:g}",
                    f"{r['max_score']:g}",
                    "yes" if r["needs_manual_grade"] else "no",
                ]
            )
    return rows
