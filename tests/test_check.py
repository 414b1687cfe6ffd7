"""What a student sees: ``check`` survives anything and says what is wrong in a sentence."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autograder.judging import reference
from cs231n_lib import CheckFailed, check, exercises
from cs231n_lib.exercise.declare import Exercise

NAME = "sgd_momentum"


def right(w, dw, config=None):
    return reference.answers()[NAME](w, dw, config)


def told(capsys: pytest.CaptureFixture[str], function, name: str = NAME) -> str:
    """What ``check`` prints about a wrong function."""
    with pytest.raises(CheckFailed):
        check(name, function)
    return capsys.readouterr().out


@pytest.fixture
def above(monkeypatch: pytest.MonkeyPatch):
    """Companions of an exercise, as after the cells above it in the notebook."""

    def run(exercise: Exercise) -> None:
        for name in exercise.driver.companions:
            monkeypatch.setattr("__main__." + name, reference.answers()[name], raising=False)

    return run


def test_a_right_function_gets_a_table_and_no_exception(capsys, above, exercise: Exercise) -> None:
    above(exercise)
    answer = reference.answers()[exercise.name]
    check(exercise.name, answer)
    out = capsys.readouterr().out
    assert f"{exercise.name}: {exercise.points} of {exercise.points} points" in out
    for name, group in exercise.groups.items():
        assert re.search(rf"{re.escape(name)} +{group.points}/{group.points} .* right", out)


def test_a_known_mistake_is_named_with_hint_and_smallest_case(capsys, above, mistake) -> None:
    above(exercises.get(mistake.exercise))
    out = told(capsys, mistake.function, mistake.exercise)
    assert f"known mistake: {mistake.name}." in out
    assert f"Hint: {mistake.hint}" in out
    assert "Smallest failing case" in out and re.search(r"expected \w+(\[.*\])? += ", out)


def test_an_unfilled_stub_is_called_unwritten(capsys, above, exercise: Exercise) -> None:
    above(exercise)
    with pytest.raises(CheckFailed, match="is not written yet"):
        check(exercise.name, exercise.stub)
    assert "Not written yet" in capsys.readouterr().out


class Liar:
    """Claims to equal everything and breaks when it is looked at."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __array__(self, *args: object, **kwargs: object) -> np.ndarray:
        raise RuntimeError("no")


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError("ha")


def raises(error: BaseException):
    def function(w, dw, config=None):
        raise error

    return function


ODD = {
    "returns None": (lambda w, dw, config=None: None, "is there a `return`"),
    "one result": (lambda w, dw, config=None: w, "must return 2 results"),
    "three results": (lambda w, dw, config=None: (w, {}, 1), "must return 2 results .* got 3"),
    "config is a list": (lambda w, dw, config=None: (w, []), "must be the config dictionary"),
    "a string": (lambda w, dw, config=None: ("w", {}), "(hape|numbers|str)"),
    "an object": (lambda w, dw, config=None: (Liar(), {}), "no array of numbers"),
    "a function": (lambda w, dw, config=None: (print, {}), "array of numbers"),
    "complex": (lambda w, dw, config=None: (w + 1j, {}), "must hold numbers"),
    "wrong shape": (lambda w, dw, config=None: (w[:1], {}), "has shape"),
    "NaN": (lambda w, dw, config=None: (w * np.nan, {}), "holds NaN"),
    "too few arguments": (lambda w: w, "TypeError"),
    "division by zero": (raises(ZeroDivisionError("division by zero")), "ZeroDivisionError"),
    "exit": (raises(SystemExit(0)), "SystemExit"),
    "unprintable": (raises(Unprintable()), "Unprintable"),
    "recursion": (raises(RecursionError()), "RecursionError"),
    "huge": (lambda w, dw, config=None: (np.zeros(10**7), {}), "far too large"),
    "no function": (42, "TypeError"),
}


@pytest.mark.parametrize("name", ODD)
def test_anything_a_function_may_return_or_raise_becomes_a_sentence(capsys, name: str) -> None:
    function, sentence = ODD[name]
    out = told(capsys, function)
    assert re.search(sentence, out), out


def test_changing_an_argument_in_place_costs_nothing_and_is_noted(capsys) -> None:
    def in_place(w, dw, config=None):
        new, config = right(w, dw, config)
        w[...] = new
        return w, config

    check(NAME, in_place)
    assert "it changes its argument `w` in place" in capsys.readouterr().out


def two_layers(params, X, y, *rest):
    loss, gradients = reference.answers()["two_layer_loss"](params, X, y, *rest)
    params["W1"] += 1
    return loss, gradients


def forgetful(grad, s_list, y_list):
    found = reference.answers()["lbfgs_direction"](grad, list(s_list), list(y_list))
    s_list.clear()
    return found


def keeping(w, dw, config=None):
    config = {} if config is None else config
    new, found = right(w, dw, config)
    config.update(found)
    dw *= 2
    return new, config


@pytest.mark.parametrize(
    ("name", "function", "arguments"),
    [
        ("two_layer_loss", two_layers, {"params"}),
        ("lbfgs_direction", forgetful, {"s_list"}),
        (NAME, keeping, {"dw", "config"}),
    ],
)
def test_changed_lists_and_dictionaries_are_noted_like_arrays(
    capsys, name: str, function, arguments: set[str]
) -> None:
    """Reported: only arrays were looked at."""
    check(name, function)
    noted = re.findall(r"Note: it changes its argument `(\w+)` in place", capsys.readouterr().out)
    assert set(noted) == arguments


def test_a_list_where_a_generator_is_asked_for_is_noted(capsys) -> None:
    """Reported: a list passes, and nobody learns that it holds all batches at once."""
    generator = reference.answers()["minibatches"]
    check("minibatches", lambda *args: list(generator(*args)))
    assert "Note: it returns all batches at once" in capsys.readouterr().out
    check("minibatches", generator)
    assert "Note:" not in capsys.readouterr().out


def test_a_callee_that_is_not_written_is_named(capsys) -> None:
    def helper(w):
        raise NotImplementedError

    out = told(capsys, lambda w, dw, config=None: helper(w))
    assert "it calls `helper`, which is not written yet" in out


def test_an_unknown_exercise_is_answered_with_the_nearest_names() -> None:
    with pytest.raises(KeyError, match=r"did you mean sgd_momentum"):
        check("sgd_momentun", right)


def test_the_error_of_a_cell_is_one_line() -> None:
    assert CheckFailed("sad")._render_traceback_() == ["CheckFailed: sad"]


def test_the_gradient_check_stands_in_the_table(capsys) -> None:
    check("softmax_loss", reference.answers()["softmax_loss"])
    out = capsys.readouterr().out
    assert re.search(r"gradient check +\d\.\de-\d+ +agrees with central differences", out)


def test_a_wrong_gradient_differs_from_central_differences(capsys) -> None:
    def half(x, y):
        loss, dx = reference.answers()["softmax_loss"](x, y)
        return loss, dx / 2

    out = told(capsys, half, "softmax_loss")
    assert re.search(r"gradient check +5\.0e-01 +differs from central differences", out)
