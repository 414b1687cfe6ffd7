"""How the file of one exercise says what is right, what is wrong, and what looks wrong but is not.

A known mistake is a change of the answer's text, or a function of its own where the mistake is
another algorithm.  Either way it has a name that a student reads, and a hint that asks the
question which leads to the bug.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)
Changes = tuple[tuple[str, str], ...]


class BadChange(ValueError):
    """A piece of text that is to be changed does not occur exactly once in the answer."""


@dataclass(frozen=True)
class Mistake:
    """A wrong function, with the name and the hint that a student reads.

    Attributes:
        exercise: name of the exercise.
        name, hint: what the student reads.
        function: the wrong function.
        source: all of its text, as a student would have written it.
        changes: the pieces of the answer's text that are exchanged; none where the function
            was written on its own.
    """

    exercise: str
    name: str
    hint: str
    function: Function
    source: str
    changes: Changes = ()


@dataclass(frozen=True)
class Variant:
    """A right solution in another style, with the functions that go with it.

    ``companions`` replaces the answers that the driver would call: a backward pass in
    another style comes with a forward pass that makes its cache.
    """

    exercise: str
    style: str
    function: Function
    companions: Mapping[str, Function]


@dataclass(frozen=True)
class Equivalent:
    """Changes of an answer that no case can or should tell from it, and why."""

    reason: str
    changes: Changes


@dataclass
class Solution:
    """All that is declared for one exercise; its file makes one and fills it."""

    functions: list[Function] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    styles: list[Variant] = field(default_factory=list)
    equivalents: list[Equivalent] = field(default_factory=list)

    def answer(self, function: F) -> F:
        """Declare the answer; everything else comes after it."""
        self.functions.append(function)
        return function

    @property
    def function(self) -> Function:
        """The answer.

        Raises:
            IndexError: where none was declared yet.
        """
        return self.functions[0]

    @property
    def exercise(self) -> str:
        """Name of the exercise, which is the name of its answer."""
        return self.function.__name__

    def change(self, name: str, hint: str, *changes: tuple[str, str]) -> None:
        """Declare a wrong version that differs from the answer in pieces of its text.

        Args:
            name, hint: what the student reads; the hint must not give the answer away.
            changes: what stands in the answer, exactly once, and what stands there instead.

        Raises:
            BadChange: when a piece occurs more than once, or not at all.
        """
        text = changed(undecorated(self.function), changes)
        space = vars(inspect.getmodule(self.function))
        function = defined(self.exercise, text, space)
        self.mistakes.append(Mistake(self.exercise, name, hint, function, text, changes))

    def mistake(self, name: str, hint: str) -> Callable[[F], F]:
        """Declare a wrong version that is an algorithm of its own."""

        def declare(function: F) -> F:
            text = undecorated(function)
            self.mistakes.append(Mistake(self.exercise, name, hint, function, text))
            return function

        return declare

    def style(self, style: str, **companions: Function) -> Callable[[F], F]:
        """Declare a right version; ``style`` says what is unlike the answer."""

        def declare(function: F) -> F:
            self.styles.append(Variant(self.exercise, style, function, companions))
            return function

        return declare

    def equivalent(self, reason: str, *changes: tuple[str, str]) -> None:
        """Declare lines, before and after, whose change the trial of the mutants may not notice."""
        self.equivalents.append(Equivalent(reason, changes))


@dataclass(frozen=True)
class Rubric:
    """How a free-text question is graded by hand."""

    question: str
    answer: str
    criteria: tuple[tuple[float, str], ...]

    @property
    def points(self) -> float:
        return sum(points for points, _ in self.criteria)


class Rubrics(dict[str, Rubric]):
    """The free-text questions of a chapter."""

    def add(self, question: str, answer: str, *criteria: tuple[float, str]) -> None:
        """Declare what a good free-text answer says, and the points of each part."""
        self[question] = Rubric(question, answer.strip(), criteria)


@cache  # the judge asks for it with every two mistakes that it makes at once
def undecorated(function: Function) -> str:
    """The source of a function without its decorator, as it was written."""
    source = textwrap.dedent(inspect.getsource(function))
    return source[source.index("def ") :]


def changed(text: str, changes: Changes) -> str:
    """A text with pieces of it exchanged.

    Raises:
        BadChange: when a piece occurs more than once, or not at all.
    """
    for was, now in changes:
        if text.count(was) != 1:
            raise BadChange(f"{was!r} occurs {text.count(was)} times, not once, in:\n{text}")
        text = text.replace(was, now)
    return text


def defined(name: str, source: str, space: Mapping[str, Any]) -> Function:
    """The function ``name`` that ``source`` defines, among the names of ``space``."""
    here = dict(space)
    exec(compile(source, f"<changed {name}>", "exec"), here)
    found: Function = here[name]
    return found


def body(function: Function) -> str:
    """Source of a function's body without its docstring, indented by four spaces."""
    source = textwrap.dedent(inspect.getsource(function))
    node = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    statements = node.body
    if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant):
        statements = statements[1:]
    lines = source.splitlines()[statements[0].lineno - 1 : statements[-1].end_lineno]
    return "\n".join(lines)
