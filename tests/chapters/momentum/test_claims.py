"""The momentum chapter's experiments against hand computations and independent oracles."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims import momentum as recorded
from claims import show
from claims.digits import digits
from claims.momentum import digits as net
from claims.momentum import landscapes, rivals, runs, starts
from claims.momentum import quadratics as lab
from claims.rule import FAILS, HOLDS


def test_linear_maps_give_the_worked_example() -> None:
    # f = x**2 / 2, rate 0.1, rho 0.9, from 1: the steps computed by hand in the chapter
    plain = lab.trajectory(lab.step_matrices([1.0], 0.1, 0.9), [[1.0, 0.0]], 3)[:, 0]
    assert np.allclose(plain, [[1, 0], [0.9, -0.1], [0.72, -0.18], [0.486, -0.234]])
    ahead = lab.trajectory(lab.step_matrices([1.0], 0.1, 0.9, True), [[1.0, 0.0]], 2)[:, 0]
    assert np.allclose(ahead, [[1, 0], [0.9, -0.1], [0.729, -0.171]])


@pytest.mark.parametrize("look_ahead", [False, True])
def test_factor_is_the_spectral_radius(look_ahead: bool) -> None:
    curvature = np.linspace(0.01, 5, 60)
    for rho in (0.0, 0.3, 0.9, 1.0):
        maps = lab.step_matrices(curvature, 0.8, rho, look_ahead)
        radius = np.abs(np.linalg.eigvals(maps)).max(-1)
        assert np.allclose(lab.factor(curvature, 0.8, rho, look_ahead), radius, atol=1e-6)


@pytest.mark.parametrize(("look_ahead", "limit"), [(False, 2 * 1.9), (True, 2 * 1.9 / 2.8)])
def test_stability_limits(look_ahead: bool, limit: float) -> None:
    one = np.ones(1)
    assert lab.factor(one, limit * 0.999, 0.9, look_ahead)[0] < 1
    assert lab.factor(one, limit * 1.001, 0.9, look_ahead)[0] > 1


def test_best_constants_reach_the_square_root_rate() -> None:
    root = 10.0
    spectrum = 100.0 ** -np.linspace(0, 1, 30)
    rate, rho = 4 / (1 + 0.1) ** 2, ((root - 1) / (root + 1)) ** 2
    best = lab.factor(spectrum, rate, rho).max()
    assert best == pytest.approx((root - 1) / (root + 1), abs=1e-6)
    for nudge in (0.95, 1.05):
        assert lab.factor(spectrum, rate * nudge, rho).max() > best
        assert lab.factor(spectrum, rate, rho * nudge).max() > best


@pytest.mark.parametrize("condition", [10.0, 1000.0])
def test_the_search_finds_the_published_best_factors(condition: float) -> None:
    # heavy ball (sqrt k - 1)/(sqrt k + 1); Nesterov 1 - 2/sqrt(3k + 1) (Lessard et al. 2016)
    spectrum = condition ** -np.linspace(0, 1, 9)
    root = np.sqrt(condition)
    ball, look = (root - 1) / (root + 1), 1 - 2 / np.sqrt(3 * condition + 1)
    assert lab.best_factor(spectrum) == pytest.approx(ball, abs=1e-6)
    assert lab.best_factor(spectrum, True) == pytest.approx(look, abs=1e-6)
    assert rivals.tuned_ratio(condition) == pytest.approx(np.log(ball) / np.log(look), rel=1e-5)


def test_torch_path_takes_the_new_rate() -> None:
    # by hand: u1 = 1, x1 = .9; u2 = .9 + .9 = 1.8, rate .01: x2 = .882
    path = lab.torch_path([1.0], [1.0], 0.1, 0.9, 2, new_lr=(1, 0.01))
    assert path[:, 0] == pytest.approx([1, 0.9, 0.882])


def test_forms_agree_and_part() -> None:
    assert runs.forms_gap() < 1e-13
    assert runs.forms_gap(look_ahead=True) < 1e-13
    assert runs.forms_gap(rate_after=0.03) > 0.05


def test_velocity_is_a_sum() -> None:
    assert runs.velocity_over_mean() == pytest.approx(10, rel=1e-9)
    assert runs.velocity_when_signs_change() == pytest.approx(1 / 1.9, rel=1e-9)


def test_the_steep_direction_settles_as_its_factor_says() -> None:
    a = np.random.default_rng(4).uniform(1, 2)
    plain = np.ceil(np.log(0.01) / np.log(a - 1))  # SGD's coordinate is (1 - a)**t
    path, (x, v) = [1.0], (1.0, 0.0)
    for _ in range(400):
        v = 0.9 * v - a * x
        x += v
        path.append(x)
    ball = np.flatnonzero(np.abs(path) > 0.01)[-1] + 1
    assert runs.steep_direction(4) == pytest.approx(ball / plain)


def test_what_keeps_the_ball_rolling() -> None:
    assert 0.9 < runs.swing_at_the_end(rho=1.0) < 1.1
    assert runs.swing_at_the_end(rho=0.0) < 0.9**4900


def test_overshoot_follows_the_formula() -> None:
    theta = np.arccos((1.9 - 0.01) / (2 * np.sqrt(0.9)))
    assert runs.overshoot() == pytest.approx(0.9 ** (np.pi / theta / 2), rel=0.02)


def test_overshoot_ratio_follows_the_effective_momentum() -> None:
    a = np.random.default_rng(9).uniform(0.02, 0.9)
    lowest = []
    for ahead in (True, False):
        x, v, path = 1.0, 0.0, []
        for _ in range(200):
            v = 0.9 * v - a * (x + 0.9 * v * ahead)
            x += v
            path.append(x)
        lowest.append(min(*path, 0))
    assert rivals.overshoot_ratio(9) == pytest.approx(lowest[0] / lowest[1])


def test_steps_to_counts_the_last_step_outside() -> None:
    path = np.array([[1.0], [0.0], [-0.5], [1e-4], [1e-5]])
    assert lab.steps_to(path) == 3
    assert lab.steps_to(path, tolerance=0.6) == 1


def test_speedup_of_tuned_momentum_lies_between_three_and_the_limit() -> None:
    limit = np.log(9 / 11) / np.log(99 / 101)
    assert runs.speedup_per_digit() == pytest.approx(limit, rel=1e-6)
    assert 3 < runs.speedup(21, tuned=True) < limit
    assert runs.speedup(21) > 1.5


def test_noise_ratio_matches_the_lyapunov_equation() -> None:
    # an oracle of its own: the covariance solves P = M P M' + q q'
    from scipy.linalg import solve_discrete_lyapunov

    def variance(rate: float, rho: float) -> float:
        kick = rate * np.ones((2, 1))
        return solve_discrete_lyapunov(lab.step_matrices(1.0, rate, rho), kick @ kick.T)[0, 0]

    measured = landscapes.noise_ratio(5)
    assert list(measured) == ["0.1", "0.3", "0.5", "1.0", "1.5"]
    for effective in landscapes.EFFECTIVE:
        exact = variance(effective * 0.1, 0.9) / variance(effective, 0.0)
        assert measured[str(effective)] == pytest.approx(exact, rel=0.05)
        formula = (2 - effective) / (2 - effective * 0.1 / 1.9)
        assert exact == pytest.approx(formula, rel=1e-9)


def test_steps_out_of_a_saddle() -> None:
    # SGD's y is 0.001 * 1.1**t; momentum's by hand: .5, .55, .65, .805, 1.025
    assert landscapes.steps_out(1e-3, 0.1, 0.0) == np.ceil(np.log(1000) / np.log(1.1))
    assert landscapes.steps_out(0.5, 0.1, 0.9) == 4


def test_saddle_speedup_is_the_ratio_of_growth() -> None:
    down = 10 ** np.random.default_rng(2).uniform(-3, -1)
    root = (1.9 + down + np.sqrt((1.9 + down) ** 2 - 3.6)) / 2
    found = landscapes.saddle_speedup(2)
    assert found["same rate"] == pytest.approx(np.log(root) / np.log1p(down), rel=0.1)
    assert found["same effective rate"] == pytest.approx(
        np.log(root) / np.log1p(10 * down), rel=0.15
    )


def test_in_a_valley_without_waves_neither_ends_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = np.random.default_rng(0)

    class Flat:
        def uniform(self, low: float, high: float, size: int) -> np.ndarray:
            return np.zeros(size) if high == 0.6 else calm.uniform(low, high, size)

    assert landscapes.local_minima(0, landscapes=40)["same rate"] > 0
    monkeypatch.setattr(landscapes.np.random, "default_rng", lambda _: Flat())
    assert landscapes.local_minima(0, landscapes=40) == {"same rate": 0, "same effective rate": 0}


def test_duel_shares_add_up() -> None:
    shares = rivals.duel(0, draws=120)
    assert shares["wins"] + shares["ties"] + shares["losses"] == pytest.approx(1)
    assert shares["creeps"] <= shares["wins"] <= shares["swings"]
    assert shares["ratio when it wins"] < 1 < shares["ratio when it loses"]


def alone(seed: int, s: net.Setting, steps: int) -> dict[str, float]:
    """One net by itself, through torch's own layers."""
    torch.manual_seed(seed)
    X, y = digits(seed)["training"]
    layers = torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
    one = torch.nn.Sequential(*layers).double()
    optimizer = torch.optim.SGD(one.parameters(), lr=s.lr, momentum=s.rho, nesterov=s.nesterov)
    order = torch.Generator().manual_seed(seed)
    for t in range(steps):
        if s.last_rho is not None:
            share = t / (steps - 1)
            optimizer.param_groups[0]["momentum"] = s.rho + (s.last_rho - s.rho) * share
        batch = torch.randint(len(y), (64,), generator=order)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(one(X[batch]), y[batch]).backward()
        optimizer.step()
    with torch.no_grad():
        return {
            part: torch.nn.functional.cross_entropy(one(X), y).item()
            for part, (X, y) in digits(seed).items()
        }


