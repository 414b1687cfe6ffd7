"""The chapter's experiments against hand computations and independent oracles."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.signal import lfilter

from claims import gpu_records, records, table
from claims.adaptive_methods import bowls, decay, nets, races, rare, rules, steps
from claims.digits import digits, losses

TWO = np.array([[3.0], [-1.0]])  # the gradients of the chapter's worked example, rate 0.1


# --- the rules ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("adagrad", [-0.1, 0.1 / np.sqrt(10)]),
        ("rmsprop", [-1.0, 0.1 / np.sqrt(0.0991)]),
        ("window", [-0.1, 0.1 / np.sqrt(5)]),
        ("almost", [-0.1 * 0.3 / np.sqrt(0.009), -0.1 * 0.17 / np.sqrt(0.009991)]),
        ("adam", [-0.1, -0.1 * (0.17 / 0.19) / np.sqrt(0.009991 / 0.001999)]),
        ("momentum", [-0.3, -0.17]),
    ],
)
def test_two_steps_by_hand(name, expected):
    found = rules.steps_under(rules.maker(name, 0.1), TWO)[:, 0]
    assert found == pytest.approx(expected, rel=1e-6)


def test_nadam_starts_with_the_leap_that_the_chapter_derives():
    step = rules.steps_under(rules.maker("nadam", 1.0), np.array([[-5.0]]))[0, 0]
    assert step == pytest.approx(1 + 0.9 / 1.9, rel=1e-6)


def test_a_window_forgets_what_has_left_it():
    gradients = np.array([[7.0], [2.0], [-3.0], [1.0], [5.0]])
    found = rules.steps_under(rules.maker("window", 1.0, window=3), gradients)[:, 0]
    means = [49, 53 / 2, 62 / 3, 14 / 3, 35 / 3]  # of the last three squares
    assert found == pytest.approx(-gradients[:, 0] / np.sqrt(means), rel=1e-7)


def test_run_obeys_its_rates_its_box_and_its_point():
    # f = x**2 / 2 from 1: rates 0.5 and 0.1 give 0.5 and 0.45
    sgd = rules.maker("sgd", 9.0)
    path = rules.run(sgd, rules.bowl([1.0]), [1.0], 2, rates=np.array([0.5, 0.1]))
    assert path[:, 0] == pytest.approx([1, 0.5, 0.45])
    path = rules.run(rules.maker("sgd", 1.0), rules.told(-np.ones((2, 1))), [0.5], 2, box=1.0)
    assert path[:, 0] == pytest.approx([0.5, 1.0, 1.0])
    turned = np.array([[2.0, 1.0], [1.0, 2.0]])
    path = rules.run(rules.maker("sgd", 0.1), rules.bowl(turned), [1.0, 0.0], 1)
    assert path[1] == pytest.approx([0.8, -0.1])


@pytest.mark.parametrize(
    ("name", "second"), [("adagrad", 10.0), ("rmsprop", 0.0991), ("adam", 0.009991 / 0.001999)]
)
def test_rates_along_divide_by_the_second_moment(name, second):
    rates = rules.rates_along(rules.maker(name, 0.1), rules.told(TWO), [0.0], 2)
    assert rates[1, 0] == pytest.approx(0.1 / np.sqrt(second), rel=1e-5)


@pytest.mark.parametrize("name", sorted(races.GRID))
def test_runs_side_by_side_are_runs_alone(name):
    matrix, start = bowls.random_bowl(3, turned=True)
    rates, fall = (0.02, 0.3), rules.cosine(40)
    together = rules.paths(name, rates, rules.bowl(matrix), start, 40, fall=fall)
    for k, rate in enumerate(rates):
        alone = rules.run(rules.maker(name, rate), rules.bowl(matrix), start, 40, rates=rate * fall)
        assert together[:, k] == pytest.approx(alone, rel=1e-9, abs=1e-12)


# --- bowls --------------------------------------------------------------------------


def test_random_bowls_have_the_condition_they_promise():
    for turned in (False, True):
        matrix, start = bowls.random_bowl(8, turned)
        values = np.linalg.eigvalsh(matrix)
        assert values[-1] / values[0] == pytest.approx(100)
        assert np.linalg.norm(start) == pytest.approx(np.linalg.norm(bowls.random_bowl(8)[1]))
    assert not np.allclose(matrix, np.diag(np.diag(matrix)))


def test_rates_along_directions_are_those_of_the_matrix_of_rates():
    matrix, start = bowls.random_bowl(5, turned=True)
    gradient = rules.bowl(matrix)
    rates = rules.rates_along(rules.maker("adagrad", 0.5), gradient, start, 50)[-1]
    axes = np.linalg.eigh(matrix)[1]  # flattest first, like the book's
    flat, steep = axes[:, 0], axes[:, -1]
    expected = (flat @ np.diag(rates) @ flat) / (steep @ np.diag(rates) @ steep)
    assert bowls.rate_ratio(5)["turned"] == pytest.approx(expected)


def test_steps_to_counts_the_last_step_outside():
    path = np.array([[1.0], [0.0], [-0.5], [1e-3], [1e-4]])
    assert bowls.steps_to(path) == 3
    assert bowls.steps_to(path[:3]) == np.inf
    assert bowls.steps_to(np.array([[1.0], [np.nan]])) == np.inf


def test_gradient_descent_needs_what_its_factor_says():
    # at 2 / 1.01 either end of the spectrum shrinks by 99/101 a step
    steps_of_sgd = bowls.fewest_steps("sgd", np.diag([0.01, 1.0]), np.ones(2))
    assert steps_of_sgd == np.ceil(np.log(0.01) / np.log(99 / 101))


def test_rates_of_adagrad_stay_where_gradients_die_out():
    assert bowls.rate_without_noise(9) == pytest.approx(1, abs=1e-2)


def test_floors_follow_the_formulas():
    # plain descent: x <- (1 - a) x - a noise has the variance a / (2 - a)
    plain = bowls.distances("sgd", (0.1, 0.4), 9, steps=2000)
    assert plain.shape == (2001, 2, 200)
    settled = bowls.typical(plain[-500:]).mean(axis=0)
    assert settled == pytest.approx(np.sqrt([0.1 / 1.9, 0.4 / 1.6]), rel=0.05)
    adam = bowls.typical(bowls.distances("adam", (0.1,), 9, steps=2000)[-500:]).mean()
    assert adam == pytest.approx(np.sqrt(0.05), rel=0.1)


# --- steps under made-up gradients --------------------------------------------------


def test_the_fading_step():
    found = steps.step_exponents(9)
    assert found["adagrad"] == pytest.approx(-0.5, abs=0.05)
    assert abs(found["rmsprop"]) < 0.1
    t = np.arange(1, 4001)
    exact = np.sum(t[1000:] ** -0.5) / np.sum(t[:1000] ** -0.5)
    assert steps.walked_later() == pytest.approx(exact, rel=1e-6)


def test_the_storm_passes_for_rmsprop_and_sooner_for_a_window():
    found = steps.after_storm(9)
    # AdaGrad divides by sqrt(20 * 100**2 + t), RMSProp by about 1
    assert found["rmsprop over adagrad"] == pytest.approx(np.sqrt(20 * 100**2 + 1450), rel=0.15)
    assert found["window"] == 120  # the first step whose hundred squares hold no storm
    gradients = steps.stormy(9)
    mean = lfilter([0.01], [1, -0.99], gradients**2, axis=0)
    step = np.sqrt(np.mean(gradients**2 / mean, axis=1))
    assert found["leaky"] == np.flatnonzero(step < 0.5)[-1] + 2  # counted from 1, and one later


def test_excess_is_what_torch_does():
    gradients = np.random.default_rng(9).normal(size=(40, 3))
    two = [rules.steps_under(rules.maker(name, 1e-3), gradients) for name in ("almost", "adam")]
    t = np.arange(1, 41)[:, None]
    assert np.allclose(two[0] / two[1], steps.excess(t), rtol=1e-4)


def test_uncorrected_finds_what_the_formula_says():
    found, ratio = steps.uncorrected(), steps.excess(np.arange(1, 5001))
    assert found["first"] == pytest.approx(np.sqrt(10), rel=1e-5)
    assert found["longest"] == pytest.approx(ratio.max(), rel=1e-4)
    assert found["longest at"] == ratio.argmax() + 1 == 12
    assert found["last"] == np.flatnonzero(np.abs(ratio - 1) > 0.05)[-1] + 1


def test_rare_large_slopes_need_a_long_memory():
    found = steps.counterexample(9, steps=1000, copies=4)
    assert found["0.9"] > 0.9 > found["0.999"]
    assert len(found["path 0.9"]) == 21 and found["path 0.9"][0] == 0
    assert np.abs(found["path 0.9"]).max() <= 1
    slopes = steps.rare_slopes(0, 20_000, 2)
    assert set(np.unique(slopes)) == {-1.0, 300.0}
    assert slopes.mean() == pytest.approx(2.01, abs=0.5)


def test_the_missing_root():
    assert steps.rootless() == pytest.approx({"adagrad": 0.01, "rmsprop": 0.01, "mixed": 0.01})
    assert steps.rootless(root=True) == pytest.approx({"adagrad": 1, "rmsprop": 1, "mixed": 1})


def test_table_is_found_by_the_probes_and_a_wrong_one_is_not(monkeypatch):
    assert steps.confirmed_traits() == 1
    wrong = steps.TABLE | {"adagrad": (False, True, True, False)}
    monkeypatch.setattr(steps, "TABLE", wrong)
    assert steps.confirmed_traits() == pytest.approx(23 / 24)


# --- rare features ------------------------------------------------------------------


def test_risk_is_the_mean_over_examples():
    rng = np.random.default_rng(0)
    gap = rng.normal(size=(2, rare.FEATURES))
    on = rng.random((200_000, rare.FEATURES)) < rare.frequencies()
    assert rare.risk(gap) == pytest.approx(np.mean((on @ gap.T) ** 2, axis=0) / 2, rel=0.02)


def test_rare_features_follow_a_run_by_hand(monkeypatch):
    """AdaGrad's and SGD's gaps of a tiny stream, example by example in NumPy."""
    monkeypatch.setattr(rare, "EXAMPLES", 30)
    monkeypatch.setattr(rare, "STREAMS", 2)
    monkeypatch.setattr(rare, "RARE_RATES", {n: (0.3,) for n in rare.RARE_RATES})
    found = rare.rare_features(4)
    rng = np.random.default_rng(4)
    on = (rng.random((30, 2, rare.FEATURES)) < rare.frequencies()).astype(float)
    noise = 0.5 * rng.normal(size=(30, 2, 1))
    start = rng.choice([-1.0, 1.0], size=(2, rare.FEATURES))
    gaps = {"sgd": start.copy(), "sgd falling": start.copy(), "adagrad": start.copy()}
    total = np.zeros_like(start)
    for t in range(30):
        for name, gap in gaps.items():
            g = on[t] * ((on[t] * gap).sum(axis=1, keepdims=True) - noise[t])
            if name == "adagrad":
                total += g**2
                gap -= 0.3 * g / (np.sqrt(total) + 1e-8)
            else:
                gap -= 0.3 / (np.sqrt(t + 1) if "falling" in name else 1) * g
    for name, gap in gaps.items():  # the second of the two streams reports
        assert found[f"{name} gap"] == pytest.approx(np.abs(gap[1]))
        assert found[f"{name} risk"] == pytest.approx(rare.risk(gap[1]))


# --- weight decay -------------------------------------------------------------------


def test_decay_gaps():
    assert decay.decay_gap(9, "sgd") < 1e-13
    assert decay.decay_gap(9, "momentum", matched=True) < 1e-13
    assert decay.decay_gap(9, "momentum") > 0.1
    for name in ("adagrad", "rmsprop", "adam"):
        assert decay.decay_gap(9, name) > 0.05
        assert decay.decay_gap(9, name, strength=0.0) == 0


def test_pulls_follow_the_two_limits():
    loud = np.array([0.001, 10.0])
    quiet, noisy = decay.pulls(loud, 9, decoupled=False)
    assert quiet == pytest.approx(10, rel=0.3)  # the sign of the penalty: 1 / strength
    assert noisy == pytest.approx(0.1, rel=0.2)
    assert decay.pulls(loud, 9, decoupled=True) == pytest.approx([1, 1], abs=0.03)
    found = decay.loud_over_quiet(9)
    assert found["decoupled"] == pytest.approx(1, abs=0.03)
    assert found["l2"] == pytest.approx(0.1, rel=0.2)


def test_the_hidden_two():
    assert decay.hidden_two() == pytest.approx(2)


def test_the_slide_is_followed_by_hand():
    # one step: Adam moves by lr, the decay by strength, and the multiplier scales both
    path = decay.as_on_the_slide(np.array([[2.0]]), np.array([3.0]), 0.1, 0.01, np.array([0.5]))
    assert path[1, 0] == pytest.approx(3 - 0.5 * (0.1 + 0.01 * 3), rel=1e-7)
    # without a gradient torch keeps the product of 1 - 0.001 m 0.01, the slide that of 1 - 0.01 m
    m = rules.cosine(200)
    kept = [np.prod(1 - 1e-5 * m), np.prod(1 - 1e-2 * m)]
    found = decay.slide_against_torch()
    assert found["copied"] == pytest.approx((1 - kept[0]) / (1 - kept[1]))
    assert found["divided"] < 1e-13


# --- nets side by side --------------------------------------------------------------


def _alone(seed: int, setting: nets.Setting, steps: int, batch: int) -> torch.nn.Module:
    """The same training by torch's own modules and optimizers, one net at a time."""
    torch.manual_seed(seed)
    net = torch.nn.Sequential(
        torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
    ).double()
    options = {"betas": (0.9, setting.beta2)} if setting.beta2 else {}
    optimizer = rules.maker(setting.rule, setting.lr, **options)(list(net.parameters()))
    group = optimizer.param_groups[0]
    group["weight_decay"] = setting.decay or setting.penalty
    X, y = digits(seed)["training"]
    order = torch.Generator().manual_seed(seed)
    for t in range(steps):
        if setting.falling:
            group["lr"] = setting.lr * (1 + np.cos(np.pi * t / steps)) / 2
        rows = torch.randint(len(y), (batch,), generator=order)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()
        optimizer.step()
    return net


