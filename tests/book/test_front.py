"""The front page: every chapter has a card with its question, times are computed, claims exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import front
from claims import table
from cs231n_lib import exercises
from cs231n_lib.chapters import CHAPTERS

INTRO = (front.BOOK / "intro.md").read_text("utf-8")


def test_every_chapter_has_a_card_in_the_order_of_the_course() -> None:
    html = front.Cards()._repr_html_()
    assert re.findall(r'<a href="(\w+)\.html">', html) == list(CHAPTERS)
    asked = sum(front.card(chapter).exercises for chapter in CHAPTERS)
    assert asked == len(exercises.table())


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_card_asks_a_question(chapter: str) -> None:
    card = front.card(chapter)
    assert card.question.endswith("?") and 20 < len(card.question) < 160
    assert card.title and card.title[0].isupper()


def planted(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> front.Card:
    monkeypatch.setattr(front, "BOOK", folder)
    (folder / f"{CHAPTERS[0]}.md").write_text(text, "utf-8")
    return front.card(CHAPTERS[0])


def test_reading_time_counts_prose_and_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "```{code-cell} ipython3\n" + "x = 1\n" * 500 + "```\n"
    text = f"---\ndescription: Why?\n---\n\n# A title\n\n{'word ' * 1300}\n\n{code}"
    card = planted(tmp_path, monkeypatch, text)
    assert (card.title, card.question, card.reading) == ("A title", "Why?", 10)
    assert card.time.startswith("½ hour to read")


def test_a_page_without_a_question_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="needs a `description` in its head"):
        planted(tmp_path, monkeypatch, "---\nkernelspec: x\n---\n\n# A title\n")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "½ hour"), (30, "½ hour"), (31, "1 hour"), (61, "1½ hours"), (120, "2 hours")],
)
def test_hours_are_rounded_up(minutes: float, words: str) -> None:
    assert front._hours(minutes) == words


def test_the_claims_of_the_front_page_exist_and_differ_in_their_verdicts() -> None:
    names = re.search(r"Verdicts\((.*?)\)", INTRO, re.DOTALL)[1]
    shown = front.Verdicts(*re.findall(r'"([^"]+)"', names))
    assert len(shown.claims) == 3
    assert len({front.show.judged(c) for c in shown.claims}) > 1
    assert shown._repr_html_().count("<li>") == 3
    assert {c.experiment.chapter for c in shown.claims} <= set(table.chapters())
