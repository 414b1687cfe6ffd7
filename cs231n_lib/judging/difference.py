"""How two arrays differ, as lines of text: which entries, how many, and in which digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from cs231n_lib.judging.values import WIDTH
from cs231n_lib.judging.verdict import Wrong

ROWS = 3  # rows in which something differs that are shown
DIGITS = range(4, 18)  # 17 significant digits tell any two numbers apart


def lines(wrong: Wrong) -> list[str]:
    """The right and the wrong numbers under each other, where ``wrong.where`` knows them.

    Every number that is shown has all the digits that tell it from the other one.  Rows
    without a difference are left out, and so are columns if a row is too long.
    """
    if wrong.where is None or not np.any(wrong.where):
        return []
    want, got = np.asarray(wrong.expected), wrong.got
    if want.ndim == 0:
        texts = numbers([want.item()], [got.item()], [True])
        return _aligned(wrong.output, "", [], texts, [])
    found = [head(wrong)]
    rows = list(_differing_rows(wrong.where))
    for index, axis in rows[:ROWS]:
        found += _row(wrong.output, index, axis, want[index], got[index], wrong.where[index])
    if len(rows) > ROWS:
        found.append(f"  and {len(rows) - ROWS} more rows in which something differs")
    return found


def head(wrong: Wrong) -> str:
    """How many entries differ, and which one first."""
    assert wrong.where is not None
    first = np.unravel_index(int(np.argmax(wrong.where)), wrong.where.shape)
    count = int(np.sum(wrong.where))
    verb = "differs" if count == 1 else "differ"
    at = ", ".join(str(int(i)) for i in first)
    name = f"`{wrong.output}`"
    return f"  {count} of {wrong.where.size} entries of {name} {verb}, the first at [{at}]:"


def numbers(
    want: Sequence[Any], got: Sequence[Any], wrong: Sequence[bool]
) -> tuple[list[str], list[str]]:
    """Texts of the numbers, with as few digits as tell the wrong ones from the right ones."""
    for digits in DIGITS:
        texts = [_number(a, digits) for a in want], [_number(b, digits) for b in got]
        if all(a != b for a, b, w in zip(*texts, wrong, strict=True) if w):
            break
    return texts


def _number(value: Any, digits: int) -> str:
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


Index = tuple[Any, ...]


def _differing_rows(where: np.ndarray) -> Iterator[tuple[Index, int]]:
    """An index of each row that holds a difference, and the axis along which rows run."""
    # the last axis with more than one entry: a column then is one row
    axis = max((i for i, n in enumerate(where.shape) if n > 1), default=where.ndim - 1)
    others = tuple(n if i != axis else 1 for i, n in enumerate(where.shape))
    for place in np.argwhere(np.any(where, axis=axis, keepdims=True).reshape(others)):
        index: Index = tuple(int(i) for i in place)
        yield (*index[:axis], slice(None), *index[axis + 1 :]), axis


def _row(
    name: str, index: Index, axis: int, want: np.ndarray, got: np.ndarray, where: np.ndarray
) -> list[str]:
    inside = ", ".join(":" if i == axis else str(n) for i, n in enumerate(index))
    place = f"[{inside}]" if len(index) > 1 else ""

    def part(columns: np.ndarray) -> list[str]:
        marked = where[columns].tolist()
        texts = numbers(want[columns].tolist(), got[columns].tolist(), marked)
        return _aligned(name, place, columns.tolist(), texts, marked)

    found = part(np.arange(len(want))) if len(want) <= WIDTH // 2 else []
    if found and max(map(len, found)) <= WIDTH:
        return found
    columns = np.flatnonzero(where)[: WIDTH // 4]
    while max(map(len, found := part(columns))) > WIDTH and len(columns) > 1:
        columns = columns[:-1]
    left = int(np.sum(where)) - len(columns)
    return found + ([f"  and {left} more in this row"] if left else [])


def _aligned(
    name: str,
    place: str,
    columns: Sequence[int],
    texts: tuple[list[str], list[str]],
    marked: Sequence[bool],
) -> list[str]:
    """Two rows under each other, with the columns' numbers above and marks below them."""
    wide = max(len(t) for t in [*texts[0], *texts[1], *map(str, columns)])
    lead = len(f"  expected {name}{place} =")

    def row(words: Sequence[str]) -> str:
        return "".join(f"  {word:>{wide}}" for word in words)

    found = [
        f"  expected {name}{place} ={row(texts[0])}",
        f"  your     {name}{place} ={row(texts[1])}",
    ]
    if len(columns) > 1:
        index = f"{'  index':<{lead}}{row([str(c) for c in columns])}"
        under = [("^" * len(b)) if m else "" for b, m in zip(texts[1], marked, strict=True)]
        found = [index, *found, (" " * lead + row(under)).rstrip()]
    return found
