"""The record that a box writes, forged in every part: read without harm, judged without a point."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from safetensors.numpy import save

from autograder.grading.graded import grade_notebook
from autograder.judging import reference
from autograder.judging.judging import (
    draw,
    for_the_box,
    limit_own_gradients,
    not_judged,
    observations,
    report,
)
from autograder.sandbox.box import Limits
from cs231n_lib import exercises
from cs231n_lib.judging import show
from cs231n_lib.judging.expected_values import cases_from_tree
from cs231n_lib.wire import WireError, pack, unpack


def raw(skeleton: Any, **tensors: np.ndarray) -> bytes:
    """A record whose tree need not be one that ``pack`` would write."""
    tensors["tree"] = np.frombuffer(json.dumps(skeleton).encode(), dtype=np.uint8)
    return save(tensors)


def seen(outputs: Any = None, problem: Any = None, notes: Any = ()) -> dict[str, Any]:
    return {"outputs": outputs, "problem": problem, "notes": notes}


MANY = {"l": [{"a": "0"}] * 200_000}
UNREADABLE = {
    "nothing": b"",
    "text": b"100 points",
    "zeros": bytes(1 << 20),
    "no tree": save({"w": np.zeros(3)}),
    "another tree": raw([1, 2, 3]),
    "infinite seed": raw({"r": float("inf")}),
    "seed that is none": raw({"r": None}),
    "missing array": raw({"a": "7"}),
    "unhashable key": raw({"a": [1]}),
    "deep": save({"tree": np.frombuffer(b'{"l":[' * 10**5 + b"]}" * 10**5, dtype=np.uint8)}),
    "no case": raw({"l": []}),
    "another count": pack([seen({"rho": 0.5})]),
    "numbers for cases": pack([1, 2]),
    "float tree": save({"tree": np.full(100, np.nan)}),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable(name: str) -> None:
    with pytest.raises(WireError):
        observations(UNREADABLE[name], 2)


ARRAY = np.arange(4)
FORGED = {
    "arrays for texts": seen(None, {"kind": ARRAY, "text": ARRAY}, [ARRAY]),
    "dict for text": seen(None, {"kind": {}, "text": {"x": [1]}}, {"x": 1}),
    "problem is a list": seen({"rho": 0.5}, [1], None),
    "no dictionary": seen([0.5]),
    "text for a number": seen({"rho": "0.5"}),
    "nested result": seen({"rho": {"rho": np.array(0.5)}}),
    "empty": seen({"rho": np.zeros(0)}),
    "nan": seen({"rho": np.array(np.nan)}),
    "infinite": seen({"rho": np.array(np.inf)}),
    "true": seen({"rho": np.array(True)}),
    "largest": seen({"rho": np.array(2**64 - 1, np.uint64)}),
    "half a surrogate": seen(None, {"kind": "error", "text": "\ud800"}, ["\udfff\x00\x1b[2J"]),
    "endless text": seen({"rho": "x" * 400_000}, None, ["y" * 40_000] * 20),
    "many dimensions": seen({"rho": np.zeros((2,) * 22, bool)}),
    "thin": seen({"rho": np.zeros((1,) * 30)}),
    "large": seen({"rho": np.zeros(1_500_000)}),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_results_earn_nothing_and_are_told_briefly(name: str) -> None:
    exercise = exercises.get("anneal_momentum")
    cases = reference.draw(exercise, 1)
    begin = time.monotonic()
    found = report(exercise, cases, pack([FORGED[name]] * len(cases)))
    told = show.text(found) + show.html(found)
    assert found.earned == 0
    assert len(told) < 20_000
    told.encode("utf-8")
    assert "\x1b" not in told and "\x00" not in told
    assert time.monotonic() - begin < 5


def test_one_array_named_often() -> None:
    one = {"d": {"outputs": {"d": {"rho": MANY}}, "problem": {"v": None}, "notes": {"l": []}}}
    data = raw({"l": [one, one]}, **{"0": np.zeros(1_000_000)})
    assert [o["outputs"] for o in observations(data, 2)] == [None, None]


def test_a_right_record_is_right() -> None:
    for exercise in exercises.chapter("momentum"):
        cases = reference.draw(exercise, 5)
        outputs = reference.expected(exercise, cases)
        found = report(exercise, cases, pack([seen(o, None, []) for o in outputs]))
        assert found.earned == exercise.points


@pytest.mark.parametrize("name", exercises.table())
def test_results_of_an_earlier_grading_earn_nothing(name: str) -> None:
    """Neither by new inputs alone, nor, where few results are possible, without a new order."""
    exercise = exercises.get(name)
    before, now = (cases_from_tree(unpack(draw(name, (seed,)))) for seed in (11, 12))
    record = pack([seen(outputs, None, []) for outputs in reference.expected(exercise, before)])
    found = report(exercise, now, record)
    # a function without arguments has one result, which whoever has it has rightly
    assert found.earned == (exercise.points if not any(c.args for c in now) else 0)


def test_the_box_is_told_arguments_and_nothing_else() -> None:
    for exercise in exercises.table().values():
        for case in unpack(for_the_box(draw(exercise.name, (1,)))):
            assert case["groups"] == [] and case["label"] == ""


LABELS = """
from pathlib import Path
from cs231n_lib import check
from cs231n_lib.wire import unpack
cases = iter(unpack(Path("/box/in/classify_critical_point.safetensors").read_bytes()))
KINDS = {"minimum": "minimum", "maximum": "maximum", "saddle": "saddle", "flat": "degenerate"}
def classify_critical_point(*args, **kwargs):
    label = next(cases)["label"]
    return next((kind for word, kind in KINDS.items() if word in label), "saddle")
