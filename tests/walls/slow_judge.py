"""A judge that takes its time over records as large as no honest one."""

from __future__ import annotations

from typing import Any

from autograder.walls import tasks


def judge(request: tasks.Request) -> dict[str, Any]:
    for _, _, outputs in request[0].values():
        while len(outputs) > 1 << 20:
            pass
    return tasks.judge(request)
