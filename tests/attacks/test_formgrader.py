"""The attacked class under formgrader, in a real browser: nothing runs, grading goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.course import gradebook
from trial.attacks import pages
from trial.attacks.classroom import HALF, ODD_STUDENTS, TRIED, WHOLE, Class
from trial.attacks.corpus.desk import QUESTION
from trial.attacks.serving import TOKEN, formgrader_of

READERS = [n for n, a in TRIED.items() if a.family == "readers"]
READERS += ["odd-grade-ids", "names-of-every-kind", "half-a-surrogate"]
ASSIGNMENT, CHAPTER = "03-momentum", "momentum"
# a table has rows, and they are no longer the one that asks to wait
FILLED = """() => document.querySelector("table tbody tr")
    && !document.querySelector("table").innerText.includes("Loading")"""
LISTS = {
    "manage_assignments": "",
    "manage_submissions": f"/manage_submissions/{ASSIGNMENT}",
    "gradebook": "/gradebook",
    "notebooks": f"/gradebook/{ASSIGNMENT}",
    "submissions": f"/gradebook/{ASSIGNMENT}/{CHAPTER}",
    "manage_students": "/manage_students",
    "one student": "/manage_students/html-in-outputs",
    "one submission": f"/manage_students/html-in-outputs/{ASSIGNMENT}",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with pages.chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(classroom: Class) -> Iterator[str]:
    """Where formgrader answers for the attacked class."""
    with formgrader_of(classroom.course) as url:
        yield url


@pytest.fixture(scope="module")
def inside(browser: Any, address: str) -> Iterator[pages.Visit]:
    """A page of someone who may grade."""
    with pages.visit(browser, address) as found:
        found.page.goto(f"{address}/formgrader?token={TOKEN}")
        yield found


@pytest.fixture
def seen(inside: pages.Visit) -> pages.Visit:
    """The same page for every test, without what happened on it before."""
    inside.page.goto("about:blank")
    inside.forget()
    return inside


def ident(student: str) -> str:
    with Gradebook(gradebook.url()) as book:
        return str(book.find_submission_notebook(CHAPTER, ASSIGNMENT, student).id)


def score(student: str) -> float:
    with Gradebook(gradebook.url()) as book:
        return float(book.find_grade(QUESTION, CHAPTER, ASSIGNMENT, student).score)


@pytest.mark.parametrize("name", READERS)
def test_submission_page(name: str, address: str, seen: pages.Visit) -> None:
    """Nothing runs on it, and its free-text answer can still be given points."""
    page, url = seen.page, f"{address}/formgrader/submissions/{ident(name)}"
    page.goto(url, wait_until="load")
    seen.use()
    assert seen.ran() == [] and seen.foreign() == []
    assert page.url.startswith(f"{address}/formgrader/submissions/")
    page.goto(url, wait_until="load")
    assert page.get_by_text("Rubric for the grader").first.is_visible()
    box = page.locator(".nbgrader_cell input.score").last
    with page.expect_response(lambda r: r.request.method == "PUT" and "/api/grade/" in r.url) as r:
        box.fill("1")
        box.press("Tab")
    assert r.value.ok
    assert score(name) == 1
    assert seen.ran() == []


@pytest.mark.parametrize("name", LISTS)
def test_list_page(name: str, address: str, seen: pages.Visit) -> None:
    """Names of students, folders and notebooks are text wherever they are listed."""
    seen.page.goto(f"{address}/formgrader{LISTS[name]}", wait_until="networkidle")
    seen.page.wait_for_function(FILLED, timeout=60_000)
    seen.use("mouseover", "focus")  # a click would be an order to formgrader
    assert not seen.page.locator("a[href^='javascript' i]").count()
    assert seen.ran() == []


def test_the_odd_names_were_listed(address: str, seen: pages.Visit, classroom: Class) -> None:
    """The page above can fail: formgrader lists folders that are no students' too."""
    assert {p.name for p in Path(classroom.course / "submitted").iterdir()} >= set(ODD_STUDENTS)
    seen.page.goto(f"{address}/formgrader{LISTS['manage_submissions']}", wait_until="networkidle")
    shown = "document.body.innerHTML.includes('&lt;img src=x onerror=window.PWNED=1&gt;')"
    seen.page.wait_for_function(shown, timeout=60_000)
    assert seen.ran() == []


@pytest.mark.parametrize("name", [WHOLE, HALF])
def test_an_honest_submission_is_shown(name: str, address: str, seen: pages.Visit) -> None:
    seen.page.goto(f"{address}/formgrader/submissions/{ident(name)}", wait_until="load")
    assert seen.page.get_by_text("Rubric for the grader").first.is_visible()
    assert seen.ran() == []
