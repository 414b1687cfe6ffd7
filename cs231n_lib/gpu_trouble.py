"""Why a NumPy rule does not run on a device: the compiler's errors, each in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

APART = (
    "an array that the function makes itself lies in main memory, not where w lies: "
    "make it from w, np.zeros_like(w) instead of np.zeros(w.shape) for example"
)
LEFT = (
    "the computation leaves the device: an if on a number that changes, math.sqrt, float() "
    "or a loop over entries takes numbers out of it; NumPy's functions of whole arrays "
    "(np.sqrt, np.where) do not"
)
# PyTorch says the same thing in other words depending on where it notices it.
_OF_TWO_DEVICES = ("device mismatch", "at least two devices", "different devices", "same device")
_OF_NUMBERS = ("sym_float", "item()", "_local_scalar_dense", "copy out of meta tensor")


def sentence(update: Callable[..., Any], error: Exception) -> str:
    """What stands in the way, and what to write instead where that is known.

    Args:
        update: the student's function.
        error: what PyTorch raised while reading or running it.
    """
    import torch

    if isinstance(error, NotImplementedError) and _raised_by(update, error):
        return "the function is not written yet"
    text = str(error)
    if any(sign in text.lower() for sign in _OF_TWO_DEVICES):
        return APART
    if any(sign in text for sign in _OF_NUMBERS):
        return LEFT
    if isinstance(error, torch._dynamo.exc.TorchDynamoException):
        return f"PyTorch cannot trace this function: {_first_line(text)}"
    return f"the function fails on tensors: {type(error).__name__}: {_first_line(text)}"


def _raised_by(update: Callable[..., Any], error: Exception) -> bool:
    """Whether the last line that ran stands in the file (or cell) of the function.

    PyTorch raises NotImplementedError too, for operations that a device lacks.
    """
    trace, last = error.__traceback__, None
    while trace is not None:
        last, trace = trace.tb_frame.f_code.co_filename, trace.tb_next
    code = getattr(update, "__code__", None)
    return code is None or last == code.co_filename


def _first_line(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "no reason given")
