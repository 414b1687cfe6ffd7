"""Records of experiments: what is kept, what makes one stale, what a run does when one fails."""

from __future__ import annotations

import json
import math
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from claims import __main__ as command
from claims import records, run, table
from claims.experiment import EXACT, Claim, Experiment
from claims.lectures import Place
from claims.rule import at_least


def lucky(seed: int, factor: float = 2.0) -> dict[str, float | list[float]]:
    return {"value": seed * factor, "curve": [seed, math.inf], "lost": math.inf}


def plain() -> float:
    return 0.25


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    monkeypatch.setattr(Experiment, "chapter", "planted")
    monkeypatch.setattr(Experiment, "code", "0123456789abcdef")
    return tmp_path


def kept(experiment: Experiment) -> records.Record:
    runs = {s: (experiment.numbers(s), 0.5) for s in experiment.seeds or (None,)}
    records.write(experiment, runs, wall=5.0)
    return records.read(experiment)


def test_every_seeds_numbers_come_back() -> None:
    found = kept(Experiment("lucky", lucky))
    assert found.values() == [2.0 * s for s in range(10)]
    assert found.values("lost") == [math.inf] * 10
    assert found.lists("curve") == [[float(s), math.inf] for s in range(10)]
    assert found.seconds == dict.fromkeys(range(10), 0.5)
    assert {"date", "commit", "python", "numpy", "torch", "system"} <= set(found.ran)
    assert found.ran["seconds"] == 5.0
    with pytest.raises(TypeError, match="list"):
        found.values("curve")


def test_settings_are_passed_on_and_kept(folder: Path) -> None:
    found = kept(Experiment("lucky", lucky, settings={"factor": 3.0}))
    assert found.values()[4] == 12.0
    assert found.settings == {"factor": 3.0}
    assert json.loads((folder / "planted" / "records" / "lucky.json").read_text())  # no Infinity


def test_what_is_exact_has_one_run_and_no_seed() -> None:
    found = kept(Experiment("plain", plain, EXACT))
    assert found.values() == [0.25]
    assert list(found.numbers) == [None]


def test_a_record_is_stale_when_it_is_of_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = Experiment("lucky", lucky)
    assert "never run" in records.stale(experiment)
    kept(experiment)
    assert records.stale(experiment) == ""
    other = Experiment("lucky", lucky, settings={"factor": 1.0})
    assert "other settings" in records.stale(other)
    assert "other seeds" in records.stale(Experiment("lucky", lucky, tuple(range(12))))
    monkeypatch.setattr(Experiment, "code", "fedcba9876543210")
    assert "other code" in records.stale(experiment)
    assert all("make claims" in records.stale(e) for e in (experiment, other))


def test_fewer_than_ten_seeds_are_refused() -> None:
    with pytest.raises(ValueError, match="9 seeds"):
        Experiment("lucky", lucky, tuple(range(9)))


def test_a_lecture_is_one_that_we_have() -> None:
    assert str(Place("slides-2016", "Momentum update")) == "CS231n slides 2016, Momentum update"
    with pytest.raises(ValueError, match="no lecture"):
        Place("slides-2061")


class Inline:
    """A pool without processes."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, function: Any, address: str, seed: int | None) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(address, seed))
        except Exception as error:
            future.set_exception(error)
        return future


def broken(seed: int) -> float:
    if seed == 7:
        raise ZeroDivisionError("no such rate")
    return 1.0


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> dict[str, Experiment]:
    known = {e.address: e for e in (Experiment("lucky", lucky), Experiment("broken", broken))}
    monkeypatch.setattr(run, "_pool", Inline)
    monkeypatch.setattr(run, "experiment_at", known.__getitem__)
    monkeypatch.setattr(table, "chapters", lambda: ("planted",))
    monkeypatch.setattr(table, "experiments_of", lambda _: tuple(known.values()))
    claim = Claim("grows", "it grows", "growth", at_least(1), "one", known["planted/lucky"])
    monkeypatch.setattr(table, "claims_of", lambda _: (claim,))
    return known


def test_one_that_fails_costs_no_other(
    planted: dict[str, Experiment], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 1
    told = capsys.readouterr()
    assert "planted/broken stopped at seed 7: ZeroDivisionError: no such rate" in told.err
    assert told.err.count("\n") == 1
    assert "1 of 2 experiments have their records" in told.out
    assert records.stale(planted["planted/lucky"]) == ""
    assert "never run" in records.stale(planted["planted/broken"])


def test_only_what_is_stale_runs_unless_all_are_asked_for(
    planted: dict[str, Experiment], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["planted/grows"]) == 0  # a claim's name means its experiment
    assert "[10/10] planted/lucky seed" in capsys.readouterr().out
    assert command.main(["planted/lucky"]) == 0
    assert "Every record is of today's code" in capsys.readouterr().out
    assert command.main(["planted/lucky", "--again"]) == 0
    assert "[10/10]" in capsys.readouterr().out


def test_a_name_that_nothing_has_is_told_with_its_neighbours(
    planted: dict[str, Experiment], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["planted/groes"]) == 2
    told = capsys.readouterr().err
    assert "planted/groes" in told and "planted/grows" in told and told.count("\n") == 1
