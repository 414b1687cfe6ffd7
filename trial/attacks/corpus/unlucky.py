"""Honest work with an accident in it: what could be judged keeps its points."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode

from trial.attacks.corpus.desk import (
    RIGHT,
    Desk,
    attack,
    before,
    cell_of,
    everything,
    first,
    function,
    last,
    names,
)

OTHERS = ("sgd_momentum", "sgd_momentum_torch", "nesterov", "anneal_momentum")


@attack(*everything())
def numpy_warnings(desk: Desk) -> NotebookNode:
    """Right functions that print NumPy warnings: stock nbgrader gives nothing for any stderr."""
    nb = desk.solved()
    noise = """
import sys, warnings
import numpy as np
def noisy(name):
    with np.errstate(all="warn"):
        np.zeros(1) / 0, np.log(np.zeros(1) - 1), np.exp(np.full(1, 1e9))
    warnings.warn(name)
    print("to stderr", file=sys.stderr)
noisy("start")
"""
    for name in names():
        cell = cell_of(nb, f"{name}-code")
        head, mark, body = cell.source.partition("### BEGIN SOLUTION\n")
        cell.source = f"{head}{mark}    noisy({name!r})\n{body}"
    return first(nb, noise)


@attack(*OTHERS)
def crash_in_the_third(desk: Desk) -> NotebookNode:
    """The third function ends Python: those before and after it keep their points."""
    return function(desk.solved(), "nesterov_lookahead", "    import os\n    os._exit(0)")


@attack(*OTHERS)
def hang_in_the_third(desk: Desk) -> NotebookNode:
    """The third function never ends."""
    return function(desk.solved(), "nesterov_lookahead", "    while True:\n        pass")


@attack(*OTHERS)
def deaf_hang_in_the_third(desk: Desk) -> NotebookNode:
    """The third function never ends, and swallows the interrupt."""
    body = (
        "    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass"
    )
    return function(desk.solved(), "nesterov_lookahead", body)


@attack(*OTHERS)
def segmentation_fault(desk: Desk) -> NotebookNode:
    """The third function reads at address zero."""
    return function(
        desk.solved(), "nesterov_lookahead", "    import ctypes\n    ctypes.string_at(0)"
    )


@attack(*OTHERS)
def odd_exceptions(desk: Desk) -> NotebookNode:
    """The third function raises what is no error, and exceptions that cannot be printed."""
    body = """
    class Odd(Exception):
        def __str__(self):
            raise SystemExit
    if config is None:
        raise KeyboardInterrupt
    raise Odd
"""
    return function(desk.solved(), "nesterov_lookahead", body)


@attack(*OTHERS)
def recursion(desk: Desk) -> NotebookNode:
    """The third function calls itself for ever."""
    return function(
        desk.solved(), "nesterov_lookahead", "    return nesterov_lookahead(w, grad_fn)"
    )


@attack(*everything())
def own_cells_that_fail(desk: Desk) -> NotebookNode:
    """Cells of the student's own that raise, ask for input, call `exit`, or are no Python."""
    nb = desk.solved()
    for source in ("1 / 0", "this is no Python", "input('name?')", "%no_such_magic", "exit()"):
        before(nb, "nesterov_lookahead-code", source)
    return last(nb, "raise SystemExit(3)")


@attack(*everything())
def in_place_updates(desk: Desk) -> NotebookNode:
    """Right functions that change their arguments in place and keep extra keys."""
    nb = desk.solved()
    return function(
        nb,
        "sgd_momentum",
        """
    config = {} if config is None else config
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    config["mine"] = [object()]
    v = config.setdefault("velocity", w * 0)
    v *= config["momentum"]
    v -= config["learning_rate"] * dw
    w += v
    return w, config
""",
    )


@attack(*RIGHT)
def half_done(desk: Desk) -> NotebookNode:
    """Two functions right, the others not written: the measure of all the attacks above."""
    return desk.solved(*RIGHT)
