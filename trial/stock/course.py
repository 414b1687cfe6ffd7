"""The course as stock nbgrader would have it: plain asserts in the notebook, hidden ones too.

The assignment is the one of chapter 3 with its graded cells replaced: they hold tests, and
between nbgrader's marks for hidden tests the reference, as nbgrader's documentation
recommends.  Nothing is configured but the course's name.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.building.notebooks import Assignment, source, stub_cell
from cs231n_lib import exercises

CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"

UPDATE = """
w, dw = np.linspace(-1, 1, 6).reshape(2, 3), np.ones((2, 3))
out, config = {name}(w.copy(), dw, {{"learning_rate": 0.1, "momentum": 0.9, "velocity": w / 2}})
assert out.shape == w.shape
### BEGIN HIDDEN TESTS
{right}
rng = np.random.default_rng(231)
for rate, rho in ((0.1, 0.9), (0.5, 0.5)):
    w, v, dw = rng.normal(size=(3, 4, 5))
    config = {{"learning_rate": rate, "momentum": rho}}
    got, after = {name}(w.copy(), dw.copy(), dict(config, velocity=v.copy()))
    want, right = right_{name}(w.copy(), dw.copy(), dict(config, velocity=v.copy()))
    assert np.allclose(got, want)
    assert np.allclose(after["velocity"], right["velocity"])
### END HIDDEN TESTS
"""
LOOKAHEAD = UPDATE.replace("copy(), dw, {", "copy(), lambda w: 2 * w, {").replace(
    "dw.copy()", "lambda w: dw * w"
)
ANNEAL = """
assert 0 <= {name}(3, 10) <= 1
### BEGIN HIDDEN TESTS
{right}
for step in range(15):
    assert np.allclose({name}(step, 10), right_{name}(step, 10))
    assert np.allclose({name}(step, 10, 0.2, 0.8), right_{name}(step, 10, 0.2, 0.8))
### END HIDDEN TESTS
"""
TESTS = {"nesterov_lookahead": LOOKAHEAD, "anneal_momentum": ANNEAL}


def graded_cell(name: str) -> str:
    """Tests of one exercise, the reference among the hidden ones."""
    lines = re.sub(r"^def ", "def right_", stub_cell(exercises.get(name))).splitlines()
    right = "\n".join(line for line in lines if "### " not in line)
    return TESTS.get(name, UPDATE).format(name=name, right=right).strip()


def build(folder: Path, assignment: Assignment) -> None:
    """Source, release and gradebook of the stock course below ``folder``."""
    nb = source(assignment)
    names = {e.name for e in exercises.chapter(assignment.chapter)}
    # figures cost time, and no points
    nb.cells = [c for c in nb.cells if not _grade_id(c).startswith("figure-")]
    for cell in nb.cells:
        if (name := _grade_id(cell)) in names:
            cell.source = graded_cell(name)
    place = folder / "source" / assignment.name
    place.mkdir(parents=True)
    nbformat.write(nb, place / f"{assignment.chapter}.ipynb")
    (folder / "nbgrader_config.py").write_text(CONFIG, "utf-8")
    run(folder, "generate_assignment", assignment.name)


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def run(folder: Path, *words: str) -> None:
    """One of nbgrader's own commands in a course folder.

    Raises:
        RuntimeError: with its last words, when it fails.
    """
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"nbgrader {words[0]}: {done.stderr.strip()[-500:]}")
