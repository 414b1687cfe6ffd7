"""One truth for a score: late penalties, stamps, extensions, and what a person gave by hand."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder import cli
from autograder.building.notebooks import find
from autograder.course import gradebook
from tests.grading.commands import nbgrader
from tests.grading.totals import FUNCTIONS

NAME, CHAPTER, QUESTION = "03-momentum", "momentum", "momentum_velocity_start"
DUE = datetime(2026, 3, 1, 12, 0)


@pytest.fixture
def late(mine: Path, hand_in, monkeypatch) -> Path:
    """A course in which late work counts nothing, with one submission an hour late."""
    place = hand_in(mine, "ada").parent
    stamp(place, DUE + timedelta(hours=1))
    with Gradebook(gradebook.url()) as book:
        book.update_or_create_assignment(NAME, duedate=DUE)
    config = gradebook.config()
    config.LateSubmissionPlugin.penalty_method = "zero"
    for module in ("course.gradebook", "course.course"):
        monkeypatch.setattr(f"autograder.{module}.config", lambda: config.copy())
    return place


def stamp(place: Path, when: datetime) -> None:
    (place / "timestamp.txt").write_text(f"{when} UTC", "utf-8")


def row(mine: Path, student: str = "ada") -> dict[str, str]:
    with open(mine / "grades.csv", encoding="utf-8", newline="") as file:
        return next(r for r in csv.DictReader(file) if r["student"] == student)


def exported(tmp_path: Path) -> dict[str, str]:
    """What nbgrader's own export says."""
    table = tmp_path / "exported.csv"
    done = nbgrader("export", f"--to={table}")
    assert done.returncode == 0, done.stderr
    with open(table, encoding="utf-8", newline="") as file:
        found = [r for r in csv.DictReader(file) if r["assignment"] == NAME]
    return found[0]


def page(mine: Path) -> str:
    return (mine / "feedback" / "ada" / NAME / f"{CHAPTER}.html").read_text("utf-8")


def test_the_table_has_the_late_penalty_that_nbgrader_exports(mine, late, tmp_path, capsys) -> None:
    """nbgrader 723: the table said 19 where nbgrader's export said 0."""
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    found, told = row(mine), exported(tmp_path)
    assert (found["score"], found["points"], found["late_penalty"]) == (
        "0",
        f"{FUNCTIONS}",
        f"{FUNCTIONS}",
    )
    assert float(told["score"]) == 0 and float(told["raw_score"]) == FUNCTIONS
    assert float(told["late_submission_penalty"]) == FUNCTIONS
    assert f"the late penalty takes all of its {FUNCTIONS} points" in found["remark"]
    assert gradebook.scores(find("3"))[0]["score"] == 0


def test_a_new_stamp_due_date_or_extension_counts_without_new_execution(
    mine, late, tmp_path, capsys, monkeypatch
) -> None:
    """All three were "already graded": the penalty stayed as it had been."""
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    monkeypatch.setattr("autograder.grading.grade.compute", None)  # nothing may run from here on

    def again() -> str:
        assert cli.main(["grade", "3", "--workers", "1"]) == 0
        assert float(exported(tmp_path)["score"]) == float(row(mine)["score"])
        out = capsys.readouterr().out
        assert "graded 0, already graded 1" in out
        return row(mine)["score"]

    assert again() == "0"
    with Gradebook(gradebook.url()) as book:
        book.grant_extension(NAME, "ada", hours=2)
    assert again() == f"{FUNCTIONS}"
    with Gradebook(gradebook.url()) as book:
        book.grant_extension(NAME, "ada", hours=0)
    assert again() == "0"
    stamp(late, DUE - timedelta(hours=1))
    assert again() == f"{FUNCTIONS}"
    with Gradebook(gradebook.url()) as book:
        book.update_or_create_assignment(NAME, duedate=DUE - timedelta(hours=3))
    assert again() == "0"
    assert f"late: {FUNCTIONS} points less" in page(mine)


