"""The gradient descent chapter's experiments against hand computations and other oracles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from claims import gradient_descent as recorded
from claims.gradient_descent import bowls, components, nets, noise, runs, runs_nets, saddles
from claims.rule import FAILS, HOLDS
from claims.show import judged


# ------------------------------------------------------------------ bowls
def test_torch_follows_the_closed_form():
    path = bowls.torch_path(0.015, 40, seed=3)
    factors = (1 - 0.015) ** np.arange(41), (1 - 1.5) ** np.arange(41)
    assert np.allclose(path, path[0] * np.stack(factors, axis=1), atol=1e-14)
    assert np.allclose(bowls.exact_path([1.0, 100.0], path[0], 0.015, 40), path, atol=1e-14)


def test_bowl_diverges_just_above_the_limit_and_converges_just_below():
    below, above = (np.abs(bowls.torch_path(r / bowls.KAPPA, 200)[:, 1]) for r in (1.99, 2.01))
    assert below[-1] < below[0] == above[0] < above[-1]


def test_sign_changes_and_steps_by_hand():
    path = np.array([[1.0, 1.0], [0.5, -0.5], [0.25, 0.25], [0.01, 0.0]])
    assert np.allclose(bowls.sign_changes(path), [0, 2 / 3])
    assert bowls.steps_to(path, 0.01) == 3
    assert bowls.steps_to(path[:3], 0.01) == np.inf


def test_steps_of_excess_against_counting():
    curvature, weight = np.array([0.1, 0.7, 2.0]), np.array([3.0, 1.0, 0.5])
    path = bowls.exact_path(curvature, np.sqrt(weight), 0.9, 200)
    loss = (curvature * path**2).sum(axis=1) / 2
    for share in (0.9, 0.1, 0.01):
        counted = np.flatnonzero(loss <= share * loss[0])[0]
        assert bowls.steps_of_excess(curvature, weight, 0.9, share) == counted


@pytest.mark.parametrize("seed", [0, 7, 13])
def test_a_tuned_rate_jitters_and_a_calm_one_costs_about_twice(seed):
    found = runs.ravine(seed)
    # the best rate of a grid of halves lies within a half of the limit: between 1 and 2 over kappa
    assert found["flips"] == 1.0
    assert found["calm flips"] == 0.0
    # the flat factor is 1 - rate with a rate below 2/100
    assert 0.98**20 <= found["left"] < 1
    # (2 / (1 + kappa)) / (0.9 / kappa), and a little for the swing of the steep coordinate
    assert 1.7 < found["price"] < 2.25


def test_pixels_reach_the_same_minimum_in_every_coordinate():
    found = runs.pixels(0)
    # scaling rids the Hessian of the spread of variances; centring of the mean's large eigenvalue
    assert found["condition as they are"] > found["condition centred"] > found["condition scaled"]
    assert found["saved"] == found["steps as they are"] / found["steps scaled"]


def test_pixels_count_the_steps_of_a_plain_descent():
    X, y = (part.numpy() for part in runs.digits(3)["training"])
    X = X[:, X.std(axis=0) > 0.05]
    A = np.c_[(X - X.mean(axis=0)) / X.std(axis=0), np.ones(len(X))]
    H, b = A.T @ A / len(A), A.T @ np.eye(10)[y] / len(A)
    values = np.linalg.eigvalsh(H)
    lowest = -0.5 * np.sum(b * np.linalg.solve(H, b))

    def steps(rate):
        w, above = np.zeros_like(b), []
        while not above or above[-1] > 0.01 * above[0]:
            above.append(0.5 * np.sum(w * (H @ w)) - np.sum(w * b) - lowest)
            w = w - rate * (H @ w - b)
        return len(above) - 1

    limit = 2 / (values[0] + values[-1])
    assert runs.pixels(3)["steps scaled"] == min(steps(limit * k / 20) for k in range(1, 21))


# ------------------------------------------------------------------ critical points
@pytest.mark.parametrize(("offset", "curvature"), [(1e-3, 1.0), (1e-6, 0.3), (0.5, 2.0)])
def test_saddle_is_left_after_the_derived_time(offset, curvature):
    exact = np.ceil(np.log(1 / offset) / np.log1p(0.1 * curvature))
    assert saddles.steps_to_leave(offset, 0.1, curvature) == exact
    many = saddles.steps_off_the_axis(np.array([0.1 * curvature]), np.array([offset]), 1000)
    assert many == exact


def test_saddle_holds_a_start_on_its_axis_unless_it_is_turned():
    assert saddles.steps_to_leave(0.0) == np.inf
    # rounding of one unit in the sixteenth digit grows to 1 in 36 time constants
    assert 300 < saddles.steps_to_leave(0.0, angle=0.3) < 500


def test_saddles_are_left_and_too_few_steps_are_told():
    left = saddles.steps_off_the_axis(np.array([0.1, 0.001]), np.array([-1e-8, 1e-8]), 300)
    assert left.tolist() == [np.ceil(8 * np.log(10) / np.log(1.1)), np.inf]


def test_a_local_minimum_holds_only_what_lies_in_its_valley():
    assert runs.stuck_in_minima(3, valleys=20) == 1.0


@pytest.mark.parametrize(
    ("dimension", "exact"),
    [(1, 1 / 2), (2, (2 - 2**0.5) / 4), (3, (np.pi - 2 * 2**0.5) / (4 * np.pi))],
)
def test_share_of_minima_matches_the_exact_probability(dimension, exact):
    # five standard errors of 40,000 draws
    error = 5 * np.sqrt(exact * (1 - exact) / 40_000)
    mixed, minima = saddles.share_of_saddles(dimension, seed=1, draws=40_000)
    assert minima == pytest.approx(exact, abs=error)
    assert mixed == pytest.approx(1 - 2 * exact, abs=2 * error)  # maxima are as frequent


def test_critical_points_hold_the_point_at_zero_and_a_minimum():
    loss, index = saddles.critical_points(0, nets=2, descent=300)
    assert np.all((index >= 0) & (index < 1))
    # With all weights zero the classes are nearly equally likely: no point found is higher.
    assert loss.max() <= np.log(4) + 1e-6
    assert index[np.argmin(loss)] == 0.0
    assert index[np.argmax(loss)] > 0.2


# ------------------------------------------------------------------ noise
def test_noise_law_on_three_numbers():
    g = np.array([1.0, 2.0, 6.0])
    pairs = [(np.mean(p) - g.mean()) ** 2 for p in itertools.combinations(g, 2)]
    assert np.mean(pairs) == pytest.approx(7 / 6)  # the chapter's example
    assert noise.relative_noise(torch.tensor(g[:, None]), 2) == pytest.approx(np.sqrt(7 / 6) / 3)


def test_noise_follows_the_law_without_replacement():
    seen, sizes = noise.batch_noise(0), np.array(noise.SIZES)
    law = seen[0] * (1 / sizes - 1 / 256) * 256 / 255
    assert np.allclose(seen, law, rtol=0.12)
    # ... and not the law with replacement, where the batch is most of the data
    assert seen[-1] < 0.2 * seen[0] / sizes[-1]


def test_noise_grows_relative_to_the_gradient():
    found = runs.noise_in_training(0, steps=150)
    assert found["at the end"] == found["after 150"] > found["at the start"] > 0
    # the gradients are the same, so batches differ by sqrt((N - B) / B) alone
    small = runs.noise_in_training(0, batch=16, steps=0)["at the start"]
    large = runs.noise_in_training(0, batch=256, steps=0)["at the start"]
    n = len(runs.digits(0)["training"][1])
    assert small / large == pytest.approx(np.sqrt((n - 16) / 16 * 256 / (n - 256)))


def test_noise_floor_and_its_transient():
    run = noise.noisy_descent(0.3, 8, seed=5)
    assert run[0] == 9.0
    # one step: mean 3 * 0.7, variance 0.09 / 8
    assert run[1] == pytest.approx(2.1**2 + 0.09 / 8, rel=0.05)
    assert run[-200:].mean() == pytest.approx(noise.floor(0.3, 8), rel=0.05)
    assert noise.floor(0.3, 8) == pytest.approx(0.3 / (8 * 1.7))


def test_shuffled_epochs_see_every_target_once():
    # At batch 64 an epoch is one full batch: no noise is left, only the decay.
    run = noise.noisy_descent(0.5, 64, steps=10, epochs=True)
    assert np.allclose(run, 9 * 0.25 ** np.arange(10))


def test_shuffled_epochs_saw_below_the_floor():
    found = runs.noise_floor(1)
    assert found["independent"] == pytest.approx(1, abs=0.05)
    assert found["at ends of epochs"] < found["shuffled"] < 0.6


# ------------------------------------------------------------------ nets
def test_slopes_are_those_of_autograd():
    data = components.components(1, 30, nets.INPUTS)
    weights = [w.requires_grad_() for w in nets.stacked(5, 3, 0)]
    expected = torch.autograd.grad(nets.stacked_loss(weights, data).sum(), weights)
    found = nets.slopes([w.detach() for w in weights], data)
    assert all(torch.allclose(a, b, atol=1e-14) for a, b in zip(expected, found, strict=True))


def test_tanh_loss_is_its_formula_and_its_slope_that_of_autograd():
    data = components.components(1, 20, 10)
    w = 0.3 * torch.randn(240, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    w.requires_grad_()
    scores = torch.tanh(data[0] @ w[:120].view(10, 12)) @ w[120:].view(12, 10)
    target = torch.eye(10, dtype=torch.float64)[data[1]]
    by_torch = torch.nn.functional.mse_loss(scores, target, reduction="sum") / 40
    value, slope = nets.tanh_loss(w.detach(), data)
    assert torch.allclose(value, by_torch)
    assert torch.allclose(slope, torch.autograd.grad(by_torch, w)[0], atol=1e-14)


def test_components_are_centred_scaled_and_uncorrelated():
    (Z, y), (T, labels) = components.components_and_test(4, 100, 7, classes=3)
    assert Z.shape == (100, 7) and T.shape == (len(labels), 7)
    assert int(torch.cat([y, labels]).max()) == 2
    assert torch.allclose(Z.mean(0), torch.zeros(7, dtype=Z.dtype), atol=1e-12)
    assert float(Z.std(correction=0)) == pytest.approx(1)
    covariance = Z.T @ Z / 100
    assert torch.allclose(covariance, torch.diag(covariance.diag()), atol=1e-12)
    # the test digits are seen in the same coordinates, so they spread alike
    assert float(T.std()) == pytest.approx(1, abs=0.2)


def test_stacked_nets_do_not_mix():
    data = components.components(0, 60, nets.INPUTS)
    first = nets.stacked(4, 3, 0)
    together = nets.trained(first, data, 50)
    alone = nets.trained([w[1:2] for w in first], data, 50)
    assert all(torch.allclose(t[1:2], a) for t, a in zip(together, alone, strict=True))
    before, after = nets.stacked_loss(first, data), nets.stacked_loss(together, data)
    assert bool((after < 0.8 * before).all())


def test_rises_by_hand():
    heights = torch.tensor([[3.0, 1.0], [1.0, 2.0], [2.5, 2.0], [2.0, 5.0], [0.0, 4.0]])
    assert nets.largest_rise(heights).tolist() == [1.5, 4.0]
    assert nets.largest_rise(heights.sort(0, descending=True).values).tolist() == [0.0, 0.0]


def test_the_line_begins_and_ends_at_its_ends():
    data = components.components(0, 40, nets.INPUTS)
    begin, end = nets.stacked(3, 2, 0), nets.stacked(3, 2, 1)
    line = nets.on_the_line(begin, end, data, points=5)
    assert torch.equal(line[0], nets.stacked_loss(begin, data))
    assert torch.allclose(line[-1], nets.stacked_loss(end, data))
    middle = [(a + b) / 2 for a, b in zip(begin, end, strict=True)]
    assert torch.allclose(line[2], nets.stacked_loss(middle, data))


def test_sharpness_settles_at_two_over_the_rate():
    looks = (0, 50, 100, 400)
    edge, calm = (runs_nets.sharpness(0, rate, looks) for rate in (0.9, 0.3))
    assert edge["edge"] == pytest.approx(edge["top"][-1] * 0.45)
    assert edge["edge"] == pytest.approx(1, abs=0.15)
    assert edge["flips"] > 0.9 and calm["flips"] < 0.1
    assert calm["top"][0] == edge["top"][0]  # the same start
    assert calm["bump"] == 0.0  # below its limit the loss only falls
    assert calm["edge"] < 1
    assert calm["rise"] == calm["top"][-1] / calm["top"][2]


def test_a_bowl_brings_its_loss_to_a_tenth_in_the_steps_of_the_forecast():
    # both coordinates shrink by (kappa - 1) / (kappa + 1) per step, and the loss by its square
    kappa, rate = 400.0, 2 / 401
    loss = (bowls.exact_path([1.0, kappa], np.ones(2), rate, 600) ** 2 @ [1.0, kappa]) / 2
    taken = np.flatnonzero(loss <= loss[0] / 10)[0]
    assert kappa / 4 * np.log(10) == pytest.approx(taken, rel=0.01)


def test_steepness_is_that_of_the_hessian():
    data, _ = components.components_and_test(5, 200, 20)
    weights = nets.stacked(2, 1, 5)
    sizes = [w.numel() for w in weights]

    def loss(flat):
        parts = [p.view(w.shape) for p, w in zip(flat.split(sizes), weights, strict=True)]
        return nets.stacked_loss(parts, data)[0]

    flat = torch.cat([w.flatten() for w in weights])
    size = np.abs(np.linalg.eigvalsh(torch.autograd.functional.hessian(loss, flat).numpy()))
    found = runs_nets.steepness(5, width=2, steps=0)
    assert found["over mean"] == pytest.approx(size.max() / size.mean())


def test_starts_tell_spreads_from_losses():
    found = runs_nets.starts(2, count=3, steps=2)
    for width in runs_nets.WIDTHS:
        assert found[f"relative {width}"] == pytest.approx(
            found[f"spread {width}"] / found[f"mean {width}"]
        )
        # two steps leave the loss near log 10, that of ten equally likely classes
        assert found[f"mean {width}"] == pytest.approx(np.log(10), rel=0.6)
        assert found[f"late {width}"] < 1
    assert found["gap shrinks"] == found["gap 64"] / found["gap 4"]


# ------------------------------------------------------------------ the table
def test_what_the_page_says_of_the_verdicts():
    verdicts = {c.name: judged(c) for c in recorded.CLAIMS}
    assert verdicts["jitter"] == verdicts["smaller-rate-no-jitter"] == HOLDS
    assert verdicts["smaller-rate-for-ever"] == FAILS
    assert verdicts["stuck-at-a-saddle"] == FAILS
    assert verdicts["stuck-in-a-local-minimum"] == HOLDS
