"""nbgrader's execution step, replaced: student code runs in the box and is judged."""

from __future__ import annotations

from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from autograder.course.course import config
from autograder.grading.graded import Graded, grade_notebook
from autograder.sandbox.box import Limits, bubblewrap

Key = tuple[str, str, str]  # assignment, student, notebook

# what worker processes have graded already; `autograder grade` fills it
PREPARED: dict[Key, Graded] = {}


class SafeExecute(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs the restored notebook in the sandbox and hands the verdict to ``Judge``."""

    trusted = Bool(
        False, help="Run student code without the sandbox: it can then do whatever you can."
    ).tag(config=True)
    cell_seconds = Float(20.0, help="Seconds that one cell may take.").tag(config=True)
    total_seconds = Float(300.0, help="Seconds that one notebook may take.").tag(config=True)
    memory_mb = Integer(2048, help="Memory of one notebook's processes, in MB.").tag(config=True)

    def limits(self) -> Limits:
        return Limits(
            cell_seconds=self.cell_seconds,
            total_seconds=self.total_seconds,
            memory=self.memory_mb << 20,
        )

    @classmethod
    def configured(cls) -> Limits:
        """The limits that stand in the course's configuration, whoever grades."""
        return cls(config=config()).limits()

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        course = resources["nbgrader"]
        key = (course["assignment"], course["student"], course["notebook"])
        graded = PREPARED.pop(key, None)
        if graded is None:
            if not self.trusted:
                bubblewrap()  # says what to do where there is none
            limits = self.limits()
            limits.check()
            graded = grade_notebook(nb, limits, self.trusted)
        resources["course"] = graded
        return graded.nb, resources