def test_copies_learn_side_by_side_as_each_would_alone() -> None:
    settings = [
        net.Setting(0.05, 0.9),
        net.Setting(0.2, 0.5, nesterov=True),
        net.Setting(0.1, 0.5, last_rho=0.99),
    ]
    together = net.digits_losses(3, settings, (20,))[20]
    for s, losses in zip(settings, together, strict=True):
        assert losses == pytest.approx(alone(3, s, 20), rel=1e-9)


def test_a_first_velocity_moves_its_own_copy_and_no_other() -> None:
    rest, kicked = (net.Setting(0.05, 0.9, kick=kick) for kick in (0.0, 1.0))
    losses = net.digits_losses(1, [rest, kicked, rest], (1, 30))
    assert losses[30][0] == losses[30][2] != losses[1][0]
    assert abs(losses[30][1]["training"] / losses[30][0]["training"] - 1) > 1e-4


def test_the_kick_is_as_long_as_the_terminal_velocity() -> None:
    p = torch.zeros(5, 4, dtype=torch.float64, requires_grad=True)
    p.grad = torch.full_like(p, 0.5)
    optimizer = torch.optim.SGD([p], lr=0.1, momentum=0.8)
    net._kick(optimizer, [[p]], [net.Setting(0.1, 0.8, kick=2.0)], torch.Generator())
    length = optimizer.state[p]["momentum_buffer"].norm().item()
    assert length == pytest.approx(2 * 0.5 * np.sqrt(20) / 0.2)


