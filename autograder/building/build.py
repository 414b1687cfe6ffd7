"""Everything that is generated: expected values, notebooks, the book's tables.

Text is the source.  ``autograder build`` writes what follows from it, and
``autograder build --check`` fails when what lies there differs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.building import expected
from autograder.building.notebooks import Assignment, BadText, assignments
from autograder.course.course import ClassError, CourseError, generate, prepare
from autograder.judging import reference
from autograder.paths import ROOT
from cs231n_lib import exercises, sections

Say = Callable[[str], None]
TABLE = ROOT / "book" / "exercises.md"


def build(say: Say, check: bool = False, wanted: Sequence[Assignment] | None = None) -> list[str]:
    """Write the generated files, or with ``check`` only name those that are stale.

    Args:
        say: takes each line of the progress.
        check: write nothing but the course's own folder.
        wanted: the assignments whose files are made; default: all.

    Raises:
        CourseError: when assignments cannot be released; they are as they were, and the rest
            is built.
    """
    prepare()  # where that is not possible, nothing is begun
    whole = assignments() if wanted is None else wanted
    chapters = [a.chapter for a in whole]
    stale: list[str] = []
    troubles: list[str] = []
    if check:
        old = expected.stale(chapters)
        stale += [f"cs231n_lib/expected/{name}.safetensors" for name in old]
    else:
        for path in expected.write(chapters):
            say(f"expected values: {path.relative_to(ROOT)}")
    for assignment in whole:
        try:
            released = nbformat.read(generate(assignment), as_version=4)
        except ClassError:
            raise
        except (CourseError, BadText) as error:
            troubles.append(str(error))
            continue
        stale += _put(assignment.notebook, notebook_text(released), check)
        say(f"student notebook: {assignment.notebook.relative_to(ROOT)}")
    stale += _put(TABLE, table_page(), check)
    say(f"table of exercises: {TABLE.relative_to(ROOT)}")
    if troubles:
        raise CourseError("; ".join([*troubles, "all others were built"]))
    return stale


def _put(path: Path, text: str, check: bool) -> list[str]:
    old = path.read_text("utf-8") if path.exists() else None
    if old == text:
        return []
    if not check:
        path.write_text(text, "utf-8")
    return [str(path.relative_to(ROOT))]


def notebook_text(nb: NotebookNode) -> str:
    """A notebook as the text that is committed: stable and without a trace of a machine."""
    nb.metadata.pop("celltoolbar", None)
    return json.dumps(nb, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def chapter_title(assignment: Assignment) -> str:
    """First heading of an assignment's text."""
    for line in assignment.text.read_text("utf-8").splitlines():
        if line.startswith("# "):
            return line[2:].strip()
    return assignment.chapter


def table_page() -> str:
    """The book's page that lists all exercises."""
    lines = [
        "# All exercises",
        "",
        "This page is generated from the declarations that also make the notebooks and the",
        "grader: what stands here is what is graded. A case group earns its points when every",
        "case in it is right. Known mistakes are those that `check` recognises by name.",
        "",
    ]
    for assignment in assignments():
        rows = [e for e in exercises.chapter(assignment.chapter)]
        rubrics = reference.rubrics(assignment.chapter)
        total = sum(e.points for e in rows) + sum(r.points for r in rubrics.values())
        lines += [f"## {chapter_title(assignment)}", ""]
        asked = f"{len(rubrics)} {'question' if len(rubrics) == 1 else 'questions'}"
        lines += [f"{len(rows)} functions and {asked}, {total:g} points.", ""]
        lines += ["| function | what it computes | points by case group | known mistakes |"]
        lines += ["| --- | --- | --- | --- |"]
        for e in rows:
            groups = ", ".join(f"{n} {g.points}" for n, g in e.groups.items())
            count = len(reference.mistakes(e))
            place = f'<a href="{sections.in_book(e.name)}"><code>{e.name}</code></a>'
            lines.append(f"| {place} | {e.summary} | {groups} | {count} |")
        lines.append("")
    return "\n".join(lines)
