"""`bfgs_inverse_update`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from solutions.second_order.bfgs_inverse_update import bfgs_inverse_update
from tests.chapters.second_order.oracles import positive

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-11, "atol": 1e-11}


def test_bfgs_by_hand():
    """From I with s = (1, 0), y = (2, 1): rho = 1/2, I - rho s y^T = [[0, -1/2], [0, 1]].

    Its product with its transpose is [[1/4, -1/2], [-1/2, 1]]; with s s^T / 2 added,
    [[3/4, -1/2], [-1/2, 1]], which maps y to (1.5 - 0.5, -1 + 1) = s.
    """
    H = bfgs_inverse_update(np.eye(2), np.array([1.0, 0.0]), np.array([2.0, 1.0]))
    np.testing.assert_allclose(H, [[0.75, -0.5], [-0.5, 1.0]], **TIGHT)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("D", [2, 3, 6])
def test_bfgs_meets_the_secant_equation_by_a_change_of_rank_two(D, seed):
    """Symmetric, positive definite, H y = s. The lecture's slide says rank one: it is two."""
    rng = RNG(seed)
    H, s = positive(rng, D), rng.normal(size=D)
    y = positive(rng, D) @ s
    new = bfgs_inverse_update(H, s, y)
    np.testing.assert_allclose(new @ y, s, **TIGHT)
    np.testing.assert_allclose(new, new.T, **TIGHT)
    assert np.linalg.eigvalsh(new)[0] > 0
    assert np.linalg.matrix_rank(new - H, tol=1e-9) == 2


def test_bfgs_is_scipys():
    rng = RNG(3)
    theirs = scipy.optimize.BFGS(init_scale=1.0)
    theirs.initialize(4, "inv_hess")
    ours = np.eye(4)
    for _ in range(6):
        s = rng.normal(size=4)
        y = positive(rng, 4) @ s
        theirs.update(s, y)
        ours = bfgs_inverse_update(ours, s, y)
        np.testing.assert_allclose(ours, theirs.get_matrix(), **TIGHT)


def test_bfgs_is_the_inverse_of_the_update_of_the_hessian():
    """B - B s s^T B / (s.B.s) + y y^T / (s.y), inverted (Nocedal and Wright, 6.19)."""
    rng = RNG(4)
    B, s = positive(rng, 5), rng.normal(size=5)
    y = positive(rng, 5) @ s
    updated = B - np.outer(B @ s, B @ s) / (s @ B @ s) + np.outer(y, y) / (s @ y)
    new = bfgs_inverse_update(np.linalg.inv(B), s, y)
    np.testing.assert_allclose(new, np.linalg.inv(updated), rtol=1e-9, atol=1e-9)


def test_bfgs_with_exact_line_search_ends_on_a_quadratic_after_as_many_steps_as_dimensions():
    """And its matrix is then the inverse Hessian (Nocedal and Wright, theorem 6.4)."""
    rng, D = RNG(5), 5
    A, x, H = positive(rng, D), rng.normal(size=D), np.eye(D)
    for _ in range(D):
        g = A @ x
        p = -H @ g
        s = -(g @ p) / (p @ A @ p) * p
        H, x = bfgs_inverse_update(H, s, A @ s), x + s
    np.testing.assert_allclose(x, 0, atol=1e-10)
    np.testing.assert_allclose(H, np.linalg.inv(A), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("y", [[-1.0, 0.0], [0.0, 3.0], [0.0, 0.0]])
def test_bfgs_skips_what_no_positive_definite_matrix_can_explain(y):
    H = positive(RNG(6), 2)
    new = bfgs_inverse_update(H, np.array([2.0, 0.0]), np.array(y))
    np.testing.assert_array_equal(new, H)
