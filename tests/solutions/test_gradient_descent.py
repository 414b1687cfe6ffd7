"""Chapter 2: every answer against an independent oracle and a number worked by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import stats

from cs231n_lib.exercises import chapter
from cs231n_lib.exercises.functions import build
from cs231n_lib.exercises.minibatch_law import (
    ALPHA,
    MESSAGES,
    minibatch_law,
    neighbours_apart,
    positions_uniform,
)
from cs231n_lib.verdict import judge
from solutions.gradient_descent import (
    book,
    classify_critical_point,
    condition_number,
    gradient_descent,
    gradient_noise,
    largest_stable_learning_rate,
    minibatches,
    sgd,
)

RNG = np.random.default_rng
TIGHT = {"rtol": 1e-12, "atol": 1e-12}
EXERCISES = {exercise.name: exercise for exercise in chapter("gradient_descent")}


def outputs(name: str, function, seed: int = 5) -> list:
    """Cases of exercise ``name`` with what ``function`` makes of them."""
    exercise = EXERCISES[name]
    return [(c, exercise.observe(function, c)) for c in exercise.cases(RNG(seed))]


def earned(name: str, function, seed: int = 5) -> dict[str, int]:
    """Points of each group for a student's function."""
    right = [seen["outputs"] for _, seen in outputs(name, globals()[name], seed)]
    cases, seen = zip(*outputs(name, function, seed), strict=True)
    report = judge(EXERCISES[name], cases, seen, right, lambda: ())
    return {group.name: group.earned for group in report.groups}


# --- sgd ----------------------------------------------------------------------------


@pytest.mark.sgd
def test_sgd_by_hand():
    """w = (1, -2), gradient (4, 10), rate 0.5: (1 - 2, -2 - 5) = (-1, -7)."""
    w, config = sgd(np.array([1.0, -2.0]), np.array([4.0, 10.0]), {"learning_rate": 0.5})
    np.testing.assert_array_equal(w, [-1.0, -7.0])
    assert config == {"learning_rate": 0.5}


@pytest.mark.sgd
@pytest.mark.parametrize("rate", [None, 0.3])
def test_sgd_is_torchs(rate):
    rng = RNG(1)
    w, config = rng.normal(size=(3, 2)), None if rate is None else {"learning_rate": rate}
    parameter = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([parameter], lr=rate or 1e-2)
    for _ in range(4):
        dw = rng.normal(size=w.shape)
        parameter.grad = torch.tensor(dw)
        optimizer.step()
        w, config = sgd(w, dw, config)
        np.testing.assert_allclose(w, parameter.detach().numpy(), **TIGHT)


@pytest.mark.sgd
def test_sgd_leaves_its_arguments_alone():
    w, dw, config = np.ones(3), np.ones(3), {}
    sgd(w, dw, config)
    np.testing.assert_array_equal(w, 1.0)
    assert config == {}


# --- minibatches --------------------------------------------------------------------


@pytest.mark.minibatches
def test_minibatches_by_hand():
    """Five rows in batches of 2: batches of 2, 2 and 1 with rows 0 to 4 once each."""
    X, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    batches = list(minibatches(X, y, 2, RNG(0)))
    assert [len(labels) for _, labels in batches] == [2, 2, 1]
    assert sorted(np.concatenate([labels for _, labels in batches])) == [0, 1, 2, 3, 4]
    for rows, labels in batches:
        np.testing.assert_array_equal(rows, X[labels])


@pytest.mark.minibatches
def test_all_six_orders_of_three_rows_come_equally_often():
    """Brute force: chi-square over the 3! orders of 3 rows, in 6000 epochs."""
    rng, X, y = RNG(2), np.eye(3), np.arange(3)
    seen = [tuple(label for _, b in minibatches(X, y, 2, rng) for label in b) for _ in range(6000)]
    counts = [seen.count(order) for order in itertools.permutations(range(3))]
    assert sum(counts) == 6000
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.minibatches
@pytest.mark.parametrize("seed", range(3))
def test_the_answer_has_every_property(seed):
    for case, seen in outputs("minibatches", minibatches, seed):
        found = minibatch_law(case.args, seen["outputs"])
        assert set(found) == set(MESSAGES)
        assert all(found.values()), (case.label, found)


