"""Chapter 2's claims beside the experiments of that chapter, with a reason per threshold."""

from __future__ import annotations

import numpy as np

from claims import Claim, measure
from claims.gradient_descent import (
    calm_jitter,
    flat_left,
    floor_ratio,
    index_follows_loss,
    noise_at_half,
    noise_exponent,
    price_of_calm,
    relative_spread_wide,
    share_of_minima,
    sharpness_run,
    spread_shrinks,
    steep_jitter,
    steps_stuck,
)


def _all(good: bool, part: bool = True) -> str:
    return "holds" if good else "holds in part" if part else "does not hold"


def claims() -> tuple[Claim, ...]:
    """Every claim of the chapter, measured; thresholds and their reasons stand beside each."""
    five, three = range(5), range(3)
    return (
        measure(
            steep_jitter,
            five,
            says="On an elongated bowl the path jitters along the steep direction",
            source="000; 002, problem 1; 004",
            claimed="jitter",
            unit="sign changes per step",
            # Derived: the factor is -0.9, so every single step must change the sign.
            verdict=lambda v: _all((v == 1.0).all(), (v > 0.5).all()),
            remark="Only for rates above 1 / (steep curvature).",
        ),
        measure(
            flat_left,
            five,
            says="... and makes very slow progress along the flat one",
            source="000; 002, problem 1; 004",
            claimed="very slow",
            unit="of the flat distance left, when 1% of the steep one is left",
            # Slow means: at least ten times as much is left as on the steep axis.
            verdict=lambda v: _all((v > 0.1).all()),
        ),
        measure(
            lambda s: float(sharpness_run(0.9, s)["flips"][0]),
            three,
            says="The same jitter shows in a real network, along the top Hessian eigenvector",
            source="our question",
            claimed="jitter",
            unit="sign changes per step",
            # A gradient that forgot its sign at each step would flip in half of the steps.
            verdict=lambda v: _all((v > 0.5).all()),
            remark="The rate shapes the curvature too: the top eigenvalue settles near 2/rate.",
        ),
        measure(
            calm_jitter,
            five,
            says="A lower rate removes the jitter",
            source="004, a student's question",
            claimed="no jitter",
            unit="sign changes per step",
            # Derived: a factor between 0 and 1 never changes a sign.
            verdict=lambda v: _all((v == 0.0).all(), (v < 0.5).all()),
        ),
        measure(
            price_of_calm,
            five,
            says="... but then the flat direction takes for ever",
            source="004, a student's question",
            claimed="almost no progress",
            unit="times the steps of the best rate",
            # "For ever" would be tens of times more; a factor of about two is a price.
            verdict=lambda v: _all((v > 10).all(), (v > 1.2).all()),
            remark="Just under the jitter the price is a factor near 2: slowness comes from the "
            "condition number, with jitter or without.",
        ),
        measure(
            steps_stuck,
            five,
            says="Gradient descent gets stuck at a saddle, where the gradient is zero",
            source="002, problem 2",
            claimed="stuck",
            unit="steps",
            # Finite means that it left; it holds only for a start exactly on the axis.
            verdict=lambda v: _all((v == np.inf).all(), (v > 100).all()),
            remark="Delayed by a logarithm of the distance; stuck only on the exact axis.",
        ),
        measure(
            lambda s: share_of_minima(4, s),
            five,
            says="In high dimension most critical points are saddles: random Hessians",
            source="002, after Dauphin et al. 2014",
            claimed="minima rare",
            unit="of 4 by 4 matrices positive definite",
            # Rarer than four independent coin tosses: repulsion of eigenvalues is real.
            verdict=lambda v: _all((v < 2.0**-4).all(), (v < 0.5).all()),
        ),
        measure(
            index_follows_loss,
            three,
            says="... and in a trained network the index grows with the loss",
            source="Dauphin et al. 2014",
            claimed="increasing",
            unit="rank correlation",
            # 0.8 is a strong monotone relation, 0 none.
            verdict=lambda v: _all((v > 0.8).all(), (v > 0.3).all()),
            remark="So the points of low loss are minima, or saddles with few ways down.",
        ),
        measure(
            noise_exponent,
            five,
            says="The variance of a minibatch gradient falls as 1/B",
            source="002, problem 3",
            claimed="-1",
            unit="exponent, B up to N/16",
            # 400 draws and five sizes put the standard error of the slope near 0.01.
            verdict=lambda v: _all(bool(np.abs(v + 1).max() < 0.06), bool((v < -0.5).all())),
        ),
        measure(
            noise_at_half,
            five,
            says="... for batches of any size",
            source="002, problem 3, taken at its word",
            claimed="1",
            unit="times the 1/B law at B = N/2",
            # Derived: 128/255 = 0.50 without replacement, so "any size" must fail.
            verdict=lambda v: _all(bool(np.abs(v - 1).max() < 0.1), bool((v > 0.8).all())),
            remark="The law bends to zero at B = N: the factor (N-B)/(N-1).",
        ),
        measure(
            floor_ratio,
            five,
            says="Minibatch noise keeps a constant rate at a floor above the minimum",
            source="002, problem 3",
            claimed="1",
            unit="times the derived floor",
            # 2,000 runs of 200 correlated steps: about 1% of standard error.
            verdict=lambda v: _all(bool(np.abs(v - 1).max() < 0.05), bool((v > 0.1).all())),
        ),
        measure(
            spread_shrinks,
            three,
            says="Starts of larger nets end at nearly the same training loss",
            source="004, a student's question",
            claimed="spread shrinks",
            unit="times smaller at width 64 than at 4",
            # Two groups of six starts differ by less than 5 by chance (F test, about 0.1%).
            verdict=lambda v: _all((v > 5).all(), (v > 1).all()),
        ),
        measure(
            relative_spread_wide,
            three,
            says="... nearly the same relative to that loss as well",
            source="004, a student's question",
            claimed="nearly the same",
            unit="% spread over mean at width 64",
            # Below 10% the last start adds nothing worth a second run.
            verdict=lambda v: _all((v < 10).all(), (v < 50).all()),
            remark="Part of it is that every wide net goes to zero loss.",
        ),
    )
