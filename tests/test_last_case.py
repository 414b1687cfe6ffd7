"""The failing case of a check can be called again and stepped through."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from autograder.judging import reference
from cs231n_lib import CheckFailed, check, failing_case, last_case


@pytest.fixture(autouse=True)
def _no_case() -> None:
    failing_case._last.clear()


def fails(name: str, function) -> None:
    with pytest.raises(CheckFailed):
        check(name, function)


def half_a_loss(x, y):
    loss, dx = reference.answers()["softmax_loss"](x, y)
    return loss / 2, dx


def test_it_has_arguments_expected_and_got() -> None:
    """Reported: what a student read could not be tried again without typing it in."""
    fails("softmax_loss", half_a_loss)
    case = last_case()
    loss, _ = half_a_loss(*case.call)
    assert loss == case.got["loss"] == case.rerun()["loss"]
    assert loss * 2 == pytest.approx(case.expected["loss"])
    assert list(case.args) == ["x", "y"]
    right = case.rerun(reference.answers()["softmax_loss"])
    assert right["loss"] == pytest.approx(case.expected["loss"])


def test_each_look_gives_new_copies() -> None:
    fails("softmax_loss", half_a_loss)
    case = last_case()
    case.args["x"][...] = 0
    case.call[0][...] = 0
    assert np.any(case.args["x"]) and np.any(case.call[0])


def test_an_update_rule_gets_the_arguments_of_its_first_step() -> None:
    fails("sgd_momentum", lambda w, dw, config=None: (w - dw, {}))
    w, dw, config = last_case().call
    assert w.shape == dw.shape and config is None


def test_a_function_among_the_arguments_can_be_called() -> None:
    fails("numerical_gradient", lambda f, x, h=1e-5: np.zeros_like(x))
    f, x, *_ = last_case().call
    assert isinstance(f(x), float)


def test_a_backward_pass_gets_the_cache_of_its_own_forward(monkeypatch) -> None:
    answers = reference.answers()
    monkeypatch.setattr("__main__.relu_forward", answers["relu_forward"], raising=False)
    fails("relu_backward", lambda dout, cache: dout * 2)
    dout, cache = last_case().call
    assert answers["relu_backward"](dout, cache).shape == dout.shape


def test_it_can_be_asked_for_by_group_and_by_nothing_else(capsys) -> None:
    fails("sgd_momentum", lambda w, dw, config=None: (w - dw, {}))
    assert last_case("moving").args["config"]["velocity"].shape == (4, 2)
    with pytest.raises(LookupError, match="'defaults', 'moving'"):
        last_case("moved")


def test_without_a_failed_check_there_is_none() -> None:
    with pytest.raises(LookupError, match="run `check` first"):
        last_case()


def test_an_exception_comes_with_its_whole_traceback() -> None:
    fails("softmax_loss", lambda x, y: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        last_case().rerun()


def test_the_debugger_stops_in_the_first_line_of_the_function(monkeypatch, capsys) -> None:
    fails("softmax_loss", half_a_loss)
    monkeypatch.setattr(sys, "stdin", io.StringIO("p x.shape\nq\n"))
    last_case().debug()
    out = capsys.readouterr().out
    assert 'reference.answers()["softmax_loss"](x, y)' in out and "(2, 3)" in out


def test_the_way_to_it_is_shown(capsys) -> None:
    fails("softmax_loss", half_a_loss)
    told = capsys.readouterr().out
    assert "from cs231n_lib import last_case" in told and "case.debug()" in told
    assert "expected loss" in repr(last_case())
