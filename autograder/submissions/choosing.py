"""Which of the files in a submission's folder is the notebook, and what to say about it.

The file of the right name counts, unless it is empty, blank or no notebook and exactly one
other has something written in it: a browser saves a second download as ``momentum (1).ipynb``,
and whoever works in that hands both in.  All of them are read behind the wall.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from autograder.submissions.places import quoted
from autograder.submissions.reading import TROUBLE, read_submission
from autograder.submissions.restore import HandedOut
from autograder.submissions.submissions import Submission
from autograder.walls.allowance import Budget
from cs231n_lib import exercises


@dataclass(frozen=True)
class Choice:
    """The notebook that is graded.

    Attributes:
        nb: its cells, as handed in.
        written: whether something is written in it.
        remark: a sentence for the instructor, empty where all is as it should be.
    """

    nb: NotebookNode
    written: bool
    remark: str


def choose(
    submission: Submission, released: Sequence[HandedOut], budget: Budget | None = None
) -> Choice:
    """Read a submission.

    Raises:
        OSError: when a file is there that the grader may not or cannot read.
    """
    paths = submission.candidates()
    if not paths:
        return _nothing(submission, budget)
    first = read_submission(paths[0], budget)
    if paths[0] == submission.right and written(first, released):
        return Choice(first, True, _beside(submission, paths))
    read = {paths[0]: first, **{p: read_submission(p, budget) for p in paths[1:]}}
    solved = _different({p: nb for p, nb in read.items() if written(nb, released)})
    if len(solved) == 1:
        path = solved[0]
        why = _why(submission, read)
        _tell(read[path], f"{shown(submission, path)} was graded: {why}.")
        return Choice(read[path], True, f"{shown(submission, path)} was graded: {why}")
    if submission.right in read:
        nb = read[submission.right]
        trouble = _others(submission, solved) or str(nb.metadata.get(TROUBLE, ""))
    elif len(read) == 1:
        nb = first
        trouble = str(nb.metadata.get(TROUBLE, ""))
    else:
        nb = read_submission(submission.right, budget)  # which is not there, and that is told
        trouble = _others(submission, solved or paths)
    if trouble:
        nb.metadata[TROUBLE] = trouble
    return Choice(nb, False, trouble)


def written(nb: NotebookNode, released: Sequence[HandedOut]) -> bool:
    """Whether a student wrote an answer into a notebook, in whichever cell."""
    blank = {c.name: _squeezed(c.source) for c in released if c.solution}
    names = "|".join(re.escape(n) for n in exercises.table() if f"{n}-code" in blank)
    defined = re.compile(rf"^\s*(?:async )?def (?:{names})\b", re.MULTILINE)
    found = False
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        source = _squeezed(cell.source)
        if name in blank:
            found = found or (bool(source) and source != blank[name])
        elif cell.cell_type == "code" and names and source not in blank.values():
            # without its name, since some editors drop what they do not know
            found = found or bool(defined.search(cell.source))
    return found


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _different(read: dict[Path, NotebookNode]) -> list[Path]:
    """The first of each kind: a copy of the same cells is no second answer."""
    found: dict[str, Path] = {}
    for path, nb in read.items():
        found.setdefault(repr([(c.cell_type, c.source) for c in nb.cells]), path)
    return list(found.values())


def shown(submission: Submission, path: Path) -> str:
    """A file's path below the submission's folder, for people."""
    return quoted(str(path.relative_to(submission.folder)))


def _why(submission: Submission, read: dict[Path, NotebookNode]) -> str:
    right = submission.right
    if right not in read:
        return f"there is no {quoted(right.name)}"
    if TROUBLE in read[right].metadata:
        return f"{quoted(right.name)} cannot be read"
    return f"nothing is written in {quoted(right.name)}"


def _beside(submission: Submission, paths: Sequence[Path]) -> str:
    others = [shown(submission, p) for p in paths if p != submission.right]
    if not others:
        return ""
    right = quoted(submission.right.name)
    lies = "lies" if len(others) == 1 else "lie"
    return f"{right} was graded, and not {', '.join(others)}, which {lies} beside it"


def _others(submission: Submission, paths: Sequence[Path]) -> str:
    """What to say where several files may be meant; empty where there are none."""
    if not paths:
        return ""
    listed = ", ".join(shown(submission, p) for p in paths)
    return (
        f"Several notebooks may be meant ({listed}): hand in one file called "
        f"{submission.right.name}."
    )


def _nothing(submission: Submission, budget: Budget | None) -> Choice:
    nb = read_submission(submission.right, budget)
    packed = [shown(submission, p) for p in submission.packed()]
    if packed:
        nb.metadata[TROUBLE] = (
            f"You handed in an archive, {packed[0]}, which is not opened: hand in the notebook "
            f"itself, called {submission.right.name}."
        )
        return Choice(nb, False, f"{packed[0]} is an archive: unpack it where it lies")
    right = quoted(submission.right.name)
    if submission.right.is_dir():
        told = f"{right} is a folder"
    elif os.path.lexists(submission.right):
        told = f"{right} is a link or no file: put the notebook itself there"
    else:
        told = f"there is no notebook in {submission.folder}"
    return Choice(nb, False, told)


def _tell(nb: NotebookNode, sentence: str) -> None:
    nb.metadata[TROUBLE] = " ".join([sentence, str(nb.metadata.get(TROUBLE, ""))]).strip()
