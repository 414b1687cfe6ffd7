"""No luck: a known mistake gets one verdict, whatever inputs are drawn."""

from __future__ import annotations

from collections import Counter

import pytest

from autograder.judging import reference
from cs231n_lib.exercise.declare import Exercise
from solutions.declare import Mistake
from trial import record
from trial.mistakes import steady


def test_each_mistake_gets_one_verdict(exercise: Exercise) -> None:
    seeds = [(5, k) for k in range(4)]
    found = steady.Steadiness(exercise.name, steady.verdicts(exercise.name, seeds))
    assert found.troubles == []
    assert found.gradings == 4 * len(reference.mistakes(exercise))


def lucky(w, dw, config=None):
    """Wrong where the first parameter is large: some inputs show it."""
    return reference.answers()["sgd"](w, dw * (2.0 if w.flat[0] > 1.5 else 1.0), config)


def sound(w, dw, config=None):
    return reference.answers()["sgd"](w, dw, config)


@pytest.mark.sgd
def test_a_mistake_that_shows_by_chance_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = [
        Mistake("sgd", n, "?", f, "") for n, f in (("by chance", lucky), ("no mistake", sound))
    ]
    monkeypatch.setattr(reference, "mistakes", lambda exercise: planted)
    found = steady.Steadiness("sgd", steady.verdicts("sgd", [(1, k) for k in range(30)]))
    chance, none = found.troubles
    assert chance.startswith("sgd, by chance: ")
    assert none == "sgd, no mistake: 30 times full points, told: no name"


def test_the_counts_of_several_tasks_are_added() -> None:
    parts = [{"a": Counter(x=2), "b": Counter(y=1)}, {"a": Counter(x=1, z=1), "b": Counter(y=3)}]
    assert steady.merged(parts) == {"a": Counter(x=3, z=1), "b": Counter(y=4)}


def test_the_record_found_nothing(exercise: Exercise) -> None:
    told = record.found(exercise.name, "mistakes")
    assert told, f"run `python -m trial mistakes {exercise.name}`"
    assert told["seeds"] >= steady.SEEDS and told["several"] == 0
    assert told["mistakes"] == len(reference.mistakes(exercise))
    assert told["gradings"] == told["seeds"] * told["mistakes"]
