"""nbgrader's execution step, replaced: student code runs in the box and is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Instance, Integer

from autograder.course.course import config
from autograder.grading.graded import Graded, grade_notebook
from autograder.sandbox.box import Limits, bubblewrap


@dataclass(frozen=True)
class Prepared:
    """What a worker process has graded already: the notebook with its outputs, and the verdict."""

    nb: NotebookNode
    graded: Graded

    def __deepcopy__(self, memo: dict[int, Any]) -> Prepared:
        return self  # configurations are copied again and again on their way


class SafeExecute(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs the restored notebook in the sandbox and hands the verdict to ``Judge``."""

    trusted = Bool(
        False, help="Run student code without the sandbox: it can then do whatever you can."
    ).tag(config=True)
    cell_seconds = Float(20.0, help="Seconds that one cell may take.").tag(config=True)
    total_seconds = Float(300.0, help="Seconds that one notebook may take.").tag(config=True)
    memory_mb = Integer(2048, help="Memory of one notebook's processes, in MB.").tag(config=True)

    prepared = Instance(
        Prepared, allow_none=True, help="What `autograder grade` has graded already."
    ).tag(config=True)

    def limits(self) -> Limits:
        return Limits(
            cell_seconds=self.cell_seconds,
            total_seconds=self.total_seconds,
            memory=self.memory_mb << 20,
            trusted=self.trusted,
        )

    @classmethod
    def configured(cls) -> Limits:
        """The limits that stand in the course's configuration; to do without a box does not.

        Whoever wants `autograder grade` to do that says so each time.
        """
        return replace(cls(config=config()).limits(), trusted=False)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if self.prepared:
            resources["course"] = self.prepared.graded
            return self.prepared.nb, resources
        limits = self.limits()
        if not limits.trusted:
            bubblewrap()  # says what to do where there is none
        limits.check()
        resources["course"] = grade_notebook(nb, limits)
        return nb, resources
