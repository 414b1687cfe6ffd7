"""A small picture of an effect: a dot for each seed, the interval, what bears the claim out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from claims.rule import Band, interval

WIDTH, HEIGHT, MARGIN = 168, 30, 6


def strip(values: Sequence[float], band: Band) -> str:
    """An SVG of the seeds' values on a line, with a text for who does not see it.

    The shaded part of the line bears the claim out.  Values of one sign that differ more than
    tenfold stand on a logarithmic line; those without bound stand at its end.
    """
    kept = np.asarray(values, dtype=float)
    low, high = interval(values)
    place, kind = _scale([*kept, *band.borders])
    start = place(band.low) if np.isfinite(band.low) else 0.0
    end = place(band.high) if np.isfinite(band.high) else float(WIDTH)
    text = (
        f"{len(kept)} seeds from {kept.min():.3g} to {kept.max():.3g}, interval of the median"
        f" {low:.3g} to {high:.3g}; the claim needs {band}{kind}"
    )
    dots = "".join(
        f'<circle cx="{place(v):.1f}" cy="{9 + 6 * (k % 3)}" r="2.2"/>'
        for k, v in enumerate(kept.tolist())
    )
    borders = "".join(
        f'<line class="strip-border" x1="{place(b):.1f}" x2="{place(b):.1f}" y1="1" y2="25"/>'
        for b in band.borders
    )
    return (
        f'<svg class="strip" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" aria-label="{escape(text)}"><title>{escape(text)}</title>'
        f'<rect class="strip-band" x="{start:.1f}" y="1" width="{max(end - start, 0):.1f}"'
        f' height="24"/>{borders}'
        f'<line class="strip-interval" x1="{place(low):.1f}" x2="{place(high):.1f}"'
        f' y1="27" y2="27"/>{dots}</svg>'
    )


def _scale(values: Sequence[float]) -> tuple[Callable[[float], float], str]:
    """Where a value stands, in pixels, and a word on the kind of line."""
    finite = np.array([v for v in values if np.isfinite(v)])
    logarithmic = bool(len(finite)) and finite.min() > 0 and finite.max() / finite.min() > 10
    if logarithmic:
        finite = np.log(finite)
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 1.0)
    room = (high - low) * 0.06 or max(abs(high), 1.0) * 0.06
    low, high = low - room, high + room

    def place(value: float) -> float:
        if not np.isfinite(value):
            return float(WIDTH - 1 if value > 0 else 1)
        at = np.log(value) if logarithmic else value
        return float(MARGIN + (at - low) / (high - low) * (WIDTH - 2 * MARGIN))

    return place, " (logarithmic line)" if logarithmic else ""
