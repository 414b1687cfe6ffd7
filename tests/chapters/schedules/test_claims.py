"""The schedules chapter's experiments against hand computations and independent oracles."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from claims import records
from claims import schedules as recorded
from claims.rule import FAILS, HOLDS
from claims.schedules import contests, nets, quadratic, rates, runs
from claims.show import judged


# ------------------------------------------------------------------ the noisy quadratic
def test_second_moments_give_the_worked_example():
    best = quadratic.greedy_rates(3, 1.0)
    assert best == pytest.approx([1 / 2, 1 / 3, 1 / 4])
    assert quadratic.second_moments(best, 1.0) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    fixed = quadratic.second_moments(np.full(3, 0.5), 1.0)
    assert fixed == pytest.approx([1, 1 / 2, 3 / 8, 11 / 32])


def test_no_other_rate_beats_the_greedy_one():
    greedy = quadratic.greedy_rates(5, 7.0, noise=2.0)
    best = quadratic.second_moments(greedy, 7.0, 2.0)
    for t in range(5):
        for nudge in (0.9, 1.1):
            other = quadratic.second_moments(greedy[t : t + 1] * nudge, best[t], 2.0)
            assert other[1] > best[t + 1]


def test_no_other_schedule_beats_the_greedy_one():
    """The page's sentence: what is best for each step is best for the run."""
    best = quadratic.second_moments(quadratic.greedy_rates(6, 4.0), 4.0)
    tried = np.random.default_rng(0).uniform(0, 1, (6, 20_000))
    assert (quadratic.second_moments(tried, 4.0) >= best[:, None] - 1e-12).all()


def test_greedy_rates_are_one_over_t():
    first = 9 / (9 + 3)
    expected = first / (1 + first * np.arange(200))
    assert quadratic.greedy_rates(200, 9.0, noise=3.0) == pytest.approx(expected)


def test_second_moments_match_a_simulation():
    rng, steps = np.random.default_rng(0), np.array([0.7, 0.3, 0.2, 0.6])
    x = np.full(200_000, 2.0)
    for rate in steps:
        x = x - rate * (x + rng.normal(size=x.size))
    assert np.mean(x**2) == pytest.approx(quadratic.second_moments(steps, 4.0)[-1], rel=0.02)


def test_floor_ratio_follows_the_formula():
    def floor(a: float) -> float:
        return a / (2 - a)

    expected = floor(0.4) / floor(0.1)
    assert quadratic.floor_ratio(3, 0.1, 4.0) == pytest.approx(expected, rel=0.03)


def test_rates_whose_sum_is_finite_leave_a_rest():
    """The page's example: rates 2**-(t + 1) and start 1, no noise."""
    kept = quadratic.second_moments(0.5 ** np.arange(1, 60), 1.0, noise=0.0)[-1]
    assert kept == pytest.approx(np.prod(1 - 0.5 ** np.arange(1, 60)) ** 2)
    assert 0.08 < kept < 0.09


def test_tuned_top_of_one_step_is_the_greedy_rate():
    top, end = quadratic.tuned_top(np.ones(1), 3.0, np.linspace(0.01, 1, 100))
    assert top == pytest.approx(3 / 4) and end == pytest.approx(3 / 4)
    assert runs.tuned_against_fixed("greedy", 1, 3.0) == pytest.approx(1, rel=2e-3)
    assert runs.tuned_against_fixed("constant", 50) == 1


