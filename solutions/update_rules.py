"""Changes that no update rule shows, whichever it is: what reads its config returns the same."""

from __future__ import annotations

import ast
import inspect

from solutions.declare import Solution, undecorated

COPIED = "config = dict(config or {})"
ZEROS = "np.zeros_like(w)"


def same_results(solution: Solution) -> None:
    """Declare the changes of an answer that follow from its being an update rule.

    Which lines they change is read from the answer; the trial of the mutants still tries each,
    and says so when one of them is told from the answer.
    """
    lines = [
        line.strip() for line in ast.unparse(ast.parse(undecorated(solution.function))).splitlines()
    ]
    starts = [line for line in lines if ZEROS in line]
    if COPIED in lines:
        solution.equivalent(
            "Whoever fills in the caller's own dictionary returns the same numbers.",
            (COPIED, "config = config or {}"),
        )
    if starts:
        solution.equivalent(
            "The negative of zero is zero.",
            *((line, line.replace(ZEROS, f"-{ZEROS}")) for line in starts),
        )
    if starts and "dw" in inspect.signature(solution.function).parameters:
        solution.equivalent(
            "A gradient has the shape of its parameters.",
            *((line, line.replace(ZEROS, "np.zeros_like(dw)")) for line in starts),
        )
