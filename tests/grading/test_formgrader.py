"""An instructor grades a free-text answer by hand, in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import sync_playwright

from autograder.building.notebooks import find
from autograder.course import gradebook
from trial.attacks.serving import TOKEN, formgrader_of

STUDENT, QUESTION = "ada-perfect", "momentum_velocity_start"


@pytest.fixture(scope="module")
def address(graded) -> Iterator[str]:
    with formgrader_of(graded.folder) as url:
        yield url


def row() -> dict:
    return next(r for r in gradebook.scores(find("3")) if r["student"] == STUDENT)


def test_a_free_text_answer_is_graded_with_its_rubric_in_view(graded, address: str) -> None:
    before = row()
    assert before["needs_manual_grade"]
    with Gradebook(gradebook.url()) as book:
        ident = book.find_submission_notebook("momentum", "03-momentum", STUDENT).id
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "this test needs a browser: apt-get install chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
        page.goto(f"{address}/formgrader?token={TOKEN}")
        # The page listens to a field once it has fetched the grades: a score typed
        # before that is lost, so a hurried test has to wait for them.
        with page.expect_response("**/api/grades?*"):
            page.goto(f"{address}/formgrader/submissions/{ident}")
        page.wait_for_function("formgrader.grades.loaded")
        assert page.get_by_text("Rubric for the grader").is_visible()
        box = page.locator("input.score").last
        box.fill("2")
        with page.expect_response("**/api/grade/*") as saved:
            box.press("Tab")
        assert saved.value.ok
        browser.close()
    assert dialogs == []
    after = row()
    assert after["score"] == before["score"] + 2
    assert after["cells"][QUESTION] == 2
    assert not after["needs_manual_grade"]