# ------------------------------------------------------------------ schedules
ANSWERS = {  # schedule of the page: the exercise's answer and its arguments, T = 40
    "constant": ("constant", {}),
    "halving": ("step_decay", {"step_size": 6, "gamma": 0.5}),
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
    assert rates.schedule(name, 40) == pytest.approx(expected, abs=1e-12)


def test_torch_agrees_on_stairs_ramp_and_plateau():
    assert rates.schedule("step", 8) == pytest.approx([1] * 4 + [0.1] * 2 + [0.01] * 2)
    both = rates.schedule("warm-up + cosine", 40)
    assert both[:5] == pytest.approx([0, 0.25, 0.5, 0.75, 1], abs=1e-5)
    assert both[4:] == pytest.approx(rates.schedule("cosine", 36))
    assert rates.schedule("stable", 10) == pytest.approx([1] * 9 + [0.5])


def test_torch_still_differs_where_the_page_says_so():
    after = rates.torch_rates(lambda o: lr_scheduler.CosineAnnealingLR(o, 10), 21)
    assert after[10] == pytest.approx(0, abs=1e-12) and after[20] == pytest.approx(1)
    assert rates.torch_rates(lr_scheduler.ConstantLR, 6) == pytest.approx([1 / 3] * 5 + [1])
    with pytest.raises(ValueError, match="greater than 0"):
        rates.torch_rates(lambda o: lr_scheduler.LinearLR(o, 0.0, 1.0, 10), 1)


# ------------------------------------------------------------------ stacked networks
def test_gradients_are_those_of_autograd():
    X, y = nets.digits(1, 0.2)["training"]
    params = [torch.stack([p, p * 1.5]) for p in nets.start(1, (64, 9, 7, 10), 1.3)]
    params = [p + 0.01 for p in params]  # biases other than zero
    loss, found = nets.gradients(params, X[:50], y[:50])
    free = [p.clone().requires_grad_() for p in params]
    traced = nets.losses(free, X[:50], y[:50])
    assert torch.allclose(loss, traced.detach())
    for ours, theirs in zip(found, torch.autograd.grad(traced.sum(), free), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        (None, {}),
        (torch.optim.SGD, {"momentum": 0.9}),
        (torch.optim.Adam, {}),
        (torch.optim.Adagrad, {}),
    ],
)
def test_stacked_networks_train_like_single_ones(optimizer, options):
    """Two rates at once against torch.nn, one network at a time."""
    table = np.array([[0.01, 0.05]] * 5) * np.array([[1.0], [1.0], [0.5], [0.5], [0.1]])
    stacked = nets.train(
        table, 3, batch=400, hidden=(7,), optimizer=optimizer, options=options, record=(0, 5)
    )
    data = nets.digits(3)
    X, y = data["training"]
    for j in range(2):
        net = torch.nn.Sequential(torch.nn.Linear(64, 7), torch.nn.ReLU(), torch.nn.Linear(7, 10))
        net.double()
        w1, b1, w2, b2 = nets.start(3, (64, 7, 10))
        for p, value in zip(net.parameters(), (w1.T, b1, w2.T, b2), strict=True):
            p.data.copy_(value)
        move = (optimizer or torch.optim.SGD)(net.parameters(), lr=1.0, **options)
        shuffle = np.random.default_rng(3)
        for t in range(5):
            if t % 2 == 0:  # 1,078 images: two minibatches of 400 an epoch
                order = shuffle.permutation(len(y))
            rows = order[t % 2 * 400 : t % 2 * 400 + 400]
            move.param_groups[0]["lr"] = table[t, j]
            move.zero_grad()
            torch.nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()
            move.step()
        for part, (inputs, labels) in data.items():
            scores = net(inputs)
            loss = torch.nn.functional.cross_entropy(scores, labels).item()
            right = (scores.argmax(1) == labels).double().mean().item()
            assert stacked.loss[part][j] == pytest.approx(loss, rel=1e-9)
            assert stacked.accuracy[part][j] == pytest.approx(right)
        assert stacked.curve[1, j] == pytest.approx(stacked.loss["training"][j])


def test_schedule_free_follows_its_paper():
    """z moves, x is the mean of all z, gradients are taken at y between the two."""
    beta, table = 0.9, np.array([[0.3], [0.2], [0.1]])
    data = nets.digits(5)
    X, y = data["training"]
    z = x = [p[None] for p in nets.start(5, (64, 4, 10))]
    shuffle = np.random.default_rng(5)
    order = shuffle.permutation(len(y))
    passed = []
    for t in range(3):
        rows = order[t * 300 :][:300]
        point = [((1 - beta) * a + beta * b).requires_grad_() for a, b in zip(z, x, strict=True)]
        slopes = torch.autograd.grad(nets.losses(point, X[rows], y[rows]).sum(), point)
        z = [a - table[t, 0] * s for a, s in zip(z, slopes, strict=True)]
        passed.append(z)
        x = [torch.stack(p).mean(0) for p in zip(*passed, strict=True)]
    found = nets.train(table, 5, batch=300, hidden=(4,), average=beta)
    assert found.loss["test"] == pytest.approx(nets.losses(x, *data["test"]).numpy())


