"""The second-order chapter's experiments against hand computations and other oracles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.optimize import check_grad

from claims import second_order as chapter
from claims.digits import digits
from claims.second_order import batches, costs, dropout, kfac, net, newton, optimizers, quasi, runs


def test_names_of_claims_and_experiments_are_their_own() -> None:
    assert len({c.name for c in chapter.CLAIMS}) == len(chapter.CLAIMS)
    by_name = {e.name: e for e in (*chapter.EXPERIMENTS, *(c.experiment for c in chapter.CLAIMS))}
    assert all(c.experiment is by_name[c.experiment.name] for c in chapter.CLAIMS)


# --- Newton ---------------------------------------------------------------------------


def test_newton_squares_the_error_of_the_worked_example() -> None:
    path = newton.newton_paths(lambda x: (x - torch.log(x)).sum(-1), [[0.5], [2.5]], 3)
    assert np.allclose(1 - path[:, 0, 0], [0.5, 0.25, 0.0625, 0.00390625])
    assert path[1, 1, 0] == pytest.approx(-1.25)


def test_newton_climbs_to_the_saddle_and_damping_does_not() -> None:
    # by hand at (0.1, 0): g = (-0.099, 0.003), H = [[-0.97, 0.06], [0.06, 1]]
    expected = [0.1, 0] - np.linalg.solve([[-0.97, 0.06], [0.06, 1]], [-0.099, 0.003])
    path = newton.newton_paths(newton.two_valleys, [[0.1, 0.0]], 20)
    assert np.allclose(path[1, 0], expected, atol=1e-14)
    assert np.allclose(path[-1, 0], 0, atol=1e-14)
    damped = newton.newton_paths(newton.two_valleys, [[0.1, 0.0]], 40, floor=0.5)[-1]
    assert damped[0, 0] == pytest.approx(np.sqrt(1 / 0.82), abs=1e-8)
    assert damped[0, 1] == pytest.approx(-0.3 / 0.82, abs=1e-8)
    assert list(newton.negative_directions(newton.two_valleys, [[0, 0], *damped])) == [1, 0]
    assert newton.negative_directions(newton.two_valleys, [[np.nan, 0.0]])[0] == -1


def test_damping_raises_the_smallest_eigenvalue_to_the_floor() -> None:
    # f = (3 a^2 - b^2) / 2: the shift is 1.5, so H + shift = diag(4.5, 0.5)
    path = newton.newton_paths(
        lambda w: (3 * w[0] ** 2 - w[1] ** 2) / 2, [[1.0, 1.0]], 1, floor=0.5
    )
    assert np.allclose(path[1, 0], [1 - 3 / 4.5, 1 + 1 / 0.5])


def test_one_step_and_invariance() -> None:
    assert runs.one_step_error(91) < 1e-10
    assert runs.invariance_gap(91) < 1e-10


def test_shares_of_minima_are_powers_of_one_dimension() -> None:
    shares = runs.minimum_share(91, sizes=(1, 2), starts=1500)
    one = shares["plain 1"]
    # inside |x| < 1/sqrt(5) a start cannot leave, beyond 1/sqrt(3) it cannot come back
    assert 1 - 0.5774 / 1.5 - 0.03 < one < 1 - 0.4472 / 1.5 + 0.03
    assert shares["plain 2"] == pytest.approx(one**2, abs=0.05)
    assert shares["damped 2"] == 1


def test_full_steps_fail_from_afar_only() -> None:
    assert runs.arrivals(91, 0.01, starts=3) == 1
    assert runs.arrivals(91, 5.0, starts=3) < 1


def test_the_hessian_of_a_net_has_negative_directions() -> None:
    found = runs.model_of_a_net(91, hidden=2, steps=30)
    assert found["start"] > 1 and found["trained loss"] < found["start loss"]


def test_the_regressions_gradient_is_autograds() -> None:
    f, w = newton.parity(91), np.random.default_rng(0).normal(size=(65, 3))
    values, slopes = runs.value_and_slope(91, w)
    for k in range(3):
        at = newton.tensor(w[:, k]).requires_grad_()
        f(at).backward()
        assert values[k] == pytest.approx(f(at).item(), rel=1e-12)
        assert np.allclose(slopes[:, k], at.grad, atol=1e-13)


def test_descents_are_torchs() -> None:
    values = runs.descents(91, 6)
    f = newton.parity(91)
    H = torch.func.hessian(f)(torch.zeros(65, dtype=torch.float64))
    for k, (rate, rho) in enumerate(runs.SETTINGS):
        w = torch.zeros(65, dtype=torch.float64, requires_grad=True)
        lr = rate / torch.linalg.eigvalsh(H)[-1].item()
        optimizer = torch.optim.SGD([w], lr=lr, momentum=rho)
        for t in range(7):
            optimizer.zero_grad()
            value = f(w)
            assert values[t, k] == pytest.approx(value.item(), rel=1e-10)
            value.backward()
            optimizer.step()


def test_work_on_the_regression_is_counted_from_the_curves() -> None:
    found = runs.logistic(91, limit=900)
    assert found["newton gap"][int(found["newton"])] < 1e-6
    assert found["newton gap"][int(found["newton"]) - 1] > 1e-6
    assert found["first"] == min(found["plain"], found["momentum"])
    assert found["per gradient"] * 66 == pytest.approx(found["per step"])
    firsts = [found[f"{name} gap"][0] for name in ("lbfgs", "plain", "momentum")]
    assert firsts == pytest.approx([found["newton gap"][0]] * 3)
    assert found["over lbfgs"] == found["first"] / found["lbfgs"]


# --- costs ----------------------------------------------------------------------------


def test_exponent_of_a_known_power() -> None:
    assert costs.exponent([1, 2, 4], [3, 24, 192]) == pytest.approx(3)
    assert costs.hessian_bytes() == pytest.approx(2)


def test_cholesky_operations_are_counted_and_the_factor_is_right() -> None:
    count, factor = costs.cholesky_operations(7)
    assert count == (2 * 7**3 + 3 * 7**2 + 7) / 6  # N^3/3 + N^2/2 + N/6
    assert np.allclose(factor, np.linalg.cholesky(newton.spd(0, 7, 10.0)), atol=1e-12)
    growth = costs.cholesky_growth(10)
    assert growth["value"] == pytest.approx((2 * 8000 + 1200 + 20) / (2000 + 300 + 10))


def test_costs_are_counted_in_bytes_and_positive_times() -> None:
    cost = costs.hessian_costs.__wrapped__((1, 2))
    assert list(cost["N"]) == [85, 160]
    assert list(cost["bytes"]) == [8 * 85**2, 8 * 160**2]
    assert (cost["all"] > 0).all()
    assert costs.solve_costs.__wrapped__((50, 60), repeats=2).shape == (2, 2)


def test_timing_gives_the_threads_back() -> None:
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError):
        costs.seconds(lambda: 1 / 0, 1)
    assert torch.get_num_threads() == before


def test_products_have_the_order_of_their_differences() -> None:
    one_sided, centred = costs.product_errors([1e-3, 1e-4])
    assert one_sided[0] / one_sided[1] == pytest.approx(10, rel=0.02)
    assert centred[0] / centred[1] == pytest.approx(100, rel=0.05)


# --- BFGS and L-BFGS ------------------------------------------------------------------


def test_dense_is_the_worked_example() -> None:
    K = quasi.dense(np.array([[1.0, 0.0]]), np.array([[2.0, 1.0]]))
    assert np.allclose(K, [[0.75, -0.5], [-0.5, 1.0]], atol=1e-15)


def test_the_change_has_rank_two_and_both_signs() -> None:
    spectrum = quasi.update_spectrum(91)
    assert quasi.update_rank(91) == 2
    assert spectrum[0] < -0.01 and spectrum[-1] > 0.01
    assert np.abs(spectrum[1:-1]).max() < 1e-12


def test_the_change_has_rank_one_only_when_s_is_parallel_to_Hy() -> None:
    K = quasi.dense(np.array([[1.0, 0.0]]), np.array([[2.0, 0.0]]))
    assert np.linalg.matrix_rank(K - np.eye(2)) == 1


def test_two_loops_with_a_scale_against_the_matrix_by_hand() -> None:
    S, Y = np.array([[1.0, 0.0]]), np.array([[2.0, 1.0]])
    # from 3 I: 3 * [[.25, -.5], [-.5, 1]] + [[.5, 0], [0, 0]]
    expected = np.array([[1.25, -1.5], [-1.5, 3.0]])
    for slope in np.eye(2):
        assert np.allclose(quasi.two_loop(S, Y, slope, 3.0), expected @ slope, atol=1e-14)
    assert np.allclose(quasi.dense(S, Y, 3.0), expected, atol=1e-14)
    assert quasi.two_loop_gap(91) < 1e-12


def test_two_loops_of_the_pages_example_with_two_pairs() -> None:
    S, Y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[2.0, 1.0], [1.0, 1.0]])
    for slope, expected in (([1.0, 0.0], [0.625, -0.625]), ([1.0, 1.0], [0.0, 1.0])):
        # see the page: q, the two products and r, by hand
        assert np.allclose(quasi.two_loop(S, Y, np.array(slope), 0.5), expected, atol=1e-14)


def test_lbfgs_keeps_two_vectors_for_each_pair() -> None:
    kept = quasi.numbers_kept(200, memory=3)
    assert 2 * 3 < kept < 2 * 3 + 4


def test_exact_search_visits_the_points_of_conjugate_gradients() -> None:
    found = {m: quasi.exact_search(m, seed=3, size=6, steps=6) for m in ("CG", "BFGS", "L-BFGS")}
    for method in ("BFGS", "L-BFGS"):
        assert np.allclose(found[method][:6], found["CG"][:6], rtol=1e-6)
        assert found[method][6] < 1e-9
    assert quasi.exact_search("gradient", seed=3, size=6, steps=6)[-1] > 0.01


# --- K-FAC ----------------------------------------------------------------------------


def test_kfac_block_by_hand() -> None:
    exact, A, S = kfac.layer_blocks(4, 0.0, examples=7)
    # equal predictions: the curvature at the outputs is I/3 - 1/9 for each example
    assert np.allclose(S, np.eye(3) / 3 - 1 / 9)
    assert np.allclose(exact, np.kron(A, S), atol=1e-12)
    assert kfac.block_gap(4, 1.0, examples=1) < 1e-10
    assert kfac.block_gap(4, 1.0, kind="squared") < 1e-10
    assert kfac.block_gap(4, 1.0) > 0.05


def test_fisher_factors_by_hand() -> None:
    # one example, p = (0.6, 0.4, 0, ...), label 0: g = (-0.4, 0.4), so g g^T is 0.16 times the
    # sign pattern, and diag(p) - p p^T is 0.24 times the same pattern: a third is missing
    W = torch.full((1, 10), -1e3, dtype=torch.float64)
    W[0, :2] = torch.tensor([0.6, 0.4], dtype=torch.float64).log()
    gap, ratio = kfac.distance(W, torch.ones(1, 1, dtype=torch.float64), torch.tensor([0]))
    assert gap == pytest.approx(1 / 3) and ratio == pytest.approx(2 / 3)


# --- the net on the digits ------------------------------------------------------------


@pytest.mark.parametrize("masked", [False, True])
def test_the_nets_gradient_is_autograds_and_the_difference_quotients(masked: bool) -> None:
    w = net.start(91) + 0.01
    rows = np.arange(40, 90)
    mask = batches.mask(np.random.default_rng(1), 50) if masked else 1.0
    value, slope = net.value_and_slope(w, 91, rows, mask)
    few = np.random.default_rng(2).choice(len(w), 40, replace=False)

    def at(z: np.ndarray) -> np.ndarray:
        moved = w.copy()
        moved[few] = z
        return moved

    error = check_grad(
        lambda z: net.value_and_slope(at(z), 91, rows, mask)[0],
        lambda z: net.value_and_slope(at(z), 91, rows, mask)[1][few],
        w[few],
    )
    assert error < 1e-6
    if not masked:
        X, y = (part[rows] for part in digits(91)["training"])
        at_w = torch.from_numpy(w).requires_grad_()
        loss = net.net_loss(X, y)(at_w)
        loss.backward()
        assert value == pytest.approx(loss.item(), rel=1e-12)
        assert np.allclose(slope, at_w.grad, atol=1e-13)


def test_measures_of_a_net_without_weights_and_of_a_lost_one() -> None:
    found = net.measures(np.zeros(1210), 91)
    assert [found["training"], found["test"]] == pytest.approx([np.log(10)] * 2)
    zeros = (digits(91)["test"][1] == 0).double().mean().item()
    assert found["accuracy"] == pytest.approx(zeros)
    lost = net.measures(np.full(1210, np.nan), 91)
    assert lost["training"] == np.inf and lost["accuracy"] == 0


def test_minibatches_are_of_the_training_part_and_all_of_it_if_asked() -> None:
    rows = next(net.batches(91, 64))
    assert len(set(rows)) == 64 and rows.max() < 1078
    assert next(net.batches(91, 1078)) == slice(None)


# --- optimizers -----------------------------------------------------------------------


def test_a_curve_has_one_row_per_epoch_of_gradients() -> None:
    curve = optimizers.Curve(91, 5)
    w = net.start(91)
    curve.spend(1077)
    assert curve.look(w) and curve.rows == []
    curve.spend(1078 + 1)
    assert curve.look(w) and len(curve.rows) == 2
    assert not curve.look(np.full_like(w, np.nan))
    assert len(curve.finish(w).rows) == 5 and not curve.look(w)
    assert curve.losses()[0] == pytest.approx(net.value_and_slope(w, 91)[0])


def test_full_batch_lbfgs_is_scipys_and_falls_below_sgds() -> None:
    losses = optimizers.full(91, 10, epochs=40).losses()
    assert len(losses) == 40 and (np.diff(losses) <= 0).all()
    assert losses[-1] < 0.1 * optimizers.sgd(91, 1078, 1.0, epochs=40).losses()[-1]
    torchs = optimizers.searched(91, 1078, 20, epochs=40).losses()
    assert torchs[-1] < 0.1


def test_sgd_learns_and_a_lost_run_is_infinite_or_bad() -> None:
    losses = optimizers.sgd(91, 256, 0.3, epochs=3).losses()
    assert len(losses) == 3 and losses[-1] < losses[0] < np.log(10)
    assert not optimizers.mixed(91, 64, 1e6, epochs=2).losses()[-1] < 1e4


def test_mixed_and_paired_begin_with_the_same_step_and_then_part() -> None:
    # with all examples both pairs are honest, and both methods are L-BFGS with a fixed step
    both = [run(91, 1078, 0.3, epochs=12) for run in (optimizers.mixed, optimizers.paired)]
    # paired pays two gradients a step: after 2 k epochs it is where mixed is after k
    assert np.allclose(both[1].losses()[1:12:2], both[0].losses()[:6], rtol=1e-8)
    mixed, paired = (
        run(91, 64, 0.3, epochs=4).losses()[-1] for run in (optimizers.mixed, optimizers.paired)
    )
    assert mixed != pytest.approx(paired, rel=0.01)


def test_a_search_that_tries_several_points_pays_for_them() -> None:
    curve = optimizers.searched(91, 1078, 5, epochs=6)
    assert len(curve.rows) == 6 and curve.used == 6 * 1078


# --- batches and masks ----------------------------------------------------------------


class Told:
    """A curve with given rows."""

    def __init__(self, *rows: tuple[float, float, float]) -> None:
        self.rows = [{"training": a, "validation": b, "test": b, "accuracy": c} for a, b, c in rows]
        self.losses = lambda: np.array([row["training"] for row in self.rows])

    @property
    def chosen(self) -> dict[str, float]:
        return optimizers.Curve.chosen.fget(self)


def test_a_tuned_method_takes_the_lowest_loss_or_the_epoch_that_validation_chooses() -> None:
    told = {
        1.0: Told((0.9, 0.8, 0.7), (0.5, 0.6, 0.8)),
        2.0: Told((0.4, 0.5, 0.9), (0.6, 0.9, 0.5)),
    }
    method = batches.Tuned(told.get, told)
    assert method.lowest(1) == 0.4 and method.lowest(2) == 0.5
    assert method.setting == 1.0 and method.curve == [0.9, 0.5]
    assert method.chosen["accuracy"] == 0.9


def test_the_contests_count_alike_and_divide_what_they_say() -> None:
    found = batches.minibatch(91, 256, epochs=2)
    assert {"mixed over SGD", "paired over SGD", "searched over SGD"} <= set(found)
    full = batches.full_batch(91, epochs=2)
    assert full["accuracy lead"] == pytest.approx(full["64 accuracy"] - full["L-BFGS accuracy"])
    assert len(full["64 curve"]) == len(full["L-BFGS curve"]) == 2


def test_a_mixed_pair_by_hand() -> None:
    w, seed = net.start(91), 91
    s = np.zeros_like(w)
    s[-30] = 0.01
    a, b = {"rows": np.arange(64)}, {"rows": np.arange(64, 128)}
    error, bad, honest_bad = batches.one_pair(seed, w, w + s, a, b)
    g = [net.value_and_slope(w, seed, f["rows"])[1] for f in (a, b)]
    y = net.value_and_slope(w + s, seed, b["rows"])[1] - g[1]
    assert error == pytest.approx(np.linalg.norm(g[1] - g[0]) / np.linalg.norm(y))
    assert bad == (s @ (y + g[1] - g[0]) <= 0) and honest_bad == (s @ y <= 0)
    assert batches.one_pair(seed, w, w + s, a, a)[0] < 1e-10


def test_the_error_of_a_mixed_pair_grows_as_the_step_shrinks() -> None:
    found = batches.mask_errors(91, draws=4)
    assert found["error 0.01"] / found["error 0.1"] == pytest.approx(10, rel=0.2)


def test_pair_errors_take_the_steps_of_scipy() -> None:
    path = list(optimizers.points(91, 3))
    assert len(path) == 4 and np.array_equal(path[0], net.start(91))
    found = batches.pair_errors(91, steps=3)
    lengths = [np.linalg.norm(b - a) for a, b in pairwise(path)]
    assert found["length"] == pytest.approx(np.median(lengths))
    assert found["64 error"] > found["256 error"] > 0


def test_a_held_mask_lets_the_search_go_on() -> None:
    held, new = (dropout.lbfgs(91, 10, kind, 60) for kind in ("held", "new"))
    assert new[1] < held[1]
    one = batches.mask(np.random.default_rng(91), 1078)
    losses = [net.value_and_slope(w, 91, mask=one)[0] for w, _ in (held, new)]
    assert losses[0] < 0.05 * losses[1]
    assert dropout.masked_loss(91, dropout.sgd(91, 1.0, 30)[0]) < 1.0


def test_masks_keep_the_mean() -> None:
    mask = batches.mask(np.random.default_rng(0), 4000)
    assert set(np.unique(mask)) == {0.0, 1.25} and mask.mean() == pytest.approx(1, abs=0.01)
