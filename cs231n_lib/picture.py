"""A signed picture of how a matrix differs from the right one, for notebooks."""

from __future__ import annotations

from html import escape

import numpy as np

from cs231n_lib.judging.difference import numbers
from cs231n_lib.judging.verdict import Wrong

CELL = 18  # pixels
MOST = 32  # rows, and columns, of a picture
LARGER, SMALLER = "#D55E00", "#0072B2"  # seen apart by the colour-blind, and on light and dark


def of(wrong: Wrong) -> str:
    """An SVG picture with a sign in each wrong entry; empty for what is no matrix."""
    if wrong.where is None or wrong.where.ndim < 2 or not np.any(wrong.where):
        return ""
    width = wrong.where.shape[-1]
    want = np.asarray(wrong.expected, dtype=np.float64).reshape(-1, width)
    got = np.asarray(wrong.got, dtype=np.float64).reshape(-1, width)
    where = wrong.where.reshape(-1, width)
    rows, columns = _window(where)
    part = np.ix_(rows, columns)
    gaps = got[part] - want[part]
    finite = np.abs(gaps[np.isfinite(gaps) & where[part]])
    largest = float(np.max(finite, initial=0.0)) or 1.0
    drawn = [
        _cell(int(r), int(c), i, j, float(want[r, c]), float(got[r, c]), largest, where[r, c])
        for i, r in enumerate(rows)
        for j, c in enumerate(columns)
    ]
    across, down = CELL * len(columns), CELL * len(rows)
    text = (
        f"where {wrong.output} differs: + yours is larger, \u2212 yours is smaller, "
        "empty: right" + _cropped(where.shape, rows, columns)
    )
    return (
        f'<div><svg role="img" aria-label="{escape(text)}" width="{across}" height="{down}" '
        f'viewBox="0 0 {across} {down}" font-size="12" text-anchor="middle" fill="currentColor">'
        f"{''.join(drawn)}</svg></div><div><small>{escape(text)}</small></div>"
    )


def _window(where: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns that are drawn: all, or those around the first difference."""
    first = np.unravel_index(int(np.argmax(where)), where.shape)
    found = []
    for at, length in zip(first, where.shape, strict=True):
        start = min(max(0, int(at) - 1), max(0, length - MOST))
        found.append(np.arange(start, min(length, start + MOST)))
    return found[0], found[1]


def _cropped(shape: tuple[int, ...], rows: np.ndarray, columns: np.ndarray) -> str:
    if (len(rows), len(columns)) == shape:
        return ""
    return (
        f"; rows {rows[0]} to {rows[-1]} of {shape[0]}, "
        f"columns {columns[0]} to {columns[-1]} of {shape[1]}"
    )


def _cell(
    row: int, column: int, i: int, j: int, want: float, got: float, largest: float, wrong: bool
) -> str:
    x, y = j * CELL, i * CELL
    frame = (
        f'<rect x="{x + 0.5}" y="{y + 0.5}" width="{CELL - 1}" height="{CELL - 1}" '
        'stroke="currentColor" stroke-opacity="0.25" '
    )
    if not wrong:
        return frame + 'fill="none"/>'
    gap = got - want
    sign = "+" if gap > 0 else "\u2212" if gap < 0 else "?"
    share = abs(gap) / largest if np.isfinite(gap) else 1.0
    colour = LARGER if gap > 0 else SMALLER if gap < 0 else "currentColor"
    right, yours = numbers([want], [got], [True])
    told = f"[{row}, {column}]: expected {right[0]}, yours {yours[0]}"
    return (
        f'{frame}fill="{colour}" fill-opacity="{0.15 + 0.5 * min(share, 1.0):.2f}"/>'
        f'<text x="{x + CELL / 2:g}" y="{y + CELL * 0.72:g}">{sign}<title>{told}</title></text>'
    )
