"""A report as text, for a notebook or a terminal, and as HTML, for the feedback page."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from cs231n_lib.verdict import Report
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
        said.append(f"{lead.get(problem['kind'], 'It cannot be checked:')} {problem['text']}.")
    for g in report.groups:
        if g.verdict == "right for your forward":
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


def text(report: Report) -> str:
    """The table and sentences of :func:`cs231n_lib.check`."""
    wide = max(10, *(len(g.name) for g in report.groups))
    lines = [
        f"{report.exercise}: {report.earned} of {report.points} points",
        f"  {'case group':<{wide}}  {'points':>6}  {'worst error':>11}  verdict",
    ]
    for g in report.groups:
        lines.append(
            f"  {g.name:<{wide}}  {f'{g.earned}/{g.points}':>6}  {error(g.error):>11}  {g.verdict}"
            + (f" ({g.failed} of {g.cases} cases fail)" if g.failed and not g.right else "")
        )
    lines += [""] * bool(sentences(report)) + sentences(report)
    rows = smallest(report)
    if rows:
        label = report.failure.case.label if report.failure else ""
        lines += ["", f"Smallest failing case{f' ({label})' if label else ''}:"]
        name_wide = max(len(n) for n, _ in rows)
        lines += [f"  {n:<{name_wide}} = {v}" for n, v in rows]
    return "\n".join(lines)


def html(report: Report) -> str:
    """The same as :func:`text`, for the feedback page; every word is escaped."""
    head = f"<p><strong>{escape(report.exercise)}: {report.earned} of {report.points} points</strong></p>"
    rows = "".join(
        f"<tr><td>{escape(g.name)}</td><td>{g.earned}/{g.points}</td>"
        f"<td>{error(g.error)}</td><td>{escape(g.verdict)}"
        f"{f' ({g.failed} of {g.cases} cases fail)' if g.failed and not g.right else ''}</td></tr>"
        for g in report.groups
    )
    table = (
        '<table class="verdict"><thead><tr><th>case group</th><th>points</th>'
        f"<th>worst error</th><th>verdict</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    said = "".join(f"<p>{escape(s)}</p>" for s in sentences(report))
    small = smallest(report)
    case = ""
    if small:
        lines = "\n".join(f"{n} = {v}" for n, v in small)
        case = f"<p>Smallest failing case:</p><pre>{escape(lines)}</pre>"
    return head + table + said + case
