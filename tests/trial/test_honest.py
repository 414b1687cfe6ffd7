"""Right solutions in other styles keep their points, and the count of rejections is right."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest

from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.exercise.declare import Exercise
from solutions.declare import Variant
from trial import bounds, record
from trial.styles import honest, right

NAMES = list(exercises.table())


def each_variant() -> list[object]:
    """Parameters for a test that runs once per variant, marked with its exercise."""
    return [
        pytest.param(v, id=f"{name}: {v.style}", marks=getattr(pytest.mark, name))
        for name in NAMES
        for v in right.variants(name)
    ]


def wrong_sgd(w, dw, config=None):
    return w + (config or {}).get("learning_rate", 1e-2) * dw, config or {}


PLANTED = Variant("sgd", "planted", wrong_sgd, {})


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_has_three_other_styles(name: str) -> None:
    styles = [v.style for v in right.variants(name)]
    assert len(styles) >= 4 and len(set(styles)) == len(styles)


@pytest.mark.parametrize("variant", each_variant())
def test_a_variant_is_right(variant: Variant) -> None:
    assert right.rejections(variant, [(0, k) for k in range(3)]) == []


@pytest.mark.sgd
def test_a_wrong_variant_is_counted_on_every_seed() -> None:
    found = right.rejections(PLANTED, [(7, 1), (7, 2)])
    assert [text.partition(": ")[0] for text in found] == ["seed [7, 1]", "seed [7, 2]"]


@pytest.mark.sgd
def test_a_variant_that_raises_is_counted_with_its_reason() -> None:
    def broken(w, dw, config=None):
        raise ValueError("no")

    assert right.rejections(Variant("sgd", "planted", broken, {}), [(1,)]) == [
        "seed [1]: ValueError: no"
    ]


@pytest.mark.relu_backward
def test_companions_of_a_variant_replace_the_answers() -> None:
    styles = right.variants("relu_backward")
    fits = next(v for v in styles if v.style == "mask taken from the output")  # a dictionary's
    backward = fits.function
    assert right.rejections(fits, [(2,)]) == []
    assert right.rejections(Variant("relu_backward", "alone", backward, {}), [(2,)])


@pytest.mark.relu_backward
def test_a_gradient_that_only_fits_its_own_wrong_forward_is_rejected() -> None:
    def forward(x):
        return np.where(x > 0, x, 0.1 * x), x

    def backward(dout, cache):
        return dout * np.where(cache > 0, 1, 0.1)

    leaky = Variant("relu_backward", "leaky", backward, {"relu_forward": forward})
    assert right.rejections(leaky, [(2,)])


def test_an_exercise_without_other_styles_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reference.solution("nesterov"), "styles", [])
    right.variants.cache_clear()
    with pytest.raises(right.MissingVariants, match=r"solutions/momentum/nesterov\.py"):
        right.variants("nesterov")
    right.variants.cache_clear()


@pytest.mark.parametrize(
    ("times", "tries", "bound"),
    [(0, 600, 0.00498), (0, 1, 0.95), (1, 2, 0.97468), (5, 5, 1.0)],
)
def test_bounds_by_hand(times: int, tries: int, bound: float) -> None:
    """0 of n: 1 - 0.05**(1/n). 1 of 2: P(at most 1) = 1 - p**2 = 0.05 at p = sqrt(0.95)."""
    assert bounds.upper(times, tries) == pytest.approx(bound, rel=1e-3)
    assert bounds.lower(tries - times, tries) == pytest.approx(1 - bound, abs=1e-5)


class Inline:
    """A pool that runs everything at once, in this process."""

    def __init__(self, *_: object, **__: object) -> None: ...
    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None: ...
    def submit(self, function, *args) -> Future:
        done: Future = Future()
        done.set_result(function(*args))
        return done


@pytest.mark.sgd
def test_a_run_says_what_was_rejected_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(honest, "ProcessPoolExecutor", Inline)
    monkeypatch.setattr(honest, "variants", lambda name: (*right.variants(name), PLANTED))
    kept: list[object] = []
    monkeypatch.setattr(record, "write", lambda *a, **k: kept.append(a))
    lines: list[str] = []
    assert honest.run(lines.append, ["sgd"], seeds=2) == 1
    count = 2 * (len(right.variants("sgd")) + 1)
    assert f"{count} gradings, 2 rejected" in lines[0]
    assert all(line.startswith("    seed [") for line in lines[1:3])
    assert lines[-1].startswith(f"2 of {count} gradings of right solutions rejected")
    assert not kept, "a run on a few seeds must not replace one on many"


def test_a_run_in_other_processes_is_right_on_right_solutions() -> None:
    lines: list[str] = []
    assert honest.run(lines.append, ["anneal_momentum"], seeds=2) == 0
    assert "0 rejected" in lines[0]


def test_an_unknown_exercise_is_named() -> None:
    with pytest.raises(KeyError, match="no exercise 'sdg'"):
        honest.run(print, ["sdg"])


def test_each_exercise_has_a_record_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """Two contributors with an exercise each change two files, and no common one."""
    monkeypatch.setattr(honest, "ProcessPoolExecutor", Inline)
    monkeypatch.setattr(honest, "SEEDS", 1)
    monkeypatch.setattr(record, "FOLDER", tmp_path)
    honest.run(lambda _: None, ["nesterov"], seeds=1)
    record.keep("nesterov", "mutants", killed=3)
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.json")] == [
        "momentum/nesterov.json"
    ]
    styles = right.variants("nesterov")
    assert record.found("nesterov", "styles")["gradings"] == len(styles)
    assert record.found("nesterov", "mutants")["killed"] == 3
    assert record.found("sgd", "styles") == {}
    text = record.home("nesterov").read_text("utf-8")
    assert not any(v.style in text for v in styles[1:])


def test_the_record_found_nothing(exercise: Exercise) -> None:
    told = record.found(exercise.name, "styles")
    assert told, f"run `python -m trial styles {exercise.name}`"
    assert told["seeds"] >= honest.SEEDS and told["rejections"] == 0
    assert told["variants"] == len(right.variants(exercise.name)) - 1
    law = told.get("law")
    assert (law is not None) == (exercise.law is not None)
    assert law is None or (law["holds"] and not law["unnoticed"])
