"""How random functions are called: several times, and twice from one seed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cs231n_lib.exercise.drivers.base import (
    Args,
    Driver,
    Fn,
    Outputs,
    Setting,
    fresh,
    note_changes,
)
from cs231n_lib.exercise.results import WrongResult, as_result, take

NO_GENERATOR = (
    "it returns all batches at once; a generator, with `yield`, needs memory for one at a time"
)


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
