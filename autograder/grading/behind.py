"""What the grader asks of the processes behind the wall, question by question.

Two warm processes, each started when it is first needed: the judge, where a submission is
read, its kernel's messages are received and its results are judged; and the renderer, where
texts become pages.  Each question is answered by a process of its own, forked from these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from autograder.judging import verdict
from autograder.judging.judging import Evidence
from autograder.judging.verdict import Verdict
from autograder.showing.pieces import Piece, plain
from autograder.walls.allowance import PATIENCE, PIECE_SECONDS, Allowance, Budget
from autograder.walls.channel import TooSlow
from autograder.walls.keeper import BehindTheWall, Keeper
from cs231n_lib import exercises

TASK = "autograder.walls.tasks:judge"
JUDGE = Allowance(cpu=60.0, memory=1 << 30, answer=16 << 20, least=30.0)
ONE = Allowance(cpu=15.0, memory=1 << 30, answer=1 << 20, least=15.0)
# twenty megabytes of JSON take up to forty times as much when they are read
# one page: many pieces, each with the seconds that walls/pages.py gives it
PAGE = Allowance(cpu=60.0, memory=768 << 20, answer=32 << 20, least=20.0)
PAGES = "autograder.walls.pages:pages"
FAILURES = 3  # pieces of a page that may each cost a process
READ = Allowance(cpu=20.0, memory=1536 << 20, answer=16 << 20)


# of the submission whose page nbgrader renders at the moment
_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def spending(budget: Budget | None) -> Iterator[None]:
    """Count what is rendered meanwhile, by nbgrader's own converters, on this budget."""
    token = _budget.set(budget)
    try:
        yield
    finally:
        _budget.reset(token)


@cache
def judge() -> Keeper:
    """The process that reads, relays and judges."""
    return Keeper(["autograder.walls.tasks", "autograder.walls.relay", "autograder.walls.cells"])


@cache
def renderer() -> Keeper:
    """The process that renders what is shown."""
    return Keeper(["autograder.walls.pages"])


def read_cells(data: bytes, budget: Budget | None = None) -> dict[str, Any]:
    """The cells of a notebook, from the bytes of the file that was handed in.

    Raises:
        BehindTheWall: when they cannot be read within the limits.
    """
    found = judge().ask("autograder.walls.cells:cells", data, READ, budget, "reading")
    return dict(found)


class AnswerFailed(RuntimeError):
    """An answer of ours fails on the cases, or a declaration does: nobody can be graded."""


def judged(
    evidence: Mapping[str, Evidence], trouble: Mapping[str, str], budget: Budget | None = None
) -> dict[str, Verdict]:
    """Judge all exercises of a notebook; data on which the judge fails get no points.

    Raises:
        AnswerFailed: when it is the course's own answer that fails.
    """
    try:
        return _ask(evidence, trouble, JUDGE, budget)
    except (BehindTheWall, ValueError):
        pass
    told, kept = dict(trouble), dict(evidence)
    for name, one in evidence.items():
        try:
            _ask({name: one}, trouble, ONE, budget)
        except (BehindTheWall, ValueError) as error:
            # judged without what cannot be judged; the record keeps it all the same
            kept[name] = Evidence(one.drawn, one.inputs, b"")
            why = str(error) if isinstance(error, BehindTheWall) else "it has an unknown form"
            told[name] = f"what it returned could not be judged: {why}"
    return _ask(kept, told, JUDGE, budget)


def _ask(
    evidence: Mapping[str, Evidence],
    trouble: Mapping[str, str],
    allowance: Allowance,
    budget: Budget | None,
) -> dict[str, Verdict]:
    request = ({n: (e.drawn, e.inputs, e.outputs) for n, e in evidence.items()}, dict(trouble))
    told = judge().ask(TASK, request, allowance, budget, "judging")
    if not isinstance(told, dict) or set(told) - {"failed", "verdicts"}:
        raise ValueError("an answer of another form than agreed")
    if told.get("failed"):
        raise AnswerFailed(str(told["failed"])[:1000])
    verdicts = told.get("verdicts")
    if not isinstance(verdicts, dict) or set(verdicts) != set(evidence):
        raise ValueError("verdicts on other exercises than asked for")
    return {n: verdict.of_plain(n, verdicts[n]) for n in exercises.table() if n in verdicts}


def rendered(pieces: Sequence[Piece]) -> list[str]:
    """The HTML of each piece; a piece that costs too much is shown as plain text.

    Never raises for what a piece holds.  After a few that cost too much, and when the
    submission has no time left, all that remain are shown plainly.
    """
    found, failed, lost = list[str](), 0, False
    budget = _budget.get()
    while len(found) < len(pieces):
        if failed == FAILURES or _used_up(budget):
            found += [plain(text) for _, text in pieces[len(found) :]]
            break
        try:
            _rendered(pieces[len(found) :], found, budget)
        except BehindTheWall:
            if not lost and not renderer().alive:
                lost = True  # it was ended from outside: no piece is to blame
            elif len(found) < len(pieces):
                failed += 1
                found.append(plain(pieces[len(found)][1]))
    return found


def _used_up(budget: Budget | None) -> bool:
    """Whether a submission has no time left for its pages either."""
    if budget is None or budget.left:
        return False
    return budget.used.get("pages", 0.0) >= PAGE.least


def _rendered(pieces: Sequence[Piece], found: list[str], budget: Budget | None) -> None:
    """Append the HTML of the pieces to ``found``, as far as it comes."""
    with renderer().talk(PAGES, list(pieces), PAGE, budget, "pages") as channel:
        for _ in pieces:
            try:
                html = channel.receive_json(PATIENCE * PIECE_SECONDS)
            except TooSlow as error:
                raise BehindTheWall("it took too long") from error
            if not isinstance(html, str):
                raise BehindTheWall("it has an unknown form")
            found.append(html)


__all__ = ["AnswerFailed", "judge", "judged", "read_cells", "rendered", "renderer", "spending"]
