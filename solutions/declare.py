"""How a chapter's module says what is an answer, a known mistake, a rubric."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Fn = Callable[..., Any]
F = TypeVar("F", bound=Fn)


@dataclass(frozen=True)
class Mistake:
    """A small wrong function, with the name and the hint that a student reads."""

    exercise: str
    name: str
    hint: str
    function: Fn


@dataclass(frozen=True)
class Rubric:
    """How a free-text question is graded by hand."""

    question: str
    answer: str
    criteria: tuple[tuple[float, str], ...]

    @property
    def points(self) -> float:
        return sum(points for points, _ in self.criteria)


@dataclass
class Book:
    """What one chapter declares; each chapter's module makes one and fills it."""

    answers: dict[str, Fn] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    rubrics: dict[str, Rubric] = field(default_factory=dict)

    def answer(self, function: F) -> F:
        """Declare the answer to the exercise of the same name."""
        self.answers[function.__name__] = function
        return function

    def mistake(self, exercise: str, name: str, hint: str) -> Callable[[F], F]:
        """Declare a wrong version of ``exercise``; the hint must not give the answer away."""

        def declare(function: F) -> F:
            self.mistakes.append(Mistake(exercise, name, hint, function))
            return function

        return declare

    def rubric(self, question: str, answer: str, *criteria: tuple[float, str]) -> None:
        """Declare what a good free-text answer says, and the points of each part."""
        self.rubrics[question] = Rubric(question, answer.strip(), criteria)


@dataclass(frozen=True)
class Variant:
    """A right solution in another style, with the functions that go with it.

    ``companions`` replaces the answers that the driver would call: a backward pass in
    another style comes with a forward pass that makes its cache.
    """

    exercise: str
    style: str
    function: Fn
    companions: Mapping[str, Fn]


@dataclass
class Variants:
    """The right solutions of one chapter in other styles."""

    found: list[Variant] = field(default_factory=list)

    def of(self, exercise: str, style: str, **companions: Fn) -> Callable[[F], F]:
        """Declare a right version of ``exercise``; ``style`` says what is unlike the answer."""

        def declare(function: F) -> F:
            self.found.append(Variant(exercise, style, function, companions))
            return function

        return declare


def body(function: Fn) -> str:
    """Source of a function's body without its docstring, indented by four spaces."""
    source = textwrap.dedent(inspect.getsource(function))
    node = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    statements = node.body
    if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant):
        statements = statements[1:]
    lines = source.splitlines()[statements[0].lineno - 1 : statements[-1].end_lineno]
    return "\n".join(lines)
