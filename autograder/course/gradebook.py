"""Questions to nbgrader's gradebook, asked so that a wrong one is noticed at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from autograder.course import private, servers, trouble
from autograder.course.course import ClassError, CourseError, config
from autograder.submissions.restore import HandedOut, handed_out
from autograder.building.notebooks import Assignment
from cs231n_lib import exercises

COPY = "gradebook-before.db"
PATIENCE_SECONDS = 30.0  # for another program that writes to the gradebook


def url() -> str:
    """Address of the gradebook, from nbgrader_config.py."""
    return str(config().CourseDirectory.db_url)


private.install()


@event.listens_for(Engine, "connect")
def _patient(connection: Any, _: Any) -> None:
    """Wait for a gradebook that another program writes to at the moment."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute(f"pragma busy_timeout = {1000 * PATIENCE_SECONDS:.0f}")


def file() -> Path | None:
    """The gradebook's file, or None where it is no SQLite file or does not exist yet."""
    address = url()
    path = Path(address.removeprefix("sqlite:///"))
    return path if address.startswith("sqlite:///") and path.exists() else None


def check() -> None:
    """Refuse a gradebook that this nbgrader cannot use.

    It is opened for writing, so that SQLite takes back what a killed grader had begun to
    write, and so that a read-only one is noticed before the work is done.

    Raises:
        CourseError: for a damaged, locked or read-only SQLite file, a server that does not
            answer, or a gradebook of another version of nbgrader.
    """
    address = url()
    if servers.is_server(address):
        try:
            there = servers.version(address)
        except RuntimeError as error:
            raise CourseError(str(error)) from error
        if there is not None:
            _check_version("on the server", there)
        return
    path = file()
    if path is None:
        return
    try:
        with closing(_open(path, "rw")) as db:
            rows = db.execute("select version_num from alembic_version").fetchall()
            sound = db.execute("pragma quick_check(1)").fetchone()[0]
            db.execute("begin immediate")
            db.execute("create table this_is_only_tried (x)")
            db.execute("rollback")
    except sqlite3.Error as error:
        raise CourseError(
            trouble.sentence(error)
            or f"the gradebook {path} cannot be read ({error}): restore it from a backup, or move "
            "it away to start a new one"
        ) from error
    if sound != "ok":
        raise CourseError(trouble.DAMAGED)
    _check_version(str(path), rows[0][0] if rows else "no version")


def _check_version(where: str, found: str) -> None:
    if found != head():
        raise CourseError(
            f"the gradebook {where} belongs to another version of nbgrader (schema {found}, this "
            f"one needs {head()}): back it up and run `nbgrader db upgrade`"
        )


def keep_copy() -> None:
    """Copy the gradebook as it is before grading: grades given by hand exist nowhere else.

    Raises:
        CourseError: when the disk is full, for example.
    """
    path = file()
    if path is None:
        return
    new = path.with_name(".gradebook-new.db")
    try:
        new.unlink(missing_ok=True)
        private.new_file(new)
        with closing(_open(path, "ro")) as old, closing(_open(new, "rwc")) as copy:
            old.backup(copy)
    except sqlite3.Error as error:
        new.unlink(missing_ok=True)
        raise CourseError(trouble.sentence(error) or f"cannot copy the gradebook: {error}") from error
    new.replace(path.with_name(COPY))


def notes() -> list[str]:
    """What an instructor has to know about the gradebook before a grading."""
    address = url()
    return [servers.no_copy(address)] if servers.is_server(address) else []


def _open(path: Path, mode: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path))}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE_SECONDS, isolation_level=None)


def head() -> str:
    """Schema version that the installed nbgrader works with."""
    import nbgrader
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config()
    settings.set_main_option("script_location", str(Path(nbgrader.__file__).parent / "alembic"))
    return str(ScriptDirectory.from_config(settings).get_current_head())


@contextmanager
def telling() -> Iterator[None]:
    """Say in one sentence what the database reports.

    Raises:
        ClassError: when the database cannot be used by anyone.
        CourseError: when this question failed.
    """
    try:
        yield
    except SQLAlchemyError as error:
        if told := trouble.sentence(error):
            raise ClassError(told) from error
        raise CourseError(f"the gradebook failed: {error}") from error


@contextmanager
def opened() -> Iterator[Gradebook]:
    """nbgrader's gradebook.

    Raises:
        CourseError: as :func:`telling` does.
    """
    with telling(), Gradebook(url()) as book:
        yield book


def released(assignment: Assignment) -> list[HandedOut]:
    """The cells of a released assignment.

    Raises:
        CourseError: when it was not released yet.
    """
    with opened() as gradebook:
        try:
            return handed_out(gradebook, assignment.chapter, assignment.name)
        except MissingEntry as error:
            raise CourseError(
                f"{assignment.name} has not been released: run `autograder build` first"
            ) from error


def written(assignment: Assignment) -> dict[str, dict[str, float | None]]:
    """For each student the automatic points per cell that the gradebook holds.

    Asked in one question: nbgrader's own objects take a second per hundred students.
    """
    question = """
        select sent.student_id, cell.name, grade.auto_score from assignment
        join submitted_assignment as sent on sent.assignment_id = assignment.id
        join submitted_notebook as notebook on notebook.assignment_id = sent.id
        join grade on grade.notebook_id = notebook.id
        join base_cell as cell on cell.id = grade.cell_id
        where assignment.name = :name"""
    found: dict[str, dict[str, float | None]] = {}
    with opened() as gradebook:
        for student, cell, points in gradebook.db.execute(
            text(question), {"name": assignment.name}
        ):
            found.setdefault(student, {})[cell] = points
    return found


def scores(assignment: Assignment) -> list[dict[str, Any]]:
    """One row per submission: student, score, and the points of each graded cell.

    ``score`` is what counts, as in ``nbgrader export``: points less the late penalty.
    """
    rows = []
    with opened() as gradebook:
        try:
            found = gradebook.assignment_submissions(assignment.name)
        except MissingEntry:  # not released yet: nobody can have handed it in
            return []
        for submission in found:
            penalty = submission.late_submission_penalty or 0.0
            row: dict[str, Any] = {
                "assignment": assignment.name,
                "student": submission.student.id,
                "score": max(0.0, submission.score - penalty),
                "raw_score": submission.score,
                "late_penalty": penalty,
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
    return {
        student: {cell: points for cell, points in cells.items() if cell in exercises.table()}
        for student, cells in written(assignment).items()
    }


@contextmanager
def keep_reviewed(assignment: Assignment, student: str, unchanged: bool = True) -> Iterator[None]:
    """What a person has graded stays graded while nbgrader grades the same notebook again.

    nbgrader keeps points and comments, but asks for all of them to be looked at again: rightly,
    where the student has handed in something new.
    """

    def grades(gradebook: Gradebook) -> list[Any]:
        try:
            found = gradebook.find_submission_notebook(assignment.chapter, assignment.name, student)
        except MissingEntry:
            return []
        return [g for g in found.grades if g.manual_score is not None]

    reviewed = set[tuple[str, float | None]]()
    if unchanged:
        with opened() as gradebook:
            known = [g for g in grades(gradebook) if not g.needs_manual_grade]
            reviewed = {(g.name, g.auto_score) for g in known}
    yield
    if reviewed:
        with opened() as gradebook:
            for grade in grades(gradebook):
                if (grade.name, grade.auto_score) in reviewed:  # another verdict is news
                    grade.needs_manual_grade = False
            gradebook.db.commit()