def test_a_run_that_blows_up_leaves_its_neighbours_alone():
    alone = nets.train(np.full((6, 1), 0.1), 0, batch=200)
    both = nets.train(np.array([[0.1, 1e200]] * 6), 0, batch=200)
    assert both.loss["test"][0] == pytest.approx(alone.loss["test"][0])
    assert both.loss["test"][1] == np.inf
    kept = nets.finite_or_not(np.array([np.nan, np.inf, 2.0]))
    assert kept.tolist() == [np.inf, np.inf, 2.0]


def test_records_come_before_their_update():
    table = np.full((4, 1), 0.1)
    kept = nets.train(table, 1, batch=300, record=(0, 2, 4))
    assert kept.curve[2] == pytest.approx(kept.loss["training"])
    shorter = nets.train(table[:2], 1, batch=300)
    assert kept.curve[1] == pytest.approx(shorter.loss["training"])
    on_test = nets.train(table, 1, batch=300, record=(2,), on="test")
    assert on_test.curve[0] == pytest.approx(shorter.loss["test"])
    whole = nets.train(table[:1], 1, batch=1078, record=(0,), minibatch_curve=True)
    assert whole.curve[0] == pytest.approx(whole.curve[1])


def test_redrawn_labels_are_a_share_of_the_training_part_alone():
    clean, redrawn = nets.digits(4), nets.digits(4, 0.5)
    for part in ("validation", "test"):
        assert torch.equal(clean[part][1], redrawn[part][1])
    # half are redrawn, and nine of ten draws differ from the old label
    changed = (clean["training"][1] != redrawn["training"][1]).double().mean().item()
    assert changed == pytest.approx(0.45, abs=0.04)