def test_nets_side_by_side_are_nets_alone():
    settings = [
        nets.Setting("sgd", 0.3),
        nets.Setting("adam", 0.01, True, penalty=0.01),
        nets.Setting("adam", 0.003, beta2=0.9),
        nets.Setting("adamw", 0.01, True, decay=3.0),
        nets.Setting("adamw", 0.03),
        nets.Setting("nesterov", 0.03, True),
    ]
    found = nets.judged(1, nets.train(1, settings, steps=25, batch=16))
    for k, setting in enumerate(settings):
        net = _alone(1, setting, 25, 16)
        for part, loss in losses(net, 1).items():
            assert found[part][k] == pytest.approx(loss, rel=1e-8)
        X, y = digits(1)["test"]
        right = (net(X).argmax(1) == y).double().mean().item()
        assert found["accuracy"][k] == pytest.approx(right)


def test_what_diverges_counts_as_guessing():
    lost = torch.full((1, sum(nets.SIZES)), float("nan"), dtype=torch.float64)
    assert nets.judged(0, lost)["test"] == [pytest.approx(np.log(10))]
    assert nets.judged(0, 1e9 * nets.first_weights(0)[None])["test"] == [pytest.approx(np.log(10))]


def test_rates_are_chosen_by_validation_and_reported_by_test():
    run = {"validation": [3.0, 1.0, 2.0, 8.0], "test": [9.0, 5.0, 1.0, 1.0]}
    assert races.tuned(run) == 5.0
    assert races.off(run) == pytest.approx(np.sqrt(3 * 2) / 1)
    edge = {"validation": [1.0, 2.0, 4.0]}  # the lowest has one side only: the inner one counts
    assert races.off(edge) == pytest.approx(np.sqrt(1 * 4) / 2)


