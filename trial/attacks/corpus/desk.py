"""How an attack is written down, and what every attacker finds on the desk."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder import demo
from autograder.building.notebooks import Assignment
from cs231n_lib import exercises

RIGHT = ("sgd_momentum", "nesterov")  # what a half honest submission has right
QUESTION = "momentum_velocity_start"
CHAPTER = "momentum"  # whose assignment an attack is handed in for, if it names no other


def points(*names: str) -> int:
    """Points of the exercises called ``names``."""
    return sum(exercises.get(name).points for name in names)


def names(chapter: str = CHAPTER) -> list[str]:
    """The exercises of an assignment, in order."""
    return [e.name for e in exercises.chapter(chapter)]


@dataclass(frozen=True)
class Targets:
    """Places outside the box that an attacker knows by their exact paths."""

    course: Path
    home: Path
    root: Path


@dataclass(frozen=True)
class Desk:
    """What an attack is built from: notebooks, and the folder that is handed in."""

    assignment: Assignment
    folder: Path
    targets: Targets

    @property
    def path(self) -> Path:
        """Where the notebook is expected."""
        return self.folder / f"{self.assignment.chapter}.ipynb"

    def blank(self) -> NotebookNode:
        """The notebook as released: every function empty."""
        return demo.unsolved(self.assignment)

    def solved(self, *only: str) -> NotebookNode:
        """The notebook with these functions right (all, if none is named)."""
        nb, full = self.blank(), demo.solved(self.assignment)
        for name in only or names(self.assignment.chapter):
            cell_of(nb, f"{name}-code").source = cell_of(full, f"{name}-code").source
        return nb

    def write(self, data: NotebookNode | dict[str, Any] | bytes, path: Path | None = None) -> None:
        """Hand in a notebook, a tree that may be no valid notebook, or bytes."""
        path = path or self.path
        # not through nbformat, which would refuse or repair what is broken on purpose
        path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())


Builder = Callable[[Desk], NotebookNode | None]


@dataclass(frozen=True)
class Attack:
    """One submission of the corpus.

    Attributes:
        name: also the student's id.
        family: what kind of attack it is.
        tries: what it tries, in one sentence (the builder's docstring).
        deserves: points of the honest work in it.
        least: fewest points that are still fair, where part of the work may be lost.
        build: writes the submission, or returns its notebook.
        chapter: whose assignment it is handed in for.
    """

    name: str
    family: str
    tries: str
    deserves: int
    least: int
    build: Builder = field(compare=False)
    chapter: str = CHAPTER


ATTACKS: dict[str, Attack] = {}


def attack(
    *right: str,
    least: int | None = None,
    most: int | None = None,
    chapter: str = CHAPTER,
    family: str = "",
) -> Callable[[Builder], Builder]:
    """Declare a builder as an attack whose honest work are the functions ``right``.

    Args:
        right: names of exercises; it deserves their points.
        least: fewest points that are fair, if fewer than it deserves.
        most: points that it deserves, where they are not those of whole exercises.
        chapter: whose assignment it is handed in for.
        family: the kind of attack, if not the name of the builder's module.
    """

    def declare(build: Builder) -> Builder:
        name = build.__name__.replace("_", "-")
        if name in ATTACKS:
            raise ValueError(f"two attacks are called {name}")
        deserved = points(*right) if most is None else most
        ATTACKS[name] = Attack(
            name,
            family or build.__module__.rpartition(".")[2],
            " ".join((inspect.getdoc(build) or "").split()),
            deserved,
            deserved if least is None else least,
            build,
            chapter,
        )
        return build

    return declare


def everything(chapter: str = CHAPTER) -> tuple[str, ...]:
    """All exercises: for submissions whose work is entirely honest."""
    return tuple(names(chapter))


def cell_of(nb: NotebookNode, name: str) -> NotebookNode:
    """The cell with this grade_id."""
    return demo.cell_of(nb, name)


def first(nb: NotebookNode, source: str) -> NotebookNode:
    """``nb`` with a code cell put before everything else."""
    nb.cells.insert(0, new_code_cell(source))
    return nb


def before(nb: NotebookNode, name: str, source: str) -> NotebookNode:
    """``nb`` with a code cell put before the cell called ``name``."""
    nb.cells.insert(nb.cells.index(cell_of(nb, name)), new_code_cell(source))
    return nb


def last(nb: NotebookNode, source: str) -> NotebookNode:
    """``nb`` with a code cell at the end."""
    nb.cells.append(new_code_cell(source))
    return nb


def answer(nb: NotebookNode, text: str) -> NotebookNode:
    """``nb`` with ``text`` as the free-text answer and as a cell of the student's own."""
    cell_of(nb, QUESTION).source = text
    nb.cells.append(new_markdown_cell(text))
    return nb


def function(nb: NotebookNode, name: str, body: str) -> NotebookNode:
    """``nb`` with the function ``name`` of this body (lines indented by four spaces)."""
    exercise = exercises.get(name)
    cell_of(nb, f"{name}-code").source = f"{exercise.header()}\n{body}"
    return nb


def wrong(nb: NotebookNode) -> NotebookNode:
    """``nb`` with every function written, runnable and wrong."""
    for name in names():
        body = "    return 0.123" if name == "anneal_momentum" else "    return w, config or {}"
        function(nb, name, body)
    return nb
