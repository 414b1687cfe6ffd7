"""What central differences of the student's own forward computation say of their gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Exercise
from cs231n_lib.judging.compare import match
from cs231n_lib.judging.own import OWN


@dataclass(frozen=True)
class GradientCheck:
    """The outcome over all cases.

    Attributes:
        error: worst relative error of the gradients against central differences.
        outputs: the gradients, by name.
        forward_right: whether what was differentiated is what is asked for.
    """

    error: float
    outputs: frozenset[str]
    forward_right: bool

    @property
    def agrees(self) -> bool:
        return self.error <= OWN.exact

    @property
    def why_wrong(self) -> str:
        """How a gradient can agree with the differences and be wrong all the same."""
        if self.forward_right:
            return (
                f"central differences are exact to {OWN.exact:.0e} only, and your gradient is "
                "further off than the points allow"
            )
        return (
            "your gradient is the derivative of what your own forward computation returns, and "
            "that is not yet what is asked for: mend the forward computation first"
        )


def gradient_check(
    exercise: Exercise,
    observations: Sequence[Mapping[str, Any]],
    expected: Sequence[Mapping[str, Any]],
) -> GradientCheck | None:
    """Compare gradients with what was recorded beside them; None where nothing was."""
    errors, names, right = list[float](), set[str](), True
    for seen, answer in zip(observations, expected, strict=True):
        outputs = seen.get("outputs")
        own = outputs.get("own") if isinstance(outputs, dict) else None
        numeric = own.get("numeric") if isinstance(own, dict) else None
        if not isinstance(outputs, dict) or not isinstance(numeric, dict):
            continue
        errors += [match(outputs.get(n), want, OWN).error for n, want in numeric.items()]
        names |= set(numeric)
        reference = answer.get("own")
        if isinstance(reference, dict):
            out = outputs.get("loss", own.get("out") if isinstance(own, dict) else None)
            right = right and match(out, np.asarray(reference["out"]), exercise.tolerance).ok
    return GradientCheck(max(errors), frozenset(names), right) if errors else None
