"""What an experiment is, and what a claim says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from claims.digest import code_digest
from claims.lectures import Place
from claims.rule import FEWEST_SEEDS, Band

Numbers = Mapping[str, float | list[float]]
TEN_SEEDS = tuple(range(FEWEST_SEEDS))
EXACT = ()


@dataclass(frozen=True)
class Experiment:
    """A function that is run once per seed and whose numbers are kept.

    Attributes:
        name: its name in the chapter; the record is ``<chapter>/records/<name>.json``.
        run: ``(seed, **settings) -> {name: number or list of numbers}``, or a single number,
            which is then called ``"value"``.  Without seeds it is called without one.
        seeds: ten or more, or :data:`EXACT` where nothing is random.
        settings: keyword arguments, kept in the record.
        within: how far a run on another machine may differ, relative to the largest number of
            the list; rounding is amplified by long training.
    """

    name: str
    run: Callable[..., Numbers | float]
    seeds: tuple[int, ...] = TEN_SEEDS
    settings: Mapping[str, Any] = field(default_factory=dict)
    within: float = 1e-6

    def __post_init__(self) -> None:
        if self.seeds and len(self.seeds) < FEWEST_SEEDS:
            raise ValueError(f"{self.name}: {len(self.seeds)} seeds; it takes {FEWEST_SEEDS}")

    @property
    def chapter(self) -> str:
        """The chapter whose experiment it is: ``claims.<chapter>.<module>``."""
        return self.run.__module__.split(".")[1]

    @property
    def address(self) -> str:
        """``<chapter>/<name>``, which no other experiment has."""
        return f"{self.chapter}/{self.name}"

    @property
    def code(self) -> str:
        """Digest of the code that it runs."""
        return code_digest(self.run)

    def numbers(self, seed: int | None) -> dict[str, float | list[float]]:
        """Run it for one seed (None where nothing is random), in a form that JSON keeps."""
        start = () if seed is None else (seed,)
        found = self.run(*start, **self.settings)
        if not isinstance(found, Mapping):
            found = {"value": found}
        return {k: _plain(v) for k, v in found.items()}


@dataclass(frozen=True)
class Claim:
    """What somebody says, and the effect by which it is judged.

    Attributes:
        name: by which links and ``make claims`` know it, unique in its chapter.
        says: the lecture's own words, short; or ours.
        effect: what is measured, in words, with its unit: "steps of SGD over those of momentum".
        bears_out: the values of the effect for which the claim is right, fixed before the run.
        why: why that border: what is the smallest effect that matters.
        experiment: which experiment measures it.
        value: which of its numbers the effect is.
        places: where lectures say so; empty if no lecture does and the claim is ours.
        remark: one sentence on where the claim bends, may be empty.
    """

    name: str
    says: str
    effect: str
    bears_out: Band
    why: str
    experiment: Experiment
    value: str = "value"
    places: tuple[Place, ...] = ()
    remark: str = ""

    @property
    def address(self) -> str:
        """``<chapter>/<name>``."""
        return f"{self.experiment.chapter}/{self.name}"

    @property
    def source(self) -> str:
        """Lectures and places, or "ours"."""
        return "; ".join(map(str, self.places)) or "ours"

    @property
    def exact(self) -> bool:
        """Whether nothing random enters."""
        return not self.experiment.seeds


def _plain(number: Any) -> float | list[float]:
    if isinstance(number, list | tuple) or getattr(number, "ndim", 0):
        return [float(n) for n in number]
    return float(number)