def test_kinds_get_their_own_losses_back():
    kinds = {
        "slow": [nets.Setting("sgd", 1e-9), nets.Setting("sgd", 0.1)],
        "quick": [nets.Setting("adam", 0.01)],
    }
    runs = races.trained(2, kinds, steps=10)
    assert [len(run["test"]) for run in runs.values()] == [2, 1]
    untrained = nets.judged(2, nets.first_weights(2)[None])
    assert runs["slow"]["test"][0] == pytest.approx(untrained["test"][0], rel=1e-6)
    assert runs["quick"]["test"][0] < runs["slow"]["test"][1] < runs["slow"]["test"][0]


def test_ratios_divide_what_their_names_say():
    names = [*races.GRID, *(f"{name} cosine" for name in races.FALLING), "adam 0.995", "start"]
    runs = {
        name: {part: [k + 1.0] * 7 for part in ("training", "validation", "test", "accuracy")}
        for k, name in enumerate(names)
    }
    place = {name: k + 1.0 for k, name in enumerate(names)}
    found = races.ratios(runs)
    assert found["adam over rmsprop"] == place["adam"] / place["rmsprop"]
    assert found["sgd over slowest"] == place["sgd"] / place["rmsprop"]
    assert found["beta2, tuned"] == place["adam 0.995"] / place["adam"]
    assert found["cosine over constant, adagrad"] == pytest.approx(
        place["adagrad cosine"] / place["adagrad"]
    )
    assert found["momentum off over adam off"] == 1
    assert found["0.0005 over tuned"] == place["start"] / place["adam"]


