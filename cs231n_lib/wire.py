"""Trees of plain data to bytes and back, in a format that cannot carry code.

A tree is made of dicts with string keys, lists, None, bool, int, float, str and
NumPy arrays of numbers.  Arrays travel as safetensors (type, shape, bytes), the rest
as JSON beside them.  Case inputs, students' outputs and stored expected values all
use it.  Reading never runs code, whoever wrote the bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

SKELETON = "tree"
MAX_DEPTH = 12


class WireError(ValueError):
    """The bytes, or the tree, are not of this format."""


@dataclass(frozen=True)
class Function:
    """A function-valued input: a name in :mod:`cs231n_lib.exercise.functions` and its arrays."""

    name: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rng:
    """An input that is a random generator, carried as its seed."""

    seed: int


def pack(tree: Any) -> bytes:
    """Bytes of ``tree``.

    Raises:
        WireError: for a value that is not plain data (objects, functions, complex arrays).
    """
    tensors: dict[str, np.ndarray] = {}
    skeleton = _flatten(tree, tensors, 0)
    text = json.dumps(skeleton).encode()
    tensors[SKELETON] = np.frombuffer(text, dtype=np.uint8)
    return bytes(save_tensors(tensors))


def unpack(data: bytes) -> Any:
    """The tree that :func:`pack` made bytes of.

    Raises:
        WireError: when the bytes are damaged or hold anything but plain data.
    """
    try:
        tensors = load_tensors(data)
        text = tensors.pop(SKELETON).tobytes().decode()
        return _build(json.loads(text), tensors, 0)
    except (SafetensorError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise WireError(f"not a readable record: {type(error).__name__}") from error


def _flatten(node: Any, tensors: dict[str, np.ndarray], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(node, np.generic):
        node = np.asarray(node)
    if isinstance(node, np.ndarray):
        if node.dtype.kind not in "biuf":
            raise WireError(f"an array of type {node.dtype} cannot be carried")
        key = str(len(tensors))
        # order="C" keeps a 0-d array 0-d, where ascontiguousarray would make it 1-d
        tensors[key] = np.array(node, order="C")
        return {"a": key}
    if node is None or isinstance(node, bool | int | float | str):
        return {"v": node}
    if isinstance(node, Function):
        return {"f": node.name, "p": _flatten(node.params, tensors, depth + 1)}
    if isinstance(node, Rng):
        return {"r": node.seed}
    if isinstance(node, dict):
        return {"d": {str(k): _flatten(v, tensors, depth + 1) for k, v in node.items()}}
    if isinstance(node, list | tuple):
        return {"l": [_flatten(v, tensors, depth + 1) for v in node]}
    raise WireError(f"a value of type {type(node).__name__} cannot be carried")


def _build(node: Any, tensors: dict[str, np.ndarray], depth: int) -> Any:
    if depth > MAX_DEPTH or not isinstance(node, dict):
        raise WireError("malformed tree")
    if "a" in node:
        return tensors[node["a"]]
    if "v" in node:
        value = node["v"]
        if not (value is None or isinstance(value, bool | int | float | str)):
            raise WireError("malformed value")
        return value
    if "f" in node:
        return Function(str(node["f"]), _build(node["p"], tensors, depth + 1))
    if "r" in node:
        return Rng(int(node["r"]))
    if "d" in node:
        return {str(k): _build(v, tensors, depth + 1) for k, v in node["d"].items()}
    if "l" in node:
        return [_build(v, tensors, depth + 1) for v in node["l"]]
    raise WireError("malformed tree")
