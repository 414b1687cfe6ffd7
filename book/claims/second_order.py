"""Chapter 5's table: what the lectures say of second-order methods, and what came out.

The experiments stand in ``second_order_lab``, ``_quasi`` and ``_digits``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from claims import Claim, measure
from claims import second_order_digits as digits
from claims import second_order_lab as lab
from claims import second_order_quasi as quasi

SEEDS = (0, 1, 2, 3, 4)
REPEATS = (0, 1, 2)


def _all(good: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], str]:
    """Holds where every value is good, in part where half of them are."""

    def verdict(values: np.ndarray) -> str:
        share = float(np.mean(good(values)))
        return "holds" if share == 1 else "holds in part" if share >= 0.5 else "does not hold"

    return verdict


def _share(values: np.ndarray) -> str:
    """A share of starts: "holds" is nearly all of them, "in part" at least half."""
    middle = float(np.median(values))
    return "holds" if middle >= 0.95 else "holds in part" if middle >= 0.5 else "does not hold"


def memory_exponent() -> float:
    """How the bytes of a network's Hessian grow with N."""
    cost = lab.hessian_costs()
    return lab.exponent(cost["N"], cost["bytes"])


def solve_exponent(repeat: int) -> float:
    """How the time of a Cholesky solve grows with N, in one of three repeats."""
    return lab.exponent(lab.SIZES, lab.solve_costs()[:, repeat])


