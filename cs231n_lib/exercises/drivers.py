"""How the functions of each family are called.

A driver calls a function on one case's arguments and returns named outputs.  The same
driver runs the student's function (at home and in the sandbox) and the reference (in
the judge's process).  Every call gets fresh copies, so a function that works in place
is as good as one that does not.

Companions are the other functions a driver needs: a backward pass is driven with the
cache of the forward pass of the same author.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from cs231n_lib.exercises import functions
from cs231n_lib.exercises.results import (
    Notes,
    WrongResult,
    as_result,
    joined,
    take,
)
from cs231n_lib.wire import Function, Rng

Fn = Callable[..., Any]
Args = Mapping[str, Any]
Outputs = dict[str, Any]

NO_GENERATOR = (
    "it returns all batches at once; a generator, with `yield`, needs memory for one at a time"
)


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


@dataclass(frozen=True)
class Call:
    """A plain function: ``result = f(*args)``; several results come as a tuple."""

    returns: tuple[str, ...]
    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        result = call_watched(fn, args, setting.notes)
        if len(self.returns) == 1:
            return {self.returns[0]: as_result(result, self.returns[0])}
        return {n: as_result(v, n) for n, v in take(result, self.returns).items()}


@dataclass(frozen=True)
class Steps:
    """An update rule, driven over several steps with its own state.

    ``next_w, config = f(w, gradient, config)``.  Arguments of a case: ``w``; ``config``
    (None for the defaults); either ``gradients``, a list of arrays, or ``grad_fn`` with
    ``steps``; optionally ``rates``, a learning rate for each step.  Output ``w``: the
    parameters after each step, shape (steps, *w.shape).
    """

    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        w, config = args["w"], fresh(args["config"])
        if "grad_fn" in args:
            gradients: list[Any] = [args["grad_fn"]] * args["steps"]
        else:
            gradients = args["gradients"]
        path = []
        for i, gradient in enumerate(gradients):
            if "rates" in args:
                config = dict(config or {}, learning_rate=args["rates"][i])
            given = {"w": w.copy(), "dw": fresh(gradient), "config": config}
            kept = fresh(config) if i == 0 else None  # later it holds what the student put there
            result = take(fn(*given.values()), ("next_w", "config"))
            after = as_result(result["next_w"], "next_w")
            note_changes({"w": w, "dw": gradient, "config": kept}, given, setting.notes)
            config = result["config"]
            if not isinstance(config, dict):
                raise WrongResult(
                    f"the second result must be the config dictionary, got {type(config).__name__}"
                )
            if after.shape != w.shape:
                raise WrongResult(f"`next_w` has shape {after.shape}, `w` has {w.shape}")
            path.append(after)
            w = after.astype(np.float64)
        return {"w": joined(path)}


@dataclass(frozen=True)
class Schedule:
    """A schedule, asked for one rate at each of several steps: ``rate = f(step, *args)``.

    The case's ``steps`` are a list (Python integers) or an array (NumPy integers), in any
    order; its other arguments follow the step.  Output ``rate``: shape (len(steps),).
    """

    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        rest = {k: v for k, v in args.items() if k != "steps"}
        rates = []
        for step in args["steps"]:
            given = {k: fresh(v) for k, v in rest.items()}
            rate = as_result(fn(step, *given.values()), "rate")
            note_changes(rest, given, setting.notes)
            if isinstance(rate, str) or rate.size != 1:
                raise WrongResult(f"`rate` must be one number, got {rate!r:.80}")
            rates.append(rate.reshape(()))
        return {"rate": joined(rates)}


@dataclass(frozen=True)
class Batches:
    """A function that yields tuples of arrays: ``for a, b in f(*args)``, ``epochs`` times.

    Outputs ``<name>``: one list of arrays per epoch.  ``limit`` bounds an endless one.
    """

    names: tuple[str, ...]
    limit: int = 200
    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        inputs = {k: fresh(v) for k, v in args.items() if k != "epochs"}
        found: dict[str, Any] = {name: [] for name in self.names}
        for _ in range(args["epochs"]):
            result = fn(*inputs.values())
            if not isinstance(result, Iterable):
                raise WrongResult(f"it must yield tuples, got {type(result).__name__}")
            if isinstance(result, list | tuple):
                setting.notes.add(NO_GENERATOR)
            items = list(itertools.islice(result, self.limit + 1))
            if len(items) > self.limit:
                raise WrongResult(f"it yields more than {self.limit} batches in one epoch")
            rows = [take(item, self.names) for item in items]
            for name in self.names:
                found[name].append([as_result(row[name], name) for row in rows])
        note_changes({k: args[k] for k in inputs}, inputs, setting.notes)
        return found


@dataclass(frozen=True)
class Replayed:
    """A random function that must draw from its generator alone: run twice from one seed.

    Outputs are those of ``driver``; ``again`` holds the outputs of a second run whose
    generators start from the same seeds, for a law to compare.
    """

    driver: Driver

    @property
    def companions(self) -> tuple[str, ...]:
        return self.driver.companions

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        found = self.driver.run(fn, args, setting)
        return {**found, "again": self.driver.run(fn, args, setting)}
