"""The gradient descent chapter's experiments against hand computations and other oracles."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from claims import VERDICTS
from claims import gradient_descent as lab
from claims.gradient_descent_table import claims as table

# torch.func loads a module of torch that still calls its own deprecated jit.script
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")


def test_bowl_follows_the_closed_form():
    path = lab.bowl_run(0.015, 40, seed=3)
    factors = (1 - 0.015) ** np.arange(41), (1 - 1.5) ** np.arange(41)
    assert np.allclose(path, path[0] * np.stack(factors, axis=1), atol=1e-14)
    assert len(path) == 41


def test_bowl_diverges_just_above_the_limit_and_converges_just_below():
    below, above = (np.abs(lab.bowl_run(r / lab.KAPPA, 200)[:, 1]) for r in (1.99, 2.01))
    assert below[-1] < below[0] == above[0] < above[-1]


def test_sign_changes_and_steps_by_hand():
    path = np.array([[1.0, 1.0], [0.5, -0.5], [0.25, 0.25], [0.01, 0.0]])
    assert np.allclose(lab.sign_changes(path), [0, 2 / 3])
    assert lab.steps_to(path, 0.01) == 3
    assert lab.steps_to(path[:3], 0.01) == np.inf


def test_bowl_claims_have_their_derived_values():
    assert lab.steep_jitter(0) == 1.0
    assert lab.calm_jitter(0) == 0.0
    # 0.9**44 is the first power of 0.9 below 0.01; the flat factor is 0.981
    assert lab.flat_left(0) == pytest.approx(0.981**44)
    assert 1.5 < lab.price_of_calm(0) < 2.1


@pytest.mark.parametrize(("offset", "curvature"), [(1e-3, 1.0), (1e-6, 0.3), (0.5, 2.0)])
def test_saddle_is_left_after_the_derived_time(offset, curvature):
    exact = np.log(1 / offset) / np.log1p(0.1 * curvature)
    assert lab.steps_to_leave(offset, 0.1, curvature) == np.ceil(exact)


def test_saddle_holds_a_start_on_its_axis():
    assert lab.steps_to_leave(0.0) == np.inf


@pytest.mark.parametrize(
    ("dimension", "exact"),
    [(1, 1 / 2), (2, (2 - 2**0.5) / 4), (3, (np.pi - 2 * 2**0.5) / (4 * np.pi))],
)
def test_share_of_minima_matches_the_exact_probability(dimension, exact):
    # five standard errors of 40,000 draws
    error = 5 * np.sqrt(exact * (1 - exact) / 40_000)
    assert lab.share_of_minima(dimension, seed=1, draws=40_000) == pytest.approx(exact, abs=error)


def test_critical_points_hold_the_point_at_zero_and_a_minimum():
    found = [lab.critical_points(s) for s in range(3)]
    loss = np.concatenate([f[0] for f in found])
    index = np.concatenate([f[1] for f in found])
    assert np.all((index >= 0) & (index < 1))
    # With all weights zero the classes are equally likely: no point that was found is higher.
    assert loss.max() <= np.log(4) + 1e-6
    assert index[np.argmin(loss)] == 0.0
    assert index[np.argmax(loss)] > 0.2


def test_noise_follows_the_law_without_replacement():
    sizes, noise = lab.batch_noise(0)
    law = noise[0] * (1 / sizes - 1 / 256) * 256 / 255
    assert np.allclose(noise, law, rtol=0.12)
    # ... and not the law with replacement, where the batch is most of the data
    assert noise[-1] < 0.2 * noise[0] / sizes[-1]


def test_noise_law_on_three_numbers():
    g = np.array([1.0, 2.0, 6.0])
    pairs = [(np.mean(p) - g.mean()) ** 2 for p in itertools.combinations(g, 2)]
    assert np.mean(pairs) == pytest.approx(7 / 6)  # the chapter's example


def test_noise_floor_and_its_transient():
    run = lab.noisy_descent(0.3, 8, seed=5)
    assert run[0] == 9.0
    # one step: mean 3 * 0.7, variance 0.09 / 8
    assert run[1] == pytest.approx(2.1**2 + 0.09 / 8, rel=0.05)
    assert run[-200:].mean() == pytest.approx(0.3 / (8 * 1.7), rel=0.05)


def test_shuffled_epochs_see_every_target_once():
    # At batch 64 an epoch is one full batch: no noise is left, only the decay.
    run = lab.noisy_descent(0.5, 64, steps=10, epochs=True)
    assert np.allclose(run, 9 * 0.25 ** np.arange(10))


def test_shuffled_epochs_lower_the_floor():
    independent, shuffled = (lab.noisy_descent(0.1, 4, epochs=e)[::16][10:] for e in (False, True))
    assert shuffled.mean() < 0.5 * independent.mean()


def test_sharpness_settles_at_two_over_the_rate():
    run = lab.sharpness_run(0.9)
    assert run["top"][-5:].mean() == pytest.approx(2 / 0.9, rel=0.1)
    assert run["flips"][0] > 0.9
    calm = lab.sharpness_run(0.3)
    assert calm["top"].max() < 2 / 0.3
    assert calm["flips"][0] < 0.1
    assert run["spectrum"].shape == (240,)


def test_stacked_nets_do_not_mix():
    # A larger stack draws other starts, but before training the loss is near log 10 ...
    assert lab.final_losses(3, seed=1, starts=2, steps=0).shape == (2,)
    assert np.all(np.abs(lab.final_losses(3, seed=1, starts=2, steps=0) - np.log(10)) < 1.0)
    # ... and each net of the stack learns at its own full rate.
    assert np.all(lab.final_losses(16, seed=1, starts=1) < 0.05)
    assert np.all(lab.final_losses(16, seed=1, starts=6) < 0.05)


def test_table_is_complete_and_says_what_the_chapter_says():
    claims = table()
    assert len(claims) == 13
    assert {c.verdict for c in claims} == set(VERDICTS)
    verdicts = {c.says: c.verdict for c in claims}
    assert verdicts["... for batches of any size"] == "does not hold"
    assert verdicts["A lower rate removes the jitter"] == "holds"
    assert verdicts["... but then the flat direction takes for ever"] == "holds in part"
