"""What can be said of a wrong function without a list of mistakes.

Every sentence is a fact about all cases with a wrong result: how its numbers relate to the
right ones (:mod:`cs231n_lib.judging.relations`), or which argument tells the wrong cases from the
right ones.  None of them names a cause; some end with a question.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.exercise.drivers import Schedule, Steps
from cs231n_lib.judging.arrangements import given
from cs231n_lib.judging.compare import match
from cs231n_lib.judging.compared import Compared
from cs231n_lib.judging.crash import keys_of
from cs231n_lib.judging.magnitudes import entrywise, factor, shifted
from cs231n_lib.judging.relations import told

LARGEST = 100_000  # numbers of one output; more are not looked at
STEPWISE = (factor, shifted, entrywise)


def diagnoses(
    exercise: Exercise,
    cases: Sequence[Case],
    got: Sequence[Any],
    want: Sequence[Any],
    failing: Sequence[tuple[int, str]],
) -> list[str]:
    """Sentences that are true of all failing cases; perhaps none.

    Args:
        got, want: outputs of each case by name, the student's and the right ones.
        failing: index and case group of whatever is not right.
    """
    if exercise.law is not None:  # the properties that do not hold have messages of their own
        return []
    said: dict[str, list[str]] = {}
    for name, where in _wrong_outputs(exercise, got, want, failing).items():
        pairs = [_compared(exercise, cases[i], got[i], want[i], name) for i in where]
        found = [p for p in pairs if p is not None]
        if len(found) < len(pairs):
            continue
        if words := _words(exercise, [cases[i] for i in where], found):
            said.setdefault(words, []).append(f"`{name}`")
    sentences = [_sentence(names, words) for words, names in said.items()]
    return sentences or told_by_an_argument(exercise, cases, {i for i, _ in failing})


def _sentence(names: Sequence[str], words: str) -> str:
    verb = ("is wrong, it is", "are wrong, each is")[len(names) > 1]
    end = "?" if ": is " in words or ": which " in words or ": where " in words else "."
    return f"Wherever {' and '.join(names)} {verb} {words}{end}"


def _wrong_outputs(
    exercise: Exercise,
    got: Sequence[Any],
    want: Sequence[Any],
    failing: Sequence[tuple[int, str]],
) -> dict[str, list[int]]:
    """For each output that is wrong somewhere, in which cases it is."""
    found: dict[str, list[int]] = {}
    for i in dict.fromkeys(i for i, _ in failing):
        groups = [g for j, g in failing if j == i]
        watched = {n for g in groups for n in (exercise.groups[g].outputs or want[i])}
        for name, value in want[i].items():
            mine = got[i].get(name) if isinstance(got[i], dict) else None
            if name in watched and not match(mine, value, exercise.tolerance).ok:
                found.setdefault(name, []).append(i)
    return found


def _compared(exercise: Exercise, case: Case, got: Any, want: Any, name: str) -> Compared | None:
    mine = got.get(name) if isinstance(got, dict) else None
    right = want[name]
    if not isinstance(mine, np.ndarray) or not isinstance(right, np.ndarray | float | int):
        return None
    right = np.asarray(right)
    numeric = mine.dtype.kind in "iuf" and right.dtype.kind in "iuf"
    if not numeric or max(mine.size, right.size) > LARGEST or not np.all(np.isfinite(mine)):
        return None
    inputs, numbers = _parts({**_defaults(exercise), **case.args})
    return Compared(mine, right, inputs, numbers)


def _defaults(exercise: Exercise) -> dict[str, Any]:
    """What the arguments are that a case leaves out."""
    parameters = inspect.signature(exercise.stub).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def _parts(args: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """The arrays and the numbers of a case, by the words that name them."""
    inputs, numbers = dict[str, np.ndarray](), dict[str, float]()
    for name, value in args.items():
        if isinstance(value, np.ndarray) and value.dtype.kind in "iuf" and value.ndim:
            inputs[name] = value
            numbers[f"len({name})"] = len(value)
            for axis in range(1, value.ndim):
                numbers[f"{name}.shape[{axis}]"] = value.shape[axis]
            numbers[f"{name}.size"] = value.size
        elif isinstance(value, list) and value and isinstance(value[0], float | int):
            inputs[name] = np.asarray(value, dtype=float)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            numbers[name] = float(value)
        elif isinstance(value, dict):
            held = {k: v for k, v in value.items() if isinstance(v, int | float)}
            numbers |= {f"{name}['{k}']": float(v) for k, v in held.items()}
    return inputs, numbers


def _words(exercise: Exercise, cases: Sequence[Case], pairs: Sequence[Compared]) -> str:
    if isinstance(exercise.driver, Schedule):  # it is asked for one step at a time
        pairs = [
            replace(p, inputs={"step": np.asarray(case.args["steps"])})
            for case, p in zip(cases, pairs, strict=True)
        ]
    if not isinstance(exercise.driver, Steps):
        return told(pairs)
    if all("gradients" in case.args for case in cases):
        steps = [_steps(case, p) for case, p in zip(cases, pairs, strict=True)]
        if words := told(steps, STEPWISE):
            return f"reached by steps each of which is {words}"
        bare = [Compared(p.got, s.want) for p, s in zip(pairs, steps, strict=True)]
        if words := told(bare, (_equal,)):
            return words
    started = [
        Compared(p.got, p.want, {"w": np.broadcast_to(case.args["w"], p.got.shape)})
        for case, p in zip(cases, pairs, strict=True)
    ]
    return told(started, (given,))


def _steps(case: Case, p: Compared) -> Compared:
    """What was added to the parameters in each step, in place of where that led."""
    start = case.args["w"][None]

    def added(path: np.ndarray) -> np.ndarray:
        found = np.diff(np.concatenate([start, path.astype(np.float64)]), axis=0)
        return found.astype(path.dtype)

    return Compared(added(p.got), added(p.want), {}, p.numbers)


def _equal(pairs: Sequence[Compared]) -> str:
    alike = all(p.fits(p.got, p.want) for p in pairs)
    return "the step itself: where are the parameters that it starts from" if alike else ""


def told_by_an_argument(exercise: Exercise, cases: Sequence[Case], wrong: set[int]) -> list[str]:
    """Which arguments are left out in the wrong cases and in no other, or the other way round."""
    out, given_ = list[str](), list[str]()
    everything = set(range(len(cases)))
    for name in _optional(exercise, cases):
        missing = {i for i, case in enumerate(cases) if name not in _named(case)}
        if missing and missing == wrong != everything:
            out.append(f"`{name}`")
        elif missing and everything - missing == wrong:
            given_.append(f"`{name}`")
    if out:
        return [
            f"It is wrong in every case that leaves out {' and '.join(out)}, and right in every "
            f"other one: which {'values' if out[1:] else 'value'} does it take then?"
        ]
    if given_:
        return [
            f"It is wrong in every case that gives {' and '.join(given_)}, and right in every "
            f"other one: what does it do with {'these values' if given_[1:] else 'this value'}?"
        ]
    return []


def _named(case: Case) -> set[str]:
    return set(case.args) | (keys_of(case) or set())


def _optional(exercise: Exercise, cases: Sequence[Case]) -> list[str]:
    """Names of arguments with a default, and of what stands in the config of some cases only."""
    names = [n for n in _defaults(exercise) if n != "config"]
    keys = [k for c in cases if isinstance(c.args.get("config"), dict) for k in c.args["config"]]
    return list(dict.fromkeys([*names, *keys]))
