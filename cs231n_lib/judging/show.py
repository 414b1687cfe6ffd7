"""A report as text, for a notebook or a terminal, and as HTML, for the feedback page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import numpy as np

from cs231n_lib.judging.failing import failing, sentence
from cs231n_lib.judging.recognise import TWO
from cs231n_lib.judging.verdict import OWN_VERDICT, Report, Wrong


def error(e: float) -> str:
    """A relative error in two digits; a dash where there is none."""
    return "-" if not np.isfinite(e) else "0" if e == 0 else f"{e:.1e}"


def remarks(report: Report) -> list[str]:
    """What is said of the whole exercise besides its table, most important first."""
    said: list[str] = []
    if report.problem and report.problem["kind"] == "empty":
        return ["Not written yet: replace `raise NotImplementedError` by your code."]
    said += report.blames
    if report.mistake:
        two = report.mistake.rank == TWO
        lead = "two known mistakes at once" if two else "a known mistake"
        said.append(f"This looks like {lead}: {report.mistake.name}.")
        said.append(f"Hint: {report.mistake.hint}")
    said += report.diagnoses
    said += [sentence(problem) for problem in _general(report)]
    for g in report.groups:
        if g.verdict == OWN_VERDICT:
            said.append(
                f"{g.name}: this gradient is right for your own forward computation, which "
                "differs from the reference: mend that one, the gradient keeps its points."
            )
    return said + _gradient_check(report)


def notes(report: Report) -> list[str]:
    """Remarks that cost nothing."""
    empty = report.problem is not None and report.problem["kind"] == "empty"
    return [] if empty else [f"Note: {note}." for note in report.notes]


def sentences(report: Report) -> list[str]:
    """Everything that a report says besides its table, as plain text without the numbers."""
    blocks = [f"{b.name}: {said}" for b in failing(report) for said in b.messages]
    return remarks(report) + blocks + notes(report)


def _general(report: Report) -> list[Mapping[str, str]]:
    """The problems that belong to no case of this function: nothing is shown beside them."""
    found = [f.problem for f in report.failures if f.problem]
    general = [p for p in found if p["kind"] == "companion"]
    if report.problem and (not report.failures or report.problem["kind"] == "stopped"):
        general += [report.problem] if report.problem not in found else []
    return list({p["text"]: p for p in general}.values())


def _gradient_check(report: Report) -> list[str]:
    """Why a gradient that agrees with central differences may be wrong all the same."""
    checked = report.gradient
    if checked is None or not checked.agrees:
        return []
    lost = {g.name for g in report.groups if not g.right}
    wrong = [
        f.group
        for f in report.failures
        if f.group in lost and any(w.output in checked.outputs for w in f.wrong)
    ]
    if not wrong:
        return []
    return [
        f"{', '.join(wrong)}: the gradient check agrees, and the gradient is wrong all the same: "
        f"{checked.why_wrong}."
    ]


def table(report: Report) -> list[str]:
    """The case groups, and the gradient check where there was one, as lines of a table."""
    checked = report.gradient
    names = [g.name for g in report.groups] + ["gradient check"] * (checked is not None)
    wide = max(10, *(len(name) for name in names))
    lines = [f"  {'case group':<{wide}}  {'points':>6}  {'worst error':>11}  verdict"]
    for g in report.groups:
        share = f"{g.earned}/{g.points}"
        verdict = g.verdict
        if g.failed and not g.right:
            verdict += f" ({g.failed} of {g.cases} cases fail)"
        lines.append(f"  {g.name:<{wide}}  {share:>6}  {error(g.error):>11}  {verdict}")
    if checked is not None:
        agrees = "agrees with" if checked.agrees else "differs from"
        told = f"{agrees} central differences of your own forward"
        lines.append(f"  {'gradient check':<{wide}}  {'':>6}  {error(checked.error):>11}  {told}")
    return lines


def title(report: Report) -> str:
    """Name and points."""
    return f"{report.exercise}: {report.earned} of {report.points} points"


def text(report: Report) -> str:
    """What :func:`cs231n_lib.check` prints: table, sentences, failing cases."""
    parts = [[title(report), *table(report)], remarks(report)]
    parts += [block.lines() for block in failing(report)]
    parts.append(notes(report))
    return "\n\n".join("\n".join(part) for part in parts if part)


def html(report: Report, picture: Callable[[Wrong], str] = lambda _: "") -> str:
    """The same for a page; every word is escaped.

    Only tags that nbconvert's sanitiser lets through are used, and no tables: it adds
    parts to them that it then shows as text.

    Args:
        picture: draws one wrong output; only a notebook at home shows pictures.
    """
    rows = escape("\n".join(table(report)))
    said = "".join(f"<div>{escape(s)}</div>" for s in remarks(report))
    for block in failing(report):
        said += f"<div><em>{escape(block.head)}</em></div>"
        said += "".join(f"<div>{escape(s)}</div>" for s in block.messages)
        numbers = [line for wrong in block.wrong for line in block.numbers(wrong)]
        said += f"<pre>{escape(chr(10).join([*block.arguments(), *numbers]))}</pre>"
        said += "".join(picture(wrong) for wrong in block.wrong)
    said += "".join(f"<div>{escape(s)}</div>" for s in notes(report))
    return f"<div><strong>{escape(title(report))}</strong></div><pre>{rows}</pre>{said}"


def marked(words: str) -> str:
    """Words as HTML, with code between backticks as code."""
    parts = escape(words).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))
