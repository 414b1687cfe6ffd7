"""Chapter 5: every answer against an independent oracle and a number worked by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
import torch

from solutions.second_order import (
    backtracking_line_search,
    bfgs_inverse_update,
    hessian_vector_product,
    kfac_precondition,
    lbfgs,
    lbfgs_direction,
    newton_step,
)

RNG = np.random.default_rng
TIGHT = {"rtol": 1e-11, "atol": 1e-11}


def positive(rng, D: int, low: float = 0.5, high: float = 5.0):
    """A symmetric positive definite matrix with eigenvalues between low and high."""
    Q, _ = np.linalg.qr(rng.normal(size=(D, D)))
    H = (Q * rng.uniform(low, high, size=D)) @ Q.T
    return (H + H.T) / 2


def rosenbrock(x):
    return scipy.optimize.rosen(x), scipy.optimize.rosen_der(x)


# --- newton_step --------------------------------------------------------------------


@pytest.mark.newton_step
def test_newton_by_hand():
    """H = diag(2, 4), grad = (2, -2) at (1, 1): p = (-1, 0.5), so (0, 1.5)."""
    x = newton_step(np.ones(2), np.array([2.0, -2.0]), np.diag([2.0, 4.0]))
    np.testing.assert_allclose(x, [0.0, 1.5], **TIGHT)


@pytest.mark.newton_step
@pytest.mark.parametrize("signs", [(1, 1, 1), (1, -1, 1), (-1, -1, -1)])
def test_newton_lands_on_the_critical_point_of_a_quadratic_whatever_its_kind(signs):
    """From anywhere in one step: a minimum, a saddle, a maximum attract it alike."""
    rng = RNG(1)
    Q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    H, critical = (Q * (np.array(signs) * [1.0, 3.0, 7.0])) @ Q.T, rng.normal(size=3)
    for _ in range(3):
        x = 10 * rng.normal(size=3)
        np.testing.assert_allclose(newton_step(x, H @ (x - critical), H), critical, **TIGHT)


@pytest.mark.newton_step
def test_newton_with_torchs_derivatives_doubles_its_digits():
    """On log(sum(exp)) + |x|^2 / 2 the error is squared, up to a constant, at every step."""

    def f(x):
        return torch.logsumexp(3 * x, 0) + x @ x / 2

    x, errors = torch.tensor([0.5, -0.3, 0.1], dtype=torch.float64), []
    for _ in range(8):
        grad = torch.autograd.functional.jacobian(f, x).numpy()
        hess = torch.autograd.functional.hessian(f, x).numpy()
        errors.append(np.max(np.abs(grad)))
        x = torch.tensor(newton_step(x.numpy(), grad, hess))
    assert errors[-1] < 1e-14
    small = [(a, b) for a, b in pairwise(errors) if 1e-7 < a < 1]
    assert len(small) >= 2
    assert all(b < 10 * a**2 for a, b in small)


@pytest.mark.newton_step
@pytest.mark.parametrize("slope", [0.0, 2.0])
def test_newton_does_not_move_along_a_flat_direction(slope):
    """Curvature 3 along u, none along v: p = -(u.g / 3) u, and nothing along v."""
    u, v = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
    x = np.array([5.0, -7.0])
    p = newton_step(x, 1.5 * u + slope * v, 3 * np.outer(u, u)) - x
    np.testing.assert_allclose(p, -0.5 * u, **TIGHT)


@pytest.mark.newton_step
def test_newton_with_a_singular_hessian_is_the_limit_of_vanishing_damping_if_solvable():
    rng = RNG(2)
    B = rng.normal(size=(4, 2))
    H, x = B @ B.T, rng.normal(size=4)
    g = H @ rng.normal(size=4)
    limit = x - np.linalg.solve(H + 1e-8 * np.eye(4), g)
    np.testing.assert_allclose(newton_step(x, g, H), limit, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(newton_step(x, g, H), x - scipy.linalg.pinvh(H) @ g, **TIGHT)


# --- bfgs_inverse_update ------------------------------------------------------------


@pytest.mark.bfgs_inverse_update
def test_bfgs_by_hand():
    """From I with s = (1, 0), y = (2, 1): rho = 1/2, I - rho s y^T = [[0, -1/2], [0, 1]].

    Its product with its transpose is [[1/4, -1/2], [-1/2, 1]]; with s s^T / 2 added,
    [[3/4, -1/2], [-1/2, 1]], which maps y to (1.5 - 0.5, -1 + 1) = s.
    """
    H = bfgs_inverse_update(np.eye(2), np.array([1.0, 0.0]), np.array([2.0, 1.0]))
    np.testing.assert_allclose(H, [[0.75, -0.5], [-0.5, 1.0]], **TIGHT)


@pytest.mark.bfgs_inverse_update
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


@pytest.mark.bfgs_inverse_update
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


@pytest.mark.bfgs_inverse_update
def test_bfgs_is_the_inverse_of_the_update_of_the_hessian():
    """B - B s s^T B / (s.B.s) + y y^T / (s.y), inverted (Nocedal and Wright, 6.19)."""
    rng = RNG(4)
    B, s = positive(rng, 5), rng.normal(size=5)
    y = positive(rng, 5) @ s
    updated = B - np.outer(B @ s, B @ s) / (s @ B @ s) + np.outer(y, y) / (s @ y)
    new = bfgs_inverse_update(np.linalg.inv(B), s, y)
    np.testing.assert_allclose(new, np.linalg.inv(updated), rtol=1e-9, atol=1e-9)


@pytest.mark.bfgs_inverse_update
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


@pytest.mark.bfgs_inverse_update
@pytest.mark.parametrize("y", [[-1.0, 0.0], [0.0, 3.0], [0.0, 0.0]])
def test_bfgs_skips_what_no_positive_definite_matrix_can_explain(y):
    H = positive(RNG(6), 2)
    new = bfgs_inverse_update(H, np.array([2.0, 0.0]), np.array(y))
    np.testing.assert_array_equal(new, H)


# --- lbfgs_direction ----------------------------------------------------------------


@pytest.mark.lbfgs_direction
def test_direction_by_hand():
    """s = (1, 0), y = (2, 1), gradient (2, 2), so s.y = 2 and y.y = 5.

    First loop: 2 / 2 = 1, q = (0, 1). Scale 2/5: (0, 0.4). Second loop: y.q / 2 = 0.2,
    q + (1 - 0.2) s = (0.8, 0.4).
    """
    s, y = np.array([1.0, 0.0]), np.array([2.0, 1.0])
    found = lbfgs_direction(np.full(2, 2.0), [s], [y])
    np.testing.assert_allclose(found, [-0.8, -0.4], **TIGHT)


@pytest.mark.lbfgs_direction
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


@pytest.mark.lbfgs_direction
def test_direction_agrees_with_scipys_product_where_the_scale_cannot_matter():
    """SciPy's operator starts from I. Scaling every y by c makes gamma = 1 for one pair."""
    rng = RNG(8)
    s = rng.normal(size=3)
    y = positive(rng, 3) @ s
    y *= (s @ y) / (y @ y)  # now s.y = y.y
    operator = scipy.optimize.LbfgsInvHessProduct(s[None], y[None])
    g = rng.normal(size=3)
    np.testing.assert_allclose(lbfgs_direction(g, [s], [y]), -operator.matvec(g), **TIGHT)


