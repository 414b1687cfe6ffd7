"""Reads what was handed in, whatever it is, into a notebook that can be graded.

nbgrader gives no grade at all to a file that it cannot read.  Here an unreadable file
becomes an empty notebook with a sentence that says why, and everything else is taken
over cell by cell as plain text: no metadata, output or attachment of the student's
survives but the names of the cells that were handed out.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import stat
from html import escape, unescape
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

MAX_BYTES = 20 << 20
MAX_CELLS = 1000
MAX_SOURCE = 200_000  # of one cell
MAX_CODE = 500_000  # of all code together
MAX_BLANK = 100  # lines that hold nothing, one after the other
# terminal escapes, and marks that make text read otherwise than it runs
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LINK = re.compile(r"""\b(?:href|src)\s*=\s*["']?([^"'>]*)""", re.IGNORECASE)
ADDRESS = re.compile(
    r"(https?:|mailto:|data:image/(png|jpeg|gif)[;,]|[^:]*([/?#]|$))", re.IGNORECASE
)
MAX_MARKDOWN = 20_000  # of one cell
MAX_PROSE = 200_000  # of all markdown together
TROUBLE = "course_trouble"


class Unreadable(ValueError):
    """The file is no notebook; the message is written for the student."""


def read_submission(path: Path) -> NotebookNode:
    """The notebook in ``path``; never raises for what a student can put there.

    ``nb.metadata["course_trouble"]`` holds a sentence when something was off.

    Raises:
        OSError: when it is there but the grader may not or cannot read it: that is no
            reason to give a student nothing.
    """
    trouble = ""
    try:
        data = _bytes(path)
        text, trouble = _text(data)
        cells = _cells(_json(text))
    except Unreadable as error:
        cells, trouble = [], str(error)
    nb = new_notebook(cells=cells)
    nb.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    nb.metadata["language_info"] = {"name": "python"}
    if trouble:
        nb.metadata[TROUBLE] = trouble
    return nb


def _bytes(path: Path) -> bytes:
    no_file = Unreadable("What you handed in is no file: hand in the notebook itself.")
    if not _opens_without_effect(path):
        raise no_file
    try:
        # O_NOFOLLOW: a link could name any file of the instructor's; O_NONBLOCK: a pipe would wait
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO):
            raise
        raise Unreadable(
            f"Your notebook could not be opened: hand in one file called {path.name}, and the "
            "file itself, not a link to it."
        ) from error
    info = os.fstat(handle)
    if not stat.S_ISREG(info.st_mode):
        os.close(handle)
        raise no_file
    with os.fdopen(handle, "rb") as file:
        if info.st_size > MAX_BYTES:
            size = f"{info.st_size >> 20} MB"
            raise Unreadable(
                f"Your notebook is too large ({size}, at most {MAX_BYTES >> 20} MB): clear its "
                "outputs, save it and hand it in again."
            )
        return file.read(MAX_BYTES)


def _opens_without_effect(path: Path) -> bool:
    """False for devices, which may act as soon as they are opened, and for sockets."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return True  # the attempt says what is wrong
    return not (stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode))


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
            tree = json.loads(nbformat.writes(nbformat.reads(text, as_version=4)))
    if not isinstance(tree, dict) or not isinstance(tree.get("cells"), list):
        raise Unreadable(f"Your file is no Jupyter notebook: {advice}")
    return tree


def _cells(tree: dict[str, Any]) -> list[NotebookNode]:
    cells, prose, code = [], MAX_PROSE, MAX_CODE
    for cell in tree["cells"][:MAX_CELLS]:
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(s for s in source if isinstance(s, str))
        if not isinstance(source, str):
            continue
        # half a surrogate pair cannot be written to any file
        source = CONTROL.sub("", source[:MAX_SOURCE].encode("utf-8", "replace").decode("utf-8"))
        made = new_code_cell if cell.get("cell_type") == "code" else new_markdown_cell
        # a page is rendered in time that grows with the square of some texts
        if made is new_markdown_cell:
            source = source[: min(MAX_MARKDOWN, prose)]
            prose -= len(source)
        else:
            source = _without_voids(source)[:code]
            code -= len(source)
        new = made(source if made is new_code_cell else clean_markdown(source))
        name = _grade_id(cell)
        if name:
            new.metadata["nbgrader"] = {"grade_id": name}
        cells.append(new)
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
    return name if isinstance(name, str) else ""


def clean_markdown(source: str) -> str:
    """Markdown without what could run: the instructor's browser will show it.

    It is rendered here to see what comes of it: nbconvert gives up a whole page for a
    missing picture, and makes links of any address, also of one that is a script.
    """
    sanitize = SanitizeHTML().sanitize_html_tags
    source = source.replace("(attachment:", "(#picture-not-kept-")
    try:
        clean = str(sanitize(source)) if "<" in source else source
        # a comment is rendered as it is, a cell after it was sanitised once more
        shown = markdown2html_mistune(clean) + markdown2html_mistune(sanitize(clean))
        sound = all(ADDRESS.match(unescape(a).strip()) for a in LINK.findall(shown))
    except Exception:  # quotes nested by the thousand, for example
        sound = False
    return clean if sound else "\n".join(f"    {line}" for line in escape(source).splitlines())


class PatientExporter(NotebookExporter):
    """nbgrader's reader for submissions: see :func:`read_submission`."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        if not getattr(self.parent, "_sanitizing", True):
            # the second pass of nbgrader reads what the first one wrote
            return super().from_filename(filename, resources, **kw)
        path = Path(filename)
        resources = self._init_resources(resources)
        resources["metadata"]["name"] = path.stem
        resources["metadata"]["path"] = str(path.parent)
        return self.from_notebook_node(read_submission(path), resources, **kw)
