"""What every driver offers, and how it hands arguments over: fresh copies, watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from cs231n_lib.exercise import functions
from cs231n_lib.exercise.results import Notes
from cs231n_lib.wire import Function, Rng

Fn = Callable[..., Any]
Args = Mapping[str, Any]
Outputs = dict[str, Any]


@dataclass(frozen=True)
class Setting:
    """What a driver finds beside the function and its arguments.

    Attributes:
        companions: the other functions that it needs, by name.
        notes: takes remarks that cost nothing.
        numeric: whether numerical gradients are asked for in ``own``; the judge goes without.
    """

    companions: Mapping[str, Fn]
    notes: Notes
    numeric: bool = True


class Driver(Protocol):
    """What every driver offers."""

    @property
    def companions(self) -> tuple[str, ...]:
        """Other functions that it needs, by name."""
        ...

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        """Outputs of ``fn`` by name; ``own`` holds what is recorded but not compared."""
        ...


def fresh(value: Any) -> Any:
    """A copy that a student's function may do with as it likes; functions and rngs built."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Function):
        return functions.build(value.name, value.params)
    if isinstance(value, Rng):
        return np.random.default_rng(value.seed)
    if isinstance(value, dict):
        return {k: fresh(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [fresh(v) for v in value]
    return value


def call_watched(fn: Fn, args: Args, notes: Notes) -> Any:
    """Call ``fn`` on copies of ``args`` in order; note any array, list or dict that it changed."""
    copies = {k: fresh(v) for k, v in args.items()}
    result = fn(*copies.values())
    note_changes(args, copies, notes)
    return result


def note_changes(before: Args, after: Args, notes: Notes) -> None:
    """Note the arguments whose copies in ``after`` are no longer what they were."""
    for key, value in before.items():
        if not _same(value, after[key]):
            notes.add(f"it changes its argument `{key}` in place")


def _same(before: Any, after: Any) -> bool:
    """Whether an argument is unchanged; functions and generators always are."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and after.shape == before.shape
            and bool(np.array_equal(before, after, equal_nan=before.dtype.kind == "f"))
        )
    if isinstance(before, dict):
        # a student's own objects may have any idea of equality: only keys and arrays count
        return (
            isinstance(after, dict)
            and list(before) == list(after)
            and all(_same(v, after[k]) for k, v in before.items())
        )
    if isinstance(before, list | tuple):
        return (
            isinstance(after, list) and len(before) == len(after) and all(map(_same, before, after))
        )
    if isinstance(before, bool | int | float | str):
        return type(after) is type(before) and bool(after == before)
    return True
