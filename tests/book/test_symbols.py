"""The table of symbols agrees with the chapters, and gives no letter two meanings in one of them.

A row of the table names chapters as links, ``[2], [5]``.  A second meaning within one chapter is
written ``also [5]``; the rows that say so are listed here, so that each is a decision.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from cs231n_lib.exercises import CHAPTERS

BOOK = Path(__file__).resolve().parents[2] / "book"
TABLE = BOOK / "symbols.md"
HEADER = ("symbol", "chapters", "meaning", "unit or shape")

# Second meanings that a chapter really gives to a letter, and how many. Fewer is better.
TWICE: dict[str, dict[str, int]] = {
    "training_loop": {"d": 3, "i": 1, "k": 1, "m": 1, "N": 1, "u": 1},
    "gradient_descent": {"c": 1, "d": 1, r"\varepsilon": 1},
    "momentum": {r"\epsilon": 1, "s": 1},
    "adaptive_methods": {"G_t": 1, "m": 1, "n": 1, "p": 1},
    "second_order": {"c": 1, "D": 1, "e": 1, "k": 1, "n": 1, "r": 1, "x": 1, "y": 1, "z": 2},
    "schedules": {"s": 1},
}

FENCE = re.compile(r"^(`{3,}|~{3,})(\{code-cell\}|\{code-block\}|[a-z])")
MATHS = re.compile(
    r"(?<!\\)\$\$(.+?)\$\$|(?<![\\$])\$(?!\$)((?:[^$\n]|\n(?!\n))+?)(?<!\\)\$", re.DOTALL
)
ATOM = re.compile(
    r"\\(?:begin|end)\{\w+\*?\}(?:\{[^{}]*\})?|\\\\(?:\[[^]]*\])?"  # layout
    r"|\\(?P<word>text|mathrm|operatorname)(?![A-Za-z])\*?\s*(?:\{(?P<words>[^{}]*)\}|(?P<one>\w))"
    r"|\\(?P<accent>tilde|hat|bar|dot|ddot|mathbb|mathbf|mathcal)(?![A-Za-z])\s*\{?\s*(?P<letter>\\[A-Za-z]+|\w)"
    r"|(?P<plain>\\[A-Za-z]+|\\.|\S)"
)
SPACES = {*"{}&", "\\,", "\\;", "\\:", "\\!", "\\quad", "\\qquad", "\\left", "\\right"}
SAME = {"\\Vert": "\\|", "\\lVert": "\\|", "\\rVert": "\\|"}  # a bar would end the table's cell
GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi "
    "pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi "
    "Psi Omega ell"
)
LETTER = re.compile(
    rf"(?:(?:{'|'.join(('tilde', 'hat', 'bar', 'dot', 'ddot', 'mathbb', 'mathcal'))}) )?"
    rf"(?:[A-Za-z]|\\(?:{'|'.join(GREEK.split())}))"
)


class Entry(NamedTuple):
    """One symbol in one chapter."""

    symbol: str
    chapter: str
    also: bool
    row: str


def formulas(page: str) -> list[str]:
    """The mathematics of a page, without what stands in code."""
    kept, closing = [], ""
    for line in re.sub(r"\A---\n.*?\n---\n", "", page, flags=re.DOTALL).splitlines():
        if closing:
            closing = "" if line.strip() == closing else closing
        elif opening := FENCE.match(line):
            closing = opening[1]
        else:
            kept.append(re.sub(r"(?<!`)`[^`]+`(?!`)", "", line))
    return [block or inline for block, inline in MATHS.findall("\n".join(kept))]


def atoms(latex: str) -> list[str]:
    """The letters, words and signs of a formula; a letter with its accent is one of them."""
    found = []
    for match in ATOM.finditer(latex):
        if match["word"]:
            found.append(f"word {match['words'] or match['one']}")
        elif match["accent"]:
            found.append(f"{match['accent']} {match['letter']}")
        elif match["plain"] and match["plain"] not in SPACES:
            found.append(SAME.get(match["plain"], match["plain"]))
    return found


@cache
def written(page: str) -> list[list[str]]:
    """The atoms of each formula of a page."""
    return [atoms(formula) for formula in formulas(page)]


def occurs(symbol: str, page: str) -> bool:
    """Whether a formula of the page holds the symbol's atoms in a row."""
    wanted = atoms(symbol)
    return any(
        wanted == formula[start : start + len(wanted)]
        for formula in written(page)
        for start in range(len(formula))
    )


def entries(table: str) -> list[Entry]:
    """What the rows of a page's tables of symbols say.

    Raises:
        ValueError: for a row that cannot be read.
    """
    links = dict(re.findall(r"^\[(\w+)\]: (\w+)\.md$", table, flags=re.MULTILINE))
    found, inside = [], False
    for line in table.splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
        if tuple(cells) == HEADER:
            inside = True
        elif inside and set(line) - set("|-: "):
            if len(cells) != len(HEADER):
                raise ValueError(f"not {len(HEADER)} cells: {line}")
            symbols = [inline for _, inline in MATHS.findall(cells[0])]
            named = [re.fullmatch(r"(also )?\[(\w+)\]", part) for part in cells[1].split(", ")]
            if not symbols or not all(name and name[2] in links for name in named):
                raise ValueError(f"no symbol, or no link to a chapter: {line}")
            found += [
                Entry(symbol, links[name[2]], bool(name[1]), cells[2])
                for symbol in symbols
                for name in named
                if name
            ]
    return found


