"""The momentum chapter's experiments against hand computations and independent oracles."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims import VERDICTS
from claims import momentum as lab
from claims.momentum_table import claims as table


def test_linear_maps_give_the_worked_example():
    # f = x**2 / 2, rate 0.1, rho 0.9, from 1: the steps computed by hand in the chapter
    plain = lab.trajectory(lab.step_matrices([1.0], 0.1, 0.9), [[1.0, 0.0]], 3)[:, 0]
    assert np.allclose(plain, [[1, 0], [0.9, -0.1], [0.72, -0.18], [0.486, -0.234]])
    ahead = lab.trajectory(lab.step_matrices([1.0], 0.1, 0.9, True), [[1.0, 0.0]], 2)[:, 0]
    assert np.allclose(ahead, [[1, 0], [0.9, -0.1], [0.729, -0.171]])


@pytest.mark.parametrize("look_ahead", [False, True])
def test_factor_is_the_spectral_radius(look_ahead):
    curvature = np.linspace(0.01, 5, 60)
    for rho in (0.0, 0.3, 0.9, 1.0):
        maps = lab.step_matrices(curvature, 0.8, rho, look_ahead)
        radius = np.abs(np.linalg.eigvals(maps)).max(-1)
        assert np.allclose(lab.factor(curvature, 0.8, rho, look_ahead), radius, atol=1e-6)


@pytest.mark.parametrize(("look_ahead", "limit"), [(False, 2 * 1.9), (True, 2 * 1.9 / 2.8)])
def test_stability_limits(look_ahead, limit):
    one = np.ones(1)
    assert lab.factor(one, limit * 0.999, 0.9, look_ahead)[0] < 1
    assert lab.factor(one, limit * 1.001, 0.9, look_ahead)[0] > 1


def test_best_constants_reach_the_square_root_rate():
    root = 10.0
    spectrum = 100.0 ** -np.linspace(0, 1, 30)
    rate, rho = 4 / (1 + 0.1) ** 2, ((root - 1) / (root + 1)) ** 2
    best = lab.factor(spectrum, rate, rho).max()
    assert best == pytest.approx((root - 1) / (root + 1), abs=1e-6)
    for nudge in (0.95, 1.05):
        assert lab.factor(spectrum, rate * nudge, rho).max() > best
        assert lab.factor(spectrum, rate, rho * nudge).max() > best


def test_torch_path_takes_the_new_rate_and_the_rhos():
    # constants by hand: u1 = 1, x1 = .9; u2 = .9 + .9 = 1.8, rate .01: x2 = .882
    path = lab.torch_path([1.0], [1.0], 0.1, 0.9, 2, new_lr=(1, 0.01))
    assert path[:, 0] == pytest.approx([1, 0.9, 0.882])
    path = lab.torch_path([1.0], [1.0], 0.1, 0.9, 2, rhos=np.array([0.9, 0.0]))
    assert path[:, 0] == pytest.approx([1, 0.9, 0.81])


def test_forms_agree_and_part():
    assert lab.forms_gap(7) < 1e-13
    assert lab.forms_gap(7, look_ahead=True) < 1e-13
    assert lab.forms_gap(7, rate_after=0.03) > 0.05


def test_velocity_is_a_sum():
    assert lab.velocity_over_mean(11) == pytest.approx(10, rel=1e-9)


def test_overshoot_follows_the_formula():
    theta = np.arccos((1.9 - 0.01) / (2 * np.sqrt(0.9)))
    assert lab.overshoot(3) == pytest.approx(0.9 ** (np.pi / theta / 2), rel=0.02)
    assert lab.overshoot(3, look_ahead=True) < lab.overshoot(3)
    assert 0 < lab.overshoot_ratio(9) < 1


def test_steps_to_counts_the_last_step_outside():
    path = np.array([[1.0], [0.0], [-0.5], [1e-4], [1e-5]])
    assert lab.steps_to(path) == 3
    assert lab.steps_to(path, tolerance=0.6) == 1


def test_speedup_of_tuned_momentum_lies_between_one_and_the_limit():
    limit = np.log(9 / 11) / np.log(99 / 101)
    assert 3 < lab.speedup(21, tuned=True) < limit
    assert lab.speedup(21) > 1.5


def test_noise_ratio_matches_the_lyapunov_equation():
    # an oracle of its own: the covariance solves P = M P M' + q q'
    from scipy.linalg import solve_discrete_lyapunov

    def variance(rate: float, rho: float) -> float:
        kick = rate * np.ones((2, 1))
        return solve_discrete_lyapunov(lab.step_matrices(1.0, rate, rho), kick @ kick.T)[0, 0]

    for effective in (0.1, 1.0):
        exact = variance(effective * 0.1, 0.9) / variance(effective, 0.0)
        measured = lab.noise_ratio(5, effective=effective)
        assert measured == pytest.approx(exact, rel=0.05)
        formula = (2 - effective) / (2 - effective * 0.1 / 1.9)
        assert exact == pytest.approx(formula, rel=1e-9)


def test_saddle_speedup_is_the_ratio_of_growth():
    root = (1.91 + np.sqrt(1.91**2 - 3.6)) / 2
    assert lab.saddle_speedup(2) == pytest.approx(np.log(root) / np.log(1.01), rel=0.1)


def test_frictionless_ball_keeps_its_swing():
    assert 0.9 < lab.frictionless_swing(4) < 1.2


def test_tuned_ratio_matches_the_published_rates():
    # heavy ball (sqrt k - 1)/(sqrt k + 1); Nesterov 1 - 2/sqrt(3k + 1) (Lessard et al. 2016)
    expected = np.log(9 / 11) / np.log(1 - 2 / np.sqrt(301))
    assert lab.tuned_ratio(100.0) == pytest.approx(expected, rel=0.02)


def test_duel_shares_add_up():
    shares = lab.duel(0)
    assert shares["wins"] + shares["ties"] + shares["losses"] == pytest.approx(1)
    assert shares["creeps"] <= shares["wins"] <= shares["swings"]


def test_digits_loss_learns_repeats_and_feels_its_arguments():
    few = {"steps": 30}
    base = lab.digits_loss(0, 0.1, 0.9, **few)
    again = lab.digits_loss.__wrapped__(0, 0.1, 0.9, **few)
    assert base == again < np.log(10)
    others = (
        lab.digits_loss(0, 0.1, 0.9, True, **few),
        lab.digits_loss(0, 0.1, 0.9, kick=1.0, **few),
        lab.digits_loss(0, 0.1, 0.9, last_rho=0.5, **few),
    )
    assert all(abs(other - base) > 1e-4 for other in others)


def test_torch_convention_of_nesterov_stays():
    # u = rho u + g; x -= lr (g + rho u): the chapter says so, a new torch might not
    x = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1, momentum=0.9, nesterov=True)
    x.grad = torch.tensor([2.0], dtype=torch.float64)
    optimizer.step()
    assert x.item() == pytest.approx(1 - 0.1 * (2 + 0.9 * 2))


def test_table_has_every_verdict_in_order():
    verdicts = [claim.verdict for claim in table()]
    assert set(verdicts) <= set(VERDICTS)
    assert verdicts[:3] == ["holds", "does not hold", "does not hold"]
