"""Chapter 4: every answer against torch.optim or autograd, and a number worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder import reference
from cs231n_lib import exercises
from cs231n_lib.probes import traits
from cs231n_lib.verdict import judge
from solutions import gradient_descent, momentum
from solutions.adaptive_methods import (
    adadelta,
    adagrad,
    adam,
    adam_almost,
    adamw,
    l2_gradient,
    nadam,
    optimizer_traits,
    rmsprop,
)
from solutions.variants.adaptive_methods import variants

RNG = np.random.default_rng
TIGHT = {"rtol": 1e-12, "atol": 1e-12}
MOMENTS = {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.75}
RULES = (adagrad, rmsprop, adadelta, adam_almost, adam, nadam, adamw)


def marked(*functions):
    """One parameter per function, marked with its name."""
    return [
        pytest.param(f, marks=getattr(pytest.mark, f.__name__), id=f.__name__) for f in functions
    ]


def run(update, w, gradients, config):
    """The parameters after each step, and the last config."""
    path = []
    for gradient in gradients:
        w, config = update(w, gradient, config)
        path.append(w)
    return np.array(path), config


def run_torch(make, w, gradients):
    """The same by an optimizer of torch, which ``make`` makes from its parameters."""
    parameter = torch.tensor(w, requires_grad=True)
    optimizer = make([parameter])
    path = []
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(parameter.detach().numpy().copy())
    return np.array(path)


# --- against torch.optim ------------------------------------------------------------

BETAS = {"lr": 0.2, "betas": (0.7, 0.9), "eps": 0.3}
OURS = {"learning_rate": 0.2, "beta1": 0.7, "beta2": 0.9, "epsilon": 0.3}
NEVER = {"momentum_decay": 1e9}  # torch's schedule of beta1 is over before it begins
TORCH = {
    "adagrad": (
        torch.optim.Adagrad,
        {"lr": 1e-2, "eps": 1e-8},
        {"lr": 0.2, "eps": 0.3, "initial_accumulator_value": 0.5},
        {"learning_rate": 0.2, "epsilon": 0.3, "cache": np.full((2, 3), 0.5)},
    ),
    "rmsprop": (
        torch.optim.RMSprop,
        {},
        {"lr": 0.2, "alpha": 0.8, "eps": 0.3},
        {"learning_rate": 0.2, "decay_rate": 0.8, "epsilon": 0.3},
    ),
    "adadelta": (
        torch.optim.Adadelta,
        {"rho": 0.95},
        {"lr": 0.2, "rho": 0.8, "eps": 0.3},
        {"learning_rate": 0.2, "decay_rate": 0.8, "epsilon": 0.3},
    ),
    "adam": (torch.optim.Adam, {}, BETAS, OURS),
    "nadam": (torch.optim.NAdam, NEVER, BETAS | NEVER, OURS),
    "adamw": (
        torch.optim.AdamW,
        {},
        BETAS | {"weight_decay": 1.5},
        OURS | {"weight_decay": 1.5},
    ),
}


@pytest.mark.parametrize("update", marked(adagrad, rmsprop, adadelta, adam, nadam, adamw))
def test_torch_takes_the_same_steps(update):
    make, defaults, options, config = TORCH[update.__name__]
    rng = RNG(1)
    w = rng.normal(size=(2, 3))
    gradients = [size * rng.normal(size=(2, 3)) for size in (1.0, 0.1, 3.0, 0.5, 1.0, 2.0)]
    # torch keeps NAdam's product of betas in single precision
    close = {"rtol": 1e-7, "atol": 1e-7} if update is nadam else TIGHT
    want = run_torch(lambda p: make(p, **defaults), w, gradients)
    np.testing.assert_allclose(run(update, w, gradients, None)[0], want, **close)
    want = run_torch(lambda p: make(p, **options), w, gradients)
    np.testing.assert_allclose(run(update, w, gradients, config)[0], want, **close)


@pytest.mark.adam
def test_l2_in_the_gradient_is_torchs_coupled_weight_decay():
    rng = RNG(2)
    start, gradients = rng.normal(size=4), list(rng.normal(size=(5, 4)))
    want = run_torch(lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.7), start, gradients)
    w, config, path = start, {"learning_rate": 0.1}, []
    for g in gradients:
        w, config = adam(w, l2_gradient(w, g, 0.7), config)
        path.append(w)
    np.testing.assert_allclose(path, want, **TIGHT)
    decoupled, _ = run(adamw, start, gradients, {"learning_rate": 0.1, "weight_decay": 0.7})
    assert np.max(np.abs(decoupled - want)) > 0.01


# --- by hand ------------------------------------------------------------------------


@pytest.mark.adagrad
def test_adagrad_by_hand():
    """Rate 1, epsilon 1, gradients 3 and 4 from w = 2.

    cache 9, w = 2 - 3/(3+1) = 1.25; cache 25, w = 1.25 - 4/(5+1) = 0.58333.
    """
    config = {"learning_rate": 1.0, "epsilon": 1.0}
    path, config = run(adagrad, np.full(1, 2.0), [np.full(1, 3.0), np.full(1, 4.0)], config)
    np.testing.assert_allclose(path, [[1.25], [1.25 - 2 / 3]], **TIGHT)
    np.testing.assert_allclose(config["cache"], [25.0], **TIGHT)


@pytest.mark.adagrad
def test_adagrads_step_falls_like_one_over_root_t():
    path, _ = run(adagrad, np.zeros(1), [np.full(1, -7.0)] * 100, {"learning_rate": 1.0})
    steps = np.diff(path[:, 0], prepend=0)
    np.testing.assert_allclose(steps, 1 / np.sqrt(np.arange(1, 101)), rtol=1e-8)


@pytest.mark.rmsprop
def test_rmsprop_by_hand():
    """Rate 1, decay 0.75, epsilon 1, gradient 4 from w = 2, cache 0: cache 4, w = 2 - 4/3.

    Then gradient 2: cache 3 + 1 = 4, w = 2/3 - 2/3 = 0.
    """
    config = {"learning_rate": 1.0, "decay_rate": 0.75, "epsilon": 1.0}
    path, config = run(rmsprop, np.full(1, 2.0), [np.full(1, 4.0), np.full(1, 2.0)], config)
    np.testing.assert_allclose(path, [[2 / 3], [0.0]], **TIGHT)
    np.testing.assert_allclose(config["cache"], [4.0], **TIGHT)


@pytest.mark.adadelta
def test_adadelta_by_hand():
    """Decay 0.5, epsilon 1, gradient 4, cache 14, step_cache 8: cache 7 + 8 = 15,

    step = 3/4 * 4 = 3, step_cache 4 + 4.5 = 8.5; at rate 0.5 w goes from 2 to 0.5.
    """
    config = {"learning_rate": 0.5, "decay_rate": 0.5, "epsilon": 1.0}
    config |= {"cache": np.full(1, 14.0), "step_cache": np.full(1, 8.0)}
    w, config = adadelta(np.full(1, 2.0), np.full(1, 4.0), config)
    np.testing.assert_allclose(w, [0.5], **TIGHT)
    np.testing.assert_allclose(config["cache"], [15.0], **TIGHT)
    np.testing.assert_allclose(config["step_cache"], [8.5], **TIGHT)


@pytest.mark.adam_almost
def test_the_first_step_of_almost_adam_by_hand():
    """m = 0.1 g and v = 0.001 g**2: the step is 0.1 / sqrt(0.001) = sqrt(10) rates long."""
    w, _ = adam_almost(np.zeros(2), np.array([5.0, -0.2]), {"learning_rate": 1.0, "epsilon": 0})
    np.testing.assert_allclose(w, [-np.sqrt(10), np.sqrt(10)], **TIGHT)


@pytest.mark.adam_almost
def test_almost_adam_by_hand():
    """Betas 0.5 and 0.75, rate 1, epsilon 1: gradient 4 gives m = 2, v = 4, step 2/3.

    Gradient 0 then gives m = 1, v = 3, step 1 / (sqrt(3) + 1).
    """
    config = {**MOMENTS, "learning_rate": 1.0, "epsilon": 1.0}
    path, _ = run(adam_almost, np.zeros(1), [np.full(1, 4.0), np.zeros(1)], config)
    np.testing.assert_allclose(path, [[-2 / 3], [-2 / 3 - 1 / (np.sqrt(3) + 1)]], **TIGHT)


@pytest.mark.adam_almost
@pytest.mark.adam
def test_both_adams_agree_in_the_long_run_only():
    rng = RNG(3)
    gradients = list(1 + rng.normal(size=(9000, 1)))
    a = np.diff(run(adam_almost, np.zeros(1), gradients, None)[0][:, 0])
    b = np.diff(run(adam, np.zeros(1), gradients, None)[0][:, 0])
    assert np.max(np.abs(a - b)[:20]) > 1e-3
    np.testing.assert_allclose(a[-1], b[-1], rtol=1e-3)


@pytest.mark.adam
def test_adam_by_hand():
    """Betas 0.5 and 0.75, rate 0.1, epsilon 1, gradient 4: both corrected means are 4 and

    16, the step 0.1 * 4 / 5. Gradient 0 then: m = 1 over 0.75, v = 3 over 7/16.
    """
    path, config = run(
        adam, np.ones(1), [np.full(1, 4.0), np.zeros(1)], {**MOMENTS, "epsilon": 1.0}
    )
    second = 0.1 * (4 / 3) / (np.sqrt(48 / 7) + 1)
    np.testing.assert_allclose(path, [[0.92], [0.92 - second]], **TIGHT)
    assert config["t"] == 2
    np.testing.assert_allclose([config["m"][0], config["v"][0]], [1.0, 3.0], **TIGHT)


@pytest.mark.adam
def test_adam_on_the_numbers_of_cs231ns_notebook():
    """The values that assignment 2 prints for its own check, to the digits given there."""
    N, D = 4, 5
    w = np.linspace(-0.4, 0.6, num=N * D).reshape(N, D)
    dw = np.linspace(-0.6, 0.4, num=N * D).reshape(N, D)
    m = np.linspace(0.6, 0.9, num=N * D).reshape(N, D)
    v = np.linspace(0.7, 0.5, num=N * D).reshape(N, D)
    next_w, config = adam(w, dw, {"learning_rate": 1e-2, "m": m, "v": v, "t": 5})
    np.testing.assert_allclose(next_w[0, :3], [-0.40094747, -0.34836187, -0.29577703], atol=5e-9)
    np.testing.assert_allclose(config["v"][0, :3], [0.69966, 0.68908382, 0.67851319], atol=5e-9)
    np.testing.assert_allclose(config["m"][0, :3], [0.48, 0.49947368, 0.51894737], atol=5e-9)
    assert config["t"] == 6


@pytest.mark.adam
@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.2, 0.5)])
def test_adams_first_step_has_the_length_of_the_rate(betas):
    config = {"learning_rate": 0.3, "beta1": betas[0], "beta2": betas[1]}
    w, _ = adam(np.zeros(3), np.array([1e-3, -1.0, 1e3]), config)
    np.testing.assert_allclose(w, [-0.3, 0.3, -0.3], rtol=1e-4)


@pytest.mark.nadam
def test_nadam_by_hand():
    """Betas 0.5 and 0.75, rate 0.1, epsilon 1, gradient 4: m = 2, corrected at step two 2/0.75.

    ahead = 0.5 * 8/3 + 0.5 * 4 / 0.5 = 16/3; v corrected 16; w = 1 - 0.1 * 16/15.
    """
    w, _ = nadam(np.ones(1), np.full(1, 4.0), {**MOMENTS, "epsilon": 1.0})
    np.testing.assert_allclose(w, [1 - 1.6 / 15], **TIGHT)


@pytest.mark.nadam
def test_nadam_with_beta1_zero_is_adam():
    rng = RNG(4)
    gradients = list(rng.normal(size=(4, 3)))
    config = {"learning_rate": 0.1, "beta1": 0.0}
    a, _ = run(nadam, np.zeros(3), gradients, config)
    b, _ = run(adam, np.zeros(3), gradients, config)
    np.testing.assert_allclose(a, b, **TIGHT)


@pytest.mark.adamw
def test_adamw_by_hand():
    """As Adam above, with decay 2 from w = 1: 0.2 goes to the decay, 0.08 to the step."""
    config = {**MOMENTS, "epsilon": 1.0, "weight_decay": 2.0}
    w, _ = adamw(np.ones(1), np.full(1, 4.0), config)
    np.testing.assert_allclose(w, [0.72], **TIGHT)


@pytest.mark.adamw
def test_without_gradients_adamw_shrinks_geometrically():
    config = {"learning_rate": 0.1, "weight_decay": 2.0}
    path, _ = run(adamw, np.array([3.0, -1.0]), [np.zeros(2)] * 4, config)
    want = np.array([3.0, -1.0]) * 0.8 ** np.arange(1, 5)[:, None]
    np.testing.assert_allclose(path, want, **TIGHT)


@pytest.mark.l2_gradient
def test_l2_gradient_by_hand_and_by_autograd():
    """dw = 1, w = 3, reg = 0.5: 1 + 1.5 = 2.5."""
    np.testing.assert_allclose(l2_gradient(np.full(1, 3.0), np.ones(1), 0.5), [2.5], **TIGHT)
    rng = RNG(5)
    w, a = rng.normal(size=(2, 2, 3))
    x = torch.tensor(w, requires_grad=True)
    (torch.sum(torch.sin(torch.tensor(a) * x)) + 0.7 / 2 * torch.sum(x**2)).backward()
    np.testing.assert_allclose(l2_gradient(w, a * np.cos(a * w), 0.7), x.grad.numpy(), **TIGHT)


# --- traits: found by experiment, not written down ----------------------------------

TAUGHT = {f.__name__: f for f in RULES} | {
    "sgd": gradient_descent.sgd,
    "sgd_momentum": momentum.sgd_momentum,
    "nesterov": momentum.nesterov,
}


def unrolled(name, T=12):
    """The weights of a taught rule, measured: one gradient of 1 at a time, the others zero.

    Weights of squares are read from the state; the step times their root is a weight of
    gradients.
    """
    first, second = np.zeros((T, T)), np.zeros((T, T))
    cache, _, corrected = CACHE[name].partition(" ")
    for k in range(T):
        config = {"learning_rate": 1.0, "epsilon": 1e-300, "weight_decay": 0.0}
        for t in range(T):
            after, config = TAUGHT[name](np.zeros(1), np.array([1.0 * (t == k)]), config)
            square = config[cache][0] if cache else 0.0
            second[t, k] = square / (1 - 0.999 ** (t + 1)) if corrected else square
            first[t, k] = -after[0] * (np.sqrt(second[t, k]) if cache else 1.0)
    return first, second


CACHE = {
    "sgd": "",
    "sgd_momentum": "",
    "nesterov": "",
    "adagrad": "cache",
    "rmsprop": "cache",
    "adam_almost": "v",
    "adam": "v corrects",
    "nadam": "v corrects",
    "adamw": "v corrects",
}


@pytest.mark.optimizer_traits
@pytest.mark.parametrize("name", list(CACHE))
def test_weights_of_a_rule_say_what_the_experiments_find(name):
    """By hand: flip the signs AdaGrad has seen; its cache, hence its next step, is the same."""
    found = optimizer_traits(*unrolled(name))
    assert [bool(f) for f in found] == list(traits(TAUGHT[name]).values())


@pytest.mark.optimizer_traits
def test_traits_worked_by_hand():
    """Two steps: newest weight 1/2; kept 1/2; corrected by 1 - 1/2**t."""
    now, mean = np.eye(2), np.array([[0.5, 0.0], [0.25, 0.5]])
    corrected = mean / np.array([[0.5], [0.75]])
    assert optimizer_traits(now, 0 * now) == (False, False, False, False)
    assert optimizer_traits(mean, 0 * now) == (True, False, False, False)
    assert optimizer_traits(now, np.tril(np.ones((2, 2)))) == (False, True, False, False)
    assert optimizer_traits(now, mean) == (False, True, True, False)
    assert optimizer_traits(mean, corrected) == (True, True, True, True)


# --- what all of them have in common ------------------------------------------------


@pytest.mark.parametrize("update", marked(*RULES))
def test_nothing_given_is_changed_and_extra_keys_survive(update):
    w, dw = np.ones(3), np.ones(3)
    state = {k: np.ones(3) for k in ("cache", "step_cache", "m", "v")}
    config = {**state, "t": 1, "note": 7}
    _, after = update(w, dw, config)
    for array in (w, dw, *state.values()):
        np.testing.assert_array_equal(array, 1.0)
    assert config["t"] == 1 and after["note"] == 7


@pytest.mark.parametrize("update", marked(adagrad, adam, nadam, rmsprop, adam_almost))
def test_the_scale_of_the_gradients_does_not_matter(update):
    rng = RNG(6)
    gradients = list(rng.normal(size=(5, 3)))
    config = {"learning_rate": 0.1, "epsilon": 0.0}
    a, _ = run(update, np.zeros(3), gradients, config)
    b, _ = run(update, np.zeros(3), [1000 * g for g in gradients], config)
    np.testing.assert_allclose(a, b, rtol=1e-10)


@pytest.mark.parametrize("update", marked(adam, adamw))
def test_the_update_traces_as_a_torch_function(update):
    """NumPy code as it stands, dictionary and all: one graph without a break."""
    compiled = torch.compile(
        torch.compiler.wrap_numpy(update), fullgraph=True, backend="eager", dynamic=False
    )
    w, dw = RNG(7).normal(size=(2, 4))
    config = {"learning_rate": 0.1, "m": np.full(4, 0.3), "v": np.full(4, 0.2), "t": 3}
    want, state = update(w, dw, config)
    tensors = {k: torch.tensor(v) if k in "mv" else v for k, v in config.items()}
    got, after = compiled(torch.tensor(w), torch.tensor(dw), tensors)
    np.testing.assert_allclose(got.numpy(), want, **TIGHT)
    np.testing.assert_allclose(after["v"].numpy(), state["v"], **TIGHT)
    assert after["t"] == 4


PUBLISHED = [v for v in variants.found if v.style.startswith("as published for CS231n")]


@pytest.mark.rmsprop
@pytest.mark.adam
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("variant", PUBLISHED, ids=lambda v: f"{v.exercise}, {v.style}")
def test_solutions_published_for_cs231n_run_unchanged(variant, seed):
    exercise = exercises.get(variant.exercise)
    cases = reference.draw(exercise, seed)
    seen = reference.run(exercise, variant.function, cases)
    report = judge(exercise, cases, seen, reference.expected(exercise, cases), list)
    assert report.passed and {v.exercise for v in PUBLISHED} == {"rmsprop", "adam"}
