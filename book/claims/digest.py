"""A digest of the code that an experiment runs, and of no other.

From the function on, every name that it uses is followed through the modules of the book and of
the student library.  Comments, docstrings and the order of definitions do not count; a constant
that it reads does.  So an edit makes those records stale that it can have changed.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

OURS = ("claims", "cs231n_lib")


def code_digest(function: Callable[..., Any]) -> str:
    """Sixteen hexadecimal digits that change with the code that ``function`` can reach."""
    found: dict[tuple[str, str], str] = {}
    ahead = [(function.__module__, function.__name__)]
    while ahead:
        here = ahead.pop()
        if here in found:
            continue
        text, others = _piece(*here)
        found[here] = text
        ahead.extend(others)
    digest = hashlib.sha256()
    for (module, name), text in sorted(found.items()):
        digest.update(f"{module}:{name}\n{text}\n".encode())
    return digest.hexdigest()[:16]


@cache
def _piece(module: str, name: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text of one definition, and the definitions of our own that it names."""
    bindings = _bindings(module)
    if name not in bindings:  # a module as a whole, or a name that another module puts there
        return "", ()
    text, others = [], []
    for node in bindings[name]:
        if isinstance(node, ast.ImportFrom):
            others += list(_imported(node, name))
            text.append("" if others else ast.unparse(node))
        else:
            text.append(ast.unparse(_bare(node)))
            others += list(_named(node, module))
    return "\n".join(text), tuple(others)


def _named(node: ast.AST, module: str) -> Iterator[tuple[str, str]]:
    """What a definition refers to: names of its own module, and attributes of modules."""
    bindings = _bindings(module)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in bindings:
            yield module, inner.id
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
            for binding in bindings.get(inner.value.id, ()):
                if isinstance(binding, ast.ImportFrom):
                    for place, name in _imported(binding, inner.value.id):
                        yield f"{place}.{name}", inner.attr


def _imported(node: ast.ImportFrom, bound: str) -> Iterator[tuple[str, str]]:
    """Where a name comes from that one of our own modules provides."""
    module = node.module or ""
    if module.split(".")[0] in OURS:
        for alias in node.names:
            if (alias.asname or alias.name) == bound:
                yield module, alias.name


@cache
def _bindings(module: str) -> dict[str, list[ast.stmt]]:
    """The statements at the top of a module, by the names that they bind."""
    bindings: dict[str, list[ast.stmt]] = {}
    for node in _tree(module).body:
        for name in _bound(node):
            bindings.setdefault(name, []).append(node)
    return bindings


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from ((a.asname or a.name).split(".")[0] for a in node.names)
        case _:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id


def _tree(module: str) -> ast.Module:
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:  # a part of its name is no package
        spec = None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return ast.Module([], [])
    return ast.parse(Path(spec.origin).read_text("utf-8"))


class _Strip(ast.NodeTransformer):
    """Leaves docstrings out."""

    def visit(self, node: ast.AST) -> ast.AST:
        node = self.generic_visit(node)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node, False):
            node.body = node.body[1:] or [ast.Pass()]
        return node


def _bare(node: ast.stmt) -> ast.AST:
    return _Strip().visit(ast.parse(ast.unparse(node)))