def complaints(
    table: str, pages: Mapping[str, str], twice: Mapping[str, Mapping[str, int]]
) -> list[str]:
    """What is wrong with a table of symbols, given the chapters and the known second meanings."""
    found = [
        f"{entry.chapter} does not use {entry.symbol} ({entry.row})"
        for entry in entries(table)
        if not occurs(entry.symbol, pages[entry.chapter])
    ]
    first: Counter[tuple[str, str]] = Counter()
    second: Counter[tuple[str, str]] = Counter()
    for entry in entries(table):
        key = entry.chapter, " ".join(atoms(entry.symbol))
        (second if entry.also else first)[key] += 1
    found += [
        f"{c}: {n} rows for {s}; all but one must say 'also'"
        for (c, s), n in first.items()
        if n > 1
    ]
    found += [
        f"{c}: 'also' for {s}, and no first meaning" for c, s in second if (c, s) not in first
    ]
    known = {(c, " ".join(atoms(s))): n for c, some in twice.items() for s, n in some.items()}
    for chapter, symbol in sorted({*known, *second}):
        listed, there = known.get((chapter, symbol), 0), second[chapter, symbol]
        if listed != there:
            found.append(f"{chapter}: {symbol} has {there} second meanings, {listed} of them known")
    return found


def letters(latex: str) -> set[str]:
    """The letters of a formula and of its indices; an accent makes another letter."""
    return {atom for atom in atoms(latex) if LETTER.fullmatch(atom)}


def chapters() -> dict[str, str]:
    return {name: (BOOK / f"{name}.md").read_text(encoding="utf-8") for name in CHAPTERS}


def test_the_table_agrees_with_the_chapters() -> None:
    assert complaints(TABLE.read_text(encoding="utf-8"), chapters(), TWICE) == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_table_lists_every_letter_of_a_chapter(chapter: str) -> None:
    listed = [e.symbol for e in entries(TABLE.read_text(encoding="utf-8")) if e.chapter == chapter]
    used = set().union(*map(letters, formulas(chapters()[chapter])))
    assert sorted(used - set().union(*map(letters, listed))) == []


def test_the_links_are_the_numbers_of_the_chapters() -> None:
    links = re.findall(r"^\[(\w+)\]: (\w+)\.md$", TABLE.read_text("utf-8"), flags=re.MULTILINE)
    assert links == [(str(number), name) for number, name in enumerate(CHAPTERS, start=1)]


# The checker itself, on small tables and pages.

PAGES = {
    "one": "The rate $\\alpha$ in\n\n$$\nx_{t+1} = x_t - \\alpha\\,\\hat{g}\n$$ (eq-one)\n",
    "two": "Here $(h, v)$ and $\\lambda_{\\max}$.\n\n```{code-cell} ipython3\n'$q$'\n```\n",
}


def planted(*rows: str) -> str:
    lines = [" | ".join(HEADER), "--- | --- | --- | ---", *rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n\n[1]: one.md\n[2]: two.md\n"


def test_a_true_table_passes() -> None:
    table = planted(
        "$\\alpha$ | [1] | rate | number",
        "$\\hat g$, $x_t$ | [1] | gradient and point | $(D,)$",
        "$h$ | [2] | step | number",
        "$\\lambda_\\max$ | [2] | largest curvature | number",
    )
    assert complaints(table, PAGES, {}) == []


@pytest.mark.parametrize(
    "row",
    [
        "$\\beta$ | [1] | decay | number",
        "$g$ | [1] | gradient, which has a hat there | $(D,)$",
        "$q$ | [2] | stands in code alone | number",
        "$h$ | [1], [2] | used in chapter 2 only | number",
        "$\\lambda_{\\min}$ | [2] | another index | number",
        "$p$ | [1] | letter of a command | number",
    ],
)
def test_a_row_for_what_a_chapter_does_not_use_is_found(row: str) -> None:
    assert len(complaints(planted(row), PAGES, {})) == 1


STEP, SIZE = "$h$ | [2] | step | number", "$h$ | {}[2] | hidden units | number"


def test_two_meanings_in_one_chapter_are_found() -> None:
    (complaint,) = complaints(planted(STEP, SIZE.format("")), PAGES, {})
    assert complaint.startswith("two: 2 rows for h")


def test_another_spelling_of_a_symbol_is_the_same_symbol() -> None:
    rows = "$\\lambda_{\\max}$ | [2] | one | –", "$\\lambda_\\max$ | [2] | another | –"
    assert len(complaints(planted(*rows), PAGES, {})) == 1


def test_a_second_meaning_must_be_said_and_known() -> None:
    table = planted(STEP, SIZE.format("also "))
    assert complaints(table, PAGES, {"two": {"h": 1}}) == []
    assert "1 second meanings, 0 of them known" in complaints(table, PAGES, {})[0]
    assert len(complaints(planted(STEP), PAGES, {"two": {"h": 1}})) == 1
    assert len(complaints(planted(SIZE.format("also ")), PAGES, {"two": {"h": 1}})) == 1


@pytest.mark.parametrize(
    "row",
    ["$h$ | [2] | step", "h | [2] | step | number", "$h$ | [3] | step | m", "$h$ | 2 | step | m"],
)
def test_a_row_that_cannot_be_read_is_an_error(row: str) -> None:
    with pytest.raises(ValueError, match=r"cells|no symbol"):
        complaints(planted(row), PAGES, {})


def test_letters_are_found_without_words_and_code() -> None:
    assert letters(
        r"\tilde x_{t} = \mathrm{diag}(p)\,\lambda_{\text{new}} \begin{aligned}\end{aligned}"
    ) == {
        "tilde x",
        "t",
        "p",
        "\\lambda",
    }
    page = (
        "$a$ `$b$`\n\n````{admonition} Title\n$$ c $$\n\n```{code-cell} ipython3\n'$d$'\n```\n\n"
        "$e$\n````\n$f$\n\n```python\n'$g$'\n```\n$h$"
    )
    assert "".join(map(str.strip, formulas(page))) == "acefh"
