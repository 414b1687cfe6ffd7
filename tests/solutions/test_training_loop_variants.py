"""Chapter 1: right solutions in other styles keep all points, and the cases let them."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import reference
from cs231n_lib import exercises
from cs231n_lib.verdict import judge
from solutions.declare import Variant
from solutions.variants.training_loop import variants


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("variant", variants.found, ids=lambda v: f"{v.exercise}: {v.style}")
def test_a_right_solution_in_another_style_gets_full_points(variant: Variant, seed: int) -> None:
    exercise = exercises.get(variant.exercise)
    cases = reference.draw(exercise, seed, times=2)
    answers = reference.answers()
    companions = {n: answers[n] for n in exercise.driver.companions} | dict(variant.companions)
    seen = [exercise.observe(variant.function, c, companions) for c in cases]
    report = judge(exercise, cases, seen, reference.expected(exercise, cases), lambda: ())
    verdicts = {g.name: g.verdict for g in report.groups}
    assert set(verdicts.values()) == {"right"}, f"{verdicts}, {report.problem}"


def test_every_exercise_has_three_styles() -> None:
    for exercise in exercises.chapter("training_loop"):
        styles = {v.style for v in variants.found if v.exercise == exercise.name}
        assert len(styles) >= 3, exercise.name


@pytest.mark.softmax_loss
def test_large_scores_are_numbers_that_single_precision_holds() -> None:
    """Else rounding the scores alone is an error of 3e-5, all that is allowed."""
    cases = reference.draw(exercises.get("softmax_loss"), 0, times=10)
    large = [c.args["x"] for c in cases if "large scores" in c.groups]
    assert len(large) == 40
    for x in large:
        np.testing.assert_array_equal(x, x.astype(np.float32))


@pytest.mark.two_layer_loss
def test_no_gradient_of_a_bias_is_all_cancellation() -> None:
    """Every true class has at most 1 / (1 + exp(-1.5)) = 0.818, so the loss is at least 0.2.

    One unit in five examples: 0.182 * 0.5 / 5 = 0.018, even when one alone switches it on.
    The favourite that is no label, of six classes: 1/6 / 5 = 0.033.
    """
    exercise = exercises.get("two_layer_loss")
    for case in reference.draw(exercise, 0, times=150):
        loss, grads = reference.answers()["two_layer_loss"](*case.args.values())
        assert loss > 0.2
        for key, least in (("b1", 0.018), ("b2", 0.033)):
            assert np.abs(grads[key]).max() > least, f"{case.label}: d{key} = {grads[key]}"
