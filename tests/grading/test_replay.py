"""Verdicts judged again from their records: the same scores, and no student code."""

from __future__ import annotations

import json
import shutil

import nbformat
import numpy as np
import pytest
from nbgrader.api import Gradebook
from safetensors.numpy import save

from autograder import cli, demo
from autograder.building.notebooks import find
from autograder.course import gradebook
from autograder.grading import behind
from autograder.grading.done import is_done
from autograder.grading.grade import write_graded
from autograder.grading.graded import Graded, show_verdicts
from autograder.judging import reference
from autograder.judging.judging import Evidence, draw
from autograder.records.replay import judge_again, replay_class
from autograder.sandbox.box import bubblewrap
from autograder.submissions.restore import restore
from autograder.submissions.submissions import Submission
from cs231n_lib import exercises
from cs231n_lib.wire import pack
from tests.grading.totals import EXERCISES, FUNCTIONS, TABLE

QUESTION = "momentum_velocity_start"


def submission(course, student: str, name: str = "3") -> Submission:
    a = find(name)
    return Submission(student, a, course.folder / "submitted" / student / a.name)


def points(student: str) -> dict[str, float]:
    return gradebook.automatic(find("3"))[student]


def test_every_record_gives_the_verdict_that_was_executed(replayable) -> None:
    for student, executed in replayable.executed.items():
        if student != "wronged":
            _, verdicts = judge_again(
                submission(replayable, student, "1" if student == "own" else "3")
            )
            assert {n: v.summary() for n, v in verdicts.items()} == executed


def test_the_class_covers_what_can_come_out(recorded) -> None:
    found = recorded.executed
    assert sum(e["earned"] for e in found["perfect"].values()) == FUNCTIONS
    assert found["empty"]["nesterov"]["problem"]["kind"] == "empty"
    assert "the Python process ended" in str(found["crash"]["nesterov"]["problem"])
    assert found["own"]["affine_forward"]["earned"] < 3
    assert found["own"]["affine_backward"]["groups"]["db"] == [1, 1]
    named = {(n, e["mistake"]) for s in found.values() for n, e in s.items() if e["mistake"]}
    for exercise in exercises.chapter("momentum"):
        assert {(exercise.name, m.name) for m in reference.mistakes(exercise)} <= named