def claims() -> tuple[Claim, ...]:
    """All rows, with the reason for every threshold."""
    return (
        measure(
            lab.one_step_error,
            SEEDS,
            says="Newton lands on a quadratic's minimum in one step",
            source="002 and 004",
            claimed="distance 0",
            unit="of the start's distance",
            verdict=_all(lambda v: v < 1e-10),  # condition 1e4 times round-off is 1e-12
        ),
        measure(
            lab.invariance_gap,
            SEEDS,
            says="It needs no learning rate: stretched coordinates change nothing",
            source="004; derived on this page",
            claimed="distance 0",
            unit="of the solution's length",
            verdict=_all(lambda v: v < 1e-10),
            remark="Each weight of a logistic regression scaled by 1/10 to 10.",
        ),
        measure(
            lambda s: lab.far_share(s, 0.1),
            REPEATS,
            says="and it arrives without one, on a convex loss from a start near zero",
            source="004",
            claimed="always",
            unit="of the starts",
            verdict=_share,
        ),
        measure(
            lambda s: lab.far_share(s, 1.0),
            REPEATS,
            says="the same, from a start ten times farther off",
            source="004",
            claimed="always",
            unit="of the starts",
            verdict=_share,
            remark="Off a quadratic the full step may overshoot; a line search mends that.",
        ),
        measure(
            lambda s: lab.minimum_share(s, 2),
            REPEATS,
            says="It steps to the minimum of the approximation (double wells, 2 dimensions)",
            source="002",
            claimed="ends in a minimum",
            unit="of the starts",
            verdict=_share,
            remark="It steps to the critical point, of whatever kind.",
        ),
        measure(
            lambda s: lab.minimum_share(s, 10),
            REPEATS,
            says="the same, 10 dimensions",
            source="002",
            claimed="ends in a minimum",
            unit="of the starts",
            verdict=_share,
        ),
        measure(
            lambda s: memory_exponent(),
            (0,),
            says="The Hessian has O(N^2) elements",
            source="002",
            claimed="bytes grow as N^2",
            unit="fitted exponent",
            verdict=_all(lambda v: np.abs(v - 2) < 0.01),  # a count, not a time
        ),
        measure(
            solve_exponent,
            REPEATS,
            says="Inverting it takes O(N^3) (a Cholesky solve)",
            source="002",
            claimed="time grows as N^3",
            unit="fitted exponent (the seeds are repeats)",
            # nearer to a cube than to a square; caches and blocking keep it from being exact
            verdict=_all(lambda v: (v > 2.5) & (v < 3.4)),
            remark="O(N^3) is the limit: large matrices are worked on more efficiently.",
        ),
        measure(
            quasi.update_rank,
            SEEDS,
            says="BFGS updates the inverse with changes of rank one",
            source="002 and 004",
            claimed="rank 1",
            unit="eigenvalues above round-off",
            verdict=_all(lambda v: v == 1),
            remark="The change has rank two: one eigenvalue positive, one negative.",
        ),
        measure(
            quasi.two_loop_gap,
            SEEDS,
            says="L-BFGS needs no matrix: two loops give what BFGS's matrix gives",
            source="002",
            claimed="distance 0, same pairs",
            unit="of the direction's length",
            verdict=_all(lambda v: v < 1e-12),
        ),
        measure(
            digits.full_batch_ratio,
            REPEATS,
            says="L-BFGS works very nicely in full batch (digits, 30 evaluations)",
            source="002 and 004",
            claimed="far below SGD's loss",
            unit="times full-batch SGD's loss",
            verdict=_all(lambda v: v < 0.5),  # less than half the loss for the same work
            remark="SciPy's L-BFGS-B; SGD with momentum at the best of two rates.",
        ),
        measure(
            lambda s: float(digits.oracle(s)[-1] / digits.best_sgd(s, 64)),
            REPEATS,
            says="the same, against SGD on minibatches of 64 that sees as many examples",
            source="002 and 004",
            claimed="far below SGD's loss",
            unit="times minibatch SGD's loss",
            verdict=_all(lambda v: v < 0.5),
            remark="SGD takes 21 steps for each evaluation here.",
        ),
        measure(
            lambda s: float(digits.oracle(s, 60)[-1] / digits.sgd(s, 64, 0.3, 60)[-1]),
            REPEATS,
            says="the same after 60 epochs instead of 30",
            source="002 and 004",
            claimed="far below SGD's loss",
            unit="times minibatch SGD's loss",
            verdict=_all(lambda v: v < 0.5),
        ),
        measure(
            lambda s: digits.minibatch_ratio(s, 64),
            REPEATS,
            says="It does not transfer to minibatches (64)",
            source="002 and 004",
            claimed="bad results",
            unit="times SGD's loss",
            verdict=_all(lambda v: v > 2),  # twice the loss of the plain method is bad
            remark="The best of three variants of L-BFGS.",
        ),
        measure(
            lambda s: digits.dropout_pairs(s, 0.01)[0],
            REPEATS,
            says="Dropout must be held fixed: a new mask spoils the pairs (step of length 0.01)",
            source="004",
            claimed="incorrect approximations",
            unit="times |y|, error of y",
            verdict=_all(lambda v: v > 1),  # the error is larger than what is measured
        ),
        measure(
            lambda s: digits.dropout_run(s, False)[0] / digits.dropout_sgd(s),
            REPEATS,
            says="and the run: new masks at each call, L-BFGS until it stops, SGD for 30 steps",
            source="004",
            claimed="does not like it",
            unit="times SGD's loss",
            verdict=_all(lambda v: v > 1.1),  # a tenth worse is more than the masks' noise
            remark="SciPy's line search gives up after a few dozen evaluations.",
        ),
        measure(
            lambda s: quasi.kfac_gap(s, 1.0, kind="squared"),
            SEEDS,
            says="K-FAC's block is the exact block (squared error)",
            source="002 names the method; derived on this page",
            claimed="distance 0",
            unit="of the block's norm",
            verdict=_all(lambda v: v < 1e-10),
        ),
        measure(
            lambda s: quasi.kfac_gap(s, 1.0),
            SEEDS,
            says="the same for a softmax loss with weights of deviation 1",
            source="derived on this page",
            claimed="above 0",
            unit="of the block's norm",
            verdict=_all(lambda v: v > 0.1),  # a tenth of the norm is no round-off
            remark="The curvature at the output depends on the input.",
        ),
    )
