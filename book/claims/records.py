"""Records of experiments: written by ``python -m claims``, read by pages and tests."""

from __future__ import annotations

import datetime
import json
import math
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.experiment import Experiment, Numbers

FOLDER = Path(__file__).resolve().parent
REMEDY = "run `make claims` and commit what it writes"


class Missing(ValueError):
    """There is no record of an experiment, or it is of other code."""


@dataclass(frozen=True)
class Record:
    """What an experiment found.

    Attributes:
        numbers: for each seed, or for None where nothing is random, the numbers by name.
        seconds: how long each seed took, by the same keys.
        settings: with what arguments it was run.
        code: digest of the code that was run.
        ran: day, versions and machine.
    """

    numbers: Mapping[int | None, Numbers]
    seconds: Mapping[int | None, float]
    settings: Mapping[str, Any]
    code: str
    ran: Mapping[str, Any]

    def values(self, name: str = "value") -> list[float]:
        """One number per seed.

        Raises:
            KeyError: if the experiment has no such number.
            TypeError: if it is a list.
        """
        found = [kept[name] for kept in self.numbers.values()]
        if any(isinstance(v, list) for v in found):
            raise TypeError(f"{name} is a list for each seed, not a number")
        return [float(v) for v in found]  # type: ignore[arg-type]

    def lists(self, name: str) -> list[list[float]]:
        """One list per seed, such as a curve."""
        found = [kept[name] for kept in self.numbers.values()]
        return [v if isinstance(v, list) else [v] for v in found]


def path(experiment: Experiment) -> Path:
    """Where the record of an experiment lies."""
    return FOLDER / experiment.chapter / "records" / f"{experiment.name}.json"


def read(experiment: Experiment) -> Record:
    """The record of an experiment, whether or not the code has changed since.

    Raises:
        Missing: if there is none, or it is not of this experiment's seeds.
    """
    try:
        kept = json.loads(path(experiment).read_text("utf-8"))
    except FileNotFoundError:
        raise Missing(f"{experiment.address} was never run: {REMEDY}") from None
    runs = {None if key == "exact" else int(key): run for key, run in kept["runs"].items()}
    if tuple(runs) != (experiment.seeds or (None,)):
        raise Missing(f"{experiment.address} was run with other seeds: {REMEDY}")
    return Record(
        {seed: {k: _number(v) for k, v in run["numbers"].items()} for seed, run in runs.items()},
        {seed: float(run["seconds"]) for seed, run in runs.items()},
        kept["settings"],
        kept["code"],
        kept["ran"],
    )


def stale(experiment: Experiment) -> str:
    """Why the record cannot be shown any more, empty if it can."""
    try:
        kept = read(experiment)
    except Missing as why:
        return str(why)
    if kept.settings != json.loads(json.dumps(dict(experiment.settings))):
        return f"{experiment.address} has other settings now: {REMEDY}"
    if kept.code != experiment.code:
        return f"{experiment.address} runs other code now: {REMEDY}"
    return ""


def write(
    experiment: Experiment, runs: Mapping[int | None, tuple[Numbers, float]], *, wall: float
) -> Path:
    """Keep what was found; the whole file appears at once or not at all.

    Args:
        experiment: what was run.
        runs: numbers and seconds by seed.
        wall: seconds from the first seed's start to the last one's end.
    """
    told = {
        "experiment": experiment.address,
        "settings": dict(experiment.settings),
        "code": experiment.code,
        "ran": {**_ran(), "seconds": round(wall, 1)},
        "runs": {
            "exact" if seed is None else str(seed): {
                "seconds": round(runs[seed][1], 3),
                "numbers": {k: _text(v) for k, v in runs[seed][0].items()},
            }
            for seed in experiment.seeds or (None,)
        },
    }
    place = path(experiment)
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_suffix(".new")
    new.write_text(_shown(told), "utf-8")
    new.replace(place)
    return place


def _shown(told: dict[str, Any]) -> str:
    """JSON with one line for each seed, so that a difference can be read."""
    runs = told.pop("runs")
    head = json.dumps(told, indent=1, ensure_ascii=False)[:-2]
    rows = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in runs.items())
    return f'{head},\n "runs": {{\n{rows}\n }}\n}}\n'


def _text(value: float | list[float]) -> Any:
    """JSON knows no infinities: those are written as words."""
    if isinstance(value, list):
        return [_text(v) for v in value]
    return value if math.isfinite(value) else str(value)


def _number(value: Any) -> float | list[float]:
    if isinstance(value, list):
        return [float(v) for v in value]
    return float(value)


def _ran() -> dict[str, Any]:
    import numpy
    import scipy
    import torch

    return {
        "date": datetime.date.today().isoformat(),
        "commit": _commit(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "torch": torch.__version__,
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def _commit() -> str:
    """The commit that was checked out, empty outside a repository."""
    done = subprocess.run(
        ["git", "rev-parse", "--short=10", "HEAD"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
