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
    CompanionError,
    Notes,
    WrongResult,
    as_result,
    take,
)
from cs231n_lib.wire import Function, Rng

Fn = Callable[..., Any]
STEP = 1e-5  # central differences: truncation h**2 meets round-off eps / h near 1e-5


class Driver(Protocol):
    """What every driver offers."""

    @property
    def companions(self) -> tuple[str, ...]:
        """Other functions that it needs, by name."""
        ...

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        """Outputs of ``fn`` by name; ``own`` holds what is recorded but not compared.

        ``numeric`` asks for numerical gradients in ``own``; the judge goes without.
        """
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


def call_watched(fn: Fn, args: Mapping[str, Any], notes: Notes) -> Any:
    """Call ``fn`` on copies of ``args`` in order; note any array that it changed."""
    copies = {k: fresh(v) for k, v in args.items()}
    result = fn(*copies.values())
    for key, value in args.items():
        if isinstance(value, np.ndarray) and not _same(value, copies[key]):
            notes.add(f"it changes its argument `{key}` in place")
    return result


def _same(before: np.ndarray, after: Any) -> bool:
    return (
        isinstance(after, np.ndarray)
        and after.shape == before.shape
        and bool(np.array_equal(before, after, equal_nan=before.dtype.kind == "f"))
    )


@dataclass(frozen=True)
class Call:
    """A plain function: ``result = f(*args)``; several results come as a tuple."""

    returns: tuple[str, ...]
    companions: tuple[str, ...] = ()

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        result = call_watched(fn, args, notes)
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

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        w, config = args["w"], fresh(args["config"])
        if "grad_fn" in args:
            gradients: list[Any] = [args["grad_fn"]] * args["steps"]
        else:
            gradients = args["gradients"]
        path = []
        for i, gradient in enumerate(gradients):
            if "rates" in args:
                config = dict(config or {}, learning_rate=args["rates"][i])
            before, given = w.copy(), fresh(gradient)
            result = take(fn(before, given, config), ("next_w", "config"))
            after = as_result(result["next_w"], "next_w")
            if not _same(w, before):
                notes.add("it changes its argument `w` in place")
            config = result["config"]
            if not isinstance(config, dict):
                raise WrongResult(
                    f"the second result must be the config dictionary, got {type(config).__name__}"
                )
            if after.shape != w.shape:
                raise WrongResult(f"`next_w` has shape {after.shape}, `w` has {w.shape}")
            path.append(after)
            w = after.astype(np.float64)
        return {"w": np.stack(path)}


@dataclass(frozen=True)
class Schedule:
    """A schedule, asked for one rate at each of several steps: ``rate = f(step, *args)``.

    The case's ``steps`` are a list (Python integers) or an array (NumPy integers), in any
    order; its other arguments follow the step.  Output ``rate``: shape (len(steps),).
    """

    companions: tuple[str, ...] = ()

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        rest = [v for k, v in args.items() if k != "steps"]
        rates = []
        for step in args["steps"]:
            rate = as_result(fn(step, *(fresh(v) for v in rest)), "rate")
            if isinstance(rate, str) or rate.size != 1:
                raise WrongResult(f"`rate` must be one number, got {rate!r:.80}")
            rates.append(rate.reshape(()))
        return {"rate": np.array(rates)}


@dataclass(frozen=True)
class Table:
    """A function without arguments that fills in a table: ``f()[row][column]``.

    Outputs ``<column>``: its entries in the order of ``rows``.  Other rows and columns
    of the function's table are left alone.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    companions: tuple[str, ...] = ()

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        table = fn()
        if not isinstance(table, Mapping):
            raise WrongResult(f"it must return a dictionary of rows, got {type(table).__name__}")
        found: dict[str, list[Any]] = {column: [] for column in self.columns}
        for name in self.rows:
            row = table.get(name)
            if not isinstance(row, Mapping):
                raise WrongResult(f"row {name!r} is missing or no dictionary")
            for column in self.columns:
                if column not in row:
                    raise WrongResult(f"row {name!r} has no column {column!r}")
                found[column].append(row[column])
        return {column: as_result(entries, column) for column, entries in found.items()}


@dataclass(frozen=True)
class Forward:
    """A layer's forward pass: ``out, cache = f(*args)``; the cache may be anything."""

    companions: tuple[str, ...] = ()

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        result = take(call_watched(fn, args, notes), ("out", "cache"))
        return {"out": as_result(result["out"], "out")}


