"""Nothing that a student wrote runs where it is read: by the page's text, and in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from trial.attacks import pages
from trial.attacks.classroom import TRIED, Class
from trial.attacks.corpus.readers import HTML, MARKDOWN

READERS = [name for name, attack in TRIED.items() if attack.family == "readers"]
RUNS = re.compile(r"^\s*(javascript|vbscript|data\s*:\s*text|file)\b", re.IGNORECASE)
ACTIVE = ("iframe", "object", "embed", "form", "base", "applet", "frame", "animate", "set", "svg")
# C0 without tab and line ends, DEL, C1, and the marks that turn the direction of writing
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Page(HTMLParser):
    """What of a page could run: scripts, handlers, addresses, active elements.

    ``math`` is what formulas are written in, so its attributes are looked at instead.
    """

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
            if tag == "math" and name != "display":
                self.found.append(f"<math {name}={value!r}>")
            if tag == "meta" and name == "http-equiv" and value == "refresh":
                self.found.append("<meta refresh>")

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = False


@pytest.mark.parametrize("name", TRIED)
def test_feedback_page_is_inert(name: str, classroom: Class) -> None:
    """No page has a script, not even one of its own."""
    page = Page(classroom.feedback(name))
    assert page.found == [] and page.scripts == []


@pytest.mark.parametrize("name", TRIED)
def test_no_control_characters(name: str, classroom: Class) -> None:
    """Neither on the page, nor in any output of the notebook that an instructor opens."""
    assert not CONTROL.search(classroom.feedback(name))
    for cell in json.loads(classroom.notebook(name))["cells"]:
        text = json.dumps(cell.get("outputs", []), ensure_ascii=False)
        told = [t for t in _texts(cell.get("outputs", [])) if CONTROL.search(t)]
        assert not told, text[:300]


@pytest.mark.parametrize("name", TRIED)
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
    """With the page's policy, and without it: the filter is enough."""
    for how in ({}, {"bypass_csp": True}):
        _nothing_runs(browser, classroom.page(name).as_uri(), how)


def _nothing_runs(browser: Any, address: str, how: dict[str, bool]) -> None:
    with pages.visit(browser, **how) as seen:
        seen.page.goto(address, wait_until="load")
        seen.use()
        assert seen.ran() == [] and seen.foreign() == []
        assert seen.page.url.partition("#")[0] == address


def test_formulas_that_act_are_shown_as_text(classroom: Class) -> None:
    """Pages need no MathJax; a formula with a link, a style or a macro stays TeX."""
    page = classroom.feedback("mathematics-that-acts")
    assert "mathjax" not in page.lower()
    shown = re.findall(r'<code class="math">(.*?)</code>', page)
    for command in ("\\href", "\\style", "\\def", "\\cssId", "\\unicode"):
        assert any(command in tex for tex in shown), shown


def test_text_is_kept_as_it_was_written(classroom: Class) -> None:
    """In the notebook that is kept; what may be shown of it is decided where it is shown."""
    cells = json.loads(classroom.notebook("html-in-markdown"))["cells"]
    kept = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
    assert MARKDOWN in kept


def test_the_browser_would_notice(browser: Any) -> None:
    """The same pages, not made harmless: the tests above can fail."""
    for text in (HTML, markdown2html_mistune("[x](javascript:window.PWNED=1)")):
        with pages.visit(browser) as seen:
            seen.page.set_content(f"<main>{text}</main>", wait_until="load")
            seen.use()
            assert seen.ran()