@pytest.mark.lbfgs_direction
def test_direction_meets_the_newest_secant_equation_and_changes_nothing():
    rng = RNG(9)
    S = [rng.normal(size=3) for _ in range(4)]
    Y = [positive(rng, 3) @ s for s in S]
    before = [a.copy() for a in (*S, *Y)]
    np.testing.assert_allclose(lbfgs_direction(Y[-1], S, Y), -S[-1], **TIGHT)
    for a, b in zip((*S, *Y), before, strict=True):
        np.testing.assert_array_equal(a, b)


# --- backtracking_line_search -------------------------------------------------------


@pytest.mark.backtracking_line_search
def test_search_by_hand():
    """f = x^2 from x = 1 along p = -2, gradient 2, so the slope is -4.

    a = 1 leads to f = 1, above 1 - 0.0004; a = 1/2 leads to f = 0, below it. With c = 1/2
    a = 1/2 is exactly on the line (0 <= 1 - 1); with c = 0.6 it takes a = 1/4: 0.25 <= 0.4.
    """
    x, p, g = np.ones(1), np.full(1, -2.0), np.full(1, 2.0)

    def search(**options):
        return backtracking_line_search(lambda z: float(z @ z), x, p, g, **options)

    assert search() == 0.5
    assert search(c=0.5) == 0.5
    assert search(c=0.6) == 0.25


