"""What students and graders wrote arrives as they wrote it, through all programs and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
import requests
from graded import course
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder import cli, demo
from autograder.course import gradebook
from trial.attacks import pages
from trial.attacks.serving import TOKEN, formgrader_of

NAME, CHAPTER, QUESTION = "03-momentum", "momentum", "momentum_velocity_start"

# what is written, what a reader must find on the page
WORDS = [
    ("We need x<b and y>c.", ["We need x<b and y>c."]),
    (r"Stable for $0<\alpha<2/L$ only.", ["0<α<2/L", "only."]),
    ("In `a<b && c > d` and `x &lt; y`.", ["a<b && c > d", "x &lt; y"]),
    (r"$$\|x\|_2 < 1 \;\&\; y > 2$$", ["2<1", "&", "y>2"]),
    ("| if | then |\n|----|------|\n| x<b & y | $\\rho<1$ |", ["x<b & y", "ρ<1"]),
    ("R&D, AT&T; a <b>bold</b> <c> and </d>", ["R&D, AT&T; a bold <c> and </d>"]),
    ("<!-- a remark --> <script>f()</script>", ["<!-- a remark --> <script>f()</script>"]),
    ("```\nif (a<b && c>d) { }\n```", ["if (a<b && c>d) { }"]),
    ('Ünï — 李 «x» "quoted" it\'s 100%', ['Ünï — 李 «x» "quoted" it\'s 100%']),
    ("[1]: the step is <2/L\n\n[x]: y", ["[1]: the step is <2/L", "[x]: y"]),
]
WRITTEN = "\n\n".join(written for written, _ in WORDS)
READ = [part for _, parts in WORDS for part in parts]
ONCE = "\n".join(READ)  # some of the parts stand in each other


def read(html: str) -> str:
    """The text of a page without its tags; in formulas, white space says nothing."""
    html = re.sub(r"<math.*?</math>", lambda m: re.sub(r"\s+", "", m[0]), html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", html))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course with one student, who wrote it all as an answer and in a cell of their own."""

    def write(nb: NotebookNode) -> None:
        demo.cell_of(nb, QUESTION).source = f"The answer.\n\n{WRITTEN}"
        nb.cells.append(new_markdown_cell(f"A cell of my own.\n\n{WRITTEN}"))

    folder = tmp_path_factory.mktemp("course")
    with course(folder, {"ada": write}):
        yield folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with formgrader_of(folder) as url:
        yield url


@pytest.fixture(scope="module")
def submission(folder: Path) -> str:
    with Gradebook(gradebook.url()) as book:
        return str(book.find_submission_notebook(CHAPTER, NAME, "ada").id)


def feedback(folder: Path) -> str:
    return (folder / "feedback" / "ada" / NAME / f"{CHAPTER}.html").read_text("utf-8")


def test_the_source_is_kept_as_it_was_written(folder: Path) -> None:
    """`x<b and y>c.` was kept as `x<b>c.</b>`, in the graded notebook as well."""
    path = folder / "autograded" / "ada" / NAME / f"{CHAPTER}.ipynb"
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    assert f"The answer.\n\n{WRITTEN}" in sources
    assert f"A cell of my own.\n\n{WRITTEN}" in sources


@pytest.mark.parametrize("part", READ)
def test_the_feedback_page_shows_it_twice(part: str, folder: Path) -> None:
    assert read(feedback(folder)).count(part) == 2 * ONCE.count(part)


@pytest.mark.parametrize("part", READ)
def test_formgrader_shows_it_twice(part: str, address: str, submission: str) -> None:
    session = requests.Session()
    session.get(f"{address}/formgrader?token={TOKEN}")
    html = session.get(f"{address}/formgrader/submissions/{submission}").text
    assert read(html).count(part) == 2 * ONCE.count(part)


def test_a_graders_comment_is_kept_and_shown(
    folder: Path, address: str, submission: str, browser: Any, capsys: Any
) -> None:
    """Typed into formgrader's field, kept, shown there again, and rendered for the student."""
    with pages.visit(browser, address) as seen:
        page = seen.page
        page.goto(f"{address}/formgrader?token={TOKEN}")
        page.goto(f"{address}/formgrader/submissions/{submission}", wait_until="networkidle")
        field = page.locator(".nbgrader_cell", has=page.locator(f"#{QUESTION}")).locator("textarea")
        with page.expect_response(lambda r: "/api/comment/" in r.url) as saved:
            field.fill(WRITTEN)
            field.press("Tab")
        assert saved.value.ok
        page.reload(wait_until="networkidle")
        assert field.input_value() == WRITTEN
        assert seen.ran() == [] and seen.foreign() == []
    with gradebook.opened() as book:
        assert book.find_comment(QUESTION, CHAPTER, NAME, "ada").manual_comment == WRITTEN
    assert cli.main(["grade", "3"]) == 0
    shown = read(feedback(folder))
    for part in READ:
        assert shown.count(part) == 3 * ONCE.count(part), part


@pytest.mark.parametrize("where", ["feedback", "formgrader"])
def test_formulas_show_without_a_network(
    where: str, folder: Path, address: str, submission: str, browser: Any
) -> None:
    """They waited for a script from elsewhere, and stayed dollars and backslashes."""
    with pages.visit(browser, address) as seen:
        page = seen.page
        if where == "feedback":
            place = folder / "feedback" / "ada" / NAME / f"{CHAPTER}.html"
            page.goto(place.as_uri(), wait_until="networkidle")
        else:
            page.goto(f"{address}/formgrader?token={TOKEN}")
            page.goto(f"{address}/formgrader/submissions/{submission}", wait_until="networkidle")
        formulas = page.locator(".student math", has_text="0<α<2/L")
        assert formulas.count() >= 2
        for i in range(formulas.count()):
            box = formulas.nth(i).bounding_box()
            assert box and box["width"] > 30 and box["height"] > 8
        assert "\\alpha" not in page.locator("body").inner_text()
        assert seen.foreign() == []