"""


def test_labels_do_not_tell_the_results(workplace: Path) -> None:
    """An attack on another chapter: the names of the cases said what the result should be."""
    check = new_code_cell('check("classify_critical_point", classify_critical_point)')
    check.metadata["nbgrader"] = {"grade_id": "classify_critical_point", "grade": True}
    nb = new_notebook(cells=[new_code_cell(LABELS), check])
    assert grade_notebook(nb, Limits()).verdicts["classify_critical_point"].earned == 0


def _forged(forward_points: int, factor: float = 2.0) -> int:
    """Points for gradients twice too large, beside a forged forward pass and differences.

    Only a forward pass that is too large by the same factor excuses such gradients.
    """
    exercise, forward = exercises.get("affine_backward"), exercises.get("affine_forward")
    cases = reference.draw(exercise, 3)
    forged = []
    for right in reference.expected(exercise, cases):
        wrong = {name: 2 * value for name, value in right.items() if name != "own"}
        own = {"out": factor * right["own"]["out"], "numeric": wrong}
        forged.append(seen({**wrong, "own": own}, None, []))
    reports = {
        "affine_forward": not_judged(forward, "for this test"),
        "affine_backward": report(exercise, cases, pack(forged)),
    }
    groups = reports["affine_forward"].groups
    groups[0] = replace(groups[0], points=forward.points, earned=forward_points)
    reports["affine_forward"].groups = groups[:1]
    limit_own_gradients(reports)
    return reports["affine_backward"].earned


def test_a_forged_forward_pass_brings_no_more_than_the_points_lost_for_it() -> None:
    most = exercises.get("affine_forward").points
    assert [_forged(most), _forged(most - 1), _forged(0)] == [0, 1, 3]
    assert _forged(0, 1.01) == 0


def test_a_right_loss_beside_a_forged_one_does_not_excuse_a_wrong_gradient() -> None:
    exercise = exercises.get("softmax_loss")
    cases = reference.draw(exercise, 3)
    forged = []
    for right in reference.expected(exercise, cases):
        wrong = 2 * right["dx"]
        own = {"out": 1.01 * right["loss"], "numeric": {"dx": wrong}}
        forged.append(seen({"loss": right["loss"], "dx": wrong, "own": own}, None, []))
    found = report(exercise, cases, pack(forged))
    assert {g.name: g.earned for g in found.groups}["gradient"] == 0
