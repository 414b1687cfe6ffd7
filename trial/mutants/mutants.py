"""Mutants of an answer: the same function with one thing changed.

Two sources.  Cosmic Ray's operators work on any Python program; those of
:mod:`trial.mutants.operators` know NumPy.  What comes out alike is kept once.
"""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider

from solutions.declare import defined
from trial.mutants.operators import OPERATORS, Around

# Replacements by bit operators, floor division and the like raise on arrays of floats: they
# would only make the number of mutants larger.
ARITHMETIC = ("Add", "Sub", "Mul", "Div", "Pow")
COMPARISON = ("Eq", "NotEq", "Lt", "LtE", "Gt", "GtE")
GENERAL = (
    *(f"ReplaceBinaryOperator_{a}_{b}" for a in ARITHMETIC for b in ARITHMETIC if a != b),
    *(f"ReplaceBinaryOperator_FloorDiv_{b}" for b in ARITHMETIC),
    *(f"ReplaceBinaryOperator_Mod_{b}" for b in ARITHMETIC),
    *(f"ReplaceComparisonOperator_{a}_{b}" for a in COMPARISON for b in COMPARISON if a != b),
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ZeroIterationForLoop",
    "NumberReplacer",
)
ARROW = "  ->  "  # between the lines before a change and those after it


@dataclass(frozen=True)
class Mutant:
    """One changed function.

    Attributes:
        exercise: whose answer was changed.
        operator: the kind of change.
        change: the lines before and after, for people, and its name in lists.
        source: the whole changed function.
    """

    exercise: str
    operator: str
    change: str
    source: str


def mutants(exercise: str, source: str) -> list[Mutant]:
    """All mutants of one function, each once, in a fixed order.

    Args:
        exercise: its name.
        source: a module that holds this function and nothing else.
    """
    plain = ast.unparse(ast.parse(source))
    found: dict[str, Mutant] = {}
    for operator, text in (*_general(plain), *_numpy(plain)):
        if text != plain and text not in found and _compiles(text):
            found[text] = Mutant(exercise, operator, _change(plain, text), text)
    return list(found.values())


def _general(source: str) -> Iterator[tuple[str, str]]:
    provider = OperatorProvider()
    for name in GENERAL:
        operator, occurrence = provider[name](), 0
        while (text := mutate_code(source, operator, occurrence)) is not None:
            occurrence += 1
            try:
                yield name, ast.unparse(ast.parse(text))
            except SyntaxError:
                continue


def _numpy(source: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse(source)
    function = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
    around = Around(function)
    for i, node in enumerate(ast.walk(tree)):
        if node is tree or node is function:
            continue
        for operator in OPERATORS:
            for other in operator(node, around):
                changed = _with(tree, i, copy.deepcopy(other))
                if changed is not None:
                    yield operator.__name__, ast.unparse(ast.fix_missing_locations(changed))


def _with(tree: ast.Module, index: int, other: ast.AST | None) -> ast.Module | None:
    """The tree with its node number ``index`` replaced, or taken out."""
    tree = copy.deepcopy(tree)
    wanted = list(ast.walk(tree))[index]
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is wanted:
                if other is None or not _fits(parent, name, other):
                    return None
                setattr(parent, name, other)
                return tree
            if isinstance(value, list) and any(v is wanted for v in value):
                at = next(i for i, v in enumerate(value) if v is wanted)
                if other is not None:
                    value[at] = other
                else:
                    value[at : at + 1] = [] if len(value) > 1 else [ast.Pass()]
                return tree
    return None


def _fits(parent: ast.AST, field: str, other: ast.AST) -> bool:
    """Whether a node may stand there: not everything is an expression or a statement."""
    return not (field in ("func", "op", "ctx", "args") and not isinstance(other, ast.expr))


def _compiles(text: str) -> bool:
    try:
        compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _change(before: str, after: str) -> str:
    """The lines that differ, as ``old -> new``."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    old: list[str] = []
    new: list[str] = []
    for line in lines:
        if line.startswith(("---", "+++", "@@")):
            continue
        (old if line.startswith("-") else new).append(line[1:].strip())
    return ARROW.join(" | ".join(lines) or "(nothing)" for lines in (old, new))


def function(mutant: Mutant, space: dict[str, Any]) -> Callable[..., Any]:
    """The changed function, defined among the names of ``space``."""
    return defined(mutant.exercise, mutant.source, space)
