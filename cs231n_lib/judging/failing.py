"""The failing cases of a report, each with its own message and its own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cs231n_lib.judging import difference
from cs231n_lib.judging.values import broken, value
from cs231n_lib.judging.verdict import Failure, Report, Wrong, quoted, size


def sentence(problem: Mapping[str, str]) -> str:
    """What kept a case from being judged, as a sentence."""
    lead = {"error": "It raises", "result": "Its result cannot be used:"}
    words = problem["text"] if problem["kind"] == "stopped" else quoted(problem["text"])
    return ended(f"{lead.get(problem['kind'], 'It cannot be checked:')} {words}")


def ended(words: str) -> str:
    """A sentence with its full stop, unless it ends otherwise."""
    return words if words.endswith(("?", "!", ".")) else f"{words}."


@dataclass(frozen=True)
class Block:
    """What is shown of one failing case: its groups, what went wrong, the numbers."""

    groups: tuple[str, ...]
    failure: Failure
    wrong: tuple[Wrong, ...]

    @property
    def name(self) -> str:
        """The groups' names."""
        return ", ".join(self.groups)

    @property
    def messages(self) -> list[str]:
        """What is wrong in this case, in words."""
        if self.failure.problem:
            return [sentence(self.failure.problem)]
        return [ended(f"`{w.output}`: {w.text}") for w in self.wrong if w.text]

    @property
    def head(self) -> str:
        label = f" ({self.failure.case.label})" if self.failure.case.label else ""
        return f"{self.name}. Smallest failing case{label}:"

    def arguments(self) -> list[str]:
        """The case's arguments."""
        rows = [(name, value(v)) for name, v in self.failure.case.args.items()]
        wide = max((len(n) for n, _ in rows), default=0)
        return [line for n, v in rows for line in broken(f"  {n:<{wide}} = ", v)]

    def numbers(self, wrong: Wrong) -> list[str]:
        """What was expected of one output, and what came."""
        found = difference.lines(wrong)
        if not found:
            found = broken(f"  expected {wrong.output} = ", value(wrong.expected))
            if not self.failure.problem:
                got = "nothing" if wrong.got is None else value(wrong.got)
                found += broken(f"  your     {wrong.output} = ", got)
        return found

    def lines(self) -> list[str]:
        """All of it."""
        shown = [line for wrong in self.wrong for line in self.numbers(wrong)]
        return [self.head, *self.messages, *self.arguments(), *shown]


def failing(report: Report) -> list[Block]:
    """One block for each group that fails, each with a case of its own.

    Groups that fail in the same case, or with the same exception, share one.
    """
    if report.problem and report.problem["kind"] == "empty":
        return []
    lost = {g.name for g in report.groups if not g.right}
    blocks: list[Block] = []
    for failure in report.failures:
        if failure.group not in lost or (failure.problem or {}).get("kind") == "companion":
            continue
        for i, old in enumerate(blocks):
            groups = (*old.groups, failure.group)
            if failure.case is old.failure.case:
                outputs = {w.output: w for w in (*old.wrong, *failure.wrong)}
                blocks[i] = Block(groups, old.failure, tuple(outputs.values()))
                break
            if failure.problem and failure.problem == old.failure.problem:
                smaller = min(old.failure, failure, key=lambda f: size(f.case.args))
                blocks[i] = Block(groups, smaller, smaller.wrong)
                break
        else:
            blocks.append(Block((failure.group,), failure, failure.wrong))
    return blocks
