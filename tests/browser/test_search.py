"""Search works offline: from a server and from files alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]
WORD = "gradient"


def results(seen: Any) -> list[str]:
    """Wait until the search has ended and return the titles found."""
    seen.page.wait_for_function(
        "/found \\d+ page|did not match/i.test("
        "document.querySelector('#search-results .search-summary')?.textContent ?? '')"
    )
    return [text.strip() for text in seen.page.locator("#search-results li > a").all_inner_texts()]


@pytest.mark.parametrize("source", ["http", "file"])
def test_a_word_is_found(source: str, visit: Open, html: Path, served: str) -> None:
    start = served if source == "http" else html.as_uri() + "/"
    seen = visit(address=f"{start}search.html?q={WORD}")
    titles = results(seen)
    # From files the stock script stops after the first of several results.
    assert len(titles) > 1
    assert seen.problems == []


def test_a_result_leads_to_a_page_with_the_word(visit: Open, served: str) -> None:
    seen = visit(address=f"{served}search.html?q={WORD}")
    results(seen)
    seen.page.locator("#search-results li > a").first.click()
    seen.page.wait_for_load_state("networkidle")
    assert WORD in seen.page.locator("article").inner_text().lower()
    assert seen.problems == []


def test_nonsense_is_not_found(visit: Open, served: str) -> None:
    assert results(visit(address=f"{served}search.html?q=qwxzkjv")) == []


def test_the_field_in_the_sidebar_searches(visit: Open) -> None:
    seen = visit("intro")
    seen.page.keyboard.press("Control+k")
    seen.page.keyboard.type(WORD)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url(f"**/search.html?q={WORD}")
    assert results(seen)
    assert seen.problems == []


def test_a_chapter_opens_from_a_file(chapter: str, visit: Open, html: Path) -> None:
    seen = visit(address=(html / f"{chapter}.html").as_uri())
    assert seen.problems == []
    assert seen.page.locator(".katex-mathml math").count() > 0
    assert seen.page.evaluate("document.fonts.check('16px KaTeX_Main')")
    widths = seen.page.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert 0 not in widths


def test_the_notebook_of_a_chapter_is_offered(
    chapter: str, visit: Open, html: Path, request: pytest.FixtureRequest
) -> None:
    seen = visit(chapter)
    group = seen.page.locator(".dropdown-exercise-buttons")
    group.locator("button").click()
    colab = group.get_by_role("link", name="Open the exercises in Colab")
    download = group.get_by_role("link", name="Download the exercises")
    assert colab.is_visible() and download.is_visible()
    address = colab.get_attribute("href") or ""
    assert address.startswith("https://colab.research.google.com/github/")
    assert address.endswith(f"/{chapter}.ipynb") and "/blob/" in address
    copy = html / (download.get_attribute("href") or "")
    notebook = json.loads(copy.read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4 and notebook["cells"]
    links = seen.page.locator("#exercises .exercise-links a")
    assert [link.get_attribute("href") for link in links.all()] == [
        address,
        download.get_attribute("href"),
    ]
