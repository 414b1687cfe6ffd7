"""Mistakes that follow from a declaration: nobody has to list them.

The answer is called as a wrong function would call it: without looking at an argument, with
another default, with two arguments exchanged, a step too early or too late.  Or another answer
of the chapter is called in its place.  What comes out is what such a function returns.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from autograder import reference
from cs231n_lib import exercises
from cs231n_lib.exercises.declare import Case, Exercise
from cs231n_lib.exercises.drivers import Schedule, Steps
from cs231n_lib.recognise import DERIVED, Known, Sketched

Changed = Callable[[dict[str, Any]], dict[str, Any]]

RATES = (1.0, 0.1, 0.01, 2e-3, 1e-3, 1e-4, 0.0)
TINY = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12, 0.0)  # steps, epsilons, tolerances
SHARES = (0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0)  # momenta, decay rates
SLOW = ("lbfgs",)  # a whole run in each case
RULE = "config"


@dataclass(frozen=True)
class Change:
    """A way to call a function other than it is asked for."""

    name: str
    hint: str
    args: Changed
    common: bool = False  # whether it is likely to come with another mistake


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
    numbers = {p.name: p.default for p in parameters if type(p.default) in (int, float)}
    return {k: v for k, v in numbers.items()}


def usual(default: float) -> tuple[float, ...]:
    """Numbers that stand in such a place elsewhere."""
    if isinstance(default, int):
        return ()
    if 0.3 <= default < 1:
        return SHARES
    return TINY if 0 < default < 5e-4 else RATES


def _set(exercise: Exercise, key: str, value: float, always: bool) -> Changed:
    """Arguments with ``key`` set: in each case, or only where it is left out."""
    of_rule = isinstance(exercise.driver, Steps)

    def changed(args: dict[str, Any]) -> dict[str, Any]:
        if not of_rule:
            if not always and key in args:
                return args
            # arguments are passed by their place: those before it have to be there as well
            whole = {p: d for p, d in defaults(exercise).items() if p not in args}
            found = {**args, **whole, **{key: value}}
            order = ["steps", *inspect.signature(exercise.stub).parameters]
            return {n: found[n] for n in order if n in found}
        config = dict(args[RULE] or {})
        if not always and key in config:
            return args
        config[key] = value
        found = {**args, RULE: config}
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
                common=value == default,
            )
        for value in usual(default):
            if value != default:
                yield Change(
                    f"another default of `{key}`",
                    f"Which value does `{key}` have when nobody gives it? Look it up in the "
                    "docstring.",
                    _set(exercise, key, value, False),
                )
    if isinstance(exercise.driver, Schedule):
        for by, words in ((1, "early"), (-1, "late")):
            yield Change(
                f"a step too {words}",
                "Which number has the first step, and which rate belongs to it?",
                _later(by),
                common=True,
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


@cache
def others(name: str) -> tuple[str, ...]:
    """Other exercises of the chapter that are called in the same way, with the same names."""
    exercise = exercises.get(name)
    if exercise.law is not None:
        return ()
    return tuple(
        other.name
        for other in exercises.chapter(exercise.chapter)
        if other.name != name
        and other.driver == exercise.driver
        and list(inspect.signature(other.stub).parameters)
        == list(inspect.signature(exercise.stub).parameters)
    )


def known(
    exercise: Exercise, cases: Sequence[Case], right: Sequence[dict[str, Any]]
) -> Iterator[Known]:
    """Derived mistakes that change something on these cases.

    Args:
        right: what the answer gives on ``cases``.
    """
    answer = reference.answers()[exercise.name]
    for change in changes(exercise):
        yield from changed(exercise, change, answer, cases, right.__getitem__, DERIVED)
    for other in others(exercise.name):
        outputs = runs(exercise, reference.answers()[other], cases)
        yield Known(
            f"the formula of `{other}`",
            f"Your results are those of `{other}`. Which formula stands in this docstring?",
            Sketched(outputs, len(cases)),
            (),
            DERIVED,
        )


def changed(
    exercise: Exercise,
    change: Change,
    function: Callable[..., Any],
    cases: Sequence[Case],
    unchanged: Callable[[int], dict[str, Any] | None],
    rank: int,
) -> Iterator[Known]:
    """``function`` called in another way, unless no case notices.

    Args:
        unchanged: what it gives on the cases as they are.
    """
    made = [replace(case, args=change.args(case.args)) for case in cases]
    if all(a.args is b.args for a, b in zip(cases, made, strict=True)):
        return
    run = runs(exercise, function, made)

    def answer(i: int) -> dict[str, Any] | None:
        return unchanged(i) if made[i].args is cases[i].args else run(i)

    yield Known(change.name, change.hint, Sketched(answer, len(cases)), (), rank)


def runs(
    exercise: Exercise, function: Callable[..., Any], cases: Sequence[Case]
) -> Callable[[int], dict[str, Any] | None]:
    """What ``function`` returns in a case, by its index; None where it fails."""

    def outputs(i: int) -> dict[str, Any] | None:
        found: dict[str, Any] | None = reference.run(exercise, function, [cases[i]])[0]["outputs"]
        return found

    return outputs
