"""The claims of the book: every record is of today's code, and a sample is run again."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims import records, show, table
from claims.experiment import Claim, Experiment
from claims.rule import VERDICTS

ROOT = Path(__file__).resolve().parents[2]
CLAIMS = [c for chapter in table.chapters() for c in table.claims_of(chapter)]
EXPERIMENTS = [e for chapter in table.chapters() for e in table.experiments_of(chapter)]
SECONDS = 60.0  # of work, for the sample that is run again
LONGEST = 30.0


def by_address(thing: Claim | Experiment) -> str:
    return thing.address


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=by_address)
def test_a_record_is_of_todays_code(experiment: Experiment) -> None:
    assert records.stale(experiment) == ""


@pytest.mark.parametrize("chapter", table.chapters())
def test_every_record_belongs_to_an_experiment(chapter: str) -> None:
    lying = {p.name for p in (records.FOLDER / chapter / "records").glob("*")}
    assert lying == {f"{e.name}.json" for e in table.experiments_of(chapter)}


@pytest.mark.parametrize("chapter", table.chapters())
def test_names_of_claims_are_unique(chapter: str) -> None:
    names = [show.anchor(c) for c in table.claims_of(chapter)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("claim", CLAIMS, ids=by_address)
def test_a_claim_has_a_verdict_and_says_why(claim: Claim) -> None:
    assert show.judged(claim) in VERDICTS
    assert claim.why and claim.effect
    assert claim.exact == ("exact" in show.measured(claim))


def sample(commit: str) -> Iterator[tuple[Experiment, int | None]]:
    """Pairs of experiment and seed, drawn by the commit, for a minute of work."""
    pairs = [(e, seed) for e in EXPERIMENTS for seed in e.seeds or (None,)]
    random.Random(commit).shuffle(pairs)
    left = SECONDS
    for experiment, seed in pairs:
        if records.stale(experiment):  # another test says so
            continue
        seconds = records.read(experiment).seconds[seed] + 0.1
        if seconds <= min(left, LONGEST):
            left -= seconds
            yield experiment, seed


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()


def label(value: object) -> str:
    return value.address if isinstance(value, Experiment) else str(value)


@pytest.mark.parametrize(("experiment", "seed"), list(sample(commit())), ids=label)
def test_a_sample_gives_the_recorded_numbers(experiment: Experiment, seed: int | None) -> None:
    kept = records.read(experiment).numbers[seed]
    again = experiment.numbers(seed)
    assert again.keys() == kept.keys()
    for name, value in again.items():
        assert value == close_to(kept[name], experiment.within), name


def close_to(kept: float | list[float], within: float) -> object:
    """Equal up to the experiment's tolerance, relative to the largest number of a list."""
    numbers = kept if isinstance(kept, list) else [kept]
    size = max((abs(v) for v in numbers if abs(v) != float("inf")), default=0.0)
    return pytest.approx(kept, rel=within, abs=within * size + 1e-9)


def test_a_number_that_is_not_the_recorded_one_is_noticed() -> None:
    assert close_to(1.01, 1e-3) != 1.0
    assert close_to(1.0005, 1e-3) == 1.0
    assert close_to([1.0, 2.01], 1e-3) != [1.0, 2.0]
    assert close_to([2e-9, 2.0], 1e-3) == [1e-9, 2.0]
    assert float("inf") == close_to(float("inf"), 1e-3)
    assert close_to(float("inf"), 1e-3) != 5.0
