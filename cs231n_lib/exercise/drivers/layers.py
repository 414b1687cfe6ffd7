"""How layers and losses are called: forward, backward, and against numerical gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercise.drivers.base import Args, Fn, Outputs, Setting, call_watched, fresh
from cs231n_lib.exercise.results import CompanionError, WrongResult, as_result, take

STEP = 1e-5  # central differences: truncation h**2 meets round-off eps / h near 1e-5


@dataclass(frozen=True)
class Forward:
    """A layer's forward pass: ``out, cache = f(*args)``; the cache may be anything."""

    companions: tuple[str, ...] = ()

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        result = take(call_watched(fn, args, setting.notes), ("out", "cache"))
        return {"out": as_result(result["out"], "out")}


@dataclass(frozen=True)
class Backward:
    """A layer's backward pass: ``gradients = f(dout, cache)``.

    The cache comes from the companion ``forward`` on the case's other arguments, in
    order.  ``own`` records the companion's output and the numerical gradient of
    ``sum(dout * out)``, every entry, so that a backward pass that fits a wrong forward
    pass can be told from a wrong one.  Of a layer that adds the argument ``added`` to the
    rest, ``own`` has the two terms of the sum; only the reference's are looked at.
    """

    forward: str
    gradients: tuple[str, ...]
    added: str = ""

    @property
    def companions(self) -> tuple[str, ...]:
        return (self.forward,)

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        inputs = {k: v for k, v in args.items() if k != "dout"}
        out, cache = self._forward(setting.companions, inputs)
        result = call_watched(lambda dout: fn(dout, cache), {"dout": args["dout"]}, setting.notes)
        if len(self.gradients) == 1:
            # a layer with one input may return the gradient bare or as a tuple of one
            result = result[0] if isinstance(result, tuple) and len(result) == 1 else result
            found = {self.gradients[0]: as_result(result, self.gradients[0])}
        else:
            found = {n: as_result(v, n) for n, v in take(result, self.gradients).items()}
        own: dict[str, Any] = {"out": out}
        if setting.numeric:
            own["numeric"] = self._numeric(setting.companions, inputs, args["dout"])
        if self.added:
            without = {**inputs, self.added: np.zeros_like(inputs[self.added])}
            rest, _ = self._forward(setting.companions, without)
            own["terms"] = np.stack([rest, out - rest])
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

    def run(self, fn: Fn, args: Args, setting: Setting) -> Outputs:
        result = take(call_watched(fn, args, setting.notes), ("loss", self.gradient))
        loss = as_result(result["loss"], "loss")
        found = self._gradients(result[self.gradient], args[self.wrt])

        def scalar(changed: Mapping[str, Any]) -> float:
            value = take(fn(*(fresh(v) for v in changed.values())), ("loss", self.gradient))
            return float(np.asarray(value["loss"]).reshape(-1)[0])

        own: dict[str, Any] = {"out": loss}
        if setting.numeric:
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