# --- what stands on the page --------------------------------------------------------


def test_every_claim_reads_a_number_that_its_experiment_has():
    for claim in table.claims_of("adaptive_methods"):
        values = records.read(claim.experiment).values(claim.value)
        assert np.isfinite(values).any()


def test_gpu_records_are_shown_and_never_made_up(tmp_path):
    assert gpu_records.shown(tmp_path) == ""
    assert gpu_records.shown(tmp_path / "absent") == ""
    row = {"rule": "adam", "size": 1000, "yours_s": 0.002, "yours_min_s": 0.001}
    row |= {"yours_max_s": 0.003, "traffic_s": 0.0005}
    record = {"ran": {"device": "a card", "date": "a day"}, "rows": [row | {"fused_s": None}]}
    (tmp_path / "a.json").write_text(json.dumps(record))
    text = gpu_records.shown(tmp_path)
    assert "device: a card, date: a day" in text
    assert text.splitlines()[-1].split() == [
        *("adam", "1,000", "2.000", "(", "1.000,", "3.000)", "-", "0.500")
    ]


def test_what_the_page_says_of_the_gpu_is_in_the_record():
    """Three sentences of the chapter: near the traffic when large, start-up when small."""
    text = (Path(gpu_records.__file__).parents[1] / "adaptive_methods.md").read_text("utf-8")
    rows = json.loads((gpu_records.GPU / "optimizers.json").read_text("utf-8"))["rows"]
    large = [row for row in rows if row["size"] == 2**26]
    small = [row for row in rows if row["size"] == 2**20]
    assert [row["rule"] for row in large] == [row["rule"] for row in small] == ["adam", "adamw"]
    for row in large:
        assert 1.01 <= row["yours_s"] / row["traffic_s"] < 1.035
        assert 0.85 <= row["yours_s"] / row["fused_s"] < 0.885
    for row in small:
        assert 2.65 <= row["yours_s"] / row["fused_s"] < 2.85
    assert "1 to 3 % more than the memory traffic alone" in text
    assert "12 to 15 % less than PyTorch's fused rule" in text
    assert "2.7 to 2.8 times as long" in text
