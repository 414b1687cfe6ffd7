"""What was handed out: the released notebook's own texts, and the code that sets it up.

The gradebook knows the cells with a name.  The others (prose, imports, helpers) stand in the
released notebook alone, and their texts tell what of a submission is the student's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from autograder.paths import course_dir


@dataclass(frozen=True)
class Released:
    """What the course wrote in one notebook, in cells without a name.

    Attributes:
        texts: the sources of these cells.
        setup: the code of those before the first exercise: imports and helpers.
    """

    texts: frozenset[str] = frozenset()
    setup: tuple[str, ...] = ()


def released(assignment: str, notebook: str) -> Released:
    """What was handed out; nothing where no release is found."""
    path = course_dir() / "release" / assignment / f"{notebook}.ipynb"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return Released()


@cache
def _read(path: Path, changed: int) -> Released:
    cells = nbformat.read(path, as_version=4).cells
    setup = list[str]()
    for cell in cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            break
        if cell.cell_type == "code" and "nbgrader" not in cell.metadata:
            setup.append(cell.source)
    texts = frozenset(c.source for c in cells if "nbgrader" not in c.metadata)
    return Released(texts, tuple(setup))
