"""`lbfgs_direction`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from solutions.second_order.bfgs_inverse_update import bfgs_inverse_update
from solutions.second_order.lbfgs_direction import lbfgs_direction
from tests.chapters.second_order.oracles import positive

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-11, "atol": 1e-11}


def test_direction_by_hand():
    """s = (1, 0), y = (2, 1), gradient (2, 2), so s.y = 2 and y.y = 5.

    First loop: 2 / 2 = 1, q = (0, 1). Scale 2/5: (0, 0.4). Second loop: y.q / 2 = 0.2,
    q + (1 - 0.2) s = (0.8, 0.4).
    """
    s, y = np.array([1.0, 0.0]), np.array([2.0, 1.0])
    found = lbfgs_direction(np.full(2, 2.0), [s], [y])
    np.testing.assert_allclose(found, [-0.8, -0.4], **TIGHT)


@pytest.mark.parametrize("pairs", [0, 1, 2, 5, 9])
def test_direction_is_that_of_dense_bfgs_on_the_same_pairs(pairs):
    rng, D = RNG(7), 4
    S = [rng.normal(size=D) for _ in range(pairs)]
    Y = [positive(rng, D) @ s for s in S]
    H = np.eye(D) * (S[-1] @ Y[-1] / (Y[-1] @ Y[-1])) if pairs else np.eye(D)
    for s, y in zip(S, Y, strict=True):
        H = bfgs_inverse_update(H, s, y)
    g = rng.normal(size=D)
    found = lbfgs_direction(g, S, Y)
    np.testing.assert_allclose(found, -H @ g, **TIGHT)
    assert found @ g < 0


def test_direction_agrees_with_scipys_product_where_the_scale_cannot_matter():
    """SciPy's operator starts from I. Scaling every y by c makes gamma = 1 for one pair."""
    rng = RNG(8)
    s = rng.normal(size=3)
    y = positive(rng, 3) @ s
    y *= (s @ y) / (y @ y)  # now s.y = y.y
    operator = scipy.optimize.LbfgsInvHessProduct(s[None], y[None])
    g = rng.normal(size=3)
    np.testing.assert_allclose(lbfgs_direction(g, [s], [y]), -operator.matvec(g), **TIGHT)


def test_direction_meets_the_newest_secant_equation_and_changes_nothing():
    rng = RNG(9)
    S = [rng.normal(size=3) for _ in range(4)]
    Y = [positive(rng, 3) @ s for s in S]
    before = [a.copy() for a in (*S, *Y)]
    np.testing.assert_allclose(lbfgs_direction(Y[-1], S, Y), -S[-1], **TIGHT)
    for a, b in zip((*S, *Y), before, strict=True):
        np.testing.assert_array_equal(a, b)