def test_a_copy_that_overflows_has_an_infinite_loss_and_disturbs_no_other() -> None:
    wild, tame = net.Setting(1e200, 0.9), net.Setting(0.05, 0.9)
    losses = net.digits_losses(0, [wild, tame], (5,))[5]
    assert losses[0] == dict.fromkeys(("training", "validation", "test"), np.inf)
    assert losses[1] == net.digits_losses(0, [tame], (5,))[5][0]


def planted(
    monkeypatch: pytest.MonkeyPatch, module: object, losses: list[float]
) -> list[net.Setting]:
    """Let a module's nets come out with these training losses; the settings that it asked for."""
    asked: list[net.Setting] = []

    def told(seed: int, settings: list, at: tuple[int, ...]) -> dict[int, list[dict[str, float]]]:
        parts = [{"training": v, "validation": 10 - v, "test": v + 1} for v in losses]
        asked[:] = settings
        assert len(settings) == len(losses)
        return dict.fromkeys(at, parts)

    monkeypatch.setattr(module, "digits_losses", told)
    return asked


def test_the_grid_counts_settings_and_chooses_on_validation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ball = [0.5] * 7 + [2.3, 7.0]
    look = [0.4, 0.495, 0.6, 0.5, 0.5, 0.5, 0.5, 2.3, 0.9]
    asked = planted(monkeypatch, rivals, ball + look)
    found = rivals.digits_grid(0)
    assert [s.nesterov for s in asked] == [False] * 9 + [True] * 9
    assert [s.lr for s in asked[3:6]] == pytest.approx([0.25, 0.05, 0.005])
    # two are better by 2 %, the first and the last; one is worse
    assert found["better"] == 2 / 9
    assert found["worse"] == 1 / 9
    assert found["momentum 0.1 0.5"] == 0.5 and found["Nesterov 0.1 0.5"] == 0.4
    # the lowest validation losses are planted at the highest training losses
    assert found["tuned"] == (2.3 + 1) / (7.0 + 1)