@pytest.mark.backtracking_line_search
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("c", [1e-4, 0.3])
def test_search_meets_armijos_condition_and_the_step_before_does_not(seed, c):
    rng = RNG(seed)
    x = rng.normal(size=4)
    f, g = rosenbrock(x)
    p = -positive(rng, 4) @ g

    def enough(a: float) -> bool:
        return rosenbrock(x + a * p)[0] <= f + c * a * (g @ p)

    a = backtracking_line_search(lambda z: rosenbrock(z)[0], x, p, g, c=c)
    assert 0 < a < 1 and enough(a) and not enough(2 * a)
    assert not any(enough(0.5**k) for k in range(int(-np.log2(a))))


@pytest.mark.backtracking_line_search
def test_search_tries_one_step_more_than_it_shrinks_and_then_gives_up():
    asked = []

    def up(z):
        asked.append(float(z[0]))
        return float(z[0])

    one = np.ones(1)
    assert backtracking_line_search(up, 0 * one, one, one, max_shrinks=4) == 0.0
    assert {1.0, 0.5, 0.25, 0.125, 0.0625} == set(asked) - {0.0}


@pytest.mark.backtracking_line_search
def test_search_backs_out_of_the_domain():
    """f = x - log(x) at 2, p = -8: NaN at -6, -2, inf at 0; at 1, f = 1 < 2 - log(2)."""

    def f(z):
        with np.errstate(all="ignore"):
            return float(z[0] - np.log(z[0]))

    x, g = np.full(1, 2.0), np.full(1, 0.5)
    assert backtracking_line_search(f, x, np.full(1, -8.0), g) == 0.125


# --- lbfgs --------------------------------------------------------------------------


def quadratic(H, m):
    return lambda x: (float((x - m) @ H @ (x - m) / 2), H @ (x - m))


@pytest.mark.lbfgs
def test_lbfgs_by_hand():
    """f = x^2 / 4 from 8: p = -4, full step to 4; gamma = 2 is the exact inverse, so 0."""
    x, path = lbfgs(quadratic(np.array([[0.5]]), np.zeros(1)), np.full(1, 8.0))
    np.testing.assert_array_equal(path, [[8.0], [4.0], [0.0]])
    np.testing.assert_array_equal(x, [0.0])


@pytest.mark.lbfgs
@pytest.mark.parametrize("D", [2, 5, 10])
def test_lbfgs_reaches_scipys_minimum_of_rosenbrock(D):
    x0 = np.linspace(-1, 1, D)
    theirs = scipy.optimize.minimize(rosenbrock, x0, jac=True, method="L-BFGS-B", tol=1e-14)
    x, path = lbfgs(rosenbrock, x0, steps=500, tol=1e-7)
    np.testing.assert_allclose(x, theirs.x, atol=1e-4)
    np.testing.assert_allclose(x, 1.0, atol=1e-6)
    values = [rosenbrock(p)[0] for p in path]
    assert all(b < a for a, b in pairwise(values))


@pytest.mark.lbfgs
def test_lbfgs_reaches_scipys_minimum_of_a_regression():
    """Regularised logistic regression: strictly convex, so there is one minimum."""
    rng = RNG(10)
    X, labels = rng.normal(size=(40, 5)), rng.choice([-1.0, 1.0], size=40)

    def loss(w):
        margin = labels * (X @ w)
        weight = -labels / (1 + np.exp(margin))
        return float(np.mean(np.log1p(np.exp(-margin))) + w @ w / 20), X.T @ weight / 40 + w / 10

    theirs = scipy.optimize.minimize(
        loss, np.zeros(5), jac=True, method="L-BFGS-B", options={"gtol": 1e-10, "ftol": 0}
    )
    x, path = lbfgs(loss, np.zeros(5), tol=1e-7)
    assert np.max(np.abs(loss(x)[1])) <= 1e-7 < np.max(np.abs(loss(path[-2])[1]))
    np.testing.assert_allclose(x, theirs.x, atol=1e-6)


