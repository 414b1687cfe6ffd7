"""What a trial found, kept as a small file that the book shows.

The files lie in ``book/trial_records``: one for each exercise, with what each trial found of it,
and one for each trial of the grader as a whole.  They hold counts and sentences, never a piece of
an answer.
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
from cs231n_lib import exercises

FOLDER = ROOT / "book" / "trial_records"


def path(name: str) -> Path:
    """Where the record of one trial lies."""
    return FOLDER / f"{name}.json"


def home(exercise: str) -> Path:
    """Where the record of one exercise lies."""
    return FOLDER / exercises.get(exercise).chapter / f"{exercise}.json"


def found(exercise: str, trial: str) -> dict[str, Any]:
    """What one trial found of one exercise, empty if it was never held."""
    row: dict[str, Any] = _read(home(exercise)).get(trial, {})
    return row


def keep(exercise: str, trial: str, **what: Any) -> Path:
    """Keep what a trial found of one exercise; what other trials found of it stays."""
    path = home(exercise)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, {**_read(path), trial: {"ran": ran(), **what}})
    return path


def read(name: str) -> dict[str, Any]:
    """The record of one trial, empty if it was never run."""
    return _read(path(name))


def write(name: str, **found: Any) -> Path:
    """Keep what a trial found, with the day and the machine it was found on."""
    FOLDER.mkdir(exist_ok=True)
    _write(path(name), {"ran": ran(), **found})
    return path(name)


def _read(path: Path) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return kept


def _write(path: Path, told: dict[str, Any]) -> None:
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


def ran() -> dict[str, Any]:
    """Day, versions and machine."""
    return {
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "user": "root" if sys.platform != "win32" and os.geteuid() == 0 else "ordinary user",
    }
