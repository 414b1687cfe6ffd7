"""The changes that mutation testing makes: each kind, on a line where the outcome is known."""

from __future__ import annotations

import ast

import pytest

from trial.mutants.mutants import function, mutants

CHANGES = {
    "comparison": ("def f(a, b):\n    return a < b", "return a <= b"),
    "arithmetic": ("def f(a, b):\n    return a + b", "return a - b"),
    "constant": ("def f(a):\n    return a - 3", "return a - 4"),
    "constant scaled": ("def f(a, e=0.5):\n    return a / e", "def f(a, e=5.0):"),
    "wrong default": ("def f(a, k=3):\n    return a * k", "def f(a, k=2):"),
    "loop that never runs": ("def f(a):\n    for x in a:\n        a += x\n    return a", "[]"),
    "dropped statement": ("def f(c):\n    c['v'] = 1\n    return c", "c['v'] = 1  ->  (nothing)"),
    "swapped argument": ("def f(a, b):\n    return g(a, b)", "return g(b, a)"),
    "swapped operands": ("def f(a, b):\n    return a @ b", "return b @ a"),
    "elementwise for matrix product": ("def f(a, b):\n    return a @ b", "return a * b"),
    "wrong axis": ("def f(a):\n    return a.sum(axis=0)", "return a.sum(axis=1)"),
    "wrong keyword": ("def f(c):\n    return c['m'] + c['v']", "return c['v'] + c['v']"),
    "keyword left out": ("def f(a):\n    return a.sum(axis=0)", "return a.sum()"),
    "off by one": ("def f(n):\n    return list(range(n))", "return list(range(n - 1))"),
    "missing copy": ("def f(a):\n    b = a.copy()\n    return b", "b = a"),
    "missing transpose": ("def f(a):\n    return a.T @ a", "return a @ a"),
    "missing max shift": ("def f(x):\n    s = x - x.max()\n    return s", "s = x"),
    "missing root": ("def f(x):\n    return np.sqrt(x)", "return x"),
    "guard under a fraction": ("def f(a, b):\n    return a / b", "return a / (b + 1e-06)"),
    "guard in a logarithm": ("def f(p):\n    return np.log(p)", "return np.log(p + 1e-06)"),
    "guard in a root": ("def f(v):\n    return np.sqrt(v)", "return np.sqrt(v + 1e-06)"),
    "another function": ("def f(x):\n    return np.sum(x)", "return np.mean(x)"),
    "slice to the end": ("def f(x):\n    return x[1:3]", "return x[1:]"),
    "condition always true": ("def f(x):\n    if x:\n        return 1\n    return 2", "if True:"),
    "plain assignment": ("def f(x, y):\n    x += y\n    return x", "x = y"),
    "another variable": ("def f(x, y):\n    return x - 1", "return y - 1"),
    "results exchanged": ("def f(x, y):\n    return (x, y)", "return (y, x)"),
    "result bent": ("def f(x):\n    return 3 * x", "return np.sqrt(3 * x)"),
    "result forgotten": ("def f(x):\n    return 3 * x", "return 0"),
    "result mixed with an input": ("def f(n, x):\n    return x", "return x * n"),
    "sign of a result": ("def f(x, y):\n    return (x, y)", "return (-x, y)"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_change_is_made(kind: str) -> None:
    source, wanted = CHANGES[kind]
    changes = [m.change for m in mutants("f", source)]
    after = [c.split("  ->  ")[1] for c in changes]
    assert any(wanted in c for c in after) or wanted in changes, "\n".join(changes)


def test_every_mutant_is_another_function_and_occurs_once() -> None:
    source = "def f(x, y, e=1e-8):\n    return np.max(np.abs(x - y) / np.maximum(e, y))"
    found = mutants("f", source)
    texts = [m.source for m in found]
    assert len(texts) == len(set(texts)) and ast.unparse(ast.parse(source)) not in texts
    assert len({m.change for m in found}) == len(found)
    for text in texts:
        compile(text, "<test>", "exec")


def test_a_name_that_would_be_missing_keeps_its_assignment() -> None:
    changes = [m.change for m in mutants("f", "def f(x):\n    y = x + 1\n    return y")]
    assert "y = x + 1  ->  (nothing)" not in changes


def test_function_of_a_mutant() -> None:
    made = next(m for m in mutants("f", "def f(x):\n    return x + 2") if "x - 2" in m.change)
    assert function(made, {})(5) == 3
