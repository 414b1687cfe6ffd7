"""Nothing that a student wrote runs where it is read: by the page's text, and in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pages
import pytest
from classroom import Class
from corpus import ATTACKS
from corpus.readers import HTML
from nbconvert.filters.markdown_mistune import markdown2html_mistune

READERS = [name for name, attack in ATTACKS.items() if attack.family == "readers"]
RUNS = re.compile(r"^\s*(javascript|vbscript|data\s*:\s*text|file)\b", re.IGNORECASE)
ACTIVE = ("iframe", "object", "embed", "form", "base", "applet", "frame", "math", "animate", "set")
# C0 without tab and line ends, DEL, C1, and the marks that turn the direction of writing
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Page(HTMLParser):
    """What of a page could run: scripts, handlers, addresses, active elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.found: list[str] = []
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        if tag == "script":
            self.scripts.append(str(dict(attrs).get("src", "")))
        if tag in ACTIVE:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or (RUNS.match(value or "") and tag != "link"):
                self.found.append(f"<{tag} {name}={value!r}>")
            if tag == "meta" and name == "http-equiv" and value == "refresh":
                self.found.append("<meta refresh>")

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = False


@pytest.fixture(scope="module")
def honest(classroom: Class) -> Page:
    """The page of an honest student: the scripts of nbgrader's own template."""
    return Page(classroom.feedback("aaa-honest-before"))


@pytest.mark.parametrize("name", ATTACKS)
def test_feedback_page_is_inert(name: str, classroom: Class, honest: Page) -> None:
    page = Page(classroom.feedback(name))
    assert page.found == []
    assert set(page.scripts) <= set(honest.scripts)


@pytest.mark.parametrize("name", ATTACKS)
def test_no_control_characters(name: str, classroom: Class) -> None:
    """Neither on the page, nor in any output of the notebook that an instructor opens."""
    assert not CONTROL.search(classroom.feedback(name))
    for cell in json.loads(classroom.notebook(name))["cells"]:
        text = json.dumps(cell.get("outputs", []), ensure_ascii=False)
        told = [t for t in _texts(cell.get("outputs", [])) if CONTROL.search(t)]
        assert not told, text[:300]


@pytest.mark.parametrize("name", ATTACKS)
def test_notebook_outputs_are_inert(name: str, classroom: Class) -> None:
    """Outputs of student code are text and pictures; the verdict's HTML is plain."""
    for cell in json.loads(classroom.notebook(name))["cells"]:
        assert not cell.get("attachments")
        graded = cell["metadata"].get("nbgrader", {}).get("grade")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            allowed = {"text/plain", "image/png", "image/jpeg"} | (
                {"text/html"} if graded else set()
            )
            assert set(data) <= allowed
            page = Page("".join(data.get("text/html", "")))
            assert not page.found and not page.scripts


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _texts(part)


def test_terminal_shows_no_student_text(classroom: Class) -> None:
    assert not [line for line in classroom.said if CONTROL.search(line)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    with pages.chromium() as found:
        yield found


@pytest.mark.parametrize("name", READERS)
def test_nothing_runs_on_the_feedback_page(name: str, classroom: Class, browser: Any) -> None:
    with pages.visit(browser) as seen:
        address = classroom.page(name).as_uri()
        seen.page.goto(address, wait_until="load")
        seen.use()
        assert seen.ran() == []
        assert seen.page.url.partition("#")[0] == address


def test_formulas_are_shown_by_the_safe_kind_of_mathjax(classroom: Class) -> None:
    """It refuses links that are scripts, and styles; the page names it."""
    page = classroom.feedback("mathematics-that-acts")
    assert re.findall(r"mathjax/[^\"']*config=([^\"']*)", page, re.IGNORECASE) == [
        "TeX-AMS_CHTML-full,Safe"
    ]


def test_the_browser_would_notice(browser: Any) -> None:
    """The same pages, not made harmless: the tests above can fail."""
    for text in (HTML, markdown2html_mistune("[x](javascript:window.PWNED=1)")):
        with pages.visit(browser) as seen:
            seen.page.set_content(f"<main>{text}</main>", wait_until="load")
            seen.use()
            assert seen.ran()
