"""No change of an answer keeps its points, but for those on record as making no difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise
from trial import record
from trial.mutants import mutation, score
from trial.mutants.mutants import Mutant

pytestmark = pytest.mark.xdist_group("mutation")  # one process tries them all, once


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Of the exercises that were asked for: `pytest -m <exercise>` tries no other's mutants."""
    return dict(score.tried(exercises_of(request.session.items)))


def exercises_of(items: Sequence[Any]) -> list[str]:
    """The exercises that tests of this module are about, in the order of the course."""
    here = [i for i in items if i.path == Path(__file__) and hasattr(i, "callspec")]
    found = {i.callspec.params["exercise"].name for i in here if "exercise" in i.callspec.params}
    return [name for name in exercises.table() if name in found]


def test_only_what_was_asked_for_is_tried(request: pytest.FixtureRequest) -> None:
    """All 49 take a minute and a half of the processor, one takes seconds."""
    items = request.session.items
    one = [i for i in items if i.get_closest_marker("sgd")]
    assert exercises_of(one) == (["sgd"] if one else [])
    assert exercises_of([]) == []
    assert set(exercises_of(items)) <= set(exercises.table())


def test_no_mutant_survives(exercise: Exercise, outcomes: dict[str, Any]) -> None:
    assert score.troubles(exercise.name, outcomes[exercise.name]) == []


def test_record_in_the_book_is_of_today(exercise: Exercise, outcomes: dict[str, Any]) -> None:
    kept = record.found(exercise.name, "mutants")
    now = score.count(exercise.name, outcomes[exercise.name])
    told = {k: kept.get(k) for k in now if k not in ("exercise", "stale")}
    assert now == told | {"exercise": exercise.name, "stale": []}, (
        f"run `python -m trial mutants {exercise.name}`"
    )


def test_there_are_no_records_of_other_exercises() -> None:
    files = {p.stem for p in record.FOLDER.glob("*/*.json")}
    assert files == set(exercises.table())


def test_a_case_that_is_missing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without large scores a softmax that shifts by the smallest score gets through."""
    whole = exercises.get("softmax_loss")
    weak = replace(
        whole,
        cases=lambda rng: [c for c in whole.cases(rng) if "large scores" not in c.groups],
        groups={n: g for n, g in whole.groups.items() if n != "large scores"},
    )
    wrong = next(m for m in mutation.of(whole) if "x.max(" in m.change and "x.min(" in m.change)
    assert mutation.Bench(whole).outcome(wrong).killed
    assert not mutation.Bench(weak).outcome(wrong).killed


def test_a_forward_pass_is_held_by_the_backward_pass_that_reads_its_cache() -> None:
    name = "relu_forward"
    source = f"def {name}(x):\n    return np.maximum(0, x), -x"
    found = mutation.Bench(exercises.get(name)).outcome(Mutant(name, "", "", source))
    assert found.killed and not found.crashed


@pytest.mark.parametrize(
    "body", ["while True: pass", "return np.zeros(10**12)", "raise SystemExit", "import nowhere"]
)
def test_a_mutant_that_never_returns_is_killed(body: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(mutation, "SECONDS", 0.05)
    source = f"def relative_error(x, y):\n    {body}"
    found = mutation.Bench(exercises.get("relative_error")).outcome(
        Mutant("relative_error", "", "", source)
    )
    assert found.killed and found.public


def test_a_mutant_is_tried_no_further_than_to_the_case_that_kills_it(monkeypatch: Any) -> None:
    """One call for the public check, and one for each seed."""
    calls: list[int] = []
    bench = mutation.Bench(exercises.get("sgd"))
    fn = mutation.function
    monkeypatch.setattr(
        mutation,
        "function",
        lambda m, names: lambda *a, **k: calls.append(1) or fn(m, names)(*a, **k),
    )
    wrong = Mutant("sgd", "", "", "def sgd(w, dw, config=None):\n    return w + dw, config or {}")
    assert bench.outcome(wrong).killed
    assert len(calls) == 1 + len(mutation.SEEDS)


def test_the_answer_itself_is_not_killed(exercise: Exercise) -> None:
    same = Mutant(exercise.name, "", "", mutation.source(reference.answers()[exercise.name]))
    found = mutation.Bench(exercise).outcome(same)
    assert not found.killed and not found.public and not found.crashed


def test_command_names_what_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutation, "equivalents", lambda name: {})
    found = mutation.examine("relu_backward")
    said = score.troubles("relu_backward", found)
    assert said == [
        "survived: return dout * (x > 0)  ->  return dout * (x >= 0)",
        "survived: return dout * (x > 0)  ->  return dout * (cache > 0)",
    ]
