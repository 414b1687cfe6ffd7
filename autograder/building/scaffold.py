"""Writes the files of a new exercise or a new chapter, for an author to fill in."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from autograder.paths import ROOT
from cs231n_lib import exercises
from cs231n_lib.chapters import CHAPTERS


class BadName(ValueError):
    """A name that cannot be used, or is taken."""


def new_exercise(chapter: str, name: str) -> list[Path]:
    """Declaration, answer and test of an exercise, which comes last in its chapter.

    Returns:
        the files that were written, or got a line.

    Raises:
        BadName: for a chapter that does not exist, and a name that is taken or no name.
    """
    if chapter not in CHAPTERS:
        raise BadName(f"there is no chapter {chapter!r}; there are {', '.join(CHAPTERS)}")
    if name in exercises.table():
        raise BadName(f"there is an exercise {name!r} already")
    _usable(name)
    listed = ROOT / "cs231n_lib" / "chapters" / chapter / "__init__.py"
    files = {
        listed.with_name(f"{name}.py"): DECLARATION,
        ROOT / "solutions" / chapter / f"{name}.py": SOLUTION,
        ROOT / "tests" / "chapters" / chapter / f"test_{name}.py": TEST,
    }
    longer = {listed: _appended(listed, "EXERCISES", name)}
    return _write({path: _filled(text, chapter, name) for path, text in files.items()}, longer)


def new_chapter(name: str, title: str) -> list[Path]:
    """The files of a chapter without exercises, which comes last in the book.

    Returns:
        the files that were written, or got a line.

    Raises:
        BadName: for a name that is taken or no name.
    """
    if name in CHAPTERS:
        raise BadName(f"there is a chapter {name!r} already")
    _usable(name)
    folder = ROOT / "assignments" / f"{len(CHAPTERS) + 1:02d}-{name.replace('_', '-')}"
    declared = ROOT / "cs231n_lib" / "chapters"
    new = {
        declared / name / "__init__.py": '"""TITLE."""\n\nEXERCISES = ()\n',
        ROOT / "solutions" / name / "__init__.py": '"""TITLE: answers and known mistakes."""\n',
        ROOT / "solutions" / name / "rubric.py": RUBRIC,
        ROOT / "tests" / "chapters" / name / "__init__.py": "",
        folder / f"{name}.md": HEAD + ASSIGNMENT,
        ROOT / "book" / f"{name}.md": HEAD.replace("---\n", QUESTION, 1) + PAGE,
        ROOT / "book" / "claims" / name / "__init__.py": CLAIMS,
        ROOT / "book" / "bib" / f"{name}.bib": "",
    }
    toc, last = ROOT / "book" / "_toc.yml", f"      - file: {CHAPTERS[-1]}\n"
    contents = toc.read_text("utf-8")
    if last not in contents:
        raise BadName(f"book/_toc.yml does not list the page {CHAPTERS[-1]}: put it there first")
    longer = {
        toc: contents.replace(last, f"{last}      - file: {name}\n", 1),
        declared / "__init__.py": _appended(declared / "__init__.py", "CHAPTERS", name),
    }
    return _write({path: _filled(text, name, title=title) for path, text in new.items()}, longer)


def _usable(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or keyword.iskeyword(name):
        raise BadName(f"{name!r} cannot be the name of a function: use letters, digits and _")


def _write(new: dict[Path, str], longer: dict[Path, str]) -> list[Path]:
    """Write new files, and those that got a line; nothing where one of the new ones is there."""
    there = [path for path in new if path.exists()]
    if there:
        raise BadName(f"{there[0].relative_to(ROOT)} exists already")
    for path, text in {**new, **longer}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return [*new, *longer]


def _appended(path: Path, variable: str, name: str) -> str:
    """The text of a file with a name put last into its tuple ``variable``."""
    text = path.read_text("utf-8")
    found = re.search(rf"^({variable}[^=\n]*= )\((.*?)\)$", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise BadName(f"{path.relative_to(ROOT)} has no list {variable}")
    names = found[2].strip().rstrip(",")
    before = f"    {names},\n" if names else ""
    return text.replace(found[0], f'{found[1]}(\n{before}    "{name}",\n)', 1)


def _filled(text: str, chapter: str, name: str = "", title: str = "") -> str:
    words = {"CHAPTER": chapter, "NAME": name, "TITLE": title}
    return re.sub(r"\b(CHAPTER|NAME|TITLE)\b", lambda m: words[m[0]], text)


DECLARATION = '''"""The question `NAME` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call


def cases(rng: np.random.Generator) -> Iterator[Case]:
    yield Case("values", {"x": rng.normal(size=(3, 4))}, "what is special here")


@exercise(section="Exercises", groups={"values": 1}, driver=Call(("y",)), cases=cases)
def NAME(x: np.ndarray):
    """What it computes, in one line.

        y = the equation

    Parameters:
        x: array of any shape.

    Returns:
        y: array of the shape of x.

    Source: where it comes from.
    """
    raise NotImplementedError
'''

SOLUTION = '''"""`NAME`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

from solutions.declare import Solution

solution = Solution()


@solution.answer
def NAME(x):
    return x


# --- known mistakes: at least three --------------------------------------------------


# --- right in other styles: at least three -------------------------------------------
'''

TEST = '''"""`NAME`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np

from solutions.CHAPTER.NAME import NAME


def test_NAME_by_hand():
    np.testing.assert_allclose(NAME(np.array([1.0])), [np.nan])
'''

RUBRIC = '''"""How the free-text questions of this chapter are graded by hand."""

from solutions.declare import Rubrics

rubrics = Rubrics()
'''

HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# TITLE

"""

QUESTION = """---
description: Which question does this chapter answer? (The front page shows this line.)
"""

CLAIMS = '''"""TITLE: who says what, and what would bear it out."""

from __future__ import annotations

from claims.experiment import Claim, Experiment

CLAIMS: tuple[Claim, ...] = ()

#: What figures and tables of the page show beside the claims.
EXPERIMENTS: tuple[Experiment, ...] = ()
'''

ASSIGNMENT = """Fill in the cells that end in `raise NotImplementedError`.
The cell below each of them checks your function on small cases and says what is wrong.
When you hand in, the same checks run on other numbers.

```{code-cell} ipython3
:tags: [setup]

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib import check
```
"""

PAGE = """Which question does this chapter answer?

```{code-cell} ipython3
import matplotlib.pyplot as plt
import numpy as np
```

## Exercises

The notebook asks for the functions of this chapter.
"""
