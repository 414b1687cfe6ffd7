"""A student's evening: the notebook runs from top to bottom, with answers and without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder import reference
from autograder.notebooks import assignments
from autograder.paths import ROOT
from autograder.trial.mutation import source


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
        errors = [o for o in cell.outputs if o.output_type == "error"]
        assert [e.ename for e in errors] == ["CheckFailed"]
        assert "Not written yet" in cell.outputs[0].text or "failed first" in cell.outputs[0].text


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