@pytest.mark.minibatches
def test_every_property_belongs_to_one_group():
    watched = [p for g in EXERCISES["minibatches"].groups.values() for p in g.outputs]
    assert sorted(watched) == sorted(MESSAGES)


def _failing(function, seed: int = 5) -> frozenset:
    """The properties that fail, with the case: what a mistake is recognised by."""
    found = set()
    for case, seen in outputs("minibatches", function, seed):
        watched = {p for g in case.groups for p in EXERCISES["minibatches"].groups[g].outputs}
        law = minibatch_law(case.args, seen["outputs"])
        found |= {(case.label, name) for name in watched if not law[name]}
    return frozenset(found)


@pytest.mark.minibatches
def test_every_known_mistake_fails_a_set_of_its_own():
    mistakes = [m for m in book.mistakes if m.exercise == "minibatches"]
    sets = [_failing(m.function) for m in mistakes]
    assert all(sets) and len(set(sets)) == len(sets)
    for mistake, found in zip(mistakes, sets, strict=True):  # and the same one for every seed
        assert _failing(mistake.function, seed=6) == found, mistake.name


@pytest.mark.minibatches
def test_rows_moved_round_as_on_a_wheel_keep_their_neighbours():
    """Every row is first equally often here; only the neighbours give it away."""

    def rolled(X, y, batch_size, rng):
        order = np.roll(np.arange(len(X)), rng.integers(len(X)))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            yield X[rows], y[rows]

    failing = {name for _, name in _failing(rolled)}
    assert failing == {"neighbours_apart", "pairs_uniform", "orders_differ"}
    assert earned("minibatches", rolled) == {"rows": 3, "labels": 2, "order": 0}


@pytest.mark.minibatches
def test_random_numbers_from_elsewhere_are_noticed():
    def elsewhere(X, y, batch_size, rng):
        return minibatches(X, y, batch_size, RNG())

    assert {name for _, name in _failing(elsewhere)} == {"repeats_from_rng"}


def _hostile():
    nan = np.nan
    return {
        "nothing": lambda X, y, b, rng: [],
        "NaN": lambda X, y, b, rng: [(X * nan, y * nan)],
        "infinite": lambda X, y, b, rng: [(X + np.inf, y)],
        "scalars": lambda X, y, b, rng: [(0.0, 0.0)] * 3,
        "no columns": lambda X, y, b, rng: [(X[:, :0], y)],
        "flat": lambda X, y, b, rng: [(X.ravel(), y)],
        "three axes": lambda X, y, b, rng: [(X[None], y[None])],
        "words": lambda X, y, b, rng: [("True", "True")],
        "many rows": lambda X, y, b, rng: [(np.tile(X, (999, 1)), np.tile(y, 999))],
        "one row": lambda X, y, b, rng: [(X[:1], y[:1])],
        "truth": lambda X, y, b, rng: [(X < 0, y < 0)],
        "other batches every time": lambda X, y, b, rng: [(X[:0], y)] * int(RNG().integers(9)),
    }


@pytest.mark.minibatches
@pytest.mark.parametrize("name", list(_hostile()))
def test_hostile_outputs_earn_nothing(name):
    assert set(earned("minibatches", _hostile()[name]).values()) == {0}


