"""The second-order chapter's experiments against hand computations and other oracles."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims import VERDICTS
from claims import second_order as rows
from claims import second_order_digits as digits
from claims import second_order_lab as lab
from claims import second_order_quasi as quasi

# torch.func loads a module of torch that still calls its own deprecated jit.script
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")


def test_newton_squares_the_error_of_the_worked_example():
    path = lab.newton_paths(lambda x: (x - torch.log(x)).sum(-1), [[0.5], [2.5]], 3)
    assert np.allclose(1 - path[:, 0, 0], [0.5, 0.25, 0.0625, 0.00390625])
    assert path[1, 1, 0] == pytest.approx(-1.25)


def test_newton_climbs_to_the_saddle_and_damping_does_not():
    # by hand at (0.1, 0): g = (-0.099, 0.003), H = [[-0.97, 0.06], [0.06, 1]]
    expected = [0.1, 0] - np.linalg.solve([[-0.97, 0.06], [0.06, 1]], [-0.099, 0.003])
    path = lab.newton_paths(lab.two_valleys, [[0.1, 0.0]], 20)
    assert np.allclose(path[1, 0], expected, atol=1e-14)
    assert np.allclose(path[-1, 0], 0, atol=1e-14)
    damped = lab.newton_paths(lab.two_valleys, [[0.1, 0.0]], 40, floor=0.5)[-1]
    assert damped[0, 0] == pytest.approx(np.sqrt(1 / 0.82), abs=1e-8)
    assert damped[0, 1] == pytest.approx(-0.3 / 0.82, abs=1e-8)
    assert list(lab.negative_directions(lab.two_valleys, [[0, 0], *damped])) == [1, 0]
    assert lab.negative_directions(lab.two_valleys, [[np.nan, 0.0]])[0] == -1


def test_damping_raises_the_smallest_eigenvalue_to_the_floor():
    # f = (3 a^2 - b^2) / 2: the shift is 1.5, so H + shift = diag(4.5, 0.5)
    path = lab.newton_paths(lambda w: (3 * w[0] ** 2 - w[1] ** 2) / 2, [[1.0, 1.0]], 1, floor=0.5)
    assert np.allclose(path[1, 0], [1 - 3 / 4.5, 1 + 1 / 0.5])


def test_one_step_and_invariance():
    assert lab.one_step_error(11) < 1e-10
    assert lab.invariance_gap(11) < 1e-10


def test_minimum_share_is_the_power_of_one_dimension():
    one = np.mean([lab.minimum_share(s, 1) for s in range(5)])
    # inside |x| < 1/sqrt(5) a start cannot leave, beyond 1/sqrt(3) it cannot come back
    assert 1 - 0.5774 / 1.5 < one < 1 - 0.4472 / 1.5 + 0.03
    three = np.mean([lab.minimum_share(s, 3) for s in range(5)])
    assert three == pytest.approx(one**3, abs=0.05)


def test_full_steps_fail_from_afar_only():
    assert lab.far_share(20, 0.01, starts=3) == 1
    assert lab.far_share(20, 5.0, starts=3) < 1


def test_the_values_of_both_rivals_end_above_the_minimum():
    f = lab.parity(50)
    best = f(lab.tensor(lab.newton_paths(f, np.zeros((1, 65)), 12)[-1, 0])).item()
    limited, plain = lab.lbfgs_values(f, np.zeros(65), 15), lab.descent_values(f, np.zeros(65), 15)
    assert limited[0] == plain[0] == pytest.approx(np.log(2))
    assert best < limited[-1] < plain[-1]
    assert (np.diff(limited) <= 0).all() and (np.diff(plain) < 0).all()


def test_exponent_of_a_known_power():
    assert lab.exponent([1, 2, 4], [3, 24, 192]) == pytest.approx(3)


def test_costs_are_counted_in_bytes_and_positive_times():
    cost = lab.hessian_costs.__wrapped__((1, 2))
    assert list(cost["N"]) == [85, 160]
    assert list(cost["bytes"]) == [8 * 85**2, 8 * 160**2]
    assert (cost["all"] > 0).all()
    assert lab.solve_costs.__wrapped__((50, 60), repeats=2).shape == (2, 2)


def test_timing_gives_the_threads_back():
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError):
        lab.seconds(lambda: 1 / 0, 1)
    assert torch.get_num_threads() == before


def test_products_have_the_order_of_their_differences():
    one_sided, centred = lab.product_errors([1e-3, 1e-4])
    assert one_sided[0] / one_sided[1] == pytest.approx(10, rel=0.02)
    assert centred[0] / centred[1] == pytest.approx(100, rel=0.05)


def test_dense_is_the_worked_example():
    H = quasi.dense(np.array([[1.0, 0.0]]), np.array([[2.0, 1.0]]))
    assert np.allclose(H, [[0.75, -0.5], [-0.5, 1.0]], atol=1e-15)


def test_the_change_has_rank_two_and_both_signs():
    spectrum = quasi.update_spectrum(9)
    assert quasi.update_rank(9) == 2
    assert spectrum[0] < -0.01 and spectrum[-1] > 0.01
    assert np.abs(spectrum[1:-1]).max() < 1e-12


def test_the_change_has_rank_one_only_when_s_is_parallel_to_Hy():
    H = quasi.dense(np.array([[1.0, 0.0]]), np.array([[2.0, 0.0]]))
    assert np.linalg.matrix_rank(H - np.eye(2)) == 1


def test_two_loops_with_a_scale_against_the_matrix_by_hand():
    S, Y = np.array([[1.0, 0.0]]), np.array([[2.0, 1.0]])
    # from 3 I: 3 * [[.25, -.5], [-.5, 1]] + [[.5, 0], [0, 0]]
    expected = np.array([[1.25, -1.5], [-1.5, 3.0]])
    for slope in np.eye(2):
        assert np.allclose(quasi.two_loop(S, Y, slope, 3.0), expected @ slope, atol=1e-14)
    assert np.allclose(quasi.dense(S, Y, 3.0), expected, atol=1e-14)
    assert quasi.two_loop_gap(9) < 1e-13


def test_exact_search_visits_the_points_of_conjugate_gradients():
    runs = {m: quasi.exact_search(m, seed=3, size=6, steps=6) for m in ("CG", "BFGS", "L-BFGS")}
    for method in ("BFGS", "L-BFGS"):
        assert np.allclose(runs[method][:6], runs["CG"][:6], rtol=1e-6)
        assert runs[method][6] < 1e-9
    assert quasi.exact_search("gradient", seed=3, size=6, steps=6)[-1] > 0.01


def test_kfac_block_by_hand():
    exact, A, S = quasi.layer_blocks(4, 0.0, examples=7)
    # equal predictions: the curvature at the outputs is I/3 - 1/9 for each example
    assert np.allclose(S, np.eye(3) / 3 - 1 / 9)
    assert np.allclose(exact, np.kron(A, S), atol=1e-12)
    assert quasi.kfac_gap(4, 1.0, examples=1) < 1e-10
    assert quasi.kfac_gap(4, 1.0, kind="squared") < 1e-10
    assert quasi.kfac_gap(4, 1.0) > 0.05


def test_oracle_and_torch_agree_that_the_full_batch_is_easy():
    assert digits.oracle(7, 40)[-1] < 0.02
    assert digits.lbfgs(7, 1348, 1.0, 40, search=True) < 0.05
    assert (np.diff(digits.oracle(7, 40)) <= 0).all()


def test_sgd_learns_and_a_diverged_run_is_infinite():
    values = digits.sgd(7, 256, 0.3, 3)
    assert len(values) == 3 and values[-1] < values[0] < np.log(10) * 1.2
    assert digits.lbfgs(7, 64, 1e6, 1) == float("inf")


def test_the_loss_of_a_net_without_weights():
    w = torch.zeros(sum(digits.SIZES), dtype=torch.float64)
    assert digits.final(w) == pytest.approx(np.log(10))
    assert digits.final(w * float("nan")) == float("inf")


def test_the_error_of_a_mixed_pair_grows_as_the_step_shrinks():
    long, short = (digits.dropout_pairs(6, h, draws=4)[0] for h in (0.1, 0.01))
    assert short / long == pytest.approx(10, rel=0.2)


def test_a_held_mask_lets_the_search_go_on():
    held, new = (digits.dropout_run(6, fixed, 60) for fixed in (True, False))
    assert held[0] < 0.05 * new[0]
    assert new[1] < held[1]
    assert digits.dropout_sgd(6) < 0.5


def test_verdicts_of_the_table(monkeypatch):
    # the table itself is run by the page; here with the slow experiments stilled
    monkeypatch.setattr(rows, "SEEDS", (0,))
    monkeypatch.setattr(rows, "REPEATS", (0,))
    monkeypatch.setattr(rows, "solve_exponent", lambda repeat: 2.8)
    monkeypatch.setattr(rows, "memory_exponent", lambda: 2.0)
    for name in ("full_batch_ratio", "minibatch_ratio"):
        monkeypatch.setattr(digits, name, lambda s, batch=0: 0.1 if not batch else 30.0)
    for name in ("best_sgd", "dropout_sgd"):
        monkeypatch.setattr(digits, name, lambda s, batch=0: 1.0)
    table = rows.claims()
    verdicts = {claim.says: claim.verdict for claim in table}
    assert set(verdicts.values()) <= set(VERDICTS)
    assert verdicts["BFGS updates the inverse with changes of rank one"] == "does not hold"
    assert verdicts["Newton lands on a quadratic's minimum in one step"] == "holds"
    assert len(verdicts) == len(table) == 18


@pytest.mark.parametrize(
    ("values", "word"), [([1, 1], "holds"), ([1, 9], "holds in part"), ([9, 9], "does not hold")]
)
def test_judges(values, word):
    assert rows._all(lambda v: v < 2)(np.array(values)) == word
    assert rows._share(np.array(values) ** -0.25) in VERDICTS


def test_share_judges_by_the_median():
    cases = ((0.97, "holds"), (0.7, "holds in part"), (0.2, "does not hold"))
    assert [rows._share(np.array([v, v])) for v, _ in cases] == [word for _, word in cases]
