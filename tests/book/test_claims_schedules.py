"""The schedules chapter's experiments against hand computations and independent oracles."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from claims import VERDICTS
from claims import schedules as lab
from claims import schedules_runs as runs
from claims.schedules_table import claims


def test_second_moments_give_the_worked_example():
    assert lab.greedy_rates(3, 1.0) == pytest.approx([1 / 2, 1 / 3, 1 / 4])
    assert lab.second_moments(lab.greedy_rates(3, 1.0), 1.0) == pytest.approx(
        [1, 1 / 2, 1 / 3, 1 / 4]
    )
    assert lab.second_moments(np.full(3, 0.5), 1.0) == pytest.approx([1, 1 / 2, 3 / 8, 11 / 32])


def test_no_other_rate_beats_the_greedy_one():
    rates = lab.greedy_rates(5, 7.0, noise=2.0)
    best = lab.second_moments(rates, 7.0, 2.0)
    for t in range(5):
        for nudge in (0.9, 1.1):
            assert lab.second_moments(rates[t : t + 1] * nudge, best[t], 2.0)[1] > best[t + 1]


def test_greedy_rates_are_one_over_t():
    rates = lab.greedy_rates(200, 9.0, noise=3.0)
    first = 9 / (9 + 3)
    assert rates == pytest.approx(first / (1 + first * np.arange(200)))


def test_second_moments_match_a_simulation():
    rng, rates = np.random.default_rng(0), np.array([0.7, 0.3, 0.2, 0.6])
    x = np.full(200_000, 2.0)
    for rate in rates:
        x = x - rate * (x + rng.normal(size=x.size))
    assert np.mean(x**2) == pytest.approx(lab.second_moments(rates, 4.0)[-1], rel=0.02)


def test_floor_ratio_follows_the_formula():
    def floor(a: float) -> float:
        return a / (2 - a)

    assert lab.floor_ratio(3, 0.1, 4.0) == pytest.approx(floor(0.4) / floor(0.1), rel=0.03)


ANSWERS = {  # schedule of the page: the exercise's answer and its arguments, T = 40
    "constant": ("constant", {}),
    "exponential": ("exponential_decay", {"k": np.log(100) / 40}),
    "1/t": ("inverse_time_decay", {"k": 9 / 40}),
    "linear": ("linear_decay", {"total": 40}),
    "cosine": ("cosine_decay", {"total": 40}),
    "inverse root": ("inverse_sqrt_decay", {}),
    "restarts": ("cosine_warm_restarts", {"T_0": 6, "T_mult": 2}),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_torch_agrees_with_the_exercises(name):
    from autograder.judging import reference

    function, args = ANSWERS[name]
    answer = reference.answers()[function]
    expected = [answer(step, lr=1.0, **args) for step in range(40)]
    assert runs.schedule(name, 40) == pytest.approx(expected, abs=1e-12)


def test_torch_agrees_on_stairs_and_ramp():
    assert runs.schedule("step", 8) == pytest.approx([1] * 4 + [0.1] * 2 + [0.01] * 2)
    both = runs.schedule("warm-up + cosine", 40)
    assert both[:5] == pytest.approx([0, 0.25, 0.5, 0.75, 1], abs=1e-5)
    assert both[4:] == pytest.approx(runs.schedule("cosine", 36))


def test_torch_still_differs_where_the_page_says_so():
    from torch.optim import lr_scheduler

    after = runs.torch_rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 10), 21)
    assert after[10] == pytest.approx(0, abs=1e-12) and after[20] == pytest.approx(1)
    assert runs.torch_rates(lr_scheduler.ConstantLR, 6) == pytest.approx([1 / 3] * 5 + [1])
    with pytest.raises(ValueError, match="greater than 0"):
        runs.torch_rates(lambda o: lr_scheduler.LinearLR(o, 0.0, 1.0, 10), 1)


@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        (torch.optim.SGD, {}),
        (torch.optim.SGD, {"momentum": 0.9}),
        (torch.optim.Adam, {}),
        (torch.optim.Adagrad, {}),
    ],
)
def test_stacked_networks_train_like_single_ones(optimizer, options):
    """Two rates and two seeds at once against torch.nn, one network at a time."""
    rates = np.array([[0.01, 0.05]] * 5) * np.array([[1.0], [1.0], [0.5], [0.5], [0.1]])
    stacked = runs.train(
        rates, (3, 5), batch=400, hidden=(7,), optimizer=optimizer, options=options
    )
    for i, seed in enumerate((3, 5)):
        X, y, X_test, y_test = runs.digits(seed)
        for j in range(2):
            net = torch.nn.Sequential(
                torch.nn.Linear(64, 7), torch.nn.ReLU(), torch.nn.Linear(7, 10)
            )
            w1, b1, w2, b2 = runs.start(seed, (64, 7, 10), 1.0)
            for p, value in zip(net.parameters(), (w1.T, b1, w2.T, b2), strict=True):
                p.data.copy_(value)
            move = optimizer(net.parameters(), lr=1.0, **options)
            shuffle = np.random.default_rng(seed)
            for t in range(5):
                if t % 3 == 0:
                    order = shuffle.permutation(len(y))
                rows = order[t % 3 * 400 : t % 3 * 400 + 400]
                move.param_groups[0]["lr"] = rates[t, j]
                move.zero_grad()
                torch.nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()
                move.step()
            loss = torch.nn.functional.cross_entropy(net(X), y).item()
            right = (net(X_test).argmax(1) == y_test).double().mean().item()
            assert stacked.loss[i, j] == pytest.approx(loss, rel=2e-4)
            assert stacked.accuracy[i, j] == pytest.approx(right, abs=0.005)


def test_a_run_that_blows_up_leaves_its_neighbours_alone():
    alone = runs.train(np.full((6, 1), 0.1), (0,), batch=200)
    both = runs.train(np.array([[0.1, 1e30]] * 6), (0,), batch=200)
    assert both.loss[0, 0] == pytest.approx(alone.loss[0, 0], rel=1e-5)
    assert both.loss[0, 1] == np.inf


def test_records_come_before_their_update():
    rates = np.full((4, 1), 0.1)
    kept = runs.train(rates, (1,), batch=300, record=(0, 2, 4))
    assert kept.curve[2] == pytest.approx(kept.loss)
    assert kept.curve[1] == pytest.approx(runs.train(rates[:2], (1,), batch=300).loss)
    whole = runs.train(rates[:1], (1,), batch=1348, record=(0,), minibatch_curve=True)
    assert whole.curve[0] == pytest.approx(whole.curve[1], rel=1e-5)


def test_redrawn_labels_are_a_share_of_the_training_set_alone():
    _, clean, _, clean_test = runs.digits(4)
    _, redrawn, _, test = runs.digits(4, 0.5)
    assert torch.equal(clean_test, test)
    # half are redrawn, and nine of ten draws differ from the old label
    assert (clean != redrawn).double().mean().item() == pytest.approx(0.45, abs=0.04)


def test_sharpness_is_the_largest_eigenvalue():
    X, y = (part[:200] for part in runs.digits(2)[:2])
    W, b = (part * 3 for part in runs.start(2, (64, 10), 1.0))

    def loss(flat: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(X @ flat[:640].view(64, 10) + flat[640:], y)

    hessian = torch.autograd.functional.hessian(loss, torch.cat([W.flatten(), b]))
    largest = torch.linalg.eigvalsh(hessian.double())[-1].item()
    found = runs.sharpness([W[None, None], b[None, None]], X[None], y[None], rounds=60)
    assert found.item() == pytest.approx(largest, rel=0.01)


def test_largest_rate_stops_at_the_first_failure():
    losses = np.full(len(lab.WARM_RATES), 0.1)
    assert lab.largest_rate(losses) == lab.WARM_RATES[-1]
    losses[3], losses[5] = np.inf, 2.3
    assert lab.largest_rate(losses) == lab.WARM_RATES[2]


def test_table_has_the_verdicts_that_the_page_discusses():
    table = claims()
    assert {c.verdict for c in table} == set(VERDICTS)
    found = {(c.says.split(":")[0], c.says.split(", ")[-1]): c.verdict for c in table}
    assert found["Decay (linear) beats every fixed rate", "one label in five drawn anew"] == "holds"
    assert found["Decay (linear) beats every fixed rate", "clean labels"] != "holds"
    spread = [c.verdict for c in table if c.says.startswith("Batch 4 to ")]
    assert spread == ["holds", "holds", "does not hold", "does not hold"]
    assert [c.verdict for c in table[-3:]] == ["holds", "does not hold", "does not hold"]