@pytest.mark.minibatches
@pytest.mark.parametrize("tree", [None, "x", 3, [], [None], [[None]], {"a": 1}, [["x", 2]]])
def test_forged_records_earn_nothing(tree):
    """The record comes from a process that may write anything into it."""
    exercise = EXERCISES["minibatches"]
    right = outputs("minibatches", minibatches)
    cases, expected = [c for c, _ in right], [s["outputs"] for _, s in right]
    for forged in (
        {"X_batch": tree, "y_batch": tree, "again": {"X_batch": tree, "y_batch": tree}},
        {"X_batch": tree, "y_batch": tree, "again": tree},
        dict.fromkeys(MESSAGES, True),
    ):
        seen = [{"outputs": forged, "problem": None, "notes": []}] * len(cases)
        assert judge(exercise, cases, seen, expected, lambda: ()).earned == 0


@pytest.mark.minibatches
@pytest.mark.parametrize(("N", "epochs"), [(6, 120), (13, 6), (4, 40)])
def test_the_exact_chance_of_a_false_alarm_about_places(N, epochs):
    """Sum the binomial probabilities of all counts that are rejected, over all pairs."""
    k = np.arange(epochs + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        q = k / epochs
        kl = np.where(k > 0, q * np.log(q * N), 0)
        kl += np.where(k < epochs, (1 - q) * np.log((1 - q) / (1 - 1 / N)), 0)
    rejected = epochs * kl > math.log(2 * N * N / ALPHA)
    assert N * N * stats.binom.pmf(k[rejected], epochs, 1 / N).sum() <= ALPHA


@pytest.mark.minibatches
def test_the_simulated_chance_of_a_false_alarm_keeps_its_bound():
    """At alpha = 0.05 in 2000 sets of 40 random orders, and at the real alpha none at all."""
    rng, sets = RNG(3), 2000
    places = neighbours = real = 0
    for _ in range(sets):
        orders = list(rng.permuted(np.tile(np.arange(5), (40, 1)), axis=1))
        places += not positions_uniform(orders, 5, alpha=0.05)
        neighbours += not neighbours_apart(orders, 5, alpha=0.05)
        real += not (positions_uniform(orders, 5) and neighbours_apart(orders, 5))
    assert places <= 0.05 * sets and neighbours <= 0.05 * sets and real == 0


@pytest.mark.minibatches
@pytest.mark.parametrize("N", [2, 3, 5])
def test_neighbours_expected_by_brute_force(N):
    """The mean over all N! orders of the number of followers (i, i + 1) is (N - 1) / N."""
    counts = [np.sum(np.diff(o) == 1) for o in itertools.permutations(range(N))]
    assert np.mean(counts) == pytest.approx((N - 1) / N)


# --- condition_number ---------------------------------------------------------------


@pytest.mark.condition_number
def test_condition_number_by_hand():
    """diag(2, -8): 4. [[0, 3], [1, 0]] has singular values 3 and 1, eigenvalues +-sqrt 3."""
    assert condition_number(np.diag([2.0, -8.0])) == pytest.approx(4.0)
    assert condition_number(np.array([[0.0, 3.0], [1.0, 0.0]])) == pytest.approx(3.0)
    assert condition_number(np.array([[1.0, 2.0], [2.0, 4.0]])) == np.inf


@pytest.mark.condition_number
def test_condition_number_is_numpys_where_it_is_finite():
    for D in (1, 2, 5):
        H = RNG(D).normal(size=(D, D))
        assert condition_number(H) == pytest.approx(np.linalg.cond(H), rel=1e-12)


@pytest.mark.condition_number
def test_the_singular_cases_are_far_enough_from_the_threshold():
    for seed in range(200):
        for case in EXERCISES["condition_number"].cases(RNG(seed)):
            sigma = np.linalg.svd(case.args["H"], compute_uv=False)
            limit = sigma[0] * len(sigma) * np.finfo(float).eps
            if case.label.startswith("almost singular"):  # diagonal: not a matter of rounding
                assert 1.45 * limit <= sigma[-1] <= 3.05 * limit
            elif case.label.startswith("nearly singular"):
                assert sigma[-1] > 1e6 * limit
            elif case.group == "singular":
                assert sigma[-1] <= 0.7 * limit
            else:
                assert sigma[-1] > 1e3 * limit


@pytest.mark.condition_number
def test_no_regular_case_is_too_ill_conditioned_for_the_squared_matrix():
    """Roots of the eigenvalues of H'H lose eps kappa**2: within 3e-5 up to kappa = 3e5.

    One case is meant to be ill-conditioned, up to 9e4; chance must not make a worse one.
    """
    for seed in range(2000):
        for case in EXERCISES["condition_number"].cases(RNG(seed)):
            kappa = np.linalg.cond(case.args["H"])
            assert case.group == "singular" or kappa < (1e5 if "ill-" in case.label else 1e3)


@pytest.mark.condition_number
def test_eigenvalues_fail_only_where_the_matrix_is_not_symmetric():
    function = next(m.function for m in book.mistakes if m.name.startswith("eigenvalues of a mat"))
    points = {"symmetric": 1, "indefinite": 1, "not symmetric": 0, "singular": 1}
    assert earned("condition_number", function) == points


# --- largest_stable_learning_rate ---------------------------------------------------


@pytest.mark.largest_stable_learning_rate
def test_largest_stable_rate_by_hand():
    """[[2, 1], [1, 2]] has eigenvalues 1 and 3: 2 / 3."""
    H = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert largest_stable_learning_rate(H) == pytest.approx(2 / 3)


@pytest.mark.largest_stable_learning_rate
def test_descent_converges_just_below_and_diverges_just_above():
    A = RNG(4).normal(size=(3, 5))
    H = torch.tensor(A @ A.T)
    limit = largest_stable_learning_rate(H.numpy())
    sizes = []
    for rate in (0.98 * limit, 1.02 * limit):
        x = torch.ones(3, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([x], lr=rate)
        for _ in range(1500):
            optimizer.zero_grad()
            (x @ H @ x / 2).backward()
            optimizer.step()
        sizes.append(float(x.detach().norm()))
    assert sizes[0] < 1e-6 and sizes[1] > 1e6


# --- classify_critical_point --------------------------------------------------------


@pytest.mark.classify_critical_point
@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([[2, 1], [1, 2]], "minimum"),  # 1 and 3
        ([[-2, 1], [1, -2]], "maximum"),  # -3 and -1
        ([[1, 2], [2, 1]], "saddle"),  # 3 and -1
        ([[1, 1], [1, 1]], "degenerate"),  # 0 and 2
        ([[-1, 1], [1, -1]], "degenerate"),  # -2 and 0
        ([[0, 0], [0, 0]], "degenerate"),
        ([[1, 0, 0], [0, 0, 0], [0, 0, -1]], "saddle"),
    ],
)
def test_critical_points_by_hand(rows, kind):
    assert classify_critical_point(np.array(rows, dtype=float)) == kind


