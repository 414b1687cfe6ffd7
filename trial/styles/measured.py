"""What is found about a law: the rates that it promises, and how often chance exceeded them."""

from __future__ import annotations

from dataclasses import dataclass

from trial import bounds

CONFIDENCE = 0.995  # of each end, so 99 % for both


@dataclass(frozen=True)
class Measured:
    """One statistic at one limit: the computed rate, and how often it was exceeded.

    Attributes:
        statistic: what was simulated, in words.
        rate: the rate computed from the law, or a bound on it.
        bound: whether ``rate`` is only a bound.
        exceeded, sets: how often the limit was exceeded, in how many simulated sets.
    """

    statistic: str
    rate: float
    bound: bool
    exceeded: int
    sets: int

    @property
    def agrees(self) -> bool:
        """Whether simulation and computation agree at 99 % confidence."""
        high = bounds.upper(self.exceeded, self.sets, CONFIDENCE)
        low = bounds.lower(self.exceeded, self.sets, CONFIDENCE)
        return low <= self.rate and (self.bound or self.rate <= high)


@dataclass(frozen=True)
class Law:
    """What was found about the judgement of one random function.

    Attributes:
        exercise: its name.
        stated: the rate of false rejections of one case that its docstring promises.
        case: the rate of its worst case, computed, or else the stated one.
        grading: the rate of a whole grading that follows: all cases, all rounds, and both
            the student's outputs and the reference's, which are judged alike.
        measured: the simulations.
    """

    exercise: str
    stated: float
    case: float
    grading: float
    measured: tuple[Measured, ...]

    @property
    def holds(self) -> bool:
        """Whether the promise is kept, and one in a million for a whole grading."""
        kept = self.case <= self.stated and self.grading <= 1e-6
        return kept and all(m.agrees for m in self.measured)
