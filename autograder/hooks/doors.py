"""The other doors to the grader: ``nbgrader autograde``, and formgrader's button.

nbgrader looks for one notebook of the right name in one folder of the right name.  Through
these doors it is shown a staged copy as well, and its reader takes the notebook that
``autograder grade`` would take, so that the same work gets the same score everywhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, BaseConverter

from autograder.building.notebooks import Assignment, assignments
from autograder.submissions import receipts, stamps
from autograder.submissions.choosing import choose
from autograder.submissions.places import find, submitted
from autograder.submissions.reading import read_submission
from autograder.submissions.restore import handed_out
from autograder.submissions.submissions import Submission, stage

STAGING = ".staging-for-nbgrader"

# what the staged notebooks stand for, by their paths
_staged: dict[str, Submission] = {}


class PatientExporter(NotebookExporter):
    """nbgrader's reader for submissions: see :func:`autograder.submissions.choosing.choose`."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        if not getattr(self.parent, "_sanitizing", True):
            # the second pass of nbgrader reads what the first one wrote
            return super().from_filename(filename, resources, **kw)
        path = Path(filename)
        resources = self._init_resources(resources)
        resources["metadata"]["name"] = path.stem
        resources["metadata"]["path"] = str(path.parent)
        submission = _staged.get(filename)
        if submission is None:
            return self.from_notebook_node(read_submission(path), resources, **kw)
        course = resources["nbgrader"]
        with Gradebook(course["db_url"]) as gradebook:
            released = handed_out(gradebook, course["notebook"], course["assignment"])
        choice = choose(submission, released)
        for remark in (submission.note, choice.remark):
            if remark:
                self.log.warning("%s: %s", submission.student, remark)
        return self.from_notebook_node(choice.nb, resources, **kw)


def install() -> None:
    """Let every nbgrader program that reads this course's configuration use these doors."""
    if getattr(Autograde.start, "through_our_doors", False):
        return
    start, students = Autograde.start, NbGraderAPI.get_submitted_students
    init = BaseConverter.init_assignment

    def start_staged(self: Any) -> None:
        with _shown(self):
            start(self)

    start_staged.through_our_doors = True  # type: ignore[attr-defined]

    def submitted_students(self: Any, assignment_id: str) -> set[str]:
        wanted = [a for a in assignments() if assignment_id in ("*", a.name)]
        here = (find(Path(self.coursedir.root), a)[0] for a in wanted)
        return set(students(self, assignment_id)) | {s.student for found in here for s in found}

    def submitted_timestamp(self: Any, assignment_id: str, student_id: str) -> datetime | None:
        where = self.coursedir
        folder = where.format_path(where.submitted_directory, student_id, assignment_id)
        assignment = _called(assignment_id)
        if assignment and not os.path.isdir(folder):
            folder = submitted(Path(where.root), assignment, student_id).folder
        return stamps.time(folder)

    def init_with_receipt(self: Any, assignment_id: str, student_id: str) -> None:
        init(self, assignment_id, student_id)
        where = self._format_source, self._format_dest
        old, new = (Path(of(assignment_id, student_id)) for of in where)
        receipts.carry(old, new)

    BaseConverter.init_assignment = init_with_receipt
    Autograde.start = start_staged
    NbGraderAPI.get_submitted_students = submitted_students
    NbGraderAPI.get_submitted_timestamp = submitted_timestamp


def _called(name: str) -> Assignment | None:
    return next((a for a in assignments() if a.name == name), None)


@contextmanager
def _shown(converter: Any) -> Iterator[None]:
    """Show nbgrader a staged copy of each submission that it is asked to grade."""
    where = converter.coursedir
    assignment = _called(where.assignment_id)
    if assignment is None or where.submitted_directory != "submitted":  # staged already
        yield
        return
    root, asked = Path(where.root), where.student_id
    found, refused = find(root, assignment)
    for student, why in refused.items():
        converter.log.warning("%r: %s", student, why)
    wanted = [s for s in found if s.student == asked or fnmatchcase(s.student, asked)]
    if not wanted:
        yield  # nbgrader says that there is nothing
        return
    staging = f"{STAGING}-{os.getpid()}"
    try:
        for submission in wanted:
            _staged[str(stage(submission, root / staging))] = submission
        where.submitted_directory = staging
        yield
    finally:
        where.submitted_directory = "submitted"
        _staged.clear()
        shutil.rmtree(root / staging, ignore_errors=True)
