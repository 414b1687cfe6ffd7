"""The page of all claims: every row leads to its chapter, and the field finds rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from claims import show, table

Open = Callable[..., Any]
ROWS = ".claims-all tbody tr"


def shown(page: Any) -> int:
    return int(page.locator(f"{ROWS}:visible").count())


def test_every_row_leads_to_its_place_in_a_chapter(html: Path) -> None:
    page = (html / "all_claims.html").read_text("utf-8")
    claims = [c for chapter in table.chapters() for c in table.claims_of(chapter)]
    for claim in claims:
        chapter, anchor = claim.experiment.chapter, show.anchor(claim)
        assert f'href="{chapter}.html#{anchor}"' in page
        assert f'id="{anchor}"' in (html / f"{chapter}.html").read_text("utf-8")
    assert page.count("<tr><td data-label") == len(claims)


def test_words_and_a_verdict_leave_the_rows_that_match(visit: Open) -> None:
    page = visit("all_claims").page
    total = shown(page)
    assert page.locator(".claims-filter output").inner_text() == f"{total} of {total} claims"
    page.get_by_label("Words").fill("nesterov overshoot")
    few = shown(page)
    assert 0 < few < total / 2
    for text in page.locator(f"{ROWS}:visible").all_inner_texts():
        assert "nesterov" in text.lower() and "overshoot" in text.lower()
    page.get_by_label("Words").fill("")
    page.get_by_label("Verdict").select_option("does not hold")
    left = page.locator(f"{ROWS}:visible .verdict").all_inner_texts()
    assert 0 < len(left) < total and set(left) == {"does not hold"}
    assert page.locator(".claims-filter output").inner_text() == f"{len(left)} of {total} claims"


def test_what_matches_nothing_leaves_no_heading(visit: Open) -> None:
    page = visit("all_claims").page
    page.get_by_label("Words").fill("xyzzy")
    assert shown(page) == 0
    assert page.locator(".claims-all h3:visible").count() == 0


def test_a_phone_shows_every_column_of_a_row(visit: Open) -> None:
    page = visit("all_claims", width=390).page
    cells = page.locator(f"{ROWS}:visible").first.locator("td").all()
    assert len(cells) == len(show.COLUMNS)
    for cell in cells:
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert re.search(r"holds|does not hold|undecided", cells[-1].inner_text())
