"""Other ways to call a function than the one that is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from autograder.judging import reference
from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.exercise.drivers import Schedule, Steps

Changed = Callable[[dict[str, Any]], dict[str, Any]]

RATES = (1.0, 0.1, 0.01, 2e-3, 1e-3, 1e-4, 0.0)
TINY = (*(10.0**-k for k in range(3, 17)), 0.0)  # steps, epsilons, tolerances
SHARES = (0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0)  # momenta, decay rates
ALONE, POSSIBLE, LIKELY = range(3)
SLOW = ("lbfgs",)  # a whole run in each case
RULE = "config"


@dataclass(frozen=True)
class Change:
    """A way to call a function other than it is asked for.

    Attributes:
        args: makes other arguments of those of a case; the same object if none changes.
        company: whether it is looked for in company of another mistake.
    """

    name: str
    hint: str
    args: Changed
    company: int = ALONE


def defaults(exercise: Exercise) -> dict[str, float]:
    """The arguments with a number for a default; of an update rule, those of its config."""
    if isinstance(exercise.driver, Steps):
        case = next(c for c in reference.draw(exercise, 0) if c.args[RULE] is None)
        told: list[Any] = []

        def asked(w: Any, gradient: Any, config: Any) -> Any:
            result = reference.answers()[exercise.name](w, gradient, config)
            told.append(result[1])
            return result

        reference.run(exercise, asked, [case])
        return {k: v for k, v in told[0].items() if isinstance(v, float)}
    parameters = inspect.signature(exercise.stub).parameters.values()
    return {p.name: p.default for p in parameters if type(p.default) in (int, float)}


def usual(default: float) -> tuple[float, ...]:
    """Numbers that stand in such a place elsewhere."""
    if isinstance(default, int):
        return ()
    if 0.3 <= default < 1:
        return SHARES
    return TINY if 0 < default < 5e-4 else RATES


def _set(exercise: Exercise, key: str, value: float, always: bool) -> Changed:
    """Arguments with ``key`` set: in each case, or only where it is left out."""
    if isinstance(exercise.driver, Steps):
        return _set_in_config(key, value, always)
    order = ["steps", *inspect.signature(exercise.stub).parameters]
    usually = defaults(exercise)

    def changed(args: dict[str, Any]) -> dict[str, Any]:
        if key in args and not always:
            return args
        # arguments are passed by their place: those before it have to be there as well
        found = {**usually, **args, key: value}
        return {n: found[n] for n in order if n in found}

    return changed


def _set_in_config(key: str, value: float, always: bool) -> Changed:
    def changed(args: dict[str, Any]) -> dict[str, Any]:
        config = dict(args[RULE] or {})
        if key in config and not always:
            return args
        found = {**args, RULE: {**config, key: value}}
        if key == "learning_rate" and always:
            found.pop("rates", None)
        return found

    return changed


def changes(exercise: Exercise) -> Iterator[Change]:
    """Every other way to call the answer to ``exercise``, in an order of preference."""
    if exercise.law is not None or exercise.name in SLOW:
        return
    for key, default in defaults(exercise).items():
        for value in dict.fromkeys((default, *usual(default))):
            yield Change(
                f"`{key}` is never read",
                f"Call it with two values of `{key}`: does your result change?",
                _set(exercise, key, value, True),
                company=LIKELY if value == default else ALONE,
            )
        for value in usual(default):
            if value != default:
                yield Change(
                    f"another default of `{key}`",
                    f"Which value does `{key}` have when nobody gives it? Look it up in the "
                    "docstring.",
                    _set(exercise, key, value, False),
                    company=ALONE if value in TINY else POSSIBLE,
                )
    if isinstance(exercise.driver, Schedule):
        for by, words in ((1, "early"), (-1, "late")):
            yield Change(
                f"a step too {words}",
                "Which number has the first step, and which rate belongs to it?",
                _later(by),
                company=LIKELY,
            )
    for a, b in _alike(exercise):
        yield Change(
            f"`{a}` and `{b}` exchanged",
            f"Which of the two is `{a}`? Call it with two values that differ much.",
            _exchanged(a, b),
        )


def _later(by: int) -> Changed:
    return lambda args: {**args, "steps": [max(int(s) + by, 0) for s in args["steps"]]}


def _alike(exercise: Exercise) -> list[tuple[str, str]]:
    """Pairs of arguments that could be taken for each other in every case."""
    cases = reference.draw(exercise, 0)
    names = [n for n in cases[0].args if all(n in c.args for c in cases)]
    if isinstance(exercise.driver, Steps):
        return [("beta1", "beta2")] if "beta2" in defaults(exercise) else []
    return [
        (a, b)
        for a, b in combinations(names, 2)
        if all(_kind(c.args[a]) == _kind(c.args[b]) is not None for c in cases)
    ]


def _kind(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.kind
    return type(value) if type(value) in (int, float) else None


def _exchanged(a: str, b: str) -> Changed:
    def changed(args: dict[str, Any]) -> dict[str, Any]:
        if RULE in args:
            c = {"beta1": 0.9, "beta2": 0.999, **(args[RULE] or {})}
            return {**args, RULE: {**c, a: c[b], b: c[a]}}
        return {n: args[{a: b, b: a}.get(n, n)] for n in args}

    return changed
