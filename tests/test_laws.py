"""A law first looks whether it has what it asked for, in bounded time; then it counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Case, Exercise
from cs231n_lib.exercise.laws.minibatches import pairs_uniform
from cs231n_lib.judging.modest import MAX_ENTRIES, MAX_PARTS, modest
from cs231n_lib.judging.recognise import comparable
from cs231n_lib.judging.verdict import judge

MINIBATCHES = exercises.get("minibatches")
pytestmark = pytest.mark.minibatches
MANY = "6 rows in batches of 3, 120 epochs"


def case(label: str = MANY) -> Case:
    return next(c for c in reference.draw(MINIBATCHES, 0) if c.label == label)


def recorded(one: Case, orders: list[np.ndarray]) -> dict[str, Any]:
    """The outputs of a function that gives these orders, in both runs."""
    X, y, B = (one.args[name] for name in ("X", "y", "batch_size"))
    starts = range(0, len(X), B)
    run = {
        "X_batch": [[X[o[i : i + B]] for i in starts] for o in orders],
        "y_batch": [[y[o[i : i + B]] for i in starts] for o in orders],
    }
    return {**run, "again": run}


def failing(one: Case, outputs: Any) -> set[str]:
    """The properties that do not hold."""
    found = comparable(MINIBATCHES, one, outputs)
    names = next(iter(reference.expected(MINIBATCHES, [case()])))
    wanted = comparable(MINIBATCHES, case(), names)
    return set(wanted) if found is None else {k for k, v in found.items() if not v}


def right_orders(one: Case, epochs: int) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    return [rng.permutation(len(one.args["X"])) for _ in range(epochs)]


def test_as_many_right_epochs_as_were_asked_for_hold_every_property() -> None:
    for one in reference.draw(MINIBATCHES, 0):
        assert failing(one, recorded(one, right_orders(one, one.args["epochs"]))) == set()


@pytest.mark.parametrize("epochs", [0, 1, 2, 119, 121])
def test_fewer_or_more_epochs_than_asked_for_hold_none(epochs: int) -> None:
    one = case()
    everything = failing(one, None)
    assert len(everything) >= 12
    assert failing(one, recorded(one, right_orders(one, epochs))) == everything


def test_a_second_run_that_is_missing_or_shorter_holds_none() -> None:
    one = case()
    outputs = recorded(one, right_orders(one, 120))
    short = {name: epochs[:2] for name, epochs in outputs["again"].items()}
    assert failing(one, outputs | {"again": short}) == failing(one, None)
    assert failing(one, {k: v for k, v in outputs.items() if k != "again"}) == failing(one, None)


@pytest.mark.parametrize("many", [2, 6, 24, 48])
def test_a_few_of_all_orders_are_too_few(many: int) -> None:
    one, rng = case(), np.random.default_rng(many)
    few = right_orders(one, many)
    drawn = [few[rng.integers(many)] for _ in range(120)]
    assert "orders_differ" in failing(one, recorded(one, drawn))


def test_the_rotations_of_one_order_are_too_few() -> None:
    """Every row comes at every place equally often: the places alone do not show it."""
    one = case()
    drawn = [np.roll([0, 2, 4, 1, 5, 3], k) for k in range(6)] * 20
    assert failing(one, recorded(one, drawn)) == {"orders_differ", "pairs_uniform"}


def test_a_row_that_follows_another_is_noticed() -> None:
    """A random place for row 0, then row 3 after it, and the rest at random."""
    one, rng, drawn = case(), np.random.default_rng(1), []
    for _ in range(120):
        rest = rng.permutation([1, 2, 4, 5])
        at = rng.integers(5)
        drawn.append(np.concatenate([rest[:at], [0, 3], rest[at:]]))
    assert not pairs_uniform(drawn, 6)
    assert "pairs_uniform" in failing(one, recorded(one, drawn))


def flood(many: int) -> np.ndarray:
    """An array without a byte whose first side is ``many``."""
    return np.lib.stride_tricks.as_strided(np.empty(0), (many, 0, 2), (0, 8, 8))


def nested(depth: int) -> Any:
    tree: Any = [np.zeros(1)]
    for _ in range(depth):
        tree = [tree]
    return tree


FLOODS: dict[str, Callable[[Case], Any]] = {
    "epochs without end": lambda one: flood(10**15),
    "batches without end": lambda one: [flood(10**15)] * 120,
    "a batch of no bytes": lambda one: [[flood(10**15)]] * 120,
    "rows of no bytes": lambda one: [[flood(10**15).reshape(10**15, 0)]] * 120,
    "a million batches": lambda one: [[one.args["X"]] * 10_000] * 120,
    "long batches": lambda one: [[np.zeros((50_000, 2))]] * 120,
    "epochs in epochs": lambda one: nested(500),
    "words": lambda one: "x" * 10**6,
    "a dictionary": lambda one: {str(i): np.zeros(1) for i in range(100_000)},
    "nothing": lambda one: None,
    "numbers": lambda one: [[1.0, 2]] * 120,
}


@pytest.mark.parametrize("name", FLOODS)
@pytest.mark.parametrize("where", ["X_batch", "y_batch", "again"])
def test_a_flood_is_refused_before_it_is_walked_through(name: str, where: str) -> None:
    one = case()
    outputs = recorded(one, right_orders(one, 120))
    outputs[where] = FLOODS[name](one)
    start = time.process_time()
    assert failing(one, outputs) - {"labels_moved"}, "a right property may be left, not all"
    assert time.process_time() - start < 2.0


def test_one_flood_does_not_stop_the_verdict_on_the_exercise() -> None:
    cases = reference.draw(MINIBATCHES, 4)
    seen = reference.run(MINIBATCHES, reference.answers()["minibatches"], cases)
    seen[0]["outputs"]["X_batch"] = flood(10**15)
    report = judge(MINIBATCHES, cases, seen, reference.expected(MINIBATCHES, cases), lambda: [])
    assert report.earned == 0 and [g.failed for g in report.groups] == [1, 1, 1]


def test_whatever_a_law_raises_is_a_property_that_does_not_hold() -> None:
    def law(args: Any, outputs: Any) -> dict[str, bool]:
        raise MemoryError

    broken = Exercise(**{**vars(MINIBATCHES), "law": law})
    assert comparable(broken, case(), {"X_batch": []}) is None


@pytest.mark.parametrize(
    ("tree", "fits"),
    [
        ({"a": [np.zeros((3, 4)), "word", 1, 2.0, True, None]}, True),
        ([np.zeros(MAX_ENTRIES // 2)] * 2, True),
        ([np.zeros(MAX_ENTRIES // 2)] * 2 + [np.zeros(1)], False),
        (flood(MAX_ENTRIES + 1), False),
        (np.zeros((1,) * 9), False),
        ([0] * (MAX_PARTS - 1), True),
        ([0] * MAX_PARTS, False),
        ([[0] * 200] * 200, False),
        (nested(6), True),
        (nested(8), False),
        ("x" * 1001, False),
        (object(), False),
        ({1, 2}, False),
    ],
)
def test_what_is_modest(tree: Any, fits: bool) -> None:
    assert modest(tree) is fits
