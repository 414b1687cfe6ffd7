"""Chapter 4's table: what the lectures say of adaptive methods, beside what came out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from claims import Claim, at_least, measure, near
from claims import adaptive_runs as lab

FEW = lab.SEEDS[:3]


def _below(limit: float, partly: float | None = None) -> Callable[[np.ndarray], str]:
    """Holds where every value is below ``limit``, in part where every one is below ``partly``."""

    def verdict(values: np.ndarray) -> str:
        if np.all(values < limit):
            return "holds"
        return "holds in part" if partly and np.all(values < partly) else "does not hold"

    return verdict


def _adagrad() -> tuple[Claim, ...]:
    return (
        measure(
            lab.rate_ratio,
            lab.SEEDS,
            says="AdaGrad damps steep directions and speeds up flat ones: its rate along the "
            "flattest axis over that along the steepest, condition 100",
            source="000, 002, 004",
            claimed="above 1",
            unit="times the rate",
            verdict=at_least(10.0),  # the tenth part of the condition: clearly equalising
        ),
        measure(
            lab.adagrad_speedup,
            FEW,
            says="and so it is done sooner than SGD, both at their best rate",
            source="002, 004",
            claimed="much sooner",
            unit="times fewer steps",
            verdict=at_least(2.0, 1.1),  # "much": at least half the steps saved
        ),
        measure(
            lambda s: lab.adagrad_speedup(s, turned=True),
            lab.SEEDS,
            says="the same bowls, turned against the axes at random",
            source="002, 004, where no condition is stated",
            claimed="much sooner",
            unit="times fewer steps",
            verdict=at_least(2.0, 1.1),
            remark="It sees axes, not directions.",
        ),
        measure(
            lab.step_exponent,
            FEW,
            says="AdaGrad's step decays to zero: power of t, under noise of one size",
            source="000, 002, 004",
            claimed="negative; -1/2 as derived",
            unit="as the exponent",
            verdict=near(-0.5, 0.05),  # the spread of a fit over 50 noisy coordinates
        ),
        measure(
            lab.rate_without_noise,
            FEW,
            says="Its rate decays to zero without noise too: after 3,000 steps over after 300",
            source="004",
            claimed="far below 1",
            unit="times the rate",
            verdict=_below(0.5),  # the law 1/sqrt(t) would give 0.32
            remark="Gradients that die out leave the sum as it is.",
        ),
        measure(
            lambda s: lab.walked_later(),
            (0,),
            says="It ends up not moving at all: way in steps 1,001 to 4,000 of a constant slope, "
            "over the first 1,000",
            source="004",
            claimed="near 0",
            unit="times the first way",
            verdict=_below(0.1),
            remark="The sum of 1/sqrt(t) has no limit: slow, but never stopped.",
        ),
        measure(
            lab.after_storm,
            FEW,
            says="RMSProp keeps moving where AdaGrad stops: its step over AdaGrad's, long after "
            "20 huge gradients",
            source="002, 004",
            claimed="far above 1",
            unit="times the step",
            verdict=at_least(10.0),
        ),
        measure(
            lab.adagrad_over_rmsprop,
            FEW,
            says="In deep networks AdaGrad stops too early and RMSProp wins: loss on the digits, "
            "AdaGrad's over RMSProp's, best rates",
            source="004",
            claimed="above 1",
            unit="times RMSProp's loss",
            verdict=at_least(1.5, 1.0),  # less than 1.5 is hardly more than seeds differ by
            remark="A small net and 150 steps: too short a run to starve AdaGrad.",
        ),
    )


def _adam() -> tuple[Claim, ...]:
    return (
        measure(
            lab.first_step_ratio,
            lab.SEEDS,
            says="Without bias correction Adam's first step is too long",
            source="002",
            claimed="3.16 times, as derived",
            unit="times Adam's",
            verdict=near(10**0.5, 1e-3),  # epsilon alone may differ
        ),
        measure(
            lab.longest_excess,
            lab.SEEDS,
            says="The longest steps come later: largest ratio in the first 100 steps",
            source="derived on this page; 002 asks for the first step",
            claimed="6.57, at step 12",
            unit="times Adam's",
            verdict=near(6.57, 0.01),
        ),
        measure(
            lambda s: lab.last_biased_step(),
            (0,),
            says="The correction changes only the very first few steps",
            source="004",
            claimed="a few",
            unit="steps until the two differ by less than 5 %",
            verdict=_below(100),  # "very first few", generously
            remark="True for the mean of gradients, not for the mean of squares.",
        ),
        measure(
            lab.shorter_memory,
            FEW,
            says="beta2 is usually 0.995: loss on the digits over that with 0.999",
            source="004; the paper and 002 say 0.999",
            claimed="no matter",
            unit="times the loss",
            verdict=near(1, 0.15),  # less than the loss moves from one seed to another
        ),
        measure(
            lab.floor_ratio,
            FEW,
            says="Adam still gains from a rate that decays: distance to a noisy minimum, cosine "
            "over constant",
            source="003, 004",
            claimed="below 1",
            unit="times the distance",
            verdict=_below(0.8),  # a fifth closer would be worth a schedule
        ),
        measure(
            lab.decayed_over_constant,
            FEW,
            says="the same: loss on the digits, 300 batches of 8, each at its best of 3 rates",
            source="003, 004; 002: a constant rate often works",
            claimed="below 1",
            unit="times the loss",
            verdict=_below(0.8, 1.0),
        ),
        measure(
            lambda s: lab.rare(s, 0.9)[-1],
            FEW,
            says="Adam finds the minimum, at -1, of a convex problem with rare large gradients "
            "(beta2 0.9)",
            source="its paper's theorem",
            claimed="-1",
            unit="after 4,000 steps",
            verdict=near(-1, 0.2),
            remark="It walks to the maximum.",
        ),
        measure(
            lambda s: lab.rare(s, 0.999)[-1],
            FEW,
            says="the same with beta2 0.999",
            source="its paper's theorem",
            claimed="-1",
            unit="after 4,000 steps",
            verdict=near(-1, 0.2),
            remark="Its memory is ten times the pause between large gradients.",
        ),
    )


def _decay() -> tuple[Claim, ...]:
    exact = near(0, 1e-12)  # round-off over 200 steps stays far below
    return (
        measure(
            lambda s: lab.decay_gap(s, "sgd"),
            lab.SEEDS,
            says="L2 and weight decay agree for SGD",
            source="002",
            claimed="same points",
            unit="largest distance / start",
            verdict=exact,
        ),
        measure(
            lambda s: lab.decay_gap(s, "momentum"),
            lab.SEEDS,
            says="They agree for momentum, at the same strength",
            source="002",
            claimed="same points",
            unit="largest distance / start",
            verdict=exact,
            remark="Momentum amplifies the penalty by 1/(1 - rho) and leaves the decay alone.",
        ),
        measure(
            lambda s: lab.decay_gap(s, "momentum", matched=True),
            lab.SEEDS,
            says="They agree for momentum, after strength, rho and first velocity are matched",
            source="derived on this page",
            claimed="same points",
            unit="largest distance / start",
            verdict=exact,
        ),
        measure(
            lambda s: lab.decay_gap(s, "adam"),
            lab.SEEDS,
            says="They differ for Adam",
            source="002",
            claimed="different points",
            unit="largest distance / start",
            verdict=at_least(0.05),  # a twentieth of the starting distance is no round-off
        ),
        measure(
            lab.loud_over_quiet,
            FEW,
            says="Adam's L2 pull on weights with 10 times the gradient noise, over the pull on "
            "the others",
            source="derived on this page",
            claimed="0.1 (AdamW: 1)",
            unit="times the pull",
            verdict=near(0.1, 0.02),
        ),
    )


def _errata() -> tuple[Claim, ...]:
    return (
        measure(
            lambda s: lab.confirmed_traits(),
            (0,),
            says="The table of traits, 24 entries, against probes of torch.optim",
            source="001",
            claimed="all right",
            unit="of the entries",
            verdict=near(1, 0),
        ),
        measure(
            lab.rootless_ratio,
            FEW,
            says="Dividing by the cache itself makes the step independent of the gradient's "
            "scale: step under gradients 100 times as large",
            source="003, as printed",
            claimed="1",
            unit="times the step before",
            verdict=near(1, 0.01),
            remark="The root is missing in all three formulas.",
        ),
        measure(
            lambda s: lab.hidden_two(),
            (0,),
            says="The L2 gradient of the slide over weight_decay's",
            source="002",
            claimed="2, for R without 1/2",
            unit="times",
            verdict=near(2, 1e-12),
            remark="Halve lambda when you carry it from the slide to PyTorch.",
        ),
    )


def claims() -> tuple[Claim, ...]:
    """All rows of the chapter's table, with the reason for every threshold."""
    return (*_adagrad(), *_adam(), *_decay(), *_errata())
