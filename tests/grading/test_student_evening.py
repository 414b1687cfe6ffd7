"""A student's evening: the notebook runs from top to bottom, with answers and without."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbgrader.validator import Validator

from autograder.building.notebooks import assignments
from autograder.judging import reference
from autograder.paths import ROOT
from cs231n_lib import exercises
from tests.grading.totals import FUNCTIONS
from trial.mutants.mutation import source


def run(path: Path, allow_errors: bool) -> nbformat.NotebookNode:
    nb = nbformat.read(path, as_version=4)
    client = NotebookClient(
        nb, timeout=60, kernel_name="python3", allow_errors=allow_errors,
        resources={"metadata": {"path": str(ROOT)}},
    )  # fmt: skip
    client.execute()
    return nb


@pytest.mark.parametrize("assignment", assignments(), ids=lambda a: a.name)
def test_with_the_answers_every_cell_runs_and_every_figure_shows(course: Path, assignment) -> None:
    nb = run(course / "source" / assignment.name / f"{assignment.chapter}.ipynb", False)
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        assert all(o.get("name") != "stderr" for o in cell.outputs), cell.outputs
        if name.startswith("figure-"):
            kinds = {k for o in cell.outputs for k in o.get("data", {"text": 0})}
            assert kinds & {"image/png", "text"}, f"{name} shows nothing"


@pytest.mark.parametrize("assignment", assignments(), ids=lambda a: a.name)
def test_as_released_every_check_says_that_nothing_is_written(course: Path, assignment) -> None:
    nb = run(course / "release" / assignment.name / f"{assignment.chapter}.ipynb", True)
    checks = [
        c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade") and c.cell_type == "code"
    ]
    assert checks
    for cell in checks:
        # a busy machine sends what is printed in several pieces
        said, marked = (
            "".join(o.text for o in cell.outputs if o.name == name) for name in ("stdout", "stderr")
        )
        assert "Not written yet" in said or "failed first" in said
        assert marked.count("\n") == 1


@pytest.mark.parametrize("assignment", assignments(), ids=lambda a: a.name)
def test_run_all_comes_to_the_last_cell_which_sums_up_and_fails(course: Path, assignment) -> None:
    """Reported: Run All ended at the first check that failed, or at the figure below it."""
    nb = nbformat.read(course / "release" / assignment.name / f"{assignment.chapter}.ipynb", 4)
    with pytest.raises(CellExecutionError) as failed:
        NotebookClient(nb, timeout=60, kernel_name="python3").execute()
    assert failed.value.ename == "CheckFailed"
    last = nb.cells[-1]
    assert last.source.endswith(f'sum_up("{assignment.chapter}")')
    first = exercises.chapter(assignment.chapter)[0].name
    assert f"Next: write `{first}`, then run its check." in last.outputs[0].text


def test_with_the_answers_the_last_cell_agrees(course: Path) -> None:
    nb = run(course / "source" / "03-momentum" / "momentum.ipynb", False)
    assert f"momentum: {FUNCTIONS} of {FUNCTIONS} points" in nb.cells[-1].outputs[0].text


@pytest.mark.parametrize("which", ["release", "source"])
def test_nbgrader_validate_agrees(course: Path, which: str) -> None:
    """It calls a check that only prints a success, but not one that writes to the error stream."""
    path = course / which / "03-momentum" / "momentum.ipynb"
    told = io.StringIO()
    validator = Validator()
    validator.stream = told
    validator.validate_and_print(str(path))
    still = len(exercises.chapter("momentum")) + 1  # and one question
    if which == "source":
        assert "Success!" in told.getvalue(), told.getvalue()
    else:
        assert f"VALIDATION FAILED ON {still} CELL(S)" in told.getvalue()
        assert "sgd_momentum is not written yet" in told.getvalue()


def test_the_installed_student_library_is_all_that_a_notebook_needs() -> None:
    """Every import of the released notebooks is NumPy, matplotlib or the library itself."""
    for assignment in assignments():
        nb = nbformat.read(assignment.notebook, as_version=4)
        code = "\n".join(c.source for c in nb.cells if c.cell_type == "code")
        names = {
            line.split()[1].split(".")[0]
            for line in code.splitlines()
            if line.startswith(("import ", "from "))
        }
        assert names <= {"numpy", "matplotlib", "cs231n_lib", *sys.stdlib_module_names}


def test_check_outside_a_notebook_works_too(tmp_path: Path) -> None:
    program = (
        "from cs231n_lib import check\n"
        f"import numpy as np\n{source(reference.answers()['relu_forward'])}\n"
        "check('relu_forward', relu_forward)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0 and "right" in done.stdout