@pytest.mark.lbfgs
def test_lbfgs_with_room_for_all_pairs_takes_the_steps_of_dense_bfgs():
    rng, D = RNG(11), 4
    fun = quadratic(positive(rng, D), rng.normal(size=D))
    _, path = lbfgs(fun, rng.normal(size=D), steps=6)
    assert len(path) == 7
    for k in range(1, 6):
        pairs = [(b - a, fun(b)[1] - fun(a)[1]) for a, b in pairwise(path[: k + 1])]
        s, y = pairs[-1]
        H = np.eye(D) * (s @ y) / (y @ y)
        for s, y in pairs:
            H = bfgs_inverse_update(H, s, y)
        p, step = -H @ fun(path[k])[1], path[k + 1] - path[k]
        length = (step @ p) / (p @ p)
        np.testing.assert_allclose(step, length * p, rtol=1e-7, atol=1e-9)
        assert length == pytest.approx(0.5 ** round(-np.log2(length)), rel=1e-7)


@pytest.mark.lbfgs
def test_lbfgs_remembers_no_more_than_it_may():
    """Memory 1: direction k depends on the last two gradients and points alone."""
    rng = RNG(12)
    fun = quadratic(positive(rng, 3), rng.normal(size=3))
    _, path = lbfgs(fun, rng.normal(size=3), steps=5, memory=1)
    for a, b, c in zip(path[:-2], path[1:-1], path[2:], strict=True):
        p = lbfgs_direction(fun(b)[1], [b - a], [fun(b)[1] - fun(a)[1]])
        ratio = (c - b) / p
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-7)


@pytest.mark.lbfgs
def test_lbfgs_skips_pairs_of_negative_curvature_and_leaves_the_saddle():
    """f = (x^4 / 4 - x^2 / 2) + 2 y^2 from (0.1, 0): two minima at (+-1, 0), a saddle at 0.

    By hand: the first pair has s = 0.099, y = grad(0.199) - grad(0.1) = -0.092 < 0, so the
    second step is steepest descent again: from 0.199 by 0.199 - 0.199^3.
    """

    def fun(x):
        value = x[0] ** 4 / 4 - x[0] ** 2 / 2 + 2 * x[1] ** 2
        return float(value), np.array([x[0] ** 3 - x[0], 4 * x[1]])

    x, path = lbfgs(fun, np.array([0.1, 0.0]))
    np.testing.assert_allclose(path[1:3, 0], [0.199, 2 * 0.199 - 0.199**3], **TIGHT)
    np.testing.assert_allclose(x, [1.0, 0.0], atol=1e-7)
    newton = np.array([0.1, 0.0])
    for _ in range(6):
        hess = np.diag([3 * newton[0] ** 2 - 1, 4.0])
        newton = newton_step(newton, fun(newton)[1], hess)
    np.testing.assert_allclose(newton, 0.0, atol=1e-12)


@pytest.mark.lbfgs
def test_lbfgs_stops_by_the_largest_entry():
    fun = quadratic(np.eye(4), np.zeros(4))
    for tol, points in ((1.0, 1), (0.99, 2)):
        x, path = lbfgs(fun, np.ones(4), tol=tol)
        assert path.shape == (points, 4)
        np.testing.assert_array_equal(x, path[-1])


# --- hessian_vector_product ---------------------------------------------------------


@pytest.mark.hessian_vector_product
def test_product_by_hand():
    """Gradient x^3 at 1, v = 2, h = 1/2: (2^3 - 0^3) / 1 = 8; the exact product is 6."""
    found = hessian_vector_product(lambda x: x**3, np.ones(1), np.full(1, 2.0), h=0.5)
    np.testing.assert_allclose(found, [8.0], **TIGHT)


@pytest.mark.hessian_vector_product
def test_product_is_torchs():
    rng = RNG(13)
    A, x, v = (torch.tensor(rng.normal(size=size)) for size in ((6, 4), 4, 4))

    def f(x):
        return torch.sum(torch.tanh(A @ x)) + torch.logsumexp(x, 0)

    def grad(x):
        return torch.autograd.functional.jacobian(f, torch.tensor(x)).numpy()

    _, want = torch.autograd.functional.hvp(f, x, v)
    found = hessian_vector_product(grad, x.numpy(), v.numpy())
    np.testing.assert_allclose(found, want.numpy(), rtol=1e-7, atol=1e-8)


@pytest.mark.hessian_vector_product
def test_the_error_of_the_product_falls_with_the_square_of_h():
    x, v = np.array([0.4, -0.8]), np.array([1.0, 0.5])
    errors = [
        np.max(np.abs(hessian_vector_product(np.sin, x, v, h=h) - np.cos(x) * v))
        for h in (0.1, 0.05, 0.025)
    ]
    np.testing.assert_allclose(np.divide(errors[:-1], errors[1:]), 4.0, rtol=2e-2)


