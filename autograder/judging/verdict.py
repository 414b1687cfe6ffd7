"""The verdict on one exercise in the form in which it leaves the judge: small, typed, checked.

The judge's own report (:class:`cs231n_lib.judging.verdict.Report`) holds arrays of the
student's; it stays behind the wall.  What the grader gets is numbers, names and finished texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from cs231n_lib import exercises
from cs231n_lib.judging import show
from cs231n_lib.judging.verdict import Report

LONGEST = 50_000  # characters of a text; the longest honest one has about 5,000
KINDS = ("empty", "result", "companion", "error", "stopped")


@dataclass(frozen=True)
class Verdict:
    """What is booked, recorded and shown of one exercise.

    Attributes:
        groups: for each case group the points earned and the points there are.
        mistake: name of the known mistake that was recognised.
        problem: ``kind`` and ``text`` of what kept the function from being judged.
        comment: a paragraph, as nbgrader's comment on the function's cell.
        text, html: the whole explanation.
    """

    exercise: str
    groups: dict[str, list[int]]
    mistake: str | None
    problem: dict[str, str] | None
    comment: str
    text: str
    html: str

    @property
    def earned(self) -> int:
        return sum(earned for earned, _ in self.groups.values())

    @property
    def points(self) -> int:
        return sum(points for _, points in self.groups.values())

    @property
    def passed(self) -> bool:
        return self.earned == self.points

    def summary(self) -> dict[str, Any]:
        """The part that records keep."""
        return {
            "earned": self.earned,
            "points": self.points,
            "groups": self.groups,
            "mistake": self.mistake,
            "problem": self.problem,
        }

    def outputs(self) -> list[NotebookNode]:
        """What stands under a graded cell: the explanation, and the score nbgrader reads."""
        data = {"text/html": self.html, "text/plain": self.text}
        score = {"text/plain": repr(float(self.earned))}
        return [
            new_output("display_data", data=data),
            new_output("execute_result", data=score, execution_count=None),
        ]

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def of_report(report: Report) -> Verdict:
    """The verdict that a report comes to; rendered where the report is."""
    return Verdict(
        report.exercise,
        {g.name: [g.earned, g.points] for g in report.groups},
        report.mistake.name if report.mistake else None,
        report.problem,
        comment(report)[:LONGEST],
        show.text(report)[:LONGEST],
        show.html(report)[:LONGEST],
    )


def comment(report: Report) -> str:
    """One paragraph: what was right, what was wrong, the mistake and its hint."""
    right = [g.name for g in report.groups if g.right]
    wrong = [g.name for g in report.groups if not g.right]
    said = [f"{report.earned} of {report.points} points."]
    if right and wrong:
        said.append(f"Right: {', '.join(right)}. Wrong: {', '.join(wrong)}.")
    elif not wrong:
        said.append("All case groups are right.")
    return " ".join(said + show.sentences(report))


def of_plain(name: str, tree: Any) -> Verdict:
    """A verdict from what came back from behind the wall.

    Raises:
        ValueError: when it is not a possible verdict on exercise ``name``.
    """
    wanted = exercises.get(name).groups
    try:
        found = Verdict(**tree)
        sound = (
            found.exercise == name
            and list(found.groups) == list(wanted)
            and all(_fits(found.groups[g], wanted[g].points) for g in wanted)
            and all(_text(t) for t in (found.comment, found.text, found.html))
            and (found.mistake is None or _text(found.mistake))
            and (found.problem is None or _is_problem(found.problem))
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no verdict on {name}") from error
    if not sound:
        raise ValueError(f"no possible verdict on {name}")
    return found


def _fits(pair: Any, points: int) -> bool:
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    return all(type(n) is int for n in pair) and 0 <= pair[0] <= pair[1] == points


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


def _is_problem(value: Mapping[str, Any]) -> bool:
    return set(value) == {"kind", "text"} and value["kind"] in KINDS and _text(value["text"])
