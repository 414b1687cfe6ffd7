"""A loop without an end ends, and an interrupt says where it came."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from contextlib import suppress

import pytest

from autograder.judging import reference
from cs231n_lib import CheckFailed, check, patience
from cs231n_lib.exercise.results import TimeUp


@pytest.fixture(autouse=True)
def _impatient(monkeypatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.4)
    monkeypatch.setattr(patience, "SECONDS_AFTERWARDS", 0.2)


@pytest.fixture(autouse=True)
def interrupts_arrive():
    """Also where these tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def endless(w, dw, config=None):
    while True:
        with suppress(Exception):
            w = w - dw


def sleeping(w, dw, config=None):
    time.sleep(60)


def half_endless(w, dw, config=None):
    """Right, except for a rate that changes."""
    if config and "velocity" not in config:
        while True:
            pass
    return reference.answers()["sgd_momentum"](w, dw, config)


@pytest.mark.parametrize("function", [endless, sleeping])
def test_an_endless_loop_ends_and_limit_case_and_line_are_told(capsys, function) -> None:
    """Reported: at home a check of a function without an end ran until somebody noticed."""
    begin = time.monotonic()
    with pytest.raises(CheckFailed):
        check("sgd_momentum", function)
    assert time.monotonic() - begin < 10
    out = capsys.readouterr().out
    assert "it ran longer than 0.4 seconds and was stopped" in out
    assert "failing case (config is None)" in out and "is there a loop without an end?" in out


def test_the_line_of_the_loop_is_named(capsys) -> None:
    space: dict = {}
    exec(
        compile("def f(w, dw, config=None):\n    while True:\n        w = w\n", "<cell>", "exec"),
        space,
    )
    with pytest.raises(CheckFailed):
        check("sgd_momentum", space["f"])
    assert "of its cell" in capsys.readouterr().out


def test_the_other_cases_are_checked_all_the_same(capsys) -> None:
    with pytest.raises(CheckFailed):
        check("sgd_momentum", half_endless)
    out = capsys.readouterr().out
    assert "3 of 4 points" in out and "the rate drops, then rises" in out


def test_later_calls_in_the_notebook_end_too(monkeypatch) -> None:
    """The figure below the check calls the same function: Run All would hang there."""
    import __main__

    monkeypatch.setattr(__main__, "sgd_momentum", endless, raising=False)
    with pytest.raises(CheckFailed):
        check("sgd_momentum", endless)
    with pytest.raises(TimeUp) as stopped:
        __main__.sgd_momentum(1.0, 1.0)
    assert len(stopped.value._render_traceback_()) == 1
    assert patience.unguarded(__main__.sgd_momentum) is endless


def test_an_interrupt_names_the_case_and_shows_no_frame_of_the_library(monkeypatch) -> None:
    """Reported: an interrupt showed six frames of the library."""
    monkeypatch.setattr(patience, "SECONDS", 30.0)
    here = threading.get_ident()
    threading.Timer(0.3, signal.pthread_kill, [here, signal.SIGINT]).start()
    with pytest.raises(patience.Interrupted) as interrupted:
        check("sgd_momentum", sleeping)
    (line,) = interrupted.value._render_traceback_()
    assert line.startswith("Interrupted: the check of sgd_momentum was interrupted in the case")
    assert "config is None" in line


def test_an_alarm_of_the_students_own_is_put_back() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with patience.limited(5):
        assert signal.getsignal(signal.SIGALRM) is not before
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_a_debugger_that_waits_is_not_stopped() -> None:
    """Reported: whoever steps through a case needs longer than ten seconds."""
    space = {"__name__": "pdb", "sleep": time.sleep}
    exec("def wait():\n    sleep(0.7)", space)
    with patience.limited(0.2):
        space["wait"]()


@pytest.mark.parametrize("before", [signal.default_int_handler, signal.SIG_IGN])
def test_without_alarms_a_thread_does_it(before) -> None:
    """As on Windows; and in a program started in the background, which ignores interrupts."""
    signal.signal(signal.SIGINT, before)

    def loop() -> None:
        with patience._by_thread(0.2):
            while True:
                pass

    with pytest.raises(TimeUp, match=r"longer than 0\.2 seconds"):
        loop()
    with pytest.raises(KeyboardInterrupt), patience._by_thread(5):
        _thread.interrupt_main()
        time.sleep(1)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_there_is_no_limit() -> None:
    found: list[str] = []

    def work() -> None:
        with patience.limited(0.1):
            time.sleep(0.3)
        found.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == ["done"]
