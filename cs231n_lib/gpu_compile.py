"""A NumPy update rule, unchanged, as one kernel for the device of its arguments.

``torch.compiler.wrap_numpy`` lets PyTorch read a NumPy function as if it were written for
tensors, and ``torch.compile`` turns it into one kernel: the arithmetic of all lines is done
while each number is held in a register, so that every array is read and written once.

Two things stand in the way of that, and both concern plain numbers.  A number that changes
(the step count t, a scheduled rate) would be compiled into the code, anew in every step.
And PyTorch's NumPy takes a tensor without dimensions for an array, so that t would turn
everything it meets into double precision.  Hence: numbers that change are handed over as
tensors without dimensions, in main memory; what depends on them alone (``1 - beta1**t``) is
split off and computed there in double precision, once per step; and where such a number
meets an array it takes the array's precision, as a Python number does in NumPy.

Source: PyTorch documentation, ``torch.compiler.wrap_numpy`` and ``torch.compile``; NumPy
enhancement proposal 50 for numbers that meet arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cs231n_lib.gpu_trouble import APART, LEFT, sentence

Update = Callable[..., tuple[Any, dict[str, Any]]]
INDEXING = ("wrapped_getitem", "wrapped_setitem")


class NotTraceable(RuntimeError):
    """The function cannot be run by PyTorch's compiler; the text says why."""


class Compiled:
    """An update rule for tensors: ``next_w, config = rule(w, dw, config)``.

    State of the shape of the parameters stays in their precision; numbers in the state
    come back as Python numbers.

    Attributes:
        compilations: how often PyTorch has generated code for the rule so far.
    """

    def __init__(self, update: Update, backend: str = "inductor") -> None:
        import torch

        torch._dynamo.reset()  # a rule that was edited must not meet its earlier self
        self.compilations = 0
        self._first: dict[str, float] = {}
        self._changing: set[str] = set()
        generate = _split(backend)
        self._update = update
        rule = torch.compiler.wrap_numpy(update)

        def counted(graph: Any, inputs: list[Any]) -> Any:
            self.compilations += 1
            return generate(graph, inputs)

        def plain(w: Any, dw: Any, config: dict[str, Any]) -> Any:
            return rule(w, dw, config)

        self._traced = torch.compile(plain, backend=counted, dynamic=False)

    def __call__(
        self, w: Any, dw: Any, config: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """One step.

        Raises:
            NotTraceable: in one sentence, whatever the function does wrong.
        """
        import torch

        state = {key: self._handed_over(key, value) for key, value in (config or {}).items()}
        before = self.compilations
        try:
            with torch.no_grad():
                result = self._traced(w, dw, state)
        except torch.OutOfMemoryError:
            raise
        except Exception as error:
            raise NotTraceable(sentence(self._update, error)) from error
        if not isinstance(result, tuple | list) or len(result) != 2 or type(result[1]) is not dict:
            raise NotTraceable("the function must return (next_w, config)")
        next_w, found = result
        if getattr(next_w, "shape", None) != w.shape:
            raise NotTraceable("the function must return parameters of the shape of w")
        if next_w.device != w.device:
            # A function that PyTorch cannot read in one piece goes through NumPy in between.
            raise NotTraceable(LEFT if self.compilations > before + 1 else APART)
        return next_w.to(w.dtype), {k: _like(w, v) for k, v in found.items()}

    def _handed_over(self, key: str, value: Any) -> Any:
        """Whole numbers, and the numbers seen to change, become tensors in main memory."""
        import torch

        if getattr(value, "shape", None) == () and hasattr(value, "item"):
            value = value.item()  # one of NumPy's numbers: a schedule's rate, for example
        if type(value) is int:
            return torch.tensor(value)
        if not isinstance(value, float):
            return value
        if self._first.setdefault(key, value) != value:
            self._changing.add(key)
        changing = key in self._changing
        return torch.tensor(value, dtype=torch.float64) if changing else float(value)


def compiled(update: Update, backend: str = "inductor") -> Compiled:
    """``update`` for tensors: the same lines, compiled for the device of its arguments.

    Args:
        update: ``next_w, config = update(w, dw, config)`` in plain NumPy: no loop over
            entries, no call of ``math`` on a number that changes.
        backend: of ``torch.compile``; ``"aot_eager"`` traces without generating code.
    """
    return Compiled(update, backend)


def _split(backend: str) -> Callable[[Any, list[Any]], Any]:
    """The backend, with the numbers of a graph computed apart from its arrays."""
    import torch
    from torch._dynamo.backends.registry import lookup_backend
    from torch.fx.passes.split_module import split_module

    class Late(torch.nn.Module):
        """A part of a graph, compiled when its inputs are there."""

        def __init__(self, part: Any, generate: Any) -> None:
            super().__init__()
            self.held, self.generate = [part], generate
            self.ready: Any = None
            end = part.graph.output_node()
            self.single = not isinstance(end.args[0], tuple)
            if self.single:  # backends want tuples
                end.args = ((end.args[0],),)
                part.recompile()

        def forward(self, *inputs: Any) -> Any:
            if self.ready is None:
                self.ready = self.generate(self.held[0], list(inputs))
            found = self.ready(*inputs)
            return found[0] if self.single else found

    def generate(graph: Any, inputs: list[Any]) -> Any:
        numbers: set[Any] = set()
        arrays = False
        for node in graph.graph.nodes:
            shape = getattr(node.meta.get("example_value"), "shape", None)
            parents = node.all_input_nodes
            if node.op == "placeholder":
                if shape == ():
                    numbers.add(node)
            elif node.op.startswith("call") and shape == () and parents and numbers >= {*parents}:
                numbers.add(node)
            elif node.op == "call_function":
                arrays = True
                if type(node.target).__name__.startswith("numpy_"):
                    node.target = _weak(node.target)
        code = lookup_backend(backend)
        if not arrays or all(node.op == "placeholder" for node in numbers):
            return code(graph, inputs)
        parts = split_module(graph, graph, lambda node: int(node not in numbers))
        parts.submod_0 = Late(parts.submod_0, lookup_backend("aot_eager"))
        parts.submod_1 = Late(parts.submod_1, code)
        return parts.forward

    return generate


def _weak(function: Any) -> Any:
    """``function``, in which a number takes the precision of the array that it meets."""
    import torch

    if getattr(function, "__name__", "") in INDEXING:
        return function

    def call(*args: Any, **options: Any) -> Any:
        tensors = [a for a in args if isinstance(a, torch.Tensor)]
        floating = [a.dtype for a in tensors if a.dim() and a.is_floating_point()]

        def fitting(a: Any) -> Any:
            number = isinstance(a, torch.Tensor) and not a.dim() and a.dtype != torch.bool
            return a.to(floating[0]) if number and floating else a

        return function(*map(fitting, args), **options)

    return call


def _like(w: Any, value: Any) -> Any:
    """State of the parameters' shape in their precision, numbers as Python's."""
    shape = getattr(value, "shape", None)
    if shape == w.shape and value.is_floating_point():
        return value.to(w.dtype)
    return value.item() if shape == () else value
