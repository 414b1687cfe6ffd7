"""Behind the wall: the bytes of a file that was handed in become cells of plain text.

Everything is taken over cell by cell: no metadata, output or attachment of the student's
survives but the names of the cells that were handed out.  The text itself stays as it was
written; what may be shown of it is decided where it is shown (:mod:`autograder.showing`).
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from typing import Any

import nbformat

MAX_CELLS = 1000
MAX_SOURCE = 200_000  # of one cell
MAX_CODE = 500_000  # of all code together
MAX_BLANK = 100  # lines that hold nothing, one after the other
MAX_NAME = 100  # characters of the name of a cell
# terminal escapes, and marks that make text read otherwise than it runs
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MAX_MARKDOWN = 20_000  # of one cell
MAX_PROSE = 200_000  # of all markdown together


class Unreadable(ValueError):
    """The file is no notebook; the message is written for the student."""


def cells(data: bytes) -> dict[str, Any]:
    """The cells in the bytes of a notebook.

    Returns:
        ``cells``: for each its type, its source and its name ("" for the student's own);
        ``trouble``: a sentence where something was off.
    """
    try:
        text, trouble = _text(data)
        return {"cells": _cells(_json(text)), "trouble": trouble}
    except Unreadable as error:
        return {"cells": [], "trouble": str(error)}


def _text(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        note = "Your notebook is not encoded in UTF-8; it was read as Latin-1."
        return data.decode("latin-1"), note


def _json(text: str) -> dict[str, Any]:
    advice = "open it in JupyterLab, save it and hand it in again."
    try:
        tree = json.loads(text)
    except RecursionError as error:
        raise Unreadable(f"Your notebook is nested too deeply to be read: {advice}") from error
    except ValueError as error:
        raise Unreadable(
            f"Your notebook is damaged or cut short (no valid JSON): {advice}"
        ) from error
    if isinstance(tree, dict) and isinstance(tree.get("worksheets"), list):
        with contextlib.suppress(Exception):  # the format of 2013; the reader tells if it fails
            old = nbformat.reads(json.dumps(_shortened(tree)), as_version=4)
            tree = json.loads(nbformat.writes(old))
    if not isinstance(tree, dict) or not isinstance(tree.get("cells"), list):
        raise Unreadable(f"Your file is no Jupyter notebook: {advice}")
    return tree


def _shortened(tree: dict[str, Any]) -> dict[str, Any]:
    """An old notebook with no more than is read of it: its conversion takes a while a cell."""
    kept = ("cell_type", "input", "source", "level", "language", "metadata")
    sheets = (s["cells"] for s in tree["worksheets"] if isinstance(s, dict) and "cells" in s)
    cells = itertools.islice(itertools.chain.from_iterable(sheets), MAX_CELLS)
    short = [{k: c[k] for k in kept if k in c} for c in cells if isinstance(c, dict)]
    for cell in short:
        if cell.get("cell_type") == "code":
            cell |= {"outputs": [], "collapsed": False}
            cell.setdefault("language", "python")
    old = {"nbformat": tree.get("nbformat", 3), "nbformat_minor": 0, "metadata": {"name": ""}}
    return {**old, "worksheets": [{"cells": short, "metadata": {}}]}


def _cells(tree: dict[str, Any]) -> list[list[str]]:
    cells, prose, code = [], MAX_PROSE, MAX_CODE
    for cell in tree["cells"][:MAX_CELLS]:
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", "")
        if isinstance(source, list):
            lines = itertools.islice((s for s in source if isinstance(s, str)), MAX_SOURCE)
            source = "".join(lines)
        if not isinstance(source, str):
            continue
        # half a surrogate pair cannot be written to any file
        source = CONTROL.sub("", source[:MAX_SOURCE].encode("utf-8", "replace").decode("utf-8"))
        # a page is rendered in time that grows with the square of some texts
        if cell.get("cell_type") == "code":
            source = _without_voids(source)[:code]
            code -= len(source)
            cells.append(["code", source, _grade_id(cell)])
        else:
            source = source[: min(MAX_MARKDOWN, prose)]
            prose -= len(source)
            cells.append(["markdown", source, _grade_id(cell)])
    return cells


def _without_voids(source: str) -> str:
    """Code in which no more than so many empty lines follow each other.

    What colours the code on a page looks from each of them to the end of all of them.
    """
    kept, blank = [], 0
    for line in source.split("\n"):
        blank = 0 if line.strip() else blank + 1
        if blank <= MAX_BLANK:
            kept.append(line)
    return "\n".join(kept)


def _grade_id(cell: dict[str, Any]) -> str:
    meta = cell.get("metadata")
    inner = meta.get("nbgrader") if isinstance(meta, dict) else None
    name = inner.get("grade_id") if isinstance(inner, dict) else None
    return name if isinstance(name, str) and len(name) <= MAX_NAME else ""
