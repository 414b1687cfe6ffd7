"""The last cell of a notebook says how things stand."""

from __future__ import annotations

from contextlib import suppress

import pytest

from autograder.building.notebooks import assignments, source
from autograder.judging import reference
from cs231n_lib import CheckFailed, check, exercises, sum_up, summing


@pytest.fixture(autouse=True)
def _nothing_checked(monkeypatch) -> None:
    monkeypatch.setattr(summing, "_checked", {})


def checked(name: str, function) -> None:
    with suppress(CheckFailed):
        check(name, function)


def summed(capsys) -> tuple[str, str]:
    """What is printed and what is raised."""
    capsys.readouterr()
    with pytest.raises(CheckFailed) as failed:
        sum_up("momentum")
    return capsys.readouterr().out, str(failed.value)


def test_all_right_is_a_pass_with_a_word_on_what_to_do(capsys) -> None:
    for exercise in exercises.chapter("momentum"):
        check(exercise.name, reference.answers()[exercise.name])
    capsys.readouterr()
    sum_up("momentum")
    out = capsys.readouterr().out
    assert "momentum: 19 of 19 points" in out and "hand in" in out


def test_what_is_open_is_named_and_the_first_comes_next(capsys) -> None:
    answers = reference.answers()
    checked("sgd_momentum", answers["sgd_momentum"])
    checked("sgd_momentum_torch", lambda w, dw, config=None: (w, {}))
    checked("nesterov", exercises.get("nesterov").stub)
    out, failed = summed(capsys)
    assert "4 of 19 points" in out
    assert "Next: mend `sgd_momentum_torch`" in out
    assert "not written yet" in out and summing.UNCHECKED in out
    assert failed.startswith("4 functions are not right yet") and "sgd_momentum," not in failed


def test_a_function_that_changed_after_its_check_is_open(capsys, monkeypatch) -> None:
    import __main__

    right = reference.answers()["sgd_momentum"]
    monkeypatch.setattr(__main__, "sgd_momentum", right, raising=False)
    checked("sgd_momentum", right)
    assert "sgd_momentum:" not in summed(capsys)[1]
    monkeypatch.setattr(__main__, "sgd_momentum", lambda *args: right(*args))
    assert summing.CHANGED in summed(capsys)[0]


def test_in_the_box_it_says_nothing(capsys, monkeypatch) -> None:
    """The cell is the student's own there: it must cost nothing."""
    monkeypatch.setenv(summing.BOX, "/nowhere")
    sum_up("momentum")
    assert capsys.readouterr().out == ""


def test_its_error_is_one_line() -> None:
    assert CheckFailed("sad")._render_traceback_() == ["CheckFailed: sad"]


@pytest.mark.parametrize("assignment", assignments(), ids=lambda a: a.name)
def test_nbgrader_does_not_know_the_last_cell(assignment) -> None:
    """It refuses a new cell that it knows once somebody has handed in an older notebook."""
    last = source(assignment).cells[-1]
    assert "sum_up" in last.source and "nbgrader" not in last.metadata


@pytest.mark.parametrize("assignment", assignments(), ids=lambda a: a.name)
def test_run_all_may_go_on_behind_every_figure(assignment) -> None:
    """A figure calls functions that may not be written yet; Jupyter would stop there."""
    cells = source(assignment).cells
    figures = [c for c in cells if "figure-" in c.metadata.get("nbgrader", {}).get("grade_id", "")]
    assert figures and all("raises-exception" in c.metadata["tags"] for c in figures)
