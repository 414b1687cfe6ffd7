"""Mistakes that a program can make in NumPy code: what each kind of node may turn into.

Cosmic Ray's operators (see :mod:`trial.mutants.mutants`) change comparisons, arithmetic,
constants and loops of any Python program.  The ones here know arrays: axes, transposes,
order of operands and arguments, the maximum that is subtracted, state that is not stored.

Every operator takes a node of a function's syntax tree and yields what may stand in its
place; ``None`` stands for nothing, which only a statement can turn into.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

Turns = Iterator[ast.AST | None]
Operator = Callable[[ast.AST, "Around"], Turns]

# one function for another that a student may take for it
CONFUSED = {
    "max": ("min", "mean"),
    "min": ("max",),
    "maximum": ("minimum", "add"),
    "minimum": ("maximum",),
    "sum": ("mean", "max", "prod"),
    "mean": ("sum", "median"),
    "exp": ("log", "expm1"),
    "log": ("exp", "log1p", "log2", "log10"),
    "sqrt": ("square", "abs"),
    "square": ("sqrt",),
    "abs": ("sign", "square"),
    "cos": ("sin",),
    "sin": ("cos",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "zeros_like": ("ones_like",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "floor": ("ceil",),
    "eigvalsh": ("svdvals",),
    "norm": ("sum",),
    "diff": ("cumsum",),
    "var": ("std",),
    "std": ("var",),
    "solve": ("matmul",),
    "outer": ("inner",),
    "permutation": ("arange",),
    "append": ("insert",),
}
GUARD = 1e-6  # as students write it
# what these return depends on the shape of their argument only
SHAPE_ONLY = ("len", "zeros_like", "ones_like", "empty_like", "dict", "list")


class Around:
    """What an operator may ask about the function that a node stands in."""

    def __init__(self, function: ast.FunctionDef) -> None:
        inside = list(ast.walk(function))
        a = function.args
        self.parameters = [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
        stored = [n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        self.names = list(dict.fromkeys([*self.parameters, *stored]))
        self.stores = stored
        self.read = {
            n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
        }
        self.texts = list(
            dict.fromkeys(
                n.value for n in inside if isinstance(n, ast.Constant) and isinstance(n.value, str)
            )
        )


def operands(node: ast.AST, _: Around) -> Turns:
    """``a - b``: either operand alone, and the two exchanged."""
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
        if not isinstance(node.op, ast.Add | ast.Mult):
            yield ast.BinOp(node.right, node.op, node.left)


def power(node: ast.AST, _: Around) -> Turns:
    """``x ** 2``: ``2 * x`` and ``x * 2`` are the slips of a hurried hand."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        yield ast.BinOp(node.left, ast.Mult(), node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield ast.BinOp(node.left, ast.Mult(), node.right)


def calls(node: ast.AST, _: Around) -> Turns:
    """A call: its argument or receiver alone, arguments exchanged, another function."""
    if not isinstance(node, ast.Call):
        return
    f = node.func
    method = isinstance(f, ast.Attribute) and not _is_module(f.value)
    if method:
        yield f.value  # type: ignore[attr-defined]
    elif node.args:
        yield node.args[0]
    for i in range(len(node.args) - 1):
        args = list(node.args)
        args[i], args[i + 1] = args[i + 1], args[i]
        yield ast.Call(f, args, node.keywords)
    for i in range(len(node.keywords)):
        yield ast.Call(f, node.args, node.keywords[:i] + node.keywords[i + 1 :])
    if isinstance(f, ast.Attribute):
        for other in CONFUSED.get(f.attr, ()):
            yield ast.Call(ast.Attribute(f.value, other, ast.Load()), node.args, node.keywords)


def arguments(node: ast.AST, _: Around) -> Turns:
    """An argument of a call: with the other sign, and one off."""
    if isinstance(node, ast.Call) and _called(node) not in SHAPE_ONLY:
        for i, value in enumerate(node.args):
            if isinstance(value, ast.Starred | ast.GeneratorExp | ast.Constant):
                continue
            for turned in (
                ast.UnaryOp(ast.USub(), value),
                ast.BinOp(value, ast.Add(), ast.Constant(1)),
            ):
                args = list(node.args)
                args[i] = turned
                yield ast.Call(node.func, args, node.keywords)


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _is_module(node: ast.AST) -> bool:
    """Whether this is ``np`` or ``np.linalg``."""
    return (isinstance(node, ast.Name) and node.id == "np") or (
        isinstance(node, ast.Attribute) and _is_module(node.value)
    )


def attributes(node: ast.AST, _: Around) -> Turns:
    """``x.T``: without the transpose; ``x.shape``: of what is turned round."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, ast.Attribute) and node.attr == "size":
        yield ast.Call(ast.Name("len", ast.Load()), [node.value], [])


def constants(node: ast.AST, around: Around) -> Turns:
    """A number ten times as large or small, or halved; one text for the next in the function."""
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        return
    if isinstance(node.value, float):
        yield ast.Constant(node.value * 10)
        yield ast.Constant(node.value / 10)
    if isinstance(node.value, int) and node.value:
        yield ast.UnaryOp(ast.USub(), ast.Constant(node.value))
    if isinstance(node.value, str) and len(around.texts) > 1:
        at = around.texts.index(node.value)
        yield ast.Constant(around.texts[(at + 1) % len(around.texts)])


def names(node: ast.AST, around: Around) -> Turns:
    """A variable: the next one of the function."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in around.names:
        at = around.names.index(node.id)
        for step in (1, -1):
            other = around.names[(at + step) % len(around.names)]
            if other != node.id:
                yield ast.Name(other, ast.Load())


