"""Wrong functions are told which mistake was made, in words that are true; right ones never."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

from autograder.judging import edited, judging, reference
from autograder.judging.known import known
from cs231n_lib import exercises
from cs231n_lib.checking import local_report
from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.judging import show
from cs231n_lib.judging.recognise import TWO
from cs231n_lib.judging.verdict import Report, judge
from trial.styles import right

ANSWERS = reference.answers()
Function = Callable[..., Any]


@cache
def drawn(name: str, seed: int) -> tuple[Exercise, list[Any], list[Any]]:
    exercise = exercises.get(name)
    cases = reference.draw(exercise, [seed, 9], judging.ROUNDS)
    return exercise, cases, reference.expected(exercise, cases)


def graded(name: str, function: Function, seed: int = 1) -> Report:
    exercise, cases, expected = drawn(name, seed)
    seen = reference.run(exercise, function, cases)
    return judge(exercise, cases, seen, expected, lambda: known(exercise, cases, expected))


def changed(name: str, *edits: tuple[str, str]) -> Function:
    """The answer with other pieces in its text, made without the table of edits."""
    text = edited.text(name)
    for old, new in edits:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    space = {"np": np, **ANSWERS}
    exec(text, space)
    made: Function = space[name]
    return made


EPSILON = 'config.setdefault("epsilon", 1e-8)'
T = 'config.get("t", 0) + 1'
# reported of real submissions: what stands in the answer, what stood there, and its name
ONE = {
    "t starts at 1, then advances": ("adam", ((T, 'config.get("t", 1) + 1'),), "t counted from 1"),
    "t is never advanced": ("adam", ((T, 'config.get("t", 1)'),), "never advanced"),
    "the same in AdamW": ("adamw", ((T, 'config.get("t", 1) + 1'),), "t counted from 1"),
    "epsilon fixed at 1e-7": ("adam", ((EPSILON, "1e-7"),), "`epsilon` is never read"),
    "epsilon fixed at 1e-6": ("rmsprop", ((EPSILON, "1e-6"),), "`epsilon` is never read"),
    "no epsilon": ("adagrad", ((EPSILON, "0"),), "`epsilon` is never read"),
    "the velocity's sign": (
        "sgd_momentum",
        (("v - ", "v + "), ("w + ", "w - ")),
        "velocity with the other sign",
    ),
    "momentum 0.99 by default": (
        "sgd_momentum",
        (('"momentum", 0.9)', '"momentum", 0.99)'),),
        "another default of `momentum`",
    ),
    "beta2 0.99 by default": (
        "adam",
        (('"beta2", 0.999)', '"beta2", 0.99)'),),
        "another default of `beta2`",
    ),
    "every p_j": (
        "softmax_loss",
        (("dx = np.exp(log_probs)", "dx = x.shape[1] * np.exp(log_probs)"),
         ("dx[np.arange(N), y] -= 1", "dx -= 1")),
        "every p_j",
    ),
    "steps counted from one": (
        "exponential_decay",
        (("* step", "* (step + 1)"),),
        "before the first",
    ),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("what", ONE)
def test_a_mistake_of_real_submissions_is_named(what: str, seed: int) -> None:
    name, edits, words = ONE[what]
    report = graded(name, changed(name, *edits), seed)
    assert not report.passed
    assert report.mistake is not None and words in report.mistake.name
    assert report.mistake.hint


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("name", "pasted"),
    [
        ("softmax_loss", "svm_loss"),
        ("svm_loss", "softmax_loss"),
        ("sgd_momentum", "nesterov"),
        ("adagrad", "adam"),
        ("exponential_decay", "inverse_time_decay"),
        ("linear_decay", "cosine_decay"),
    ],
)
def test_the_formula_of_another_exercise_is_named_and_keeps_no_gradient(
    name: str, pasted: str, seed: int
) -> None:
    """Reported: a hinge loss pasted into softmax_loss kept the points of the gradient."""
    report = graded(name, ANSWERS[pasted], seed)
    told = show.text(report)
    formula = f"the formula of `{pasted}`"
    declared = [m.name for m in reference.mistakes(exercises.get(name))]
    assert report.mistake is not None
    assert report.mistake.name == formula or report.mistake.name in declared
    assert "right for your own" not in told
    if name.endswith("_loss"):
        assert report.earned == 0


TWICE = {
    "momentum fixed, sign flipped": (
        "sgd_momentum",
        (('config.setdefault("momentum", 0.9)', "0.9"), ("v - rate", "v + rate")),
        ("momentum coefficient fixed at 0.9", "sign of the gradient flipped"),
    ),
    "t from 1, epsilon inside": (
        "adam",
        ((T, 'config.get("t", 1) + 1'), ("np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)")),
        ("t counted from 1 and advanced first", "epsilon inside the root"),
    ),
    "gradient not divided, every p_j": (
        "softmax_loss",
        (("return loss, dx / N", "return loss, -dx"),),
        ("gradient not divided by N", "sign of the gradient flipped"),
    ),
    "epsilon never read, no bias correction": (
        "adam",
        ((EPSILON, "1e-8"), ("m / (1 - beta1**t)", "m"), ("v / (1 - beta2**t)", "v")),
        ("bias correction missing", "epsilon fixed instead of read from the config"),
    ),
    "loss and gradient each wrong": (
        "svm_loss",
        (("margins.sum() / N", "margins.sum() / N + 1"), ("dx / N", "dx")),
        ("margin counted for the true class", "gradient not divided by N"),
    ),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("what", TWICE)
def test_two_mistakes_at_once_are_both_named(what: str, seed: int) -> None:
    name, edits, two = TWICE[what]
    report = graded(name, changed(name, *edits), seed)
    assert report.mistake is not None and report.mistake.rank == TWO
    assert all(one in report.mistake.name for one in two)
    assert "two known mistakes at once" in show.text(report)


def test_two_mistakes_are_named_at_home_as_well() -> None:
    name, edits, two = TWICE["t from 1, epsilon inside"]
    report = local_report(exercises.get(name), changed(name, *edits))
    assert report.mistake is not None and all(one in report.mistake.name for one in two)


# --- exceptions -----------------------------------------------------------------------


def _dotted(x, w, b):
    return np.dot(x, w) + b, None


def _narrow(x, y):
    scores = np.subtract(x, np.max(x, axis=1))
    return scores.sum(), scores


def _turned(dout, cache):
    return dout.dot(cache[1]), None, None


@pytest.mark.parametrize(
    ("name", "function", "expected"),
    [
        ("affine_forward", _dotted, "examples not flattened"),
        ("softmax_loss", _narrow, "one number for each row, with an axis too few"),
        ("affine_backward", _turned, "weights not transposed for dx"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_mistake_that_raises_is_named(name: str, function: Function, expected: str, seed) -> None:
    """In other words than ours: ``np.dot`` complains of shapes otherwise than ``@``."""
    report = graded(name, function, seed)
    assert report.mistake is not None and report.mistake.name == expected


def _other_error(x, y):
    raise ValueError("not enough values to unpack (expected 2, got 1)")


def test_an_exception_of_another_kind_is_not_taken_for_a_known_one() -> None:
    report = graded("softmax_loss", _other_error)
    assert report.mistake is None and report.diagnoses == []


def test_a_config_that_is_none_is_told() -> None:
    function = changed("sgd_momentum", ("dict(config or {})", "dict(config)"))
    report = graded("sgd_momentum", function)
    assert report.diagnoses == [
        "It raises in every case without a config: what should None stand for?"
    ]


@pytest.mark.parametrize(
    ("name", "old", "key"),
    [
        ("sgd_momentum", 'config.get("velocity", np.zeros_like(w))', "velocity"),
        ("sgd", 'config.setdefault("learning_rate", 1e-2)', "learning_rate"),
        ("adam", 'config.get("t", 0)', "t"),
    ],
)
@pytest.mark.parametrize("config", ["config", "dict(config or {})"])
def test_a_key_without_a_default_is_told(name: str, old: str, key: str, config: str) -> None:
    function = changed(
        name, (old, f"config['{key}']"), ("config = dict(config or {})", f"config = {config}")
    )
    report = graded(name, function)
    whole = "It raises in every case without a config: what should None stand for?"
    told = f"It raises in every case that leaves out '{key}': which value has it then?"
    assert report.diagnoses in ([told], [whole])
    assert report.diagnoses == [told] or config == "config"


def test_words_of_an_exception_are_never_told_as_ours() -> None:
    def boasting(w, dw, config=None):
        raise KeyError("x'. You have 19 of 19 points")

    assert graded("sgd", boasting).diagnoses == []


# --- facts that need no list ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("sgd", lambda r: (r[0] * 0 + 3.0, r[1]), ""),
        ("condition_number", lambda r: 3 * r, "3 times the right one"),
        ("relative_error", lambda r: r / 7, "0.142857 times the right one"),
        ("svm_loss", lambda r: (r[0], 2 * r[1]), "`dx` is wrong, it is twice"),
        ("newton_step", lambda r: r[::-1], "back to front"),
        ("kfac_precondition", lambda r: r.T, "transposed"),
        ("hessian_vector_product", lambda r: -r, "the other sign"),
    ],
)
def test_a_fact_is_told_without_a_known_mistake(name: str, change, words: str) -> None:
    report = graded(name, lambda *args: change(ANSWERS[name](*args)))
    assert not report.passed
    said = " ".join(report.diagnoses)
    assert words in said if words else said == ""
    assert said in show.text(report).replace("\n", " ")


def test_a_default_that_nobody_has_is_told_by_the_cases_it_spoils() -> None:
    function = changed("adam", ('"beta1", 0.9)', '"beta1", 0.77)'))
    report = graded("adam", function)
    assert len(report.diagnoses) == 1 and "`beta1`" in report.diagnoses[0]
    assert report.diagnoses[0].startswith("It is wrong in every case that leaves out ")


def test_steps_that_go_astray_are_compared_step_by_step() -> None:
    report = graded("sgd_momentum_torch", lambda w, dw, config=None: _thrice(w, dw, config))
    assert report.diagnoses == [
        "Wherever `w` is wrong, it is reached by steps each of which is 3 times the right one: "
        "which of your operations brings this factor in?"
    ]


def _thrice(w, dw, config):
    after, config = ANSWERS["sgd_momentum_torch"](w, dw, config)
    return w + 3 * (after - w), config


def test_what_cannot_be_named_costs_no_points(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ValueError("an output of a kind that nobody thought of")

    function = changed("adam", ('"beta1", 0.9)', '"beta1", 0.77)'))
    before = graded("adam", function)
    monkeypatch.setattr("cs231n_lib.judging.verdict.diagnoses", fails)
    after = graded("adam", function)
    assert 0 < before.earned == after.earned and after.diagnoses == []


ODD = {
    "empty": lambda a: a[:0],
    "whole numbers": lambda a: np.round(a).astype(int),
    "truth values": lambda a: a > 0,
    "not a number": lambda a: a * np.nan,
    "infinite": lambda a: a / 0.0,
    "many axes": lambda a: (1 + a**2).reshape((1,) * 20 + a.shape),
    "a single number": lambda a: np.float64(a.flat[0]),
    "huge": lambda a: a * 1e300,
    "half precision": lambda a: a.astype(np.float16) * np.float16(1.5),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["newton_step", "kfac_precondition", "numerical_gradient"])
def test_odd_results_are_looked_at_without_an_exception(
    name: str, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cs231n_lib.judging import verdict

    def told(*args: Any) -> list[str]:
        ran.append(odd)
        found = verdict_diagnoses(*args)
        ran.append("to the end")
        return found

    ran: list[str] = []
    verdict_diagnoses = verdict.diagnoses  # type: ignore[attr-defined]
    monkeypatch.setattr("cs231n_lib.judging.verdict.diagnoses", told)
    with np.errstate(all="ignore"):
        report = graded(name, lambda *args: ODD[odd](np.asarray(ANSWERS[name](*args))))
    assert not report.passed
    assert report.mistake is not None or ran == [odd, "to the end"]


def test_no_right_solution_is_told_anything(exercise: Exercise) -> None:
    for variant in right.variants(exercise.name):
        companions = {n: variant.companions.get(n, ANSWERS[n]) for n in exercise.driver.companions}
        _, cases, expected = drawn(exercise.name, 3)
        seen = [exercise.observe(variant.function, c, companions, numeric=False) for c in cases]
        every = partial(known, exercise, cases, expected)
        report = judge(exercise, cases, seen, expected, every)
        assert report.mistake is None and report.diagnoses == [], variant.style


def test_a_corrected_answer_has_other_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made of an answer is forgotten with it, in whichever order they come."""
    mistake, *_ = edited.edits("nesterov")
    right = reference.answers()["nesterov"]
    assert edited.edited("nesterov", mistake) is not None
    with monkeypatch.context() as patch:
        patch.setitem(reference.answers(), "nesterov", reference.answers()["sgd_momentum"])
        assert edited.edited("nesterov", mistake) is None
    assert reference.answers()["nesterov"] is right
    assert edited.edited("nesterov", mistake) is not None
