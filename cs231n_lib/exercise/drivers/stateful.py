"""How layers with a state are called: several times in training, then once at test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercise.drivers.base import Args, Fn, Outputs, Setting, fresh, note_changes
from cs231n_lib.exercise.results import WrongResult, as_result, joined, take

TRAIN, TEST = "train", "test"


@dataclass(frozen=True)
class Stateful:
    """A layer that keeps a state: ``out, cache = f(x, *others, param)``.

    The layer is called once for each of the case's ``batches``, with one dictionary all along:
    ``param["mode"]`` is "train", and "test" for the last one.  The layer may change the dictionary
    in place, or return it: as a third result, or in the place of the cache.

    Outputs: ``out``, of the training calls, shape (calls, *out.shape), and ``out_test``; for each
    of ``entries`` its value after each training call, shape (calls, ...), and ``<entry>_test``,
    after the test call.

    Arguments of a case: ``batches``, at least two, all but the last of one shape; the other
    arrays; ``param``, the dictionary.  They are passed in the order of the case.

    Attributes:
        entries: keys that the dictionary must hold after each call, arrays of numbers.
        param: which argument is the dictionary; messages call it so.
    """

    entries: tuple[str, ...] = ()
    param: str = "param"
    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        state = fresh(args[self.param])
        outs: list[np.ndarray] = []
        kept: dict[str, list[np.ndarray]] = {name: [] for name in self.entries}
        for i, x in enumerate(args["batches"]):
            last = i == len(args["batches"]) - 1
            state["mode"] = TEST if last else TRAIN
            before = {name: fresh(state.get(name)) for name in self.entries}
            inputs = {"x" if k == "batches" else k: v for k, v in args.items()} | {"x": x}
            given = {k: state if k == self.param else fresh(v) for k, v in inputs.items()}
            result = fn(*given.values())
            note_changes({k: v for k, v in inputs.items() if k != self.param}, given, setting.notes)
            out, state = self._results(result, state, before)
            when = "the call at test" if last else f"call {i + 1} in training"
            outs.append(self._like(outs[:1] if not last else [], out, "out", when))
            for name in self.entries:
                value = self._entry(state, name, when)
                kept[name].append(self._like(kept[name][:1], value, self._called(name), when))
        return {
            "out": joined(outs[:-1]),
            "out_test": outs[-1],
            **{name: joined(values[:-1]) for name, values in kept.items()},
            **{f"{name}_test": values[-1] for name, values in kept.items()},
        }

    def _results(
        self, result: Any, given: dict[str, Any], before: Mapping[str, Any]
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """The output and the state to go on with, wherever the layer left it."""
        if isinstance(result, tuple | list) and len(result) == 3:
            found = take(result, ("out", "cache", self.param))
            if not isinstance(found[self.param], dict):
                raise WrongResult(
                    f"the third result must be the dictionary `{self.param}`, got "
                    f"{type(found[self.param]).__name__}"
                )
            return self._out(found["out"]), dict(found[self.param])
        found = take(result, ("out", "cache"))
        returned = found["cache"]
        changed = any(_differs(given.get(name), old) for name, old in before.items())
        # a cache may be a dictionary too: it is the state only if it holds all that a state holds,
        # and if nothing was kept in place
        whole = {*given, *self.entries}
        if self.entries and not changed and isinstance(returned, dict) and whole <= set(returned):
            return self._out(found["out"]), dict(returned)
        return self._out(found["out"]), given

    def _out(self, value: Any) -> np.ndarray:
        out = as_result(value, "out")
        if isinstance(out, str):
            raise WrongResult("`out` must hold numbers, got str")
        return np.asarray(out)

    def _called(self, name: str) -> str:
        return f"{self.param}[{name!r}]"

    def _entry(self, state: Mapping[str, Any], name: str, when: str) -> np.ndarray:
        if name not in state:
            raise WrongResult(
                f"after {when} `{self.param}` has no key {name!r}: store it there, so that the "
                "next call finds it"
            )
        value = as_result(state[name], self._called(name))
        if isinstance(value, str):
            raise WrongResult(f"`{self._called(name)}` must hold numbers, got str")
        return np.asarray(value)

    def _like(self, first: list[np.ndarray], value: np.ndarray, name: str, when: str) -> np.ndarray:
        """The value, if it has the shape that it had after the first call."""
        if first and value.shape != first[0].shape:
            raise WrongResult(
                f"after {when} `{name}` has shape {value.shape}, after call 1 it had "
                f"{first[0].shape}"
            )
        return value


def _differs(now: Any, before: Any) -> bool:
    """Whether an entry of the state is another than it was; what cannot be compared is."""
    if now is None or before is None:
        return now is not before
    try:
        return not np.array_equal(np.asarray(now), np.asarray(before))
    except Exception:
        return True
