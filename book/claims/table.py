"""All claims and experiments of the book, found in the chapters' folders."""

from __future__ import annotations

import importlib
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from claims.experiment import Claim, Experiment
from cs231n_lib.chapters import CHAPTERS


@cache
def chapters() -> tuple[str, ...]:
    """The chapters that have claims, in the order of the course."""
    here = Path(__file__).resolve().parent
    return tuple(c for c in CHAPTERS if (here / c / "__init__.py").is_file())


def claims_of(chapter: str) -> tuple[Claim, ...]:
    """The claims of one chapter, in the order of its table."""
    found: tuple[Claim, ...] = importlib.import_module(f"claims.{chapter}").CLAIMS
    return found


def experiments_of(chapter: str) -> tuple[Experiment, ...]:
    """What the chapter's claims and figures rest on, each once."""
    module = importlib.import_module(f"claims.{chapter}")
    found = [c.experiment for c in module.CLAIMS] + list(module.EXPERIMENTS)
    by_address: dict[str, Experiment] = {}
    for experiment in found:
        if by_address.setdefault(experiment.address, experiment) != experiment:
            raise ValueError(f"two experiments are called {experiment.address}")
    return tuple(by_address.values())


def experiment_at(address: str) -> Experiment:
    """The experiment called ``<chapter>/<name>``."""
    for experiment in experiments_of(address.split("/")[0]):
        if experiment.address == address:
            return experiment
    raise KeyError(f"no experiment {address}")


def chosen(name: str) -> tuple[Experiment, ...]:
    """The experiments of a chapter, of a claim, or one by its own name.

    Raises:
        ValueError: if there is nothing of this name; the message says what is near.
    """
    if name in chapters():
        return experiments_of(name)
    known: dict[str, Experiment] = {}
    for chapter in chapters():
        known |= {c.address: c.experiment for c in claims_of(chapter)}
        known |= {e.address: e for e in experiments_of(chapter)}
    if name in known:
        return (known[name],)
    near = get_close_matches(name, [*known, *chapters()], n=3, cutoff=0.4)
    raise ValueError(
        f"no chapter, claim or experiment is called {name!r}"
        + (f"; near are {', '.join(near)}" if near else "")
    )
