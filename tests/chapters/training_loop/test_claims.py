"""The experiments of chapter 1 against hand computations and independent formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import integrate, special
from torch import nn
from torch.nn import functional as F

from claims.digits import digits
from claims.training_loop import CLAIMS, EXPERIMENTS, checks, nets, runs
from claims.training_loop import side_by_side as side

F64 = torch.float64


# --- nets and their first loss ----------------------------------------------------------


def test_margin_loss_by_hand():
    scores = torch.tensor([[2.0, 1.0, -0.5], [0.0, 0.0, 0.0]], dtype=F64)
    # row 1: max(0, 2) + max(0, -0.5) = 2; row 2: 1 + 1 = 2 (true class left out)
    assert nets.margin_loss(scores, torch.tensor([1, 0])).item() == pytest.approx(2.0)
    # delta = 3: 4 + 1.5, and 3 + 3; mean 5.75
    assert nets.margin_loss(scores, torch.tensor([1, 0]), 3.0).item() == pytest.approx(5.75)


def test_first_losses_of_a_zero_net_are_exact():
    spread, softmax, svm = runs.first_losses(nets.make_net(runs.WIDTHS, 0, std=0.0), 0)
    assert spread == 0
    assert softmax == pytest.approx(math.log(10), rel=1e-14)
    assert svm == pytest.approx(9.0, rel=1e-14)


def test_first_losses_against_numpy():
    X, y = (t.numpy() for t in digits(3)["training"])
    net = nets.make_net(runs.WIDTHS, 3, std=0.2)
    W1, W2 = (net[i].weight.detach().numpy().T for i in (0, 2))
    scores = np.clip(X @ W1, 0, None) @ W2
    true = scores[np.arange(len(y)), y][:, None]
    spread, softmax, svm = runs.first_losses(net, 3)
    assert softmax == pytest.approx(
        float(np.mean(special.logsumexp(scores, axis=1) - true[:, 0])), rel=1e-12
    )
    hinge = np.clip(scores - true + 1, 0, None).sum() - len(y)
    assert svm == pytest.approx(hinge / len(y), rel=1e-12)
    assert spread == pytest.approx(math.sqrt(scores.var(axis=1, ddof=1).mean()), rel=1e-12)


def test_initial_losses_are_told_relative_to_the_textbook():
    found = runs.initial_losses(5)
    _, softmax, svm = runs.first_losses(nets.make_net(runs.WIDTHS, 5), 5)
    assert found["softmax He"] == pytest.approx(softmax / math.log(10))
    assert found["svm He"] == pytest.approx(svm / 9)
    by_scale = runs.initial_by_scale(5)
    assert len(by_scale["softmax"]) == len(runs.SCALES) + 1
    assert by_scale["softmax"][-1] == pytest.approx(softmax)
    assert by_scale["softmax"][0] == pytest.approx(found["softmax small"] * math.log(10))


def test_the_default_start_is_torchs():
    torch.manual_seed(4)
    net = nn.Sequential(nn.Linear(64, 100), nn.ReLU(), nn.Linear(100, 10)).double()
    assert runs.initial_losses(4)["softmax default"] == pytest.approx(
        runs.first_losses(net, 4)[1] / math.log(10), rel=1e-12
    )


@pytest.mark.parametrize("sigma", [0.05, 0.4, 2.0])
def test_gaussian_svm_formula_against_quadrature(sigma):
    s = math.sqrt(2) * sigma

    def integrand(d):
        return (1 + d) * math.exp(-((d / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi))

    value, _ = integrate.quad(integrand, max(-1.0, -12 * s), 12 * s, limit=200)
    assert nets.gaussian_score_svm(sigma, classes=4) == pytest.approx(3 * value, rel=1e-7)


def test_small_score_softmax_against_simulation():
    scores = 0.2 * np.random.default_rng(0).standard_normal((200_000, 5))
    simulated = (special.logsumexp(scores, axis=1) - scores[:, 0]).mean()
    predicted = float(nets.small_score_softmax(0.2, classes=5))
    # standard error 0.2 / sqrt(200000) = 4.5e-4; the bend itself is 1.6e-2
    assert predicted - math.log(5) == pytest.approx(0.016, rel=1e-12)
    assert simulated == pytest.approx(predicted, abs=2.5e-3)


# --- nets side by side ------------------------------------------------------------------


def test_nets_side_by_side_score_like_each_alone():
    X, y = (part[:7] for part in digits(0)["training"])
    three = [nets.make_net((64, 5, 10), seed) for seed in range(3)]
    labels = torch.stack([y, y.roll(1), y])
    found = side.scores(three, X)
    for k, net in enumerate(three):
        assert torch.allclose(found[k], net(X), rtol=1e-13)
        alone = F.cross_entropy(net(X), labels[k]).item()
        assert side.all_losses(three, X, labels)[k].item() == pytest.approx(alone, rel=1e-13)
        share = (net(X).argmax(1) == labels[k]).double().mean().item()
        assert side.all_right(three, X, labels)[k].item() == share


def test_each_net_is_trained_as_if_it_were_alone():
    X, y = (part[:90] for part in digits(1)["training"])
    rates = (0.05, 0.8)
    pair = [nets.make_net((64, 6, 10), 2) for _ in rates]
    side.train(pair, side.descent(pair, rates), X, y, steps=5, seed=9)
    for net, lr in zip(pair, rates, strict=True):
        alone = nets.make_net((64, 6, 10), 2)
        order = torch.Generator().manual_seed(9)
        for _ in range(5):
            rows = torch.randperm(90, generator=order)[:64]
            gradients = torch.autograd.grad(
                F.cross_entropy(alone(X[rows]), y[rows]), list(alone.parameters())
            )
            with torch.no_grad():
                for p, g in zip(alone.parameters(), gradients, strict=True):
                    p -= lr * g
        for p, q in zip(net.parameters(), alone.parameters(), strict=True):
            assert torch.allclose(p, q, rtol=1e-10, atol=1e-13)


def test_a_net_of_one_that_diverges_leaves_the_other_alone():
    X, y = (part[:64] for part in digits(1)["training"])
    pair = [nets.make_net((64, 6, 10), 2) for _ in range(2)]
    side.train(pair, side.descent(pair, (0.1, 1e300)), X, y, steps=3, seed=0)
    ends = side.all_losses(pair, X, y)
    assert ends[0].isfinite()
    assert not ends[1].isfinite()


def test_without_the_mask_a_unit_that_is_off_gets_the_upstream_gradient():
    net = nets.make_net((1, 2, 2), 0)
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[1.0], [-1.0]]))
        net[2].weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 3.0]]))
    X, y = torch.tensor([[2.0]], dtype=F64), torch.tensor([0])
    gradients = {}
    for masked in (True, False):
        net.zero_grad()
        side.losses(side.scores([net], X, masked), y).sum().backward()
        gradients[masked] = net[0].weight.grad.flatten().tolist()
    # scores (2, 0): the loss pulls with p2 = 1/(1 + e^2) = 0.1192; the second unit is off
    p2 = 1 / (1 + math.exp(2))
    assert gradients[True] == pytest.approx([-p2 * 2, 0.0])
    assert gradients[False] == pytest.approx([-p2 * 2, p2 * 3 * 2])


# --- the linear sandwich ----------------------------------------------------------------


def test_collapse_of_two_layers_by_hand():
    net = nets.make_net((1, 2, 1), 0, activation=None)
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[2.0], [3.0]]))
        net[0].bias.copy_(torch.tensor([1.0, -1.0]))
        net[1].weight.copy_(torch.tensor([[5.0, 7.0]]))
        net[1].bias.copy_(torch.tensor([4.0]))
    W, b = nets.collapse(net)
    assert W.item() == pytest.approx(2 * 5 + 3 * 7)
    assert b.item() == pytest.approx(1 * 5 - 1 * 7 + 4)
    X = torch.tensor([[1.0], [-2.0]], dtype=F64)
    assert runs.collapse_gap(net, X) < 1e-15


def test_collapse_refuses_an_activation():
    with pytest.raises(TypeError, match="not affine"):
        nets.collapse(nets.make_net((2, 3, 2), 0, activation=nn.ReLU))


def test_rings_are_separated_by_a_circle():
    X, y = nets.rings(5)
    assert torch.equal((X.norm(dim=1) > 1.15).long(), y)
    assert y.double().mean().item() == 0.5


def test_only_the_net_with_an_activation_fits_the_rings():
    X, y = nets.rings(1000)
    named = {
        k: side.all_right([runs.ring_net(0, k, 100)], X, y).item() for k in ("sandwich", "relu")
    }
    # no line separates: the best cut through a disc and ring is not far above a half
    assert named["sandwich"] < 0.75
    assert named["relu"] > 0.98
    assert runs.collapse_gap(runs.ring_net(0, "sandwich", 100), X) < 1e-12


def test_two_units_cap_the_rank_and_differences_are_in_points():
    found = runs.capacity_on_digits(0, steps=50)
    assert found["rank"] == 2
    assert found["squeezed"] == pytest.approx(found["2 units"] - found["one layer"])
    assert found["relu gain"] == pytest.approx(found["16 units, ReLU"] - found["16 units"])
    assert 50 < found["one layer"] <= 100
    assert found["squeezed"] < -10


# --- the loop ---------------------------------------------------------------------------


def test_nudges_are_counted_as_a_plain_loop_counts_them(monkeypatch):
    monkeypatch.setattr(runs, "EVERY", 1)
    monkeypatch.setattr(runs, "EARLY", 12)
    found = runs.nudges(1, steps=12)
    X, y = digits(1)["training"]
    net, order = nets.make_net(runs.WIDTHS, 1), torch.Generator().manual_seed(1)
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
    counts = np.zeros(3)
    for _ in range(12):
        rows = torch.randperm(len(y), generator=order)[:64]
        told = []
        for moment in ("before", "after"):
            loss, whole = F.cross_entropy(net(X[rows]), y[rows]), F.cross_entropy(net(X), y)
            named = (net(X[rows]).argmax(1) == y[rows]).sum()
            told.append((loss.item(), named.item(), whole.item()))
            if moment == "before":
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        (a, b, c), (d, e, f) = told
        counts += (d < a, e < b, f < c)
    assert [found[k] for k in ("batch 1.0", "worse 1.0", "all 1.0")] == pytest.approx(counts / 12)
    share = (net(X).argmax(1) == y).double().mean().item()
    assert found["end 1.0"] == found["early 1.0"] == pytest.approx(share)
    assert found["harm"] == pytest.approx(1 - found["all"])
    assert 0.2 < found["awake 0.01"] < 0.8  # He-scaled units on positive inputs: about half


def test_tiny_steps_always_help_and_huge_ones_kill(monkeypatch):
    monkeypatch.setattr(runs, "RATES", (1e-4, 30.0))
    found = runs.nudges(0, steps=20)
    assert (found["batch 0.0001"], found["all 0.0001"]) == (1.0, 1.0)
    assert found["end 30.0"] < 0.3
    assert found["awake 30.0"] < 0.05


# --- a small sample ---------------------------------------------------------------------


def test_a_small_sample_after_few_steps(monkeypatch):
    monkeypatch.setattr(runs, "TOO_HIGH", (10.0, 1e300))
    found = runs.small_sample(0, steps=40)
    assert found["right"] > 0.8
    assert found["shuffled"] < 0.4  # it takes longer to learn what fits no image
    assert found["frozen"] > 0.5
    assert 0.99 < found["too low"] < 1
    assert 0.95 < found["zero"] <= 1
    assert found["exploded"] == 0.5  # of the two rates the absurd one


def test_all_weights_zero_teach_the_output_bias_alone():
    X, y = (part[:64] for part in digits(0)["training"])
    net = nets.make_net(runs.WIDTHS, 0, std=0.0)
    side.train([net], side.descent([net], (0.5,)), X, y, steps=200, seed=0)
    assert not net[0].weight.any()
    assert not net[2].weight.any()
    share = torch.bincount(y, minlength=10).double() / 64  # the least loss that a bias reaches
    entropy = -(share * share.log()).sum().item()
    assert side.all_losses([net], X, y).item() == pytest.approx(entropy, rel=1e-4)


# --- checks -----------------------------------------------------------------------------


def test_probe_derivatives_against_wide_differences():
    probe = checks.Probe(F64)
    k, h = 100, 1e-3
    f, f1, f2, f3 = probe.derivatives(k)
    up2, up, down, down2 = (probe.loss(k, s * h).item() for s in (2, 1, -1, -2))
    assert probe.loss(k, 0.0).item() == pytest.approx(f, rel=1e-14)
    assert (up - down) / (2 * h) == pytest.approx(f1, abs=1e-8)
    assert (up - 2 * f + down) / h**2 == pytest.approx(f2, abs=1e-7)
    assert (up2 - 2 * up + 2 * down - down2) / (2 * h**3) == pytest.approx(f3, abs=1e-5)


def test_probe_is_the_same_net_in_both_precisions():
    single, double = checks.Probe(torch.float32), checks.Probe(F64)
    assert torch.equal(single.theta.double(), double.theta)
    assert torch.equal(single.X.double(), double.X)
    assert single.loss(0, 0.0).item() == pytest.approx(double.loss(0, 0.0).item(), rel=1e-5)


def test_differences_have_the_slopes_of_their_order():
    found = checks.difference_errors(1, weights=3)
    h = np.array(found["steps"])
    wide = (h > 9e-4) & (h < 2e-2)  # truncation alone
    for kind, order in (("forward", 1), ("centred", 2)):
        errors, estimate = (np.array(found[f"float64 {kind}{more}"]) for more in ("", " estimate"))
        slope = np.polyfit(np.log(h[wide]), np.log(errors[wide]), 1)[0]
        assert slope == pytest.approx(order, abs=0.1)
        assert errors[wide] == pytest.approx(estimate[wide], rel=0.2)
        tiny = h < 1e-9  # round-off alone: never far above its worst case
        assert (errors[tiny] < 3 * estimate[tiny]).all()
        assert found[f"float64 {kind} least"] == errors.min()
        # the formula for the best step against the estimate's lowest place on the grid
        lowest = h[estimate.argmin()]
        assert 0.5 < found[f"float64 {kind} best step"] / lowest < 2


def test_least_moves_to_a_kink_against_moving_every_weight():
    h, examples = 0.02, 3
    X = digits(0)["training"][0][:examples]
    layer = nets.make_net((64, 100, 10), 0)[0]
    first = checks.first_kinks(0, examples)
    for unit in (0, 17, 99):
        for pixel in range(64):
            with torch.no_grad():
                before = (layer(X)[:, unit] + h * X[:, pixel]) > 0
                after = (layer(X)[:, unit] - h * X[:, pixel]) > 0
            assert (first[pixel, unit] < h) == bool((before != after).any())
    shares = checks.kink_shares(0)
    for at in (5, 25):
        share = (checks.first_kinks(0, 20) < checks.KINK_STEPS[at]).mean()
        assert shares["20"][at] == pytest.approx(share)
    assert 0 < shares["20"][25] < 1


def test_the_check_of_all_weights_against_moving_single_ones():
    h = 1e-3
    quotient, gradient, unmasked = checks.checked(2, h, examples=5)
    X, y = (part[:5] for part in digits(2)["training"])
    net = nets.make_net((64, 100, 10), 2)
    F.cross_entropy(net(X), y).backward()
    assert gradient == pytest.approx(net[0].weight.grad.T.numpy(), abs=1e-14)
    side.losses(side.scores([net], X, masked=False), y).sum().backward()  # adds to what is there
    assert gradient + unmasked == pytest.approx(net[0].weight.grad.T.numpy(), abs=1e-14)
    weight = net[0].weight
    with torch.no_grad():
        for i, j in ((10, 3), (28, 50), (42, 99)):
            sides = []
            for s in (h, -h):
                weight[j, i] += s
                sides.append(F.cross_entropy(net(X), y).item())
                weight[j, i] -= s
            direct = (sides[0] - sides[1]) / (2 * h)
            assert quotient[i, j] == pytest.approx(direct, abs=1e-11)


def test_relative_error_by_hand():
    a, b = np.array([1.0, 0.0, 2.0, 1e-9]), np.array([1.1, 0.0, -2.0, 0.0])
    assert checks.relative(a, b) == pytest.approx([0.1 / 2.1, 0.0, 1.0, 0.1])


def test_alarms_that_stay_are_counted_among_those_that_were_there(monkeypatch):
    right = np.array([1.0, 2.0, 3.0, 4.0, 1e-5])
    coarse = np.array([1.1, 2.1, 3.0, 4.1, 1.0])  # three alarms; the last is set aside
    fine = np.array([1.0, 2.1, 3.1, 4.0, 1.0])  # one of them stays, a new one comes
    told = {1e-3: (coarse, right, right + 1), 1e-5: (fine, right, right + 1)}
    monkeypatch.setattr(checks, "checked", lambda seed, h, examples: told[h])
    found = checks.told_apart(0)
    assert found["kinks"] == pytest.approx(1 / 3)
    assert found["kinks at first"] == pytest.approx(3 / 4)
    assert found["bug"] == 1
    told[1e-3] = (right, right, right + 1)
    with pytest.raises(ValueError, match="no alarm"):
        checks.told_apart(0)


def test_errors_at_kinks_and_elsewhere_are_kept_apart():
    found = checks.kink_errors(0)
    quotient, gradient, _ = checks.checked(0, 1e-3)
    kept, first = np.abs(gradient) > 1e-4, checks.first_kinks(0, 20)
    sizes = np.abs(quotient[kept]) + np.abs(gradient[kept])
    error, there = np.abs(quotient - gradient)[kept] / sizes, first[kept] < 1e-3
    assert found["largest 0.001"] == pytest.approx(error[there].max())
    assert found["elsewhere 0.001"] == pytest.approx(error[~there].max())
    assert found["elsewhere 0.001"] < 1e-3 < found["largest 0.001"]


# --- the claims -------------------------------------------------------------------------


def test_every_claim_has_a_name_of_its_own_and_a_number_that_its_experiment_gives():
    assert len({c.name for c in CLAIMS}) == len(CLAIMS)
    assert all(c.experiment.chapter == "training_loop" for c in CLAIMS)
    assert {e.name for e in EXPERIMENTS} == {"initial_by_scale", "kink_shares", "kink_errors"}