@pytest.mark.hessian_vector_product
def test_products_with_unit_vectors_make_the_hessian():
    rng = RNG(14)
    x = rng.normal(size=5)
    columns = [hessian_vector_product(lambda z: rosenbrock(z)[1], x, e) for e in np.eye(5)]
    np.testing.assert_allclose(columns, scipy.optimize.rosen_hess(x), rtol=1e-6, atol=1e-5)


# --- kfac_precondition --------------------------------------------------------------


@pytest.mark.kfac_precondition
def test_kfac_by_hand():
    """A = 3, S = diag(1, 7), damping 1: (8, 8) / 4 = (2, 2), then by 2 and 8: (1, 1/4)."""
    found = kfac_precondition(np.full((1, 2), 8.0), np.full((1, 1), 3.0), np.diag([1.0, 7.0]), 1.0)
    np.testing.assert_allclose(found, [[1.0, 0.25]], **TIGHT)


def gauss_newton(x, g):
    """Mean of vec(x_n g_n^T) vec(x_n g_n^T)^T over pairs: the Fisher block of one layer."""
    rows = np.einsum("nd,nm->ndm", x, g).reshape(len(x), -1)
    return rows.T @ rows / len(x)


@pytest.mark.kfac_precondition
def test_kfac_is_exact_when_inputs_and_gradients_are_independent():
    """Every input meets every gradient once: then the mean of products is the product of means."""
    rng = RNG(15)
    inputs, gradients = rng.normal(size=(6, 3)), rng.normal(size=(5, 2))
    x, g = np.repeat(inputs, 5, axis=0), np.tile(gradients, (6, 1))
    W = rng.normal(size=(3, 2))
    exact = np.linalg.solve(gauss_newton(x, g), W.ravel()).reshape(3, 2)
    found = kfac_precondition(W, x.T @ x / 30, g.T @ g / 30, 0.0)
    np.testing.assert_allclose(found, exact, **TIGHT)


@pytest.mark.kfac_precondition
def test_kfac_is_not_exact_when_they_depend_on_each_other():
    rng = RNG(16)
    x = rng.normal(size=(30, 3))
    g = x[:, :2] ** 2
    W = rng.normal(size=(3, 2))
    exact = np.linalg.solve(gauss_newton(x, g), W.ravel()).reshape(3, 2)
    found = kfac_precondition(W, x.T @ x / 30, g.T @ g / 30, 0.0)
    assert np.max(np.abs(found - exact)) > 0.1 * np.max(np.abs(exact))


@pytest.mark.kfac_precondition
@pytest.mark.parametrize("damping", [0.01, 0.5])
def test_kfac_of_one_example_solves_the_damped_block(damping):
    """One example: the block is A (x) S itself; damping adds to its factors, see the docstring."""
    rng = RNG(17)
    x, g = rng.normal(size=(1, 3)), rng.normal(size=(1, 4))
    A, S, root = x.T @ x, g.T @ g, np.sqrt(damping)
    np.testing.assert_allclose(gauss_newton(x, g), np.kron(A, S), **TIGHT)
    block = gauss_newton(x, g) + damping * np.eye(12)
    block += root * (np.kron(A, np.eye(4)) + np.kron(np.eye(3), S))
    W = rng.normal(size=(3, 4))
    want = np.linalg.solve(block, W.ravel()).reshape(3, 4)
    np.testing.assert_allclose(kfac_precondition(W, A, S, damping), want, rtol=1e-9, atol=1e-9)


@pytest.mark.kfac_precondition
def test_kfac_does_not_care_in_which_coordinates_the_layer_is_written():
    """x -> R x, W -> R^-T W leaves out = x @ W as it was; the undamped step goes along."""
    rng = RNG(18)
    R, A, S = rng.normal(size=(3, 3)), positive(rng, 3), positive(rng, 2)
    dW = rng.normal(size=(3, 2))
    step = kfac_precondition(dW, A, S, 0.0)
    moved = kfac_precondition(R @ dW, R @ A @ R.T, S, 0.0)
    np.testing.assert_allclose(moved, np.linalg.solve(R.T, step), rtol=1e-8, atol=1e-8)
