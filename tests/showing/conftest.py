"""Pages made of a few texts, without grading anything: rendering alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat.notebooknode import NotebookNode

from autograder.showing.pages import FeedbackPage

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


@pytest.fixture
def page() -> object:
    """Makes the feedback page of a notebook."""

    def made(nb: NotebookNode) -> str:
        about = {
            "assignment": "03-momentum",
            "notebook": "momentum",
            "score": 5.0,
            "max_score": 7.0,
            "late_penalty": 0.0,
        }
        html, _ = FeedbackPage().from_notebook_node(nb, resources={"nbgrader": about})
        return str(html)

    return made


@pytest.fixture(scope="module")  # Playwright runs once in a process: others need it too
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    from trial.attacks import pages

    with pages.chromium() as found:
        yield found
