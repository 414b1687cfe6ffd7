"""Tables of the page on the judge's trial, from the records beside this file.

``python -m trial`` writes the records; the page only shows them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from scipy.stats import beta

from cs231n_lib import exercises

HERE = Path(__file__).parent


def record(name: str) -> dict[str, Any]:
    """What one trial of the whole grader found."""
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    return found


@cache
def _of_exercises() -> dict[str, dict[str, Any]]:
    """The record of each exercise, in the order of the course."""
    return {
        name: json.loads((HERE / exercise.chapter / f"{name}.json").read_text("utf-8"))
        for name, exercise in exercises.table().items()
    }


def rows(trial: str) -> list[dict[str, Any]]:
    """What one trial found of each exercise, in the order of the course."""
    return [{"exercise": name, **told[trial]} for name, told in _of_exercises().items()]


def total(trial: str, *keys: str) -> dict[str, int]:
    """Sums over all exercises."""
    return {key: sum(row[key] for row in rows(trial)) for key in keys}


class Table:
    """Rows with a header, shown in a page or a terminal; the last row may be a sum."""

    def __init__(self, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.header = [str(h) for h in header]
        self.rows = [[_text(v) for v in row] for row in rows]
        self.numbers = [
            all(isinstance(row[i], int | float) for row in rows) for i in range(len(header))
        ]

    def __repr__(self) -> str:
        return "\n".join(" | ".join(row) for row in [self.header, *self.rows])

    def _repr_html_(self) -> str:
        def cells(row: Sequence[str], tag: str) -> str:
            side = ["text-align: right" if n else "text-align: left" for n in self.numbers]
            # the corner above a column of names heads nothing: an empty heading would be read out
            kinds = [(tag, ' scope="col"') if tag == "th" and c else ("td", "") for c in row]
            return "".join(
                f'<{kind}{scope} style="{s}">{escape(c)}</{kind}>'
                for c, s, (kind, scope) in zip(row, side, kinds, strict=True)
            )

        body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in self.rows)
        return (
            f'<table class="claims"><thead><tr>{cells(self.header, "th")}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def mutation_table() -> Table:
    """One row per exercise, and the sum."""
    found = rows("mutants")
    columns = {
        "Mistakes": "mistakes",
        "Mutants": "mutants",
        "Killed": "killed",
        "by error": "crashed",
        "Equal": "equivalent",
        "Alive": "survived",
        "At home": "public",
    }
    shown = [[row["exercise"], *(row[k] for k in columns.values())] for row in found]
    sums = total("mutants", *columns.values())
    return Table(["Exercise", *columns], [*shown, ["all", *sums.values()]])


def ran(name: str) -> str:
    """When and where one trial of the whole grader was run, in a sentence."""
    return _sentence([record(name)["ran"]])


def held(trial: str) -> str:
    """When and where the exercises had one trial, in a sentence."""
    return _sentence([row["ran"] for row in rows(trial)])


def _sentence(runs: Sequence[dict[str, Any]]) -> str:
    def each(key: str) -> str:
        return ", ".join(sorted({run[key] for run in runs}))

    dates = sorted({run["date"] for run in runs})
    when = dates[0] if len(dates) == 1 else f"from {dates[0]} to {dates[-1]}"
    versions = ", ".join(sorted({f"Python {r['python']}, NumPy {r['numpy']}" for r in runs}))
    return f"recorded {when} with {versions},\non {each('system')}, as {each('user')}"


def styles_table() -> Table:
    """Right solutions in other styles: how many, how often graded, how often rejected."""
    shown = [
        [row["exercise"], row["variants"], row["gradings"], row["rejections"], _rate(row["bound"])]
        for row in rows("styles")
    ]
    sums = total("styles", "variants", "gradings", "rejections")
    header = ["Exercise", "Solutions", "Gradings", "Rejected", "Rate at most"]
    return Table(header, [*shown, ["all", *sums.values(), _rate(bound())]])


def bound() -> float:
    """The rate of false rejections that all gradings together rule out, at 95 % confidence."""
    sums = total("styles", "gradings", "rejections")
    wrong, right = sums["rejections"], sums["gradings"] - sums["rejections"]
    return float(beta.ppf(0.95, wrong + 1, right)) if right else 1.0


def _rate(value: float) -> str:
    return f"{100 * value:.2g} %"


def family_table() -> Table:
    """Attacks per family, and how many of them each grader held."""
    rows = [
        [
            row["family"],
            row["attacks"],
            row["ours_held"],
            row["stock_tried"],
            row["stock_held"],
        ]
        for row in record("attacks")["totals"]
    ]
    total = ["all", *(sum(row[i] for row in rows) for i in range(1, 5))]
    header = ["Family", "Attacks", "Held here", "Tried on stock", "Held by stock"]
    return Table(header, [*rows, total])


def attack_table() -> Table:
    """Every attack: what it tries, what it deserves, what it got here and from stock."""
    return Table(
        ["Attack", "What it tries", "Deserves", "Here", "Stock nbgrader"],
        [
            [a["name"], a["tries"], f"{a['deserved']:g}", _got(a["ours"]), _got(a["stock"])]
            for a in sorted(record("attacks")["attacks"], key=lambda a: a["family"])
        ],
    )


def _got(half: dict[str, Any]) -> str:
    earned = half["earned"]
    return half["outcome"] if earned is None else f"{earned:g}, {half['outcome']}"


def fault_table() -> Table:
    """Every fault that was done to the grader, and the sentence it ended with."""
    return Table(
        ["What was done", "What the grader said", "Verdict"],
        [
            [f["done"], " ".join(f["said"]) or "nothing: the class was graded", f["verdict"]]
            for f in record("faults")["damage"]["faults"].values()
        ],
    )
