"""An end for loops that have none, and plain words when somebody interrupts a check.

Used at home only: the grader stops what runs too long from outside.
"""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any

from cs231n_lib.exercise.declare import Case
from cs231n_lib.exercise.results import TimeUp, line_of

SECONDS = 10.0  # that one case may take; it takes milliseconds
SECONDS_AFTERWARDS = 1.0  # once a case has not ended, others are likely not to end either
AGAIN = 1.0  # seconds until the alarm rings again, for code that catches every exception
GUARDED = "__unguarded__"
DEBUGGERS = ("pdb", "bdb", "IPython.core.debugger", "IPython.terminal.debugger")
QUESTIONS = ("raw_input", "_input_request")  # of Jupyter's kernel, while it waits for an answer


class Interrupted(KeyboardInterrupt):
    """Somebody interrupted a check; the message says where."""

    def _render_traceback_(self) -> list[str]:
        # the frames inside this library would only hide the sentence
        return [f"Interrupted: {self}"]


class Patience:
    """Watches over the cases of one check: ``with patience(case): ...``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seconds = SECONDS

    @contextmanager
    def __call__(self, case: Case) -> Iterator[None]:
        """Raise ``TimeUp`` in what takes too long, and ``Interrupted`` on an interrupt."""
        begin = time.monotonic()
        try:
            with limited(self.seconds):
                yield
        except KeyboardInterrupt as error:
            label = f" in the case “{case.label}”" if case.label else ""
            raise Interrupted(
                f"the check of {self.name} was interrupted{label}{line_of(error)}"
            ) from None
        if time.monotonic() - begin >= self.seconds:
            self.seconds = SECONDS_AFTERWARDS


def guard(name: str, function: Callable[..., Any]) -> None:
    """Let the calls of ``function`` elsewhere in the notebook end too, in its figures above all."""
    import __main__

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        with limited(SECONDS):
            return function(*args, **kwargs)

    vars(guarded)[GUARDED] = function
    if vars(__main__).get(name) is function:
        vars(__main__)[name] = guarded


def unguarded(function: Any) -> Any:
    """The function itself, where :func:`guard` put another one in its place."""
    return getattr(function, GUARDED, function)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise ``TimeUp`` in the code inside once it has run for so many seconds.

    A debugger that waits for somebody has all the time in the world.  Outside the main thread
    there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "SIGALRM"):
        with _by_alarm(seconds):
            yield
    else:  # Windows
        with _by_thread(seconds):
            yield


@contextmanager
def _by_alarm(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        if _waits_for_somebody(frame):
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
        else:
            raise TimeUp(_too_long(seconds))

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    """The same without alarms: another thread interrupts this one, as Ctrl-C does."""
    rang = threading.Event()

    def ring() -> None:
        rang.set()
        _thread.interrupt_main()

    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:  # as in a program that was started in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt as error:
        if rang.is_set():
            raise TimeUp(_too_long(seconds)).with_traceback(error.__traceback__) from None
        raise
    finally:
        timer.cancel()
        if before is signal.SIG_IGN:
            signal.signal(signal.SIGINT, before)


def _too_long(seconds: float) -> str:
    unit = "second" if seconds == 1 else "seconds"
    return f"it ran longer than {seconds:g} {unit} and was stopped"


def _waits_for_somebody(frame: FrameType | None) -> bool:
    """Whether a debugger, or a question to the student, is on the stack."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module in DEBUGGERS or "pydevd" in module or frame.f_code.co_name in QUESTIONS:
            return True
        frame = frame.f_back
    return False
