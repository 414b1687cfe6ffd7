"""A report as text, for a notebook or a terminal, and as HTML, for the feedback page."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from cs231n_lib.own import OWN
from cs231n_lib.verdict import OWN_VERDICT, Report, quoted
from cs231n_lib.wire import Function, Rng


def value(v: Any, limit: int = 8) -> str:
    """A short text of an input or output: small arrays whole, large ones by their shape."""
    if isinstance(v, np.ndarray):
        if v.ndim == 0:
            return f"{v.item():.6g}" if v.dtype.kind == "f" else str(v.item())
        flat = np.array2string(
            v, precision=4, suppress_small=False, threshold=limit, edgeitems=2, separator=", "
        )
        text = " ".join(flat.split())
        return text if v.size <= limit else f"{text}  shape {v.shape}"
    if isinstance(v, Function):
        inside = ", ".join(f"{k}={value(p)}" for k, p in v.params.items())
        return f"{v.name}({inside})"
    if isinstance(v, Rng):
        return f"np.random.default_rng({v.seed})"
    if isinstance(v, dict):
        return "{" + ", ".join(f"{k!r}: {value(x)}" for k, x in v.items()) + "}"
    if isinstance(v, list):
        shown = ", ".join(value(x) for x in v[:3])
        return f"[{shown}{', ...' if len(v) > 3 else ''}]"
    if isinstance(v, float):
        return f"{v:.6g}"
    return repr(v)


def error(e: float) -> str:
    """A relative error in two digits; a dash where there is none."""
    return "-" if not np.isfinite(e) else "0" if e == 0 else f"{e:.1e}"


def sentences(report: Report) -> list[str]:
    """What a report says besides its table, most important first; plain text."""
    said: list[str] = []
    problem = report.problem
    if problem and problem["kind"] == "empty":
        return ["Not written yet: replace `raise NotImplementedError` by your code."]
    said += report.blames
    if report.mistake:
        said.append(f"This looks like a known mistake: {report.mistake.name}.")
        said.append(f"Hint: {report.mistake.hint}")
    if problem:
        lead = {"error": "It raises", "result": "Its result cannot be used:"}
        words = problem["text"] if problem["kind"] == "stopped" else quoted(problem["text"])
        said.append(f"{lead.get(problem['kind'], 'It cannot be checked:')} {words}.")
    for g in report.groups:
        if g.verdict == OWN_VERDICT:
            said.append(
                f"{g.name}: this gradient is right for your own forward computation, which "
                "differs from the reference: mend that one, the gradient keeps its points."
            )
    if report.failure and report.failure.text and not problem:
        said.append(f"`{report.failure.output}`: {report.failure.text}.")
    return said + [f"Note: {note}." for note in report.notes]


def smallest(report: Report) -> list[tuple[str, str]]:
    """The smallest failing case as rows of name and value; empty if nothing failed."""
    failure = report.failure
    if failure is None or (report.problem and report.problem["kind"] in ("empty", "companion")):
        return []
    rows = [(name, value(v)) for name, v in failure.case.args.items()]
    rows.append((f"expected {failure.output}", value(failure.expected)))
    got = "nothing" if failure.got is None else value(failure.got)
    rows.append((f"your {failure.output}", got))
    return rows


def table(report: Report) -> list[str]:
    """The case groups, and the gradient check where there was one, as lines of a table."""
    checked = report.gradient_error
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
        agrees = "agrees with" if checked <= OWN.exact else "differs from"
        told = f"{agrees} central differences of your own forward"
        lines.append(f"  {'gradient check':<{wide}}  {'':>6}  {error(checked):>11}  {told}")
    return lines


def smallest_lines(report: Report) -> list[str]:
    """The smallest failing case as lines; empty if nothing failed."""
    rows = smallest(report)
    if not rows:
        return []
    label = report.failure.case.label if report.failure else ""
    wide = max(len(n) for n, _ in rows)
    head = f"Smallest failing case{f' ({label})' if label else ''}:"
    return [head, *(f"  {n:<{wide}} = {v}" for n, v in rows)]


def title(report: Report) -> str:
    """Name and points."""
    return f"{report.exercise}: {report.earned} of {report.points} points"


def text(report: Report) -> str:
    """What :func:`cs231n_lib.check` prints: table, sentences, smallest failing case."""
    parts = [[title(report), *table(report)], sentences(report), smallest_lines(report)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def html(report: Report) -> str:
    """The same for the feedback page; every word is escaped.

    Only tags that nbconvert's sanitiser lets through are used, and no tables: it adds
    parts to them that it then shows as text.
    """
    said = "".join(f"<div>{escape(s)}</div>" for s in sentences(report))
    small = escape("\n".join(smallest_lines(report)))
    case = f"<pre>{small}</pre>" if small else ""
    rows = escape("\n".join(table(report)))
    return f"<div><strong>{escape(title(report))}</strong></div><pre>{rows}</pre>{said}{case}"
