"""Whether a wrong gradient is the right one for a forward pass that is nearly right.

One mistake should cost once: whoever sums a loss where the mean is asked for has the gradient
of the sum, and that is right for their loss.  A straight line in place of the loss has a right
gradient too, and has understood nothing.  So the forward pass has to be near the right one.

How near is said by the gradient itself, over all failing cases together.  In each case it may
differ from the right gradient by one positive factor s, and the forward pass must have the
same factor; what is left after dividing by s must be small in both:

    sum |g / s - g*|**2 <= NEAR**2 sum |g*|**2,    sum |f / s - f*|**2 <= NEAR**2 sum |f*|**2

A layer whose output is a sum of terms, X w + b, may be wrong by a factor in each of them: f is
compared with the sum of the terms that is nearest to it, and every gradient has the factor of
the term that it belongs to.

What is left, the larger of the two, from the smallest to the largest of 60 gradings and more:

    a loss summed, divided by every entry, doubled, with another logarithm     0
    softmax_loss of scores 1.1 times as large                                  0.03 to 0.08
    relu with a slope of 0.01 below zero                                       0.01
    relu with a slope of 0.1 below zero                                        0.08 to 0.13
    two_layer_loss with a slope of 0.01 below zero                             0.01 to 0.02
    svm_loss: softplus of every margin; median 0.32                            0.14 and more
    softmax_loss: its expansion to second order; median 0.25                   0.12 and more
    softmax_loss: a sigmoid for each class                                     0.20 and more
    svm_loss: a straight line; margin 0 for 1; squared margins; softmax        0.25 and more
    softmax_loss: a hinge; a straight line                                     0.28 and more
    two_layer_loss without its rectifier                                       0.59 and more

Forging is then as hard as solving.  What the box says of its forward pass can be invented,
but the gradient and the loss that are compared must be the right ones but for a factor that
is the same in both: whoever has them has solved both up to that factor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cs231n_lib.exercise.declare import Exercise, Tolerance
from cs231n_lib.judging.compare import match

NEAR = 0.14
HUGE = 1e150  # squares of what is larger overflow
OWN = Tolerance(exact=1e-5, single=1e-5)  # against central differences, themselves 1e-8 wrong

Seen = Mapping[str, Any]
Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Nearness:
    """What is compared in one case, flat.

    Attributes:
        gradients: each gradient with the right one.
        out: what the forward pass returned.
        terms: the right output, or the terms whose sum it is.
        belongs: for each gradient, to which of several terms.
    """

    gradients: Sequence[Pair]
    out: np.ndarray
    terms: Sequence[np.ndarray]
    belongs: Sequence[int] = ()


def right_for_own(
    exercise: Exercise, names: Sequence[str], failing: Sequence[tuple[Seen, Seen]]
) -> bool:
    """Whether all failing gradients fit their author's own, wrong, nearly right forward pass.

    Args:
        exercise: which one.
        names: the gradients that count.
        failing: of each failing case the observation and the reference's outputs.
    """
    parts = [_own(exercise, names, seen, expected) for seen, expected in failing]
    found = [part for part in parts if part is not None]
    return bool(found) and len(found) == len(parts) and near(found)


def near(cases: Sequence[Nearness]) -> bool:
    """Whether gradients and forward outputs are right up to their factors in each case."""
    return left_over(cases) <= NEAR


def left_over(cases: Sequence[Nearness]) -> float:
    """What no factor explains, in parts of what is right; infinite where none fits."""
    missed, whole = np.zeros(2), np.zeros(2)
    with np.errstate(all="ignore"):  # what overflows is not near
        for case in cases:
            if len(case.terms) > 1:
                weights = _weights(case.out, case.terms)
                belongs = zip(case.gradients, case.belongs, strict=True)
                parts = [(got, want, weights[i]) for (got, want), i in belongs]
                right = sum(w * term for w, term in zip(weights, case.terms, strict=True))
                scale = np.linalg.norm(right)
                out, right = case.out / scale, right / scale
            else:
                got, want = _joined(case.gradients)
                factor = got @ want / (want @ want)
                parts = [(got, want, factor)]
                out, right = case.out / factor, case.terms[0]
            for got, want, factor in parts:
                if not factor > 0:
                    return float("inf")
                missed[0] += np.sum((got / factor - want) ** 2)
                whole[0] += np.sum(want**2)
            missed[1] += np.sum((out - right) ** 2)
            whole[1] += np.sum(right**2)
        found = float(np.max(np.sqrt(missed / whole)))
    return found if np.isfinite(found) else float("inf")


def _joined(gradients: Sequence[Pair]) -> Pair:
    got, want = zip(*gradients, strict=True)
    return np.concatenate(got), np.concatenate(want)


def _weights(out: np.ndarray, terms: Sequence[np.ndarray]) -> np.ndarray:
    """The factors of the terms whose sum is nearest to an output; not a number where none is."""
    if not np.all(np.abs(out) < HUGE):
        return np.full(len(terms), np.nan)
    return np.linalg.lstsq(np.stack(terms, axis=1), out, rcond=None)[0]


def _own(exercise: Exercise, names: Sequence[str], seen: Seen, expected: Seen) -> Nearness | None:
    """What is compared in one case, or None where the gradient does not fit its own forward.

    The forward must differ from the reference's, else the gradient is just wrong.
    """
    outputs, reference = seen.get("outputs"), expected.get("own")
    own = outputs.get("own") if isinstance(outputs, dict) else None
    numeric = own.get("numeric") if isinstance(own, dict) else None
    if not isinstance(outputs, dict) or not isinstance(own, dict) or reference is None:
        return None
    if not isinstance(numeric, dict):
        return None
    # a loss is taken as it was returned and compared, not as it was recorded beside it
    out, right = outputs.get("loss", own.get("out")), np.asarray(reference["out"])
    if not isinstance(out, np.ndarray) or out.shape != right.shape or not _finite(out):
        return None
    if match(out, right, exercise.tolerance).ok:
        return None
    gradients: list[Pair] = []
    for name in names:
        got, fits, want = outputs.get(name), numeric.get(name), np.asarray(expected[name])
        if not isinstance(got, np.ndarray) or not isinstance(fits, np.ndarray):
            return None
        if got.shape != want.shape or not _finite(got) or not match(got, fits, OWN).ok:
            return None
        gradients.append((_flat(got), _flat(want)))
    terms = [_flat(np.asarray(term)) for term in reference.get("terms", [right])]
    added = f"d{getattr(exercise.driver, 'added', '')}"
    return Nearness(gradients, _flat(out), terms, [int(name == added) for name in names])


def _finite(array: np.ndarray) -> bool:
    return bool(np.all(np.isfinite(array)))


def _flat(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float64).ravel()
