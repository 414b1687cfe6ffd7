"""The lectures' claims, rerun: how an experiment's outcome is told.

Each chapter's module holds its experiments.

An experiment is a function ``(seed) -> float`` (or one number where nothing is
random).  :func:`measure` runs it over seeds and returns a :class:`Claim`, which a
chapter shows in its section "What the lecture says, and what we measured".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

VERDICTS = ("holds", "holds in part", "does not hold")
Verdict = Callable[[np.ndarray], str]


def at_least(holds: float, partly: float | None = None) -> Verdict:
    """Verdict by thresholds that the median must reach."""

    def verdict(values: np.ndarray) -> str:
        middle = np.median(values)
        if middle >= holds:
            return "holds"
        return "holds in part" if partly is not None and middle >= partly else "does not hold"

    return verdict


def near(target: float, gap: float) -> Verdict:
    """Holds where every value lies within ``gap`` of ``target``."""
    return lambda v: "holds" if np.all(np.abs(v - target) <= gap) else "does not hold"


@dataclass(frozen=True)
class Claim:
    """One claim beside what came out when we ran it.

    Attributes:
        says: the claim, retold in our own words.
        source: lecture and place, for example ``"002, problem 1"``.
        claimed: the number or relation claimed, as text.
        values: measured values, one per seed (a single value if nothing is random).
        verdict: one of :data:`VERDICTS`.
        unit: what the measured number is, for example ``"steps"``.
        remark: one sentence on where the claim bends, may be empty.
    """

    says: str
    source: str
    claimed: str
    values: tuple[float, ...]
    verdict: str
    unit: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict {self.verdict!r} is none of {VERDICTS}")
        if not self.values:
            raise ValueError("a claim needs at least one measured value")

    @property
    def measured(self) -> str:
        """Median, with minimum and maximum where there is more than one value."""
        v = np.asarray(self.values, dtype=float)
        middle = f"{np.median(v):.4g}"
        if len(v) > 1:
            middle += f" ({v.min():.4g} to {v.max():.4g}, {len(v)} seeds)"
        return f"{middle} {self.unit}".strip()


def measure(
    experiment: Callable[[int], float],
    seeds: Sequence[int],
    *,
    says: str,
    source: str,
    claimed: str,
    verdict: Verdict,
    unit: str = "",
    remark: str = "",
) -> Claim:
    """Run ``experiment`` once per seed and let ``verdict`` judge the array of values."""
    values = np.array([float(experiment(s)) for s in seeds])
    return Claim(says, source, claimed, tuple(values), verdict(values), unit, remark)


class ClaimTable:
    """A list of claims that shows itself as a table in a page or a terminal."""

    def __init__(self, *claims: Claim) -> None:
        self.claims = claims

    def __repr__(self) -> str:
        return "\n".join(
            f"{c.says} [{c.source}]: claimed {c.claimed}, measured {c.measured}: {c.verdict}"
            for c in self.claims
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(c.says)} <small>({escape(c.source)})</small></td>"
            f"<td>{escape(c.claimed)}</td><td>{escape(c.measured)}</td>"
            f"<td><strong>{escape(c.verdict)}</strong>"
            f"{'. ' + escape(c.remark) if c.remark else ''}</td></tr>"
            for c in self.claims
        )
        return (
            '<table class="claims"><thead><tr><th scope="col">Claim</th>'
            '<th scope="col">Claimed</th><th scope="col">Measured</th>'
            f'<th scope="col">Verdict</th></tr></thead><tbody>{rows}</tbody></table>'
        )
