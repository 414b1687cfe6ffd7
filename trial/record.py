"""What a trial found, kept as a small file that the book shows.

The files lie in ``book/trial``; they hold counts and sentences, never a piece of an answer.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np

from autograder.paths import ROOT

FOLDER = ROOT / "book" / "trial"


def path(name: str) -> Path:
    """Where the record of one trial lies."""
    return FOLDER / f"{name}.json"


def read(name: str) -> dict[str, Any]:
    """The record of one trial, empty if it was never run."""
    try:
        found: dict[str, Any] = json.loads(path(name).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def write(name: str, **found: Any) -> Path:
    """Keep what a trial found, with the day and the machine it was found on."""
    FOLDER.mkdir(exist_ok=True)
    told = {"ran": ran(), **found}
    path(name).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path(name)


def ran() -> dict[str, Any]:
    """Day, versions and machine."""
    return {
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "user": "root" if sys.platform != "win32" and os.geteuid() == 0 else "ordinary user",
    }
