"""Reading what a student's function returned, whatever it is.

Results are turned into plain arrays at once, so that no object with its own idea of
equality is ever compared, and everything unexpected becomes one sentence.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

MAX_BYTES = 8 << 20
MAX_TEXT = 600
WAITS = (
    "it waits for somebody to type: take `input()`, `breakpoint()` and `pdb.set_trace()` out of "
    "the function"
)
ENDLESS = "is there a loop without an end?"


class WrongResult(Exception):
    """The function returned something that cannot be judged; the text says what."""


class CompanionError(Exception):
    """An earlier function that this one depends on is missing or failed."""


class TimeUp(BaseException):
    """The function ran too long; the text says how long.

    No ``Exception``: a student's ``except Exception`` does not mean this one.
    """

    def _render_traceback_(self) -> list[str]:
        # the frames of whatever measured the time would only hide the sentence
        return [f"TimeUp: {self}: {ENDLESS}"]


class Notes:
    """Remarks that cost nothing, each kept once."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, text: str) -> None:
        if text not in self.texts:
            self.texts.append(text)


def take(result: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Split a tuple or list of results by name.

    Raises:
        WrongResult: when there are not as many results as names.
    """
    wanted = ", ".join(names)
    if result is None:
        raise WrongResult(f"it returned None instead of {wanted}: is there a `return`?")
    if not isinstance(result, tuple | list):
        raise WrongResult(
            f"it must return {len(names)} results ({wanted}), got one {type(result).__name__}"
        )
    if len(result) != len(names):
        raise WrongResult(f"it must return {len(names)} results ({wanted}), got {len(result)}")
    return dict(zip(names, result, strict=True))


def as_result(value: Any, name: str) -> Any:
    """A plain float, int or bool array with its own memory, or a str.

    Raises:
        WrongResult: for None, objects, complex or oversized arrays.
    """
    if isinstance(value, str):
        return str(value[:MAX_TEXT])
    if value is None:
        raise WrongResult(f"`{name}` is None")
    if isinstance(value, Mapping) or callable(value):
        raise WrongResult(f"`{name}` must be an array of numbers, got {type(value).__name__}")
    try:
        array = np.array(value, subok=False)
    except Exception as error:
        raise WrongResult(
            f"`{name}` is no array of numbers ({type(value).__name__}: {error})"
        ) from error
    if array.dtype.kind == "c" and array.size and not np.any(array.imag):
        array = array.real.copy()
    if array.dtype.kind not in "biuf":
        raise WrongResult(f"`{name}` must hold numbers, got an array of type {array.dtype}")
    if array.nbytes > MAX_BYTES:
        raise WrongResult(f"`{name}` is far too large: shape {array.shape}")
    if array.dtype == np.longdouble:
        array = array.astype(np.float64)
    return array


def joined(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Results of several calls, stacked; in single precision if one of them is.

    NumPy would take the widest type of all, and the judge could not see any more why some
    of them are less exact.
    """
    stacked = np.stack(arrays)
    single = any(a.dtype in (np.float16, np.float32) for a in arrays)
    return stacked.astype(np.float32) if single else stacked


def observe(name: str, run: Callable[[Notes], dict[str, Any]]) -> dict[str, Any]:
    """Run a driver's call of exercise ``name`` and describe what came of it, as plain data.

    Returns a dictionary with ``outputs`` (or None), ``problem`` (None, or ``kind`` and
    ``text``) and ``notes``.  Kinds: ``empty`` (unfilled stub), ``result`` (something
    that cannot be judged), ``companion`` (an earlier function failed), ``stopped`` (it ran
    too long), ``error``.
    """
    notes = Notes()
    outputs, problem = None, None
    try:
        with np.errstate(all="ignore"):
            outputs = run(notes)
    except NotImplementedError as error:
        if type(error).__name__ == "StdinNotImplementedError":  # of a kernel that nobody types to
            return {"outputs": None, "problem": {"kind": "error", "text": WAITS}, "notes": []}
        inner = traceback.extract_tb(error.__traceback__)[-1].name
        if inner == name:
            problem = {"kind": "empty", "text": "not written yet"}
        else:
            text = f"it calls `{inner}`, which is not written yet"
            problem = {"kind": "companion", "text": text}
    except WrongResult as error:
        problem = {"kind": "result", "text": str(error)}
    except CompanionError as error:
        problem = {"kind": "companion", "text": str(error)}
    except TimeUp as error:
        problem = {"kind": "stopped", "text": f"{error}{line_of(error)}: {ENDLESS}"}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # student code may raise anything, SystemExit too
        problem = {"kind": "error", "text": f"{_describe(error)}{line_of(error)}"}
    if problem is not None:
        problem["text"] = problem["text"][:MAX_TEXT]
    return {"outputs": outputs, "problem": problem, "notes": notes.texts}


def _describe(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def line_of(error: BaseException) -> str:
    """Where in the student's cell the error arose, if that can be told."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "ipykernel" in f.filename or f.filename.startswith("<")]
    if not own or not own[-1].lineno:
        return ""
    return f" (line {own[-1].lineno} of its cell: `{(own[-1].line or '').strip()}`)"
