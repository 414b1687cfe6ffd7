"""The experiments of chapter 1 against hand computations and independent formulas."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, special
from torch import nn

from claims import training_loop as lab

F64 = torch.float64


def test_margin_loss_by_hand():
    scores = torch.tensor([[2.0, 1.0, -0.5], [0.0, 0.0, 0.0]], dtype=F64)
    # row 1: max(0, 2) + max(0, -0.5) = 2; row 2: 1 + 1 = 2 (true class left out)
    assert lab.margin_loss(scores, torch.tensor([1, 0])).item() == pytest.approx(2.0)
    # delta = 3: 4 + 1.5, and 3 + 3; mean 5.75
    assert lab.margin_loss(scores, torch.tensor([1, 0]), 3.0).item() == pytest.approx(5.75)


def test_initial_losses_of_a_zero_net_are_exact():
    softmax, svm = lab.initial_losses(seed=0, std=0.0)
    assert softmax == pytest.approx(math.log(10), rel=1e-14)
    assert svm == pytest.approx(9.0, rel=1e-14)


def test_initial_losses_against_numpy():
    X, y, _, _ = (t.numpy() for t in lab.digits())
    net = lab.make_net((64, 100, 10), 3, std=0.2)
    W1, W2 = (net[i].weight.detach().numpy().T for i in (0, 2))
    scores = np.clip(X @ W1, 0, None) @ W2
    true = scores[np.arange(len(y)), y][:, None]
    assert lab.initial_softmax(3, 0.2) == pytest.approx(
        float(np.mean(special.logsumexp(scores, axis=1) - true[:, 0])), rel=1e-12
    )
    hinge = np.clip(scores - true + 1, 0, None).sum() - len(y)
    assert lab.initial_svm(3, 0.2) == pytest.approx(hinge / len(y), rel=1e-12)


@pytest.mark.parametrize("sigma", [0.05, 0.4, 2.0])
def test_gaussian_svm_formula_against_quadrature(sigma):
    s = math.sqrt(2) * sigma

    def integrand(d):
        return (1 + d) * math.exp(-((d / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi))

    value, _ = integrate.quad(integrand, max(-1.0, -12 * s), 12 * s, limit=200)
    assert lab.gaussian_score_svm(sigma, classes=4) == pytest.approx(3 * value, rel=1e-7)


def test_small_score_softmax_against_simulation():
    scores = 0.2 * np.random.default_rng(0).standard_normal((200_000, 5))
    simulated = (special.logsumexp(scores, axis=1) - scores[:, 0]).mean()
    predicted = float(lab.small_score_softmax(0.2, classes=5))
    # standard error 0.2 / sqrt(200000) = 4.5e-4; the bend itself is 1.6e-2
    assert predicted - math.log(5) == pytest.approx(0.016, rel=1e-12)
    assert simulated == pytest.approx(predicted, abs=2.5e-3)


def test_collapse_of_two_layers_by_hand():
    net = lab.make_net((1, 2, 1), 0, activation=None)
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[2.0], [3.0]]))
        net[0].bias.copy_(torch.tensor([1.0, -1.0]))
        net[1].weight.copy_(torch.tensor([[5.0, 7.0]]))
        net[1].bias.copy_(torch.tensor([4.0]))
    W, b = lab.collapse(net)
    assert W.item() == pytest.approx(2 * 5 + 3 * 7)
    assert b.item() == pytest.approx(1 * 5 - 1 * 7 + 4)


def test_collapse_refuses_an_activation():
    with pytest.raises(TypeError, match="not affine"):
        lab.collapse(lab.make_net((2, 3, 2), 0, activation=nn.ReLU))


def test_rings_are_separated_by_a_circle():
    X, y = lab.rings(5)
    assert torch.equal((X.norm(dim=1) > 1.15).long(), y)
    assert y.double().mean().item() == 0.5


def test_sandwich_experiments():
    assert lab.sandwich_gap(0) < 1e-12
    # no line separates: the best cut through a disc and ring is not far above a half
    assert lab.ring_accuracy(0, "sandwich") < 0.75
    assert lab.ring_accuracy(0, "relu") > 0.98
    assert lab.relu_gain(0) == pytest.approx(
        100 * (lab.ring_accuracy(0, "relu") - lab.ring_accuracy(0, "sandwich"))
    )


def test_bottleneck_caps_the_rank():
    assert lab.bottleneck(0, 2)[0] == 2
    assert lab.bottleneck(0, None)[0] == 10
    assert lab.bottleneck_cost(0) > 5


def test_tiny_steps_always_help_and_huge_ones_kill():
    on_batch, on_all, _, awake = lab.loop_run(0, lr=1e-4, steps=10)
    assert (on_batch, on_all) == (100.0, 100.0)
    assert 20 < awake < 80  # He-scaled units on positive inputs: about half of them
    _, _, accuracy, awake = lab.loop_run(0, lr=3.0)
    assert accuracy < 20
    assert awake < 1


def test_probe_derivatives_against_wide_differences():
    probe = lab.Probe(F64)
    k, h = 100, 1e-3
    f, f1, f2, f3 = probe.derivatives(k)
    up2, up, down, down2 = (probe.loss(k, s * h).item() for s in (2, 1, -1, -2))
    assert probe.loss(k, 0.0).item() == pytest.approx(f, rel=1e-14)
    assert (up - down) / (2 * h) == pytest.approx(f1, abs=1e-8)
    assert (up - 2 * f + down) / h**2 == pytest.approx(f2, abs=1e-7)
    assert (up2 - 2 * up + 2 * down - down2) / (2 * h**3) == pytest.approx(f3, abs=1e-5)


def test_probe_is_the_same_net_in_both_precisions():
    single, double = lab.Probe(torch.float32), lab.Probe(F64)
    assert torch.equal(single.theta.double(), double.theta)
    assert torch.equal(single.X.double(), double.X)
    assert single.loss(0, 0.0).item() == pytest.approx(double.loss(0, 0.0).item(), rel=1e-5)


def test_kink_share_against_moving_every_weight():
    h, examples = 0.02, 3
    X = lab.digits()[0][:examples]
    layer = lab.make_net((64, 100, 10), 0)[0]
    crossed = 0
    with torch.no_grad():
        for unit in (0, 17, 99):
            for pixel in range(64):
                before = (layer(X)[:, unit] + h * X[:, pixel]) > 0
                after = (layer(X)[:, unit] - h * X[:, pixel]) > 0
                crossed += int((before != after).any())
        a = layer(X).numpy()[:, [0, 17, 99]]
    x = X.numpy()
    direct = sum(bool(np.any(np.abs(a[:, j]) < h * x[:, i])) for j in range(3) for i in range(64))
    assert crossed == direct
    # the module's count over all units, redone by brute force
    with torch.no_grad():
        a = layer(X).numpy()
    brute = np.mean(
        [[np.any(np.abs(a[:, j]) < h * x[:, i]) for j in range(100)] for i in range(64)]
    )
    assert lab.kink_share(np.array([h]), examples)[0] == pytest.approx(brute)
    assert 0 < brute < 1
