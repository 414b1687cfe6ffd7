"""What is done behind the wall with the results of student code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.judging import reference, verdict
from autograder.judging.judging import Evidence, JudgeFailed, verdicts

# the answers and known mistakes, imported once for all that is judged here
reference.answers()

Request = tuple[Mapping[str, tuple[tuple[int, ...], bytes, bytes]], Mapping[str, str]]


def judge(request: Request) -> dict[str, Any]:
    """Verdicts on the exercises of a notebook.

    Args:
        request: for each exercise what its verdict rests on, and what went wrong.

    Returns:
        ``verdicts`` as plain data, or ``failed``: why the course's own answer fails.
    """
    evidence = {name: Evidence(*parts) for name, parts in request[0].items()}
    try:
        found = verdicts(evidence, request[1])
    except JudgeFailed as error:
        return {"failed": str(error)}
    return {"verdicts": {name: verdict.of_report(r).plain() for name, r in found.items()}}
