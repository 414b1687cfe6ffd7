"""Chapter 3's claims beside the experiments of ``momentum``, with a reason per threshold."""

from __future__ import annotations

import numpy as np

from claims import Claim, at_least, measure, near
from claims.momentum import (
    SEEDS,
    digits_duel,
    duel,
    forms_gap,
    frictionless_swing,
    noise_ratio,
    overshoot,
    overshoot_ratio,
    saddle_speedup,
    speedup,
    tuned_ratio,
    velocity_over_mean,
    velocity_start,
)


def claims() -> tuple[Claim, ...]:
    """All rows of the chapter's table, with the reason for every threshold."""
    return (
        measure(
            forms_gap,
            SEEDS,
            says="The two ways to write momentum visit the same points",
            source="002",
            claimed="same sequence of x",
            unit="largest distance / start",
            verdict=near(0, 1e-12),  # round-off over 200 steps stays far below
            remark="At a constant rate.",
        ),
        measure(
            lambda s: forms_gap(s, rate_after=0.03),
            SEEDS,
            says="They do so when the rate changes too (cut to a tenth at step 20)",
            source="002, where no condition is stated",
            claimed="same sequence of x",
            unit="largest distance / start",
            verdict=near(0, 1e-12),
            remark="PyTorch rescales the velocity at once, the other form coasts on.",
        ),
        measure(
            velocity_over_mean,
            SEEDS,
            says="The velocity is a running mean of gradients",
            source="002",
            claimed="ratio 1 to a constant gradient",
            unit="times the mean",
            verdict=near(1, 0.1),
            remark="It is a running sum: the mean times 1/(1 - rho).",
        ),
        measure(
            frictionless_swing,
            SEEDS,
            says="Without friction the ball never comes to rest",
            source="004",
            claimed="swings for ever at rho = 1",
            unit="of the start, after 5,000 steps",
            verdict=at_least(0.5),  # any lasting loss of energy would be far below after 5,000
            remark="The friction is 1 - rho: the rho v term itself is what keeps moving.",
        ),
        measure(
            overshoot,
            SEEDS,
            says="Momentum overshoots the target",
            source="000 and 004",
            claimed="some overshoot",
            unit="of the starting distance",
            verdict=at_least(0.01),  # one per cent is visible in a plot
            remark="Condition 100, rho 0.9; the flat coordinate is the same for each seed.",
        ),
        measure(
            speedup,
            SEEDS,
            says="and yet it arrives sooner: the same run against SGD at its best",
            source="000 and 004",
            claimed="much sooner",
            unit="times fewer steps",
            verdict=at_least(2.0, 1.0),  # "much": at least half the steps saved
        ),
        measure(
            lambda s: speedup(s, tuned=True),
            SEEDS,
            says="and at the best rate and rho for this bowl",
            source="derived on this page",
            claimed="about 10 at infinity",
            unit="times fewer steps",
            verdict=at_least(2.0, 1.0),
            remark="The double root costs momentum extra steps before the rate takes over.",
        ),
        measure(
            overshoot_ratio,
            SEEDS,
            says="Nesterov overshoots less",
            source="004",
            claimed="below 1",
            unit="of momentum's overshoot",
            verdict=lambda v: "holds" if np.all(v < 1) else "does not hold",
            remark="The gain shrinks as rate times curvature goes to 0.",
        ),
        measure(
            lambda s: forms_gap(s, look_ahead=True),
            SEEDS,
            says="Nesterov's two forms agree after x + rho v is renamed",
            source="000, 002, 004",
            claimed="same points",
            unit="largest distance / start",
            verdict=near(0, 1e-12),
        ),
        measure(
            lambda s: duel(s)["wins"],
            SEEDS,
            says="Nesterov almost always beats momentum: random bowls, same rate and rho",
            source="004",
            claimed="almost always",
            unit="of the bowls",
            verdict=at_least(0.9, 0.5),  # "almost always": nine of ten; "in part": most
            remark="Only rates where both converge are counted.",
        ),
        measure(
            lambda s: duel(s)["swings"],
            SEEDS,
            says="the same, where every coordinate swings",
            source="004",
            claimed="almost always",
            unit="of those bowls",
            verdict=at_least(0.9, 0.5),
        ),
        measure(
            digits_duel,
            SEEDS[:3],
            says="the same, a small net on the digits, 9 settings",
            source="004",
            claimed="almost always",
            unit="of the settings",
            verdict=at_least(0.9, 0.5),
            remark="It rescues rates that are too bold.",
        ),
        measure(
            lambda s: tuned_ratio((10.0, 100.0, 1000.0)[s]),
            (0, 1, 2),
            says="the same, each with its own best constants (condition 10, 100, 1000)",
            source="004",
            claimed="below 1",
            unit="times momentum's steps (limit)",
            verdict=lambda v: "holds" if np.all(v < 1) else "does not hold",
            remark="No randomness: three condition numbers instead of seeds.",
        ),
        measure(
            velocity_start,
            SEEDS,
            says="The first velocity hardly matters (digits, rho 0.9)",
            source="004",
            claimed="loss ratio near 1",
            unit="times the loss from v = 0",
            verdict=near(1, 0.15),  # less than the loss moves from one seed to another
        ),
        measure(
            lambda s: velocity_start(s, rho=0.99),
            SEEDS,
            says="The first velocity hardly matters (digits, rho 0.99)",
            source="004",
            claimed="loss ratio near 1",
            unit="times the loss from v = 0",
            verdict=near(1, 0.15),
            remark="150 steps are 1.5 memories of 100 steps.",
        ),
        measure(
            noise_ratio,
            SEEDS,
            says="Momentum helps against gradient noise",
            source="002",
            claimed="less variance at the same effective rate",
            unit="times SGD's variance",
            verdict=lambda v: "holds" if np.median(v) < 0.8 else "does not hold",
            remark="A fifth less would be worth naming; see the section on noise.",
        ),
        measure(
            saddle_speedup,
            SEEDS,
            says="Momentum helps at saddle points",
            source="002",
            claimed="leaves sooner",
            unit="times fewer steps",
            verdict=at_least(2.0, 1.0),
            remark="From a tiny displacement; exactly on the saddle both stay.",
        ),
    )