def test_annealing_compares_the_best_of_nine_with_the_best_of_nine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = planted(monkeypatch, starts, [0.1 * k for k in range(18)])
    found = starts.annealing(0)
    assert [s.last_rho for s in asked] == [None] * 9 + [0.9, 0.99, 0.99] * 3
    assert [s.lr for s in asked[9:12]] == pytest.approx([0.01, 0.001, 0.001])
    assert len(found) == 19
    assert found["0.1 0.5"] == 0 and found["2.5 0.9 to 0.99"] == pytest.approx(1.7)
    assert found["tuned"] == pytest.approx((1.7 + 1) / (0.8 + 1))


def test_velocity_start_divides_by_the_run_from_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = planted(monkeypatch, starts, [0.5, 0.6, 0.2, 0.8])
    found = starts.velocity_start(0)
    assert [s.kick for s in asked] == [0, 1, 0, 1]
    assert [s.lr for s in asked] == pytest.approx([0.05, 0.05, 0.005, 0.005])
    assert found["0.9 at 150"] == found["0.9 at 1500"] == pytest.approx(1.2)
    assert found["0.99 at 150"] == pytest.approx(4)
    assert found["loss 0.99 at 1500"] == 0.2


def test_torch_convention_of_nesterov_stays() -> None:
    # u = rho u + g; x -= lr (g + rho u): the chapter says so, a new torch might not
    x = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1, momentum=0.9, nesterov=True)
    x.grad = torch.tensor([2.0], dtype=torch.float64)
    optimizer.step()
    assert x.item() == pytest.approx(1 - 0.1 * (2 + 0.9 * 2))


def test_what_the_algebra_settles_has_the_verdict_that_it_must_have() -> None:
    judged = {claim.name: show.judged(claim) for claim in recorded.CLAIMS}
    for name in ("two-forms-agree", "no-rest-without-friction", "nesterov-renamed", "overshoots"):
        assert judged[name] == HOLDS
    for name in ("two-forms-agree-when-the-rate-changes", "running-mean", "nesterov-tuned-100"):
        assert judged[name] == FAILS
    assert judged["tenfold-in-the-limit"] == HOLDS
    assert (judged["noise-at-0-1"], judged["noise-at-1-5"]) == (FAILS, HOLDS)
