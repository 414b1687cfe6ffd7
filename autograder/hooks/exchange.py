"""nbgrader's exchange, with what this course needs: something moves, and no answer does.

nbgrader leaves out here what its converters leave out, which in this course is everything:
it copied nothing and said "Success".
"""

from __future__ import annotations

import contextlib
import json
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import (
    ExchangeFetchAssignment,
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
    ExchangeSubmit,
)
from nbgrader.utils import notebook_hash, temp_attrs

from autograder.course import private
from autograder.paths import EXCHANGE, ROOT, is_demo
from autograder.submissions import receipts

LEFT_OUT = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]  # as nbgrader has it
FOR_STUDENTS = "nbgrader_config.json"


@contextmanager
def _moving(coursedir: Any, only: tuple[str, ...] = ()) -> Iterator[None]:
    """What is copied meanwhile: all but :data:`LEFT_OUT`, or only files of these names."""
    with temp_attrs(coursedir, ignore=LEFT_OUT, include=list(only)):
        yield


class Release(ExchangeReleaseAssignment):  # type: ignore[misc]
    """``nbgrader release_assignment``: the notebook, and what students' nbgrader must know."""

    def ensure_root(self) -> None:
        root = Path(self.root).resolve()
        course = Path(self.coursedir.root).resolve()
        for secret in (course, ROOT):
            if root.is_relative_to(secret) and not is_demo():
                self.fail(
                    f"the exchange {root} lies inside {secret}, which holds answers or grades, "
                    f"and every student may enter it: name another folder with {EXCHANGE}"
                )
        private.keep(course)
        super().ensure_root()
        # whoever may write here must not move what belongs to others
        with contextlib.suppress(PermissionError):
            root.chmod(stat.S_IMODE(root.stat().st_mode) | stat.S_ISVTX)

    def copy_files(self) -> None:
        if not any(Path(self.src_path).glob("*.ipynb")):
            self.fail(f"there is no notebook in {self.src_path}: run `autograder build`")
        super().copy_files()
        path = Path(self.course_path) / FOR_STUDENTS
        path.write_text(_for_students(self.coursedir.course_id, self.root), "utf-8")
        path.chmod(0o644)
        self.log.info("What students' nbgrader must know: %s", path)
        closed = [str(p) for p in path.parents if not p.stat().st_mode & stat.S_IXOTH]
        if closed:
            self.log.warning(
                "Students cannot reach the exchange, since other users may not enter %s: "
                "name another folder with %s",
                " and ".join(closed),
                EXCHANGE,
            )

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        with _moving(self.coursedir, only=("*.ipynb",)):
            super().do_copy(src, dest, log)


def _for_students(course: str, root: str) -> str:
    """A configuration that runs no code: students take it from a folder that others can write."""
    known = {"CourseDirectory": {"course_id": course}, "Exchange": {"root": str(root)}}
    return json.dumps(known, indent=2) + "\n"


class Fetch(ExchangeFetchAssignment):  # type: ignore[misc]
    """``nbgrader fetch_assignment``, from a folder with this course's configuration."""

    def do_copy(self, src: str, dest: str) -> None:
        with _moving(self.coursedir):
            super().do_copy(src, dest)


class Submit(ExchangeSubmit):  # type: ignore[misc]
    """``nbgrader submit``, from a folder with this course's configuration."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        with _moving(self.coursedir):
            super().do_copy(src, dest, log)


class ReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
    """``nbgrader release_feedback``: each page under the name that its student can find.

    Work that did not come through the exchange has no secret, and its page goes nowhere; the
    others' pages are released all the same.
    """

    def __init__(self, *args: Any, authentictor: Any = None, **kw: Any) -> None:
        # formgrader's button calls its authenticator so, which traitlets is going to refuse
        super().__init__(*args, **kw)

    def copy_files(self) -> None:
        excluded = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        wanted, name = self.coursedir.student_id or "*", self.coursedir.assignment_id
        students = Path(self.coursedir.root) / self.coursedir.feedback_directory
        found = [students / wanted] if wanted != "*" else sorted(students.glob("*"))
        for folder in (place / name for place in found if place.name not in excluded):
            secret = receipts.secret(folder)
            for page in sorted(folder.glob("*.html")):
                if secret is None:
                    self.log.warning(
                        "%s did not hand in %s through the exchange: give them %s another way",
                        folder.parent.name,
                        name,
                        page,
                    )
                    continue
                known_as = notebook_hash(secret=secret, notebook_id=page.stem)
                part = Path(self.dest_path) / f"{known_as}-tmp.html"
                shutil.copyfile(page, part)
                part.chmod(0o644)
                part.replace(part.with_name(f"{known_as}.html"))
                self.log.info("Feedback released for %s on %s", folder.parent.name, page.stem)