@pytest.mark.classify_critical_point
def test_the_tolerance_decides_what_is_zero():
    H = np.diag([1.0, -1e-4])
    assert classify_critical_point(H) == "saddle"
    assert classify_critical_point(H, tol=1e-3) == "degenerate"


@pytest.mark.classify_critical_point
def test_kinds_against_hessians_by_autograd_and_a_look_around():
    """Brute force: compare the function on a small sphere with its value at the centre."""
    surfaces = {
        "minimum": lambda v: v[0] ** 2 + v[0] * v[1] + v[1] ** 2 + v[2] ** 2 * (1 + v[0]),
        "maximum": lambda v: torch.cos(v[0]) + torch.cos(v[1] - v[0]) - v[2] ** 2,
        "saddle": lambda v: v[0] * v[1] + 2 * v[2] ** 2,
    }
    ball = torch.tensor(RNG(6).normal(size=(400, 3)))
    ball = 1e-2 * ball / ball.norm(dim=1, keepdim=True)
    centre = torch.zeros(3, dtype=torch.float64)
    for kind, f in surfaces.items():
        H = torch.autograd.functional.hessian(f, centre).numpy()
        assert classify_critical_point(H) == kind
        rise = np.array([float(f(v) - f(centre)) for v in ball])
        seen = "minimum" if np.all(rise > 0) else "maximum" if np.all(rise < 0) else "saddle"
        assert seen == kind