def ranges(node: ast.AST, _: Around) -> Turns:
    """``range(n)``: one too few, one too many, from the second on."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
        one = ast.Constant(1)
        at = 0 if len(node.args) == 1 else 1
        for op in (ast.Add(), ast.Sub()):
            args = list(node.args)
            args[at] = ast.BinOp(args[at], op, one)
            yield ast.Call(node.func, args, [])
        if at == 0:
            yield ast.Call(node.func, [one, *node.args], [])


def slices(node: ast.AST, _: Around) -> Turns:
    """``a[i:j]``: without one end; ``a[::-1]``: without the step; ``a[i]``: the whole."""
    if isinstance(node, ast.Slice):
        for end in ("lower", "upper", "step"):
            if getattr(node, end) is not None:
                other = copy.copy(node)
                setattr(other, end, None)
                yield other
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value


def conditions(node: ast.AST, _: Around) -> Turns:
    """A condition that always or never holds."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        for fixed in (True, False):
            if isinstance(node, ast.While) and fixed:
                continue
            other = copy.copy(node)
            other.test = ast.Constant(fixed)
            yield other
    if isinstance(node, ast.BoolOp):
        yield from node.values


def assignments(node: ast.AST, _: Around) -> Turns:
    """``a += b``: the opposite, and a plain assignment."""
    if isinstance(node, ast.AugAssign):
        opposite = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
        other = opposite.get(type(node.op))
        if other:
            yield ast.AugAssign(node.target, other(), node.value)
        yield ast.Assign([node.target], node.value, lineno=0)


def statements(node: ast.AST, around: Around) -> Turns:
    """A statement left out, unless what it defines would be missing."""
    if isinstance(node, ast.Assign):
        inside = [n for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        made = {n.id for n in inside if isinstance(n.ctx, ast.Store)} - set(around.parameters)
        if any(around.stores.count(n) == 1 and n in around.read for n in made):
            return
        yield None
    elif isinstance(node, ast.AugAssign | ast.Expr | ast.If | ast.For):
        yield None


def guards(node: ast.AST, _: Around) -> Turns:
    """``a / b``, ``log(x)``, ``sqrt(x)``: kept from zero by a number that biases the result."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if not isinstance(node.right, ast.Constant):
            yield ast.BinOp(node.left, node.op, _guarded(node.right))
    elif isinstance(node, ast.Call) and _called(node) in ("log", "sqrt") and len(node.args) == 1:
        yield ast.Call(node.func, [_guarded(node.args[0])], node.keywords)


def _guarded(value: ast.expr) -> ast.expr:
    return ast.BinOp(value, ast.Add(), ast.Constant(GUARD))


def results(node: ast.AST, _: Around) -> Turns:
    """What is returned: with the other sign, doubled, one off, rounded, in another order."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    value = node.value
    yield ast.Return(ast.Constant(None))
    if isinstance(value, ast.Tuple):
        for i in range(len(value.elts) - 1):
            parts = list(value.elts)
            parts[i], parts[i + 1] = parts[i + 1], parts[i]
            yield ast.Return(ast.Tuple(parts, ast.Load()))
        for i in range(len(value.elts)):
            for turned in _disturbed(value.elts[i]):
                parts = list(value.elts)
                parts[i] = turned
                yield ast.Return(ast.Tuple(parts, ast.Load()))
    elif not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        for turned in _disturbed(value):
            yield ast.Return(turned)


def _disturbed(value: ast.expr) -> Iterator[ast.expr]:
    yield ast.UnaryOp(ast.USub(), value)
    for op, by in ((ast.Mult(), 2), (ast.Add(), 1)):
        yield ast.BinOp(value, op, ast.Constant(by))
    backwards = ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))
    yield ast.Subscript(value, backwards, ast.Load())
    yield ast.Call(ast.Attribute(ast.Name("np", ast.Load()), "round", ast.Load()), [value], [])


def scalars(node: ast.AST, around: Around) -> Turns:
    """A single thing that is returned: one too small, halved, bent, forgotten, mixed with an input.

    Even an answer of one line, such as a constant learning rate, has many wrong forms.
    """
    if not isinstance(node, ast.Return) or node.value is None:
        return
    value = node.value
    if isinstance(value, ast.Constant | ast.Tuple | ast.Dict):
        return
    for fixed in (0, 1):
        yield ast.Return(ast.Constant(fixed))
    for op, by in ((ast.Sub(), 1), (ast.Div(), 2)):
        yield ast.Return(ast.BinOp(value, op, ast.Constant(by)))
    for bent in ("square", "sqrt", "exp", "log", "reciprocal"):
        called = ast.Attribute(ast.Name("np", ast.Load()), bent, ast.Load())
        yield ast.Return(ast.Call(called, [value], []))
    for name in dict.fromkeys((*around.parameters[:1], *around.parameters[-1:])):
        if isinstance(value, ast.Name) and value.id == name:
            continue
        for mix in (ast.Add(), ast.Sub(), ast.Mult(), ast.Div(), ast.Pow()):
            yield ast.Return(ast.BinOp(value, mix, ast.Name(name, ast.Load())))


def yields(node: ast.AST, around: Around) -> Turns:
    """What a generator gives: in another order."""
    if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
        yield ast.Yield(ast.Tuple(node.value.elts[::-1], ast.Load()))


OPERATORS: tuple[Operator, ...] = (
    operands,
    power,
    calls,
    arguments,
    attributes,
    constants,
    names,
    ranges,
    slices,
    conditions,
    assignments,
    statements,
    guards,
    results,
    scalars,
    yields,
)
