"""A full grading round in the sandbox: from submissions to scores, records and pages."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from autograder import demo
from autograder.building.notebooks import assignments
from autograder.grading.grade import grade_class
from autograder.records.replay import replay_class
from cs231n_lib import exercises
from tests.grading.commands import nbgrader


def test_every_submission_of_the_sample_class_gets_what_it_deserves(graded) -> None:
    assert graded.summary.failed == {}
    assert len({(e.student, e.assignment) for e in graded.deserved}) >= 20
    for e in graded.deserved:
        cells = graded.cells(e.student, e.assignment)
        score = sum(s for name, s in cells.items() if name in exercises.table())
        assert e.least <= score <= e.most, f"{e.student}: {score}, deserved {e.least} to {e.most}"


def test_a_mistake_is_named_in_the_comment_and_on_the_feedback_page(graded) -> None:
    page = graded.folder / "feedback" / "dora-slips" / "03-momentum" / "momentum.html"
    text = page.read_text("utf-8")
    assert "known mistake: velocity not stored back" in text
    assert "Hint: Step twice from rest" in text
    assert "All case groups are right." in text


def test_progress_is_told_line_by_line(graded) -> None:
    total = len(graded.deserved)
    assert graded.said[0].startswith(f"[1/{total}] ")
    assert graded.said[-1].startswith(f"[{total}/{total}] ")


def test_what_is_graded_is_not_graded_again_unless_it_changed(graded) -> None:
    said: list[str] = []
    summary = grade_class(assignments(), said.append, workers=2, limits=demo.LIMITS)
    assert (summary.graded, summary.kept) == (0, len(graded.deserved))
    path = graded.folder / "submitted" / "ben-empty" / "03-momentum" / "momentum.ipynb"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    summary = grade_class(assignments(), said.append, workers=1, limits=demo.LIMITS)
    assert summary.graded == 1 and "ben-empty 03-momentum" in said[-1]


def test_nbgrader_autograde_leaves_the_same_scores(graded) -> None:
    students = ("ada-perfect", "cleo-half", "emil-slips")
    before = {s: graded.cells(s, "03-momentum") for s in students}
    for student in students:
        done = nbgrader("autograde", "03-momentum", "--student", student, "--force")
        assert done.returncode == 0, done.stderr[-2000:]
    assert {s: graded.cells(s, "03-momentum") for s in students} == before


def test_nbgraders_other_commands_work_unchanged(graded, tmp_path: Path) -> None:
    done = nbgrader("generate_feedback", "03-momentum", "--student", "ada-perfect", "--force")
    assert done.returncode == 0, done.stderr[-2000:]
    table = tmp_path / "grades.csv"
    done = nbgrader("export", f"--to={table}")
    assert done.returncode == 0, done.stderr[-2000:]
    rows = table.read_text("utf-8").splitlines()
    assert any("03-momentum" in r and "ada-perfect" in r for r in rows)
    done = nbgrader("generate_assignment", "03-momentum", "--force")
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("who", ["ada-perfect", "ben-empty"])
def test_nbgrader_validate_agrees_with_check(graded, who: str) -> None:
    path = graded.folder / "submitted" / who / "03-momentum" / "momentum.ipynb"
    told = nbgrader("validate", str(path)).stdout
    if who == "ada-perfect":
        assert "Success" in told, told[-1500:]
    else:
        assert "sgd_momentum is not written yet" in told, told[-1500:]


def test_each_graded_exercise_leaves_a_record(graded) -> None:
    folder = graded.folder / "records" / "emil-slips" / "03-momentum"
    told = json.loads((folder / "momentum.json").read_text("utf-8"))
    assert told["seed"] > 0
    assert told["exercises"]["nesterov"]["mistake"] == "plain momentum"
    assert told["exercises"]["sgd_momentum"]["earned"] == 4
    assert (folder / told["exercises"]["nesterov"]["file"]).stat().st_size > 100
    assert replay_class(assignments(), print, students=["emil-slips"])[0].status == "same"


def test_the_rubric_stands_beside_the_answer_for_the_grader_and_not_in_the_feedback(graded) -> None:
    student = "ada-perfect"
    path = graded.folder / "autograded" / student / "03-momentum" / "momentum.ipynb"
    nb = nbformat.read(path, as_version=4)
    rubric = next(c for c in nb.cells if "rubric" in c.metadata.get("tags", []))
    before = nb.cells[nb.cells.index(rubric) - 1]
    assert before.metadata["nbgrader"]["grade_id"] == "momentum_velocity_start"
    assert "Rubric for the grader" in rubric.source
    page = graded.folder / "feedback" / student / "03-momentum" / "momentum.html"
    assert "Rubric for the grader" not in page.read_text("utf-8")


def test_a_missing_callee_is_blamed_and_not_the_caller(graded) -> None:
    folder = graded.folder / "autograded" / "dora-slips" / "01-training-loop"
    nb = nbformat.read(folder / "training_loop.ipynb", as_version=4)
    cell = demo.cell_of(nb, "two_layer_loss")
    text = cell.outputs[0].data["text/plain"]
    assert "This calls `affine_forward`, which failed" in text


def test_the_release_holds_the_notebooks_and_nothing_else(course: Path) -> None:
    files = {str(p.relative_to(course / "release")) for p in (course / "release").rglob("*.*")}
    assert files == {f"{a.name}/{a.chapter}.ipynb" for a in assignments()}


def test_the_autograded_folder_holds_no_file_of_the_students(graded) -> None:
    names = {p.suffix for p in (graded.folder / "autograded").rglob("*") if p.is_file()}
    assert names == {".ipynb"}