def test_points_given_by_hand_change_the_penalty(mine, late, capsys) -> None:
    """The penalty is a part of the points, and was reckoned before a person gave theirs."""
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    by_hand(2.0, "Nearly.")
    assert cli.main(["grade", "3"]) == 0
    found = row(mine)
    assert (found["score"], found["points"], found["late_penalty"]) == ("0", "21", "21")


def by_hand(points: float, words: str) -> None:
    """What formgrader's page does when a person grades the free-text answer."""
    where = (QUESTION, CHAPTER, NAME, "ada")
    with Gradebook(gradebook.url()) as book:
        grade, comment = book.find_grade(*where), book.find_comment(*where)
        grade.manual_score, grade.needs_manual_grade = points, False
        comment.manual_comment = words
        book.db.commit()


def test_what_a_person_gave_reaches_the_feedback_page(mine: Path, hand_in, capsys) -> None:
    """It was on no page until one knew that there is `nbgrader generate_feedback --force`."""
    hand_in(mine, "ada")
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert "brought up to date" not in capsys.readouterr().out
    by_hand(2.0, "Well seen, and nearly complete.")
    assert cli.main(["grade", "3"]) == 0
    assert "1 feedback page or late penalty brought up to date" in capsys.readouterr().out
    assert "Well seen, and nearly complete." in page(mine)
    assert (row(mine)["score"], row(mine)["remark"]) == ("21", "")
    before = page(mine)
    assert cli.main(["grade", "3"]) == 0
    assert "brought up to date" not in capsys.readouterr().out
    assert page(mine) == before


def test_force_keeps_what_a_person_gave_and_does_not_ask_again(mine, hand_in, capsys) -> None:
    """`--force` put every answer that was read back on the grader's list."""
    path = hand_in(mine, "ada")
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert row(mine)["needs_manual_grade"] == "yes"
    by_hand(2.0, "Nearly.")
    assert cli.main(["grade", "3", "--workers", "1", "--force"]) == 0
    assert (row(mine)["score"], row(mine)["needs_manual_grade"]) == ("21", "no")
    assert "Nearly." in page(mine)
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")  # something new: it is to be read
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    assert (row(mine)["score"], row(mine)["needs_manual_grade"]) == ("21", "yes")


def test_an_automatic_verdict_that_changed_is_asked_for_again(mine, hand_in, capsys) -> None:
    """A person's points on a function stay, and the person learns that the judge has changed."""
    hand_in(mine, "ada")
    where = ("nesterov", CHAPTER, NAME, "ada")
    assert cli.main(["grade", "3", "--workers", "1"]) == 0
    for verdict, asked in ((4.0, False), (1.0, True)):
        with Gradebook(gradebook.url()) as book:
            grade = book.find_grade(*where)
            grade.manual_score, grade.needs_manual_grade, grade.auto_score = 3, False, 4
            book.db.commit()
        with gradebook.keep_reviewed(find("3"), "ada"), Gradebook(gradebook.url()) as book:
            grade = book.find_grade(*where)
            grade.needs_manual_grade, grade.auto_score = True, verdict
            book.db.commit()
        with Gradebook(gradebook.url()) as book:
            assert book.find_grade(*where).needs_manual_grade is asked


def test_formgrader_renews_the_pages_when_it_ends(mine, hand_in, capsys, monkeypatch) -> None:
    """Who grades by hand and then stops the server has done all there is to do."""
    hand_in(mine, "ada")
    assert cli.main(["grade", "3", "--workers", "1"]) == 0

    def served(port: int, say: object) -> int:
        by_hand(1.0, "One of three.")
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.formgrader.serve", served)
    assert cli.main(["formgrader"]) == 1
    assert "1 feedback page or late penalty brought up to date" in capsys.readouterr().out
    assert "One of three." in page(mine) and row(mine)["score"] == "20"
