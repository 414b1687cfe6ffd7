"""The student library: the exercises as questions, and ``check`` to see how you do."""

from cs231n_lib.checking import CheckFailed, check

__all__ = ["CheckFailed", "check"]
__version__ = "0.1.0"
