"""What an exercise is: one declaration, from which everything else is derived.

The stub cell of the notebook, the local check, the hidden grading, the table in the
book and the tests all read the same :class:`Exercise`.  Declare one by decorating a
stub, a function with a docstring and no body, in ``cs231n_lib/chapters/<chapter>/<exercise>.py``.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cs231n_lib.exercise.drivers import Driver, Fn, Outputs, Setting
from cs231n_lib.exercise.results import Notes, observe


@dataclass(frozen=True)
class Case:
    """One call (or sequence of calls) of the student's function.

    Attributes:
        group: the case group, or groups, whose points depend on this case.
        args: what the driver passes; plain data, arrays, ``Function`` or ``Rng``.
        label: what is special here, shown to the student when it fails.
    """

    group: str | tuple[str, ...]
    args: dict[str, Any]
    label: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.group,) if isinstance(self.group, str) else self.group


@dataclass(frozen=True)
class Group:
    """A share of the points, earned when every case of the group is right.

    Attributes:
        points: what the group is worth.
        outputs: the outputs that count here; empty means all of them.
        own: whether a gradient that is right for the student's own (wrong) forward
            computation keeps these points.
    """

    points: int
    outputs: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Tolerance:
    """How close an output must be.

    The error of an entry is ``|got - want| / max(|want|, 0.1 * max|want|)``: relative,
    with a floor so that cancellation in one small entry does not count as a mistake.

    Attributes:
        exact: largest error of a float64 computation in another order of operations.
        single: largest error that single precision explains; accepted with a note in
            results of that type, and in no others.
    """

    exact: float = 1e-7
    single: float = 3e-5


CaseMaker = Callable[[np.random.Generator], Iterable[Case]]
Summary = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Exercise:
    """One function that a student writes; see :func:`exercise` for the fields."""

    stub: Callable[..., Any]
    section: str
    groups: Mapping[str, Group]
    driver: Driver
    cases: CaseMaker
    tolerance: Tolerance = field(default_factory=Tolerance)
    law: Summary | None = None
    messages: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.stub.__name__

    @property
    def chapter(self) -> str:
        return self.stub.__module__.split(".")[-2]

    @property
    def points(self) -> int:
        return sum(group.points for group in self.groups.values())

    @property
    def summary(self) -> str:
        """First line of the stub's docstring."""
        return (inspect.getdoc(self.stub) or "").partition("\n")[0]

    def observe(
        self,
        function: Fn,
        case: Case,
        companions: Mapping[str, Fn] | None = None,
        numeric: bool = True,
    ) -> dict[str, Any]:
        """What ``function`` makes of one case, as plain data (:func:`results.observe`).

        Args:
            function: the student's, the reference's, or a known mistake.
            case: whose arguments it gets.
            companions: the functions that the driver needs beside it, by name.
            numeric: whether numerical gradients are recorded too.
        """

        def call(notes: Notes) -> Outputs:
            return self.driver.run(function, case.args, Setting(companions or {}, notes, numeric))

        return observe(self.name, call)

    def header(self) -> str:
        """The stub's signature, without annotations, and its docstring, as source."""
        source = textwrap.dedent(inspect.getsource(self.stub))
        node = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef))
        doc = node.body[0]
        # annotations would need imports that a notebook does not have
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            argument.annotation = None
        lines = source.splitlines()[doc.lineno - 1 : doc.end_lineno]
        return "\n".join([f"def {node.name}({ast.unparse(node.args)}):", *lines])


def exercise(
    *,
    section: str,
    groups: Mapping[str, Group | int],
    driver: Driver,
    cases: CaseMaker,
    tolerance: Tolerance | None = None,
    law: Summary | None = None,
    messages: Mapping[str, str] | None = None,
    calls: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Exercise]:
    """Declare the decorated stub as an exercise.

    Args:
        section: the heading in the chapter's page under which the book derives it.
        groups: case group to :class:`Group`, or to its points.
        driver: how such a function is called (:mod:`cs231n_lib.exercise.drivers`).
        cases: draws the cases from a generator; the public cases come from a fixed
            seed, the graded ones from a seed drawn after submission.
        tolerance: how close outputs must be.
        law: for random functions: turns ``(args, outputs)`` of a case into the
            properties that are compared instead of the raw outputs; it states how often a right
            answer fails (:func:`cs231n_lib.exercise.laws.rates.states`).
        messages: for each property of ``law``, what to say when it fails.
        calls: earlier exercises that this one calls, or whose results it needs.
    """

    def declare(stub: Callable[..., Any]) -> Exercise:
        whole = {n: g if isinstance(g, Group) else Group(g) for n, g in groups.items()}
        return Exercise(
            stub,
            section,
            whole,
            driver,
            cases,
            tolerance or Tolerance(),
            law,
            messages or {},
            calls,
        )

    return declare
