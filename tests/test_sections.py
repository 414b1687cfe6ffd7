"""A check that fails leads to the section of the book that derives the function."""

from __future__ import annotations

import pytest
from docutils.nodes import make_id

from autograder.paths import ROOT
from cs231n_lib import CheckFailed, check, sections
from cs231n_lib.exercise.declare import Exercise


def test_every_exercise_has_a_section_that_exists(exercise: Exercise) -> None:
    """Headings change, and a link to an old one leads to the top of the page."""
    page = (ROOT / "book" / f"{exercise.chapter}.md").read_text("utf-8")
    assert f"\n## {exercise.section}\n" in page


def test_the_anchor_is_the_one_that_the_book_gives_it(exercise: Exercise, monkeypatch) -> None:
    monkeypatch.setenv("CS231N_BOOK", "https://book.example/")
    page, anchor = sections.address(exercise.name).split("#")
    assert page == f"https://book.example/{exercise.chapter}.html"
    assert anchor == make_id(sections.title(exercise.name))


def test_the_link_stands_under_a_failing_check(capsys, monkeypatch) -> None:
    monkeypatch.setenv("CS231N_BOOK", "https://book.example")
    with pytest.raises(CheckFailed):
        check("sgd_momentum", lambda w, dw, config=None: (w, {}))
    address = "https://book.example/momentum.html#a-ball-with-friction"
    assert address in capsys.readouterr().out
    assert f'<a href="{address}"' in sections.html("sgd_momentum")


def test_without_an_address_chapter_and_section_are_named(monkeypatch) -> None:
    monkeypatch.delenv("CS231N_BOOK", raising=False)
    monkeypatch.setattr(sections, "BOOK", "")
    assert sections.text("rmsprop") == "In the book: “RMSProp: forget”, chapter “adaptive methods”"
    assert "<a " not in sections.html("rmsprop")
