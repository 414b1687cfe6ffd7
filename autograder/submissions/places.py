"""Where submissions lie: each folder below ``submitted/`` is read as one, or told.

Right is ``submitted/<student>/<assignment>/<chapter>.ipynb``.  Whoever collects by hand, or
unpacks what a learning platform packed, gets other names and one folder more or less.  Where
only one reading is possible it is taken and said; what nobody can read is said, too.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from os import listdir
from pathlib import Path

from autograder.building.notebooks import Assignment, assignments
from autograder.course.course import CourseError
from autograder.submissions import names
from autograder.submissions.submissions import Submission, is_notebook, is_packed, same

HELP = "make it readable and writable, then run the command again"
RIGHT = "submitted/<student>/<assignment>/"
UNPACK = f"unpack it, so that the notebooks lie in {RIGHT}"


@dataclass
class Lying:
    """What lies in ``submitted/``.

    Attributes:
        found: submissions.
        refused: for a student and an assignment, why what is there cannot be graded.
        stray: for each other place, below ``submitted``, why it is nobody's submission; the
            first part is the student, if there is one.
    """

    found: list[Submission] = field(default_factory=list)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    stray: dict[str, str] = field(default_factory=dict)

    def of(self, assignment: Assignment) -> tuple[list[Submission], dict[str, str]]:
        """Submissions to an assignment, and for each student who was refused why."""
        refused = {s: why for (s, name), why in self.refused.items() if name == assignment.name}
        return [s for s in self.found if s.assignment == assignment], refused


def survey(course: Path) -> Lying:
    """Read every place below ``submitted``."""
    lying = Lying()
    for place in sorted((course / "submitted").glob("*")):
        try:
            if place.is_dir():
                _student(place, lying)
            elif is_notebook(place.name) or is_packed(place.name):
                lying.stray[place.name] = _loose(place.name)
        except OSError as error:
            why = f"not graded: cannot read {place} ({error.strerror}): {HELP}"
            lying.refused |= {(place.name, a.name): why for a in assignments()}
    return lying


def unusable(course: Path) -> dict[str, str]:
    """Each place that holds no usable submission, below ``submitted``, with the reason."""
    lying = survey(course)
    return lying.stray | {f"{s}/{name}": why for (s, name), why in lying.refused.items()}


def find(course: Path, assignment: Assignment) -> tuple[list[Submission], dict[str, str]]:
    """All submissions to an assignment, and for each other folder why it cannot be used."""
    return survey(course).of(assignment)


def submitted(course: Path, assignment: Assignment, student: str) -> Submission:
    """The submission of one student, wherever it lies; where it belongs, if there is none."""
    right = course / "submitted" / student / assignment.name
    known = {s.student: s for s in find(course, assignment)[0]}
    return known.get(student, Submission(student, assignment, right))


def _student(place: Path, lying: Lying) -> None:
    inside = sorted(listdir(place))
    others = not (place.name.startswith(".") or place.is_symlink())
    if any(place.name == a.name for a in assignments()):
        lying.stray[place.name] = (
            f"not graded: {place.name} is an assignment, and stands where a student's folder "
            f"belongs: the folders lie as {RIGHT}"
        )
        return
    known = set[str]()
    for assignment in assignments():
        called = [n for n in inside if same(n, assignment) and (place / n).is_dir()]
        if assignment.name in inside:  # whatever it is
            called = [assignment.name]
        loose = [n for n in inside if same(n, assignment) and is_notebook(n) and n not in called]
        loose = [n for n in loose if (place / n).is_file()]
        known |= {*called, *loose}
        if not called and not loose:
            continue
        key = (place.name, assignment.name)
        if why := names.why_not(place.name):
            lying.refused[key] = f"not graded: the student's name {why}; rename the folder"
        elif len(called) > 1:
            listed = ", ".join(quoted(n) for n in called)
            lying.refused[key] = (
                f"not graded: {listed} may all be meant; rename the right one to {assignment.name}"
            )
        else:
            _place(place, assignment, (called or [""])[0], lying)
    if others:
        _others(place, [n for n in inside if n not in known], bool(inside), lying)


def _place(place: Path, assignment: Assignment, name: str, lying: Lying) -> None:
    """A submission in the folder ``name`` of a student's, or, without one, in that itself."""
    folder = place / name if name else place
    key = (place.name, assignment.name)
    if folder.is_symlink() or place.is_symlink() or not folder.is_dir():
        lying.refused[key] = (
            f"not graded: {folder} is a link or no folder; put the folder itself there"
        )
        return
    try:
        listdir(folder)
    except OSError as error:
        lying.refused[key] = f"cannot read {folder} ({error.strerror}): {HELP}"
        return
    note = ""
    if not name:
        note = f"it lay in no folder called {assignment.name}, but in the student's own"
    elif name != assignment.name:
        note = f"its folder is called {quoted(name)} and was read as {assignment.name}"
    lying.found.append(Submission(place.name, assignment, folder, not name, note))


def _others(place: Path, rest: list[str], anything: bool, lying: Lying) -> None:
    """Say what of a student's folder belongs to no assignment."""
    if not anything:
        lying.stray[place.name] = "not graded: the folder is empty"
    for name in rest:
        where = f"{place.name}/{name}"
        if name.startswith(".") or name == "__MACOSX":
            continue
        if (place / name).is_dir():
            called = ", ".join(a.name for a in assignments())
            lying.stray[where] = (
                f"not graded: no assignment is called {quoted(name)}; the folders are {called}"
            )
        elif is_notebook(name) or is_packed(name):
            lying.stray[where] = _loose(name)


def _loose(name: str) -> str:
    if is_packed(name):
        return f"not graded: {quoted(name)} is an archive: {UNPACK}"
    return f"not graded: {quoted(name)} lies in no assignment's folder: put it into {RIGHT}"


def quoted(name: str) -> str:
    """A name of a file as it may be printed anywhere."""
    plain = "".join(ch for ch in name if ch.isprintable() and ch not in "`<>")
    return f"`{plain[:60]}`"


def missing(students: Sequence[str], known: Iterable[str], what: str, place: Path) -> None:
    """See that each student who was asked for by name has something.

    Raises:
        CourseError: naming those who have not, and the nearest name there is.
    """
    there = sorted(set(known))
    for name in students:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise CourseError(f"no {what} of {name} in {place}{hint}")
