"""Why a check brought nothing back, told from the outputs of the cells above it.

The words of an error are a student's: they are quoted as text and cut, and decide nothing.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator, Mapping

from nbformat.notebooknode import NotebookNode

QUOTED = 160  # characters of an error's text
MODULE = re.compile(r"No module named '([A-Za-z_][A-Za-z0-9_]*)[A-Za-z0-9_.]*'")
# of a traceback: `Cell In[3], line 2`, and for what is no Python `File this cell:29`
LINES = (re.compile(r"Cell In ?\[\d*\], line (\d+)"), re.compile(r"File [^\n:]*:(\d+)"))
NO_PYTHON = ("SyntaxError", "IndentationError", "TabError")
NOTHING = "its check cell wrote nothing"


def missing(
    names: Iterable[str], cells: Mapping[str, NotebookNode], trouble: Mapping[str, str]
) -> dict[str, str]:
    """For each exercise without a record one sentence that says why.

    Args:
        names: the exercises without a record.
        cells: the cells that were handed out, by name, with their outputs.
        trouble: what is known already, by exercise; "" stands for the whole notebook.
    """
    return {
        name: _why(name, cells.get(f"{name}-code"), cells[name]) or trouble.get("") or NOTHING
        for name in names
        if name not in trouble
    }


def _why(name: str, code: NotebookNode | None, check: NotebookNode) -> str:
    at_check = next(errors(check), None)
    if at_check is None:
        return ""
    if at_check.ename != "NameError" or f"'{name}'" not in at_check.evalue:
        return f"its check stopped with {told(at_check)}"
    if code is None:
        return f"`{name}` is not defined: its cell is not in the notebook"
    in_code = next(errors(code), None)
    if in_code is None:
        return f"`{name}` is not defined: no cell above its check defines it under this name"
    if in_code.ename == "Stopped":
        return f"`{name}` is not defined: of its cell is known that {in_code.evalue}"
    return f"`{name}` is not defined: its cell stopped with {told(in_code)}"


def own_cells(nb: NotebookNode, limit: int = 3) -> list[str]:
    """Sentences on cells of the student's own that ask for a package which is not here."""
    found = []
    code = [c for c in nb.cells if c.cell_type == "code"]
    for i, cell in enumerate(code):
        if "nbgrader" in cell.metadata:
            continue
        modules = [m[1] for e in errors(cell) if (m := MODULE.search(e.evalue))]
        for module in dict.fromkeys(modules):
            place = "The first cell" if i == 0 else "A cell of yours"
            found.append(
                f"{place} stopped at `import {module}`: the grader has no {module}. The other "
                "lines of the cell were run."
            )
    return list(dict.fromkeys(found))[:limit]


def errors(cell: NotebookNode) -> Iterator[NotebookNode]:
    """The errors among a cell's outputs, in order."""
    yield from (o for o in cell.get("outputs", []) if o.output_type == "error")


def told(error: NotebookNode) -> str:
    """An error's kind, its line, and the beginning of its text."""
    module = MODULE.search(error.evalue)
    if module:
        return f"{error.ename}: the grader has no {module[1]}"
    said = " ".join(str(error.evalue).split())
    said = said if len(said) <= QUOTED else f"{said[:QUOTED]} ..."
    more = f" (the grader runs Python {_python()})" if error.ename in NO_PYTHON else ""
    return f"{error.ename}{_line(error)}{f': {said}' if said else ''}{more}"


def _line(error: NotebookNode) -> str:
    text = "\n".join(map(str, error.get("traceback", [])))
    match = next((m for pattern in LINES if (m := pattern.search(text))), None)
    return f" in line {match[1]}" if match else ""


def _python() -> str:
    return ".".join(platform.python_version_tuple()[:2])