@pytest.mark.classify_critical_point
@pytest.mark.parametrize("kind", ["minimum", "maximum", "saddle", "degenerate"])
def test_a_constant_answer_earns_nothing(kind):
    points = earned("classify_critical_point", lambda H, tol=1e-8: kind)
    assert set(points.values()) == {0}


# --- gradient_descent ---------------------------------------------------------------


@pytest.mark.gradient_descent
def test_trajectory_by_hand():
    """L = x**2 / 2 from 8 with rate 0.5 halves each time: 8, 4, 2, 1."""
    path = gradient_descent(lambda x: x, np.array([8.0]), 0.5, 3)
    np.testing.assert_array_equal(path, [[8.0], [4.0], [2.0], [1.0]])
    assert gradient_descent(lambda x: x, np.array([8.0, 1.0]), 0.5, 0).shape == (1, 2)


@pytest.mark.gradient_descent
def test_trajectory_on_a_bowl_has_a_closed_form():
    """x_k = x* + (I - alpha H)**k (x_0 - x*), with x* = -H**-1 b."""
    rng = RNG(7)
    A = rng.normal(size=(3, 6))
    H, b, x0 = A @ A.T / 6, rng.normal(size=3), rng.normal(size=3)
    path = gradient_descent(build("quadratic_gradient", {"H": H, "b": b}), x0, 0.2, 6)
    rest = -np.linalg.solve(H, b)
    for k, x in enumerate(path):
        power = np.linalg.matrix_power(np.eye(3) - 0.2 * H, k)
        np.testing.assert_allclose(x, rest + power @ (x0 - rest), **TIGHT)


@pytest.mark.gradient_descent
def test_trajectory_is_torchs_on_a_curved_loss():
    def loss(x):
        return (x[0] ** 2 - x[1]) ** 2 + torch.cos(x[0]) + x[1] ** 2

    def grad(x):
        point = torch.tensor(x, requires_grad=True)
        return torch.autograd.grad(loss(point), point)[0].numpy()

    x = torch.tensor([0.7, -0.4], dtype=torch.float64, requires_grad=True)
    optimizer, want = torch.optim.SGD([x], lr=0.05), [x.detach().numpy().copy()]
    for _ in range(7):
        optimizer.zero_grad()
        loss(x).backward()
        optimizer.step()
        want.append(x.detach().numpy().copy())
    np.testing.assert_allclose(gradient_descent(grad, want[0], 0.05, 7), want, **TIGHT)


# --- gradient_noise -----------------------------------------------------------------


@pytest.mark.gradient_noise
def test_noise_by_hand():
    """Gradients 0, 0, 3 with mean 1: the batches of two have means 0, 1.5, 1.5, so
    the squared distances are 1, 1/4, 1/4 with mean 1/2. One example: (1 + 1 + 4) / 3 = 2."""
    grads = np.array([[0.0], [0.0], [3.0]])
    assert gradient_noise(grads, 2) == pytest.approx(0.5)
    assert gradient_noise(grads, 1) == pytest.approx(2.0)
    assert gradient_noise(grads, 3) == 0.0


@pytest.mark.gradient_noise
@pytest.mark.parametrize("B", [1, 2, 4, 6, 7])
def test_noise_by_all_batches(B):
    grads = RNG(8).normal(size=(7, 3)) + 1
    means = [grads[list(rows)].mean(axis=0) for rows in itertools.combinations(range(7), B)]
    want = np.mean([np.sum((m - grads.mean(axis=0)) ** 2) for m in means])
    assert gradient_noise(grads, B) == pytest.approx(want, rel=1e-12, abs=1e-25)
