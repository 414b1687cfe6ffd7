"""What `check` says of a failing case: its own message, its own numbers, in digits that differ."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.checking import local_report
from cs231n_lib.exercise.declare import Exercise, Tolerance
from cs231n_lib.judging import difference, show
from cs231n_lib.judging.compare import match, unequal
from cs231n_lib.judging.failing import failing
from cs231n_lib.judging.rounding import rounded
from cs231n_lib.judging.values import WIDTH
from cs231n_lib.judging.verdict import Report, Wrong

T = Tolerance()


def answer(name: str):
    return reference.answers()[name]


def told(name: str, function) -> str:
    """What is said of ``function`` at home."""
    return show.text(local_report(exercises.get(name), function))


def shown(want, got) -> list[str]:
    want, got = np.asarray(want), np.asarray(got)
    return difference.lines(Wrong("out", want, got, "", unequal(got, want, T)))


def raising_without_velocity(w, dw, config=None):
    """Wrong by default, right when it moves, and an exception in the third group."""
    if config is None:
        return w + dw, {}
    if "velocity" not in config:
        raise KeyError("velocity")
    return answer("sgd_momentum")(w, dw, config)


def test_each_failing_group_shows_a_case_of_its_own_with_its_own_message() -> None:
    """Reported: the exception of one case stood beside the arguments of another one."""
    report = local_report(exercises.get("sgd_momentum"), raising_without_velocity)
    blocks = {b.name: b for b in failing(report)}
    assert set(blocks) == {"defaults", "changing rate"}
    assert not any("KeyError" in line for line in blocks["defaults"].lines())
    assert "KeyError" in blocks["changing rate"].messages[0]
    assert "rates" in blocks["changing rate"].failure.case.args
    assert show.text(report).count("KeyError") == 1


def test_an_exception_of_a_case_that_is_not_shown_is_not_told() -> None:
    """Reported: whoever forgets `tol` read a TypeError beside a case that has no `tol`."""
    text = told("classify_critical_point", lambda H: "minimum")
    assert "TypeError" not in text and "your     kind = 'minimum'" in text


def test_one_exception_in_every_group_is_told_once() -> None:
    text = told("sgd_momentum", lambda w: w)
    assert text.count("TypeError") == 1 and text.count("Smallest failing case") == 1
    assert "defaults, moving, changing rate. Smallest" in text


def test_every_wrong_output_of_the_case_is_shown() -> None:
    text = told("softmax_loss", lambda x, y: (1e3, np.ones_like(x)))
    assert re.search(r"expected loss =", text) and re.search(r"expected dx\[0, :\] =", text)


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_a_rounded_result_is_asked_about_and_its_digits_are_shown(exercise, digits: int) -> None:
    """Reported: "expected 0.5854, yours 0.5854" in 33 of 49 exercises."""
    if exercise.law or not all(
        isinstance(v, np.ndarray) and v.dtype.kind == "f"
        for v in reference.expected(exercise, reference.draw(exercise, 1)[:1])[0].values()
        if not isinstance(v, dict)
    ):
        pytest.skip("it returns no real numbers")

    def coarse(*args):
        return _rounded(answer(exercise.name)(*args), digits)

    cases = reference.draw(exercise, 1)
    report = _judged(exercise, coarse, cases)
    assert report.passed or digits != 4 or "rounded to" in show.text(report)
    for block in failing(report):
        numbers = [line for wrong in block.wrong for line in block.numbers(wrong)]
        for right, wrong in pairwise(numbers):
            if right.startswith("  expected ") and wrong.startswith("  your "):
                assert right.split("=")[1] != wrong.split("=")[1]


def _rounded(result, digits: int):
    if isinstance(result, tuple):
        return tuple(_rounded(part, digits) for part in result)
    is_number = isinstance(result, float | np.ndarray | np.floating)
    return np.round(result, digits) if is_number else result


def _judged(exercise: Exercise, function, cases) -> Report:
    from cs231n_lib.judging.verdict import judge

    seen = reference.run(exercise, function, cases)
    return judge(exercise, cases, seen, reference.expected(exercise, cases), lambda: ())


def test_rounding_is_recognised_by_decimals_and_by_significant_digits() -> None:
    want = np.array([0.123456, -12.98765])
    assert rounded(np.round(want, 3), want) == "3 decimals"
    assert rounded(np.array([0.1235, -12.99]), want) == "4 significant digits"
    assert rounded(np.array([1.235e-9]), np.array([1.23456e-9])) == "4 significant digits"


@pytest.mark.parametrize("got", [[0.5, 0.25], [0.0, 0.0], [0.123456, -12.0], [np.nan, 1.0]])
def test_what_is_far_off_or_has_all_digits_was_not_rounded(got) -> None:
    assert rounded(np.array(got), np.array([0.123456, -12.98765])) == ""


def test_the_first_entry_that_differs_and_their_number_are_told() -> None:
    want = np.arange(12.0).reshape(3, 4)
    got = want.copy()
    got[1, 2] += 1e-5
    got[2, 0] *= -1
    lines = shown(want, got)
    assert lines[0].strip() == "2 of 12 entries of `out` differ, the first at [1, 2]:"
    assert not any("[0, :]" in line for line in lines)
    right, wrong, marks = lines[2:5]
    assert right.endswith("7") and "6.00001" in wrong
    assert marks.index("^") == wrong.index("6.00001") and marks.count("^") == len("6.00001")
    assert len(right) == len(wrong)


def test_a_difference_within_the_tolerance_costs_no_digits() -> None:
    lines = shown([1.0, 2.0], [1.0 + 1e-12, 3.0])
    assert lines[2].split("=")[1].split() == ["1", "2"]


@pytest.mark.parametrize("at", [0, 57, 199])
def test_in_a_long_row_the_entries_that_differ_are_shown(at: int) -> None:
    """Reported: "..." stood where the difference was."""
    want = np.linspace(0, 1, 200)
    got = want.copy()
    got[at] += 0.5
    text = "\n".join(shown(want, got))
    assert "..." not in text and f"at [{at}]" in text
    assert f"{want[at] + 0.5:.4g}" in text


def test_no_line_is_longer_than_a_terminal(exercise: Exercise) -> None:
    """Reported: JupyterLab breaks a line that is too long inside a number."""
    if isinstance(exercise.driver.companions, tuple) and exercise.driver.companions:
        pytest.skip("it is shown nothing without its companion")

    def other(*args):
        return _scaled(answer(exercise.name)(*args))

    for block in failing(local_report(exercise, other)):
        numbers = [line for wrong in block.wrong for line in block.numbers(wrong)]
        assert max(map(len, [*block.arguments(), *numbers])) <= WIDTH + 12


def _scaled(result):
    if isinstance(result, tuple):
        return tuple(_scaled(part) for part in result)
    return result * 1.5 if isinstance(result, float | np.ndarray | np.floating) else result


def regularised(x, y):
    """A loss with a term that nobody asked for, and the right gradient of it."""
    loss, dx = answer("softmax_loss")(x, y)
    return loss + np.sum(x**4), dx + 4 * x**3


def test_a_gradient_that_agrees_and_is_wrong_is_explained() -> None:
    """Reported: "agrees with central differences of your own forward" beside 0 of 2."""
    text = told("softmax_loss", regularised)
    assert re.search(r"gradient +0/2", text) and "agrees with central differences" in text
    assert "the gradient check agrees, and the gradient is wrong all the same" in text
    assert "mend the forward computation first" in text


def test_a_gradient_that_only_misses_digits_is_explained_in_other_words() -> None:
    def off(x, y):
        loss, dx = answer("softmax_loss")(x, y)
        return loss, dx * (1 + 1e-6)

    text = told("softmax_loss", off)
    assert re.search(r"gradient +0/2", text) and "further off than the points allow" in text
    assert "mend the forward computation" not in text


def test_a_right_gradient_is_not_explained() -> None:
    assert "wrong all the same" not in told("softmax_loss", answer("softmax_loss"))


def test_no_double_precision_result_is_told_to_use_it(exercise: Exercise) -> None:
    """Reported: a note "compute in float64" under code that does."""

    def near(*args):
        return _nearly(answer(exercise.name)(*args))

    cases = reference.draw(exercise, 3)
    report = _judged(exercise, near, cases)
    assert "float64" not in show.text(report)


def _nearly(result):
    if isinstance(result, tuple):
        return tuple(_nearly(part) for part in result)
    if isinstance(result, float | np.ndarray | np.floating):
        return np.asarray(result, dtype=np.float64) * (1 + 1e-6)
    return result


def test_the_note_on_single_precision_names_the_type_that_came() -> None:
    found = match(np.array([1 + 1e-6], np.float32), np.array([1.0]), T)
    assert found.ok and "float32" in found.text