def test_replay_says_what_it_found(replayable, capsys, with_answer) -> None:
    with pytest.MonkeyPatch.context() as wrong:
        with_answer(wrong, "nesterov", reference.answers()["sgd_momentum"])
        assert cli.main(["replay", "--student", "wronged"]) == 0
    assert cli.main(["replay", "--student", "wronged", "--student", "perfect"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "replayed 2 submissions: 1 same, 1 changed, 0 refused"
    assert out[-2].startswith("  wronged 03-momentum, nesterov: 0 -> 4 points")
    assert cli.main(["replay", "1", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["student"], row["status"], row["changes"]) == ("own", "same", [])


def test_a_record_tells_what_it_was_made_with(recorded) -> None:
    told = json.loads(recorded.record("perfect").read_text("utf-8"))
    assert told["versions"]["numpy"] == np.__version__
    for entry in told["exercises"].values():
        assert all(len(entry[k]) == 64 for k in ("inputs", "outputs", "answer", "declaration"))
    assert (recorded.folder / "records.key").stat().st_mode & 0o777 == 0o600


def test_a_corrected_answer_reaches_the_score_without_execution(replayable, capsys) -> None:
    bubblewrap.cache_clear()
    assert shutil.which("bwrap") is None
    before = (replayable.folder / "gradebook.db").read_bytes()
    sealed = json.loads(replayable.record("wronged").read_text("utf-8"))["seal"]
    assert cli.main(["regrade", "3"]) == 0
    out = capsys.readouterr().out
    assert "wronged 03-momentum, nesterov: 0 -> 4 points" in out
    assert "nothing was written" in out
    assert (replayable.folder / "gradebook.db").read_bytes() == before
    assert json.loads(replayable.record("wronged").read_text("utf-8"))["seal"] == sealed

    assert cli.main(["regrade", "3", "--write"]) == 0
    assert points("wronged")["nesterov"] == 4
    told = json.loads(replayable.record("wronged").read_text("utf-8"))
    assert told["regraded"] == sealed and told["exercises"]["nesterov"]["earned"] == 4
    work = submission(replayable, "wronged")
    assert is_done(work, gradebook.written(work.assignment))
    page = replayable.folder / "feedback" / "wronged" / "03-momentum" / "momentum.html"
    assert page.read_text("utf-8").count("All case groups are right.") == len(EXERCISES)
    table = (replayable.folder / "grades.csv").read_text("utf-8")
    assert f"03-momentum,wronged,{TABLE}" in table
    assert cli.main(["replay", "3"]) == 0


def test_what_a_person_graded_stays(replayable) -> None:
    where = (QUESTION, "momentum", "03-momentum", "wronged")
    with Gradebook(gradebook.url()) as book:
        grade, comment = book.find_grade(*where), book.find_comment(*where)
        grade.manual_score, grade.needs_manual_grade = 2, False
        comment.manual_comment = "Nearly."
        book.db.commit()
    replay_class([find("3")], print, students=["wronged"], regrade=True, write=True)
    with Gradebook(gradebook.url()) as book:
        grade, comment = book.find_grade(*where), book.find_comment(*where)
        assert (grade.score, grade.needs_manual_grade) == (2, False)
        assert comment.comment == "Nearly."
        assert book.find_submission("03-momentum", "wronged").score == 21


def test_what_the_cells_printed_is_kept(replayable) -> None:
    folder = replayable.folder / "autograded" / "wronged" / "03-momentum"
    before = nbformat.read(folder / "momentum.ipynb", as_version=4)
    replay_class([find("3")], print, students=["wronged"], regrade=True, write=True)
    after = nbformat.read(folder / "momentum.ipynb", as_version=4)
    assert [(c.id, c.source) for c in after.cells] == [(c.id, c.source) for c in before.cells]
    graded = {e.name for e in exercises.chapter("momentum")}
    for old, new in zip(before.cells, after.cells, strict=True):
        if old.metadata.get("nbgrader", {}).get("grade_id") not in graded:
            assert new.get("outputs") == old.get("outputs")


def test_other_cases_than_today_are_judged_as_recorded_and_told(replayable, monkeypatch) -> None:
    monkeypatch.setattr("autograder.judging.judging.ROUNDS", 1)
    (found,) = replay_class([find("3")], print, students=["perfect"])
    assert found.status == "same"
    assert len(found.remarks) == len(EXERCISES) and "other cases would be drawn" in found.remarks[0]


def test_other_case_groups_than_today_are_refused(replayable, monkeypatch) -> None:
    exercise = exercises.get("nesterov")
    changed = {**exercise.groups, "new": exercise.groups["defaults"]}
    monkeypatch.setitem(exercise.__dict__, "groups", changed)
    (found,) = replay_class([find("3")], print, students=["perfect"])
    assert found.status == "refused" and found.why.startswith("nesterov: its case groups")


HOSTILE = {
    "sgd_momentum": b"",
    "sgd_momentum_torch": b"100 points",
    "nesterov_lookahead": save({"tree": np.frombuffer(b'{"r": Infinity}', dtype=np.uint8)}),
    "nesterov": pack([{"outputs": {"w": np.full((2,) * 20, np.nan, np.float16)}}] * 3),
    "anneal_momentum": save({"tree": np.frombuffer(b'{"l":[' * 10**5 + b"]}" * 10**5, np.uint8)}),
}


def test_hostile_bytes_are_judged_again_as_they_were(replayable) -> None:
    """What a box wrote is as hostile when it comes from a record."""
    work, seed = submission(replayable, "perfect"), 7
    evidence = {n: Evidence((seed, 1), draw(n, (seed, 1)), data) for n, data in HOSTILE.items()}
    nb = restore(demo.solved(work.assignment), gradebook.released(work.assignment))
    verdicts = behind.judged(evidence, {})
    graded = Graded(seed, verdicts, evidence, submission=work.digest())
    show_verdicts(nb, verdicts)
    write_graded(replayable.folder, work, nbformat.writes(nb), graded)
    (found,) = replay_class([find("3")], print, students=["perfect"])
    assert (found.status, found.earned) == ("same", 0)
