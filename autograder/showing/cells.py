"""What a page shows of each cell, and who wrote it: the course, the student or the grader.

Templates are given nothing of a notebook but this, so no text can come onto a page by a
way that was forgotten.  Who wrote a cell is told by what the grader knows (names, locks,
what was handed out), never by what stands in the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from nbformat.notebooknode import NotebookNode

from autograder.grading.about import ABOUT
from autograder.hooks.judge import RUBRIC

Put = Callable[[str, str], str]  # notes a piece and returns what stands for it
COURSE, STUDENT, GRADER, RUBRICS = "course", "student", "grader", "rubric"


@dataclass(frozen=True)
class Shown:
    """One cell of a page.

    Attributes:
        by: who wrote it: "course", "student", "grader", or "rubric" for what only graders see.
        code: whether it is a program.
        body: stands for its text.
        printed: what stands for each output of the student's program.
        verdict: what stands for the judge's explanation, or empty.
        name: the grade_id, or empty; only cells that were handed out have one.
        graded, answer: whether it has points; whether the student writes here.
        score, points: as the gradebook has them; None where it has none.
        comment: what stands for the comment, or empty.
        automatic: whether the program says it, and no person.
    """

    by: str
    code: bool
    body: str
    printed: list[str] = field(default_factory=list)
    verdict: str = ""
    name: str = ""
    graded: bool = False
    answer: bool = False
    score: float | None = None
    points: float | None = None
    comment: str = ""
    automatic: bool = False

    @property
    def kind(self) -> str:
        """What is graded here, in two words."""
        if not self.answer:
            return "Exercise"
        return "Program" if self.code else "Written answer"


def shown(nb: NotebookNode, handed_out: Collection[str], put: Put) -> list[Shown]:
    """All cells of an autograded notebook.

    Args:
        handed_out: the texts of the released notebook's cells without a name.
        put: called with kind and text of each piece; see :mod:`autograder.showing.pieces`.
    """
    return [_shown(cell, handed_out, put) for cell in nb.cells]


def _shown(cell: NotebookNode, handed_out: Collection[str], put: Put) -> Shown:
    meta = cell.metadata.get("nbgrader", {})
    code = cell.cell_type == "code"
    judged = bool(meta.get("grade") and not meta.get("solution"))
    printed, verdict = _outputs(cell, judged, put) if code else ([], "")
    comment, automatic = _comment(meta, put)
    return Shown(
        by=_author(cell, meta, handed_out),
        code=code,
        body=put("code" if code else "prose", cell.source),
        printed=printed,
        verdict=verdict,
        name=str(meta.get("grade_id", "")),
        graded=bool(meta.get("grade")),
        answer=bool(meta.get("solution")),
        score=meta.get("score"),
        points=meta.get("points"),
        comment=comment,
        automatic=automatic,
    )


def _author(cell: NotebookNode, meta: Any, handed_out: Collection[str]) -> str:
    if RUBRIC in cell.metadata.get("tags", []):
        return RUBRICS
    if cell.get("id") == ABOUT:
        return GRADER
    if meta.get("locked") or (not meta and cell.source in handed_out):
        return COURSE
    return STUDENT


def _comment(meta: Any, put: Put) -> tuple[str, bool]:
    text, automatic = meta.get("comment"), bool(meta.get("automatic_comment"))
    return (put("remark" if automatic else "prose", str(text)) if text else ""), automatic


def _outputs(cell: NotebookNode, judged: bool, put: Put) -> tuple[list[str], str]:
    """What the program printed, and the verdict; the judge alone writes under a graded cell."""
    printed, verdict = [], ""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if judged:
            if "text/html" in data:
                verdict += put("verdict", _text(data["text/html"]))
        elif output.output_type == "stream":
            printed.append(put("text", _text(output.text)))
        elif output.output_type == "error":
            printed.append(put("text", "\n".join(map(str, output.traceback))))
        elif kind := next((k for k in ("png", "jpeg") if f"image/{k}" in data), None):
            printed.append(put(kind, _text(data[f"image/{kind}"])))
        elif "text/plain" in data:
            printed.append(put("text", _text(data["text/plain"])))
    return printed, verdict


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
