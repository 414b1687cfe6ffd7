"""Claims as tables of a page: what is said, what would bear it out, the seeds, the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape

import numpy as np

from claims import records, table
from claims.experiment import Claim
from claims.lectures import LECTURES, SHORT
from claims.rule import (
    FAILS,
    HOLDS,
    UNDECIDED,
    VERDICTS,
    exact_verdict,
    interval,
    verdict,
)
from claims.strip import strip

COLUMNS = ("What is said", "What we measure", "Measured", "Verdict")


def judged(claim: Claim) -> str:
    """The verdict on a claim, from its record."""
    values = records.read(claim.experiment).values(claim.value)
    if claim.exact:
        return exact_verdict(values[0], claim.bears_out)
    return verdict(values, claim.bears_out)


def measured(claim: Claim) -> str:
    """The median with its interval and the number of seeds, or the one exact number."""
    values = records.read(claim.experiment).values(claim.value)
    if claim.exact:
        return f"{values[0]:.4g}, exact"
    low, high = interval(values)
    return f"{np.median(values):.3g} ({low:.3g} to {high:.3g}; {len(values)} seeds)"


class ClaimTable:
    """Rows of claims, shown in a page or a terminal.

    Args:
        claims: which, in their order.
        linked: the page on which the rows stand, if this is a list that gathers them; such rows
            link there.  Otherwise each row is the place that others link to.
    """

    def __init__(self, claims: Iterable[Claim], linked: str = "") -> None:
        self.claims = tuple(claims)
        self.linked = linked

    def __repr__(self) -> str:
        return "\n".join(
            f"{c.says} [{c.source}]: {c.effect}, claimed {c.bears_out}, {measured(c)}: {judged(c)}"
            for c in self.claims
        )

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{c}</th>' for c in COLUMNS)
        rows = "".join(map(self._row, self.claims))
        return (
            f'<table class="claims recorded"><thead><tr>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )

    def _row(self, claim: Claim) -> str:
        word = judged(claim)
        values = records.read(claim.experiment).values(claim.value)
        picture = "" if claim.exact else strip(values, claim.bears_out)
        remark = f"<p>{escape(claim.remark)}</p>" if claim.remark else ""
        return (
            f"<tr{self._place(claim)}>"
            f'<td data-label="{COLUMNS[0]}">{self._says(claim)}</td>'
            f'<td data-label="{COLUMNS[1]}">{escape(claim.effect)}; claimed:'
            f" <b>{_unbroken(str(claim.bears_out))}</b>"
            f"<br><small>{escape(claim.why)}</small></td>"
            f'<td data-label="{COLUMNS[2]}">{picture}<span>{_unbroken(measured(claim))}</span></td>'
            f'<td data-label="{COLUMNS[3]}"><strong class="verdict'
            f' verdict-{VERDICTS.index(word)}">{word}</strong>{remark}</td></tr>'
        )

    def _place(self, claim: Claim) -> str:
        return "" if self.linked else f' id="{anchor(claim)}"'

    def _says(self, claim: Claim) -> str:
        words = f"“{escape(claim.says)}”" if claim.places else escape(claim.says)
        if self.linked:
            words = f'<a href="{self.linked}#{anchor(claim)}">{words}</a>'
        return f"{words} <small>({escape(claim.source)})</small>"


def _unbroken(numbers: str) -> str:
    """A power of ten or a minus sign stays with its number at the end of a line."""
    return escape(numbers).replace("-", "\N{MINUS SIGN}")


def anchor(claim: Claim) -> str:
    """The id of a claim's row in its chapter's page."""
    return "claim-" + claim.address.replace("/", "-").replace("_", "-")


def claim_table(chapter: str) -> ClaimTable:
    """The table of a chapter."""
    return ClaimTable(table.claims_of(chapter))


def tally(chapters: Iterable[str] | None = None) -> Counter[str]:
    """How many claims got each verdict; default: in the whole book."""
    names = table.chapters() if chapters is None else chapters
    return Counter(judged(c) for name in names for c in table.claims_of(name))


class Tally:
    """One line: how many claims of the book got each verdict, and from how many runs."""

    def __repr__(self) -> str:
        found = tally()
        experiments = [e for name in table.chapters() for e in table.experiments_of(name)]
        runs = sum(len(e.seeds) or 1 for e in experiments)
        counts = ", ".join(f"{found[word]} {_plural(word, found[word])}" for word in VERDICTS)
        return f"{found.total()} claims: {counts}. They rest on {runs:,} recorded runs."

    def _repr_html_(self) -> str:
        return f'<p class="claims-tally">{escape(repr(self))}</p>'


def _plural(word: str, count: int) -> str:
    many = {HOLDS: "hold", FAILS: "do not hold", UNDECIDED: "are undecided"}
    one = {HOLDS: "holds", FAILS: "does not hold", UNDECIDED: "is undecided"}
    return (one if count == 1 else many)[word]


class AllClaims:
    """Every row of the book, by chapter; a script of the page adds the search field."""

    def _repr_html_(self) -> str:
        parts = []
        for chapter in table.chapters():
            rows = ClaimTable(table.claims_of(chapter), linked=f"{chapter}.html")._repr_html_()
            title = escape(chapter.replace("_", " ").capitalize())
            parts.append(f'<section class="claims-of"><h3>{title}</h3>{rows}</section>')
        return f'<div class="claims-all">{"".join(parts)}</div>'


def all_claims() -> AllClaims:
    """The page's list of everything."""
    return AllClaims()


class Lectures:
    """What is known of each lecture, by the name that the rows use."""

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(SHORT[key])}</td><td>{escape(name)}</td></tr>"
            for key, name in LECTURES.items()
        )
        return (
            '<table class="claims"><thead><tr><th scope="col">In the rows</th>'
            f'<th scope="col">Lecture</th></tr></thead><tbody>{rows}</tbody></table>'
        )


def lectures() -> Lectures:
    """The lectures that the rows quote."""
    return Lectures()
