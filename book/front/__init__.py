"""What the front page shows of the book: a card for each chapter, three claims, the race.

Everything is read from where it stands: a chapter's question from the head of its page, its
exercises from their declarations, verdicts from the records.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

import yaml

from claims import show, table
from cs231n_lib import exercises
from cs231n_lib.chapters import CHAPTERS

BOOK = Path(__file__).resolve().parents[1]
HEAD = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
FOLDED = re.compile(r"^```\{code-cell\}.*?^```", re.DOTALL | re.MULTILINE)
WORDS_PER_MINUTE = 130  # with pencil and paper: formulas are slower than prose
MINUTES_PER_EXERCISE = 15


@dataclass(frozen=True)
class Card:
    """One chapter in a few words.

    Attributes:
        page: name of its page, which is also that of the chapter.
        number: its number in the book.
        title: its heading.
        question: what it answers, the ``description`` in the head of its page.
        reading: minutes to read it.
        exercises: how many functions its notebook asks for.
    """

    page: str
    number: int
    title: str
    question: str
    reading: int
    exercises: int

    @property
    def time(self) -> str:
        """Reading time and time for the exercises, in hours and half hours."""
        writing = _hours(self.exercises * MINUTES_PER_EXERCISE)
        return f"{_hours(self.reading)} to read, {writing} to write"


def card(chapter: str) -> Card:
    """The card of a chapter.

    Raises:
        ValueError: if its page has no ``description`` in its head.
    """
    text = (BOOK / f"{chapter}.md").read_text("utf-8")
    head = HEAD.match(text)
    told = yaml.safe_load(head.group(1)) if head else {}
    question = str(told.get("description") or "")
    if not question:
        raise ValueError(f"book/{chapter}.md needs a `description` in its head, for the front page")
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    prose = FOLDED.sub("", text[head.end() if head else 0 :])
    return Card(
        chapter,
        CHAPTERS.index(chapter) + 1,
        title.group(1) if title else chapter,
        question,
        round(len(prose.split()) / WORDS_PER_MINUTE),
        sum(e.chapter == chapter for e in exercises.table().values()),
    )


def _hours(minutes: float) -> str:
    """Rounded up to half hours: "1½ hours"."""
    halves = max(1, math.ceil(minutes / 30))
    whole, half = divmod(halves, 2)
    text = f"{whole or ''}{'½' if half else ''}"
    return f"{text} {'hour' if halves <= 2 else 'hours'}"


class Cards:
    """All chapters as cards that lead to their pages."""

    def __init__(self) -> None:
        self.cards = [card(chapter) for chapter in CHAPTERS]

    def __repr__(self) -> str:
        return "\n".join(f"{c.number}. {c.title}: {c.question} ({c.time})" for c in self.cards)

    def _repr_html_(self) -> str:
        items = "".join(
            f'<li class="card-of-chapter"><a href="{c.page}.html">'
            f'<span class="number">{c.number}</span>'
            f" {escape(c.title)}</a><p>{escape(c.question)}</p><small>{c.time}</small></li>"
            for c in self.cards
        )
        return f'<ol class="cards-of-chapters">{items}</ol>'


class Verdicts:
    """Some claims with what became of them, each with a link to its row.

    Args:
        names: addresses of claims, ``<chapter>/<name>``.
    """

    def __init__(self, *names: str) -> None:
        by_address = {
            c.address: c for chapter in table.chapters() for c in table.claims_of(chapter)
        }
        self.claims = [by_address[name] for name in names]

    def __repr__(self) -> str:
        return "\n".join(f"{c.says} {show.judged(c)}" for c in self.claims)

    def _repr_html_(self) -> str:
        items = "".join(
            f"<li><q>{escape(c.says)}</q> <small>({escape(c.source)})</small>"
            f' <a href="{c.experiment.chapter}.html#{show.anchor(c)}"><strong>'
            f"{show.judged(c)}</strong></a><br>{escape(c.effect)}: {escape(show.measured(c))}</li>"
            for c in self.claims
        )
        return f'<ul class="front-claims">{items}</ul>'
