"""What is shown: a small graded notebook, written down, and a small class that is graded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import demo
from autograder.building.notebooks import find
from autograder.course.course import generate
from autograder.grading.about import ABOUT
from autograder.grading.grade import grade_class
from autograder.hooks.judge import RUBRIC

Page = Callable[[NotebookNode], str]  # makes the feedback page of a notebook


def notebook(*texts: str, comment: str = "", said: str = "") -> NotebookNode:
    """A graded notebook whose free-text answer and own cells are ``texts``."""
    first, *others = texts
    answer = new_markdown_cell(first)
    meta: dict[str, Any] = {"grade_id": "why", "grade": True, "solution": True, "locked": False}
    answer.metadata["nbgrader"] = {**meta, "points": 3.0, "score": 1.0, "comment": comment}
    code = new_code_cell("def f(x):\n    return x < 1")
    code.metadata["nbgrader"] = {**meta, "grade_id": "f-code", "grade": False}
    code.metadata["nbgrader"] |= {"comment": said, "automatic_comment": True}
    check = new_code_cell('check("f", f)')
    check.metadata["nbgrader"] = {**meta, "grade_id": "f", "solution": False, "locked": True}
    check.metadata["nbgrader"] |= {"points": 4.0, "score": 4.0}
    check.outputs = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": "<div><strong>f: 4 of 4 points</strong></div>"},
        }
    ]
    rubric = new_markdown_cell("**Rubric for the grader** (3 points)")
    rubric.metadata["tags"] = [RUBRIC]
    about = new_markdown_cell("**About this submission.** It was read as Latin-1.")
    about["id"] = ABOUT
    own = [new_markdown_cell(text) for text in others]
    return new_notebook(cells=[about, code, check, answer, rubric, *own])


@contextmanager
def course(folder: Path, handed_in: Mapping[str, Callable[[NotebookNode], None]]) -> Iterator[None]:
    """A course in ``folder`` with the graded work of some students for chapter 3.

    Args:
        handed_in: for each student, what they do to the solved notebook.
    """
    third = find("3")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS231N_COURSE", str(folder))
        generate(third)
        for student, write in handed_in.items():
            nb = demo.solved(third)
            write(nb)
            demo.submit(student, third, nb)
        assert not grade_class([third], print, workers=len(handed_in)).failed
        yield