@dataclass(frozen=True)
class Backward:
    """A layer's backward pass: ``gradients = f(dout, cache)``.

    The cache comes from the companion ``forward`` on the case's other arguments, in
    order.  ``own`` records the companion's output and the numerical gradient of
    ``sum(dout * out)``, every entry, so that a backward pass that fits a wrong forward
    pass can be told from a wrong one.
    """

    forward: str
    gradients: tuple[str, ...]

    @property
    def companions(self) -> tuple[str, ...]:
        return (self.forward,)

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        inputs = {k: v for k, v in args.items() if k != "dout"}
        out, cache = self._forward(companions, inputs)
        result = call_watched(lambda dout: fn(dout, cache), {"dout": args["dout"]}, notes)
        if len(self.gradients) == 1:
            # a layer with one input may return the gradient bare or as a tuple of one
            result = result[0] if isinstance(result, tuple) and len(result) == 1 else result
            found = {self.gradients[0]: as_result(result, self.gradients[0])}
        else:
            found = {n: as_result(v, n) for n, v in take(result, self.gradients).items()}
        own: dict[str, Any] = {"out": out}
        if numeric:
            own["numeric"] = self._numeric(companions, inputs, args["dout"])
        return {**found, "own": own}

    def _forward(
        self, companions: Mapping[str, Fn], inputs: Mapping[str, Any]
    ) -> tuple[np.ndarray, Any]:
        forward = companions.get(self.forward)
        if forward is None:
            raise CompanionError(f"it needs the cache of your `{self.forward}`: run that cell")
        try:
            result = take(forward(*(fresh(v) for v in inputs.values())), ("out", "cache"))
            return as_result(result["out"], "out"), result["cache"]
        except Exception as error:
            raise CompanionError(
                f"your `{self.forward}` failed first ({type(error).__name__}: {error})"
            ) from error

    def _numeric(
        self, companions: Mapping[str, Fn], inputs: Mapping[str, Any], dout: np.ndarray
    ) -> dict[str, np.ndarray]:
        def scalar(changed: Mapping[str, Any]) -> float:
            out, _ = self._forward(companions, changed)
            return float(np.sum(out * dout)) if out.shape == dout.shape else float("nan")

        names = list(inputs)[: len(self.gradients)]
        found = (numeric_gradient(scalar, inputs, name) for name in names)
        return dict(zip(self.gradients, found, strict=True))


@dataclass(frozen=True)
class Loss:
    """A loss with its gradient: ``loss, gradient = f(*args)``.

    ``wrt`` names the argument differentiated.  When that argument is a dictionary of
    parameters, so is the gradient, with the same keys.
    """

    wrt: str = "x"
    gradient: str = "dx"
    companions: tuple[str, ...] = ()

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        result = take(call_watched(fn, args, notes), ("loss", self.gradient))
        loss = as_result(result["loss"], "loss")
        found = self._gradients(result[self.gradient], args[self.wrt])

        def scalar(changed: Mapping[str, Any]) -> float:
            value = take(fn(*(fresh(v) for v in changed.values())), ("loss", self.gradient))
            return float(np.asarray(value["loss"]).reshape(-1)[0])

        own: dict[str, Any] = {"out": loss}
        if numeric:
            own["numeric"] = self._numeric(scalar, args)
        return {"loss": loss, **found, "own": own}

    def _numeric(
        self, scalar: Callable[[Mapping[str, Any]], float], args: Mapping[str, Any]
    ) -> dict[str, np.ndarray]:
        if isinstance(args[self.wrt], dict):
            keys = args[self.wrt]
            return {f"d{key}": numeric_gradient(scalar, args, self.wrt, key) for key in keys}
        return {self.gradient: numeric_gradient(scalar, args, self.wrt)}

    def _gradients(self, result: Any, parameters: Any) -> dict[str, Any]:
        if not isinstance(parameters, dict):
            return {self.gradient: as_result(result, self.gradient)}
        if not isinstance(result, dict):
            raise WrongResult(f"`{self.gradient}` must be a dictionary like `{self.wrt}`")
        missing = [key for key in parameters if key not in result]
        if missing:
            raise WrongResult(f"`{self.gradient}` has no key {missing[0]!r}")
        return {
            f"d{key}": as_result(result[key], f"{self.gradient}[{key!r}]") for key in parameters
        }


def numeric_gradient(
    scalar: Callable[[Mapping[str, Any]], float],
    args: Mapping[str, Any],
    name: str,
    key: str | None = None,
) -> np.ndarray:
    """Central differences of ``scalar(args)`` by every entry of ``args[name]`` (or its ``key``)."""
    target: np.ndarray = args[name] if key is None else args[name][key]
    gradient = np.zeros(target.shape)
    for index in np.ndindex(target.shape):
        values = []
        for step in (STEP, -STEP):
            moved = target.astype(np.float64)
            moved[index] += step
            changed = moved if key is None else {**args[name], key: moved}
            values.append(scalar({**args, name: changed}))
        gradient[index] = (values[0] - values[1]) / (2 * STEP)
    return gradient


@dataclass(frozen=True)
class Batches:
    """A function that yields tuples of arrays: ``for a, b in f(*args)``, ``epochs`` times.

    Outputs ``<name>``: one list of arrays per epoch.  ``limit`` bounds an endless one.
    """

    names: tuple[str, ...]
    limit: int = 200
    companions: tuple[str, ...] = ()

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        inputs = {k: fresh(v) for k, v in args.items() if k != "epochs"}
        found: dict[str, Any] = {name: [] for name in self.names}
        for _ in range(args["epochs"]):
            result = fn(*inputs.values())
            if not isinstance(result, Iterable):
                raise WrongResult(f"it must yield tuples, got {type(result).__name__}")
            items = list(itertools.islice(result, self.limit + 1))
            if len(items) > self.limit:
                raise WrongResult(f"it yields more than {self.limit} batches in one epoch")
            rows = [take(item, self.names) for item in items]
            for name in self.names:
                found[name].append([as_result(row[name], name) for row in rows])
        for key, value in args.items():
            if isinstance(value, np.ndarray) and not _same(value, inputs[key]):
                notes.add(f"it changes its argument `{key}` in place")
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

    def run(
        self,
        fn: Fn,
        args: Mapping[str, Any],
        companions: Mapping[str, Fn],
        notes: Notes,
        numeric: bool = True,
    ) -> dict[str, Any]:
        found = self.driver.run(fn, args, companions, notes, numeric)
        return {**found, "again": self.driver.run(fn, args, companions, notes, numeric)}