def test_sharpness_is_the_largest_eigenvalue():
    X, y = (part[:200] for part in nets.digits(2)["training"])
    W, b = (part * 3 for part in nets.start(2, (64, 10)))

    def loss(flat: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(X @ flat[:640].view(64, 10) + flat[640:], y)

    hessian = torch.autograd.functional.hessian(loss, torch.cat([W.flatten(), b]))
    largest = torch.linalg.eigvalsh(hessian)[-1].item()
    found = nets.sharpness([W[None], b[None]], X, y, rounds=60)
    assert found.item() == pytest.approx(largest, rel=0.01)


# ------------------------------------------------------------------ contests
def _runs(validation, test):
    three = {"training": np.array(test), "validation": np.array(validation), "test": np.array(test)}
    return nets.Runs(three, three, np.array([]))


def test_rates_are_chosen_on_validation_images_and_reported_on_test_images():
    width = len(contests.RATES)
    names = (contests.FIXED, "cosine")
    validation, test = np.ones((2, width)), np.arange(2.0 * width).reshape(2, width)
    validation[0, 4], validation[1, 7] = 0.5, 0.25
    chosen = contests.best(_runs(validation.ravel(), test.ravel()), names)
    assert chosen == {contests.FIXED: 4, "cosine": width + 7}
    told = contests._told(_runs(validation.ravel(), test.ravel()), names)
    assert told["cosine rate"] == contests.RATES[7]
    assert told["cosine loss"] == width + 7 and told["constant loss"] == 4


def test_contest_and_other_rules_compare_what_they_say(monkeypatch):
    """Losses made up so that every schedule, rule and rate has one of its own."""
    by_top = {}

    def made_up(table, seed, *, wrong=0.0, optimizer=None, average=None, **more):
        base = {None: 2.0, torch.optim.Adam: 3.0, torch.optim.Adagrad: 5.0}.get(optimizer, 7.0)
        decays = table[-1] < table[0] - 1e-12
        test = np.where(decays, base, base + 1) + (0.5 if average else 0)
        by_top.setdefault((optimizer, average), table[0])
        # the third rate of each schedule is best, the last one ten times worse
        spread = np.array([2.0, 1.05, 1.0, *[2.0] * (len(test) // 1)])
        order = np.searchsorted(np.unique(table[0].round(12)), table[0].round(12))
        return _runs(test * spread[order], test * spread[order])

    monkeypatch.setattr(contests, "train", made_up)
    found = contests.contest(0, 0.2)
    assert found["cosine"] == pytest.approx(2 / 3) and found["training"] == pytest.approx(2 / 3)
    assert found["free over cosine"] == pytest.approx(3.5 / 2)
    assert found["stable over cosine"] == pytest.approx(1)
    assert found["accuracy gain"] == pytest.approx(-100)
    assert found["linear rate"] == pytest.approx(contests.RATES[2])
    others = contests.other_rules(0)
    assert others["Adam"] == pytest.approx(3 / 4) and others["fixed Adam"] == pytest.approx(4 / 3)
    assert others["AdaGrad"] == pytest.approx(5 / 6)
    assert others["momentum over Adam"] == pytest.approx(7 / 3)
    assert others["wrong rate"] == pytest.approx(2) and others["octaves"] == 0


def test_stopping_half_way_compares_two_cosines_of_equal_length(monkeypatch):
    seen = []

    def spy(table, seed, **more):
        seen.append(table)
        return _runs([3.0, 2.0], [3.0, 2.0])

    monkeypatch.setattr(contests, "train", spy)
    assert contests.stopped(0, rate=1.0) == 1.5
    assert seen[0].shape == (750, 2)
    assert seen[0][-1, 0] == pytest.approx(0.5, abs=0.01)
    assert seen[0][-1, 1] == pytest.approx(0, abs=1e-4)


def test_range_test_picks_the_steepest_fall(monkeypatch):
    """A loss that falls like a logistic curve in the logarithm of the rate, then is no number."""
    rising = np.log(np.geomspace(1e-4, 10, 400))

    def made_up(table, seed, *, minibatch_curve=False, **more):
        if not minibatch_curve:
            return _runs(np.arange(11.0), np.arange(11.0))
        curve = 2 / (1 + np.exp(3 * (rising - np.log(0.02))))
        curve[rising > np.log(2)] = np.nan
        return nets.Runs({}, {}, curve[:, None])

    monkeypatch.setattr(contests, "train", made_up)
    found = contests.range_test(0)
    assert 0.02 < found["pick"] < 0.06  # the smoothing lags by 24 updates, a factor of two
    assert found["lowest"] == pytest.approx(2, rel=0.05)
    assert len(found["losses"]) == (rising <= np.log(2)).sum()
    assert found["share"] == found["pick"] / contests.RATES[0]


# ------------------------------------------------------------------ four rates, warm-up, batches
def test_least_loss_agrees_with_another_program():
    """L-BFGS on a softmax written out in NumPy, 2,000 iterations, ended at 0.80776."""
    assert runs.least_loss(0) == pytest.approx(0.80776, rel=2e-3)


def test_four_rates_by_hand(monkeypatch):
    """Excess 1 at first; good is below a fifth from update 10 on, high from 5 on."""
    at = np.array(sorted(set(runs.MOMENTS)))
    good = np.where(at < 10, 1.0, 0.1)
    high = np.where(at < 5, 1.0, 0.15)
    curve = np.stack([np.ones(len(at)), good, high, 2 * np.ones(len(at)), good / 2], axis=1)
    monkeypatch.setattr(runs, "train", lambda *a, **k: nets.Runs({}, {}, curve + 0.7))
    monkeypatch.setattr(runs, "least_loss", lambda seed: 0.7)
    found = runs.four_rates(0)
    assert found["faster"] == 0.5
    assert found["unsettled"] == pytest.approx(1.5) and found["decayed"] == pytest.approx(0.5)


def test_largest_rate_stops_at_the_first_failure_and_refuses_a_grid_that_is_too_narrow():
    losses = np.full(len(runs.WARM_RATES), 0.1)
    losses[3], losses[5] = np.inf, 2.3
    assert runs.largest_rate(losses) == runs.WARM_RATES[2]
    losses[3] = np.nan
    assert runs.largest_rate(losses) == runs.WARM_RATES[2]
    for outside in (np.full(len(losses), 0.1), np.full(len(losses), 2.3)):
        with pytest.raises(ValueError, match="widen"):
            runs.largest_rate(outside)


def test_warmup_gain_compares_a_ramp_with_none(monkeypatch):
    def made_up(table, seed, **more):
        count = len(runs.WARM_RATES)
        assert (table[0, :count] == runs.WARM_RATES).all() and (table[0, count:] == 0).all()
        assert (table[100:, count:] == runs.WARM_RATES).all()
        limits = np.repeat([runs.WARM_RATES[4], runs.WARM_RATES[8]], count)
        loss = np.where(table[-1] <= limits, 0.1, 2.3)
        return _runs(loss, loss)

    monkeypatch.setattr(runs, "train", made_up)
    assert runs.warmup_gain(0, (3,), 1.0)["value"] == pytest.approx(2)


def test_batches_find_their_columns(monkeypatch):
    """A loss that depends on rate over batch alone follows the linear rule exactly."""

    def made_up(table, seed, *, batch, optimizer=None, **more):
        loss = 1 + np.abs(np.log2(table[0] / batch / 0.02))
        return _runs(loss, loss)

    monkeypatch.setattr(runs, "train", made_up)
    found = runs.batches(0)
    assert found["same 16"] == pytest.approx(1) and found["same 128"] == pytest.approx(1)
    assert found["best 1"] == pytest.approx(0.08) and found["ratio 16"] == pytest.approx(16)
    # four times the rate with sixteen times the batch is two doublings further away
    assert found["root 16"] == pytest.approx((1 + 2 + 2) / (1 + 2))
    assert runs.adam_batches(0)["linear"] == pytest.approx(1)


# ------------------------------------------------------------------ what stands on the page
def test_verdicts_that_the_page_discusses():
    found = {c.name: judged(c) for c in recorded.CLAIMS}
    assert len(found) == len(recorded.CLAIMS)
    by_word = {word: {n for n, v in found.items() if v == word} for word in (HOLDS, FAILS)}
    assert by_word[HOLDS] >= {
        *("step-redrawn", "halving-redrawn", "cosine-redrawn", "stopped-too-soon"),
        *("quadratic-linear", "quadratic-exponential", "high-rate-is-faster", "high-then-decay"),
        *("cosine-accuracy-redrawn", "stable-like-cosine", "fixed-adam-is-ok"),
        *("decay-with-adagrad", "edge-of-stability", "same-loss-4", "best-rate-4"),
    }
    assert by_word[FAILS] >= {
        *("cosine-training-redrawn", "cosine-accuracy-clean"),
        *("cosine-training-clean", "schedule-free-like-cosine", "same-loss-64", "square-root-16"),
        *("adam-root-16", "adam-linear-16", "best-rate-64"),
    }


def _median(experiment, name):
    return np.median(records.read(experiment).values(name))


def test_numbers_that_the_page_gives_in_words():
    assert runs.tuned_against_fixed("greedy") == pytest.approx(1 / 3.5, abs=0.01)
    start = np.median([b[0] for b in records.read(recorded.STORY).lists("cold bends")])
    assert 0.4 / (2 / start) == pytest.approx(20, abs=1)
    for name, cold, warm in (("large", 0.31, 0.48), ("proper", 1.3, 1.6)):
        assert _median(recorded.WARM[name], "cold") == pytest.approx(cold, abs=0.05)
        assert _median(recorded.WARM[name], "warm") == pytest.approx(warm, abs=0.05)
    assert _median(recorded.STORY, "edge") == pytest.approx(1.5, abs=0.05)
    assert _median(recorded.RANGE, "share") == pytest.approx(0.46, abs=0.01)
    unscaled = records.read(recorded.BATCHES).lists("training 16")
    assert np.median([u[0] for u in unscaled]) / np.median(
        [b[0] for b in records.read(recorded.BATCHES).lists("training 1")]
    ) == pytest.approx(8, abs=0.5)
