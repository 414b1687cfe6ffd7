"""What holds for several exercises of the chapter at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder.judging import reference
from cs231n_lib import exercises
from cs231n_lib.judging.verdict import judge
from solutions.adaptive_methods.adadelta import adadelta
from solutions.adaptive_methods.adagrad import adagrad
from solutions.adaptive_methods.adam import adam
from solutions.adaptive_methods.adam_almost import adam_almost
from solutions.adaptive_methods.adamw import adamw
from solutions.adaptive_methods.nadam import nadam
from solutions.adaptive_methods.rmsprop import rmsprop
from tests.chapters.adaptive_methods.oracles import RULES, run, run_torch

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def marked(*functions):
    """One parameter per function, marked with its name."""
    return [
        pytest.param(f, marks=getattr(pytest.mark, f.__name__), id=f.__name__) for f in functions
    ]


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


@pytest.mark.adam_almost
@pytest.mark.adam
def test_both_adams_agree_in_the_long_run_only():
    rng = RNG(3)
    gradients = list(1 + rng.normal(size=(9000, 1)))
    a = np.diff(run(adam_almost, np.zeros(1), gradients, None)[0][:, 0])
    b = np.diff(run(adam, np.zeros(1), gradients, None)[0][:, 0])
    assert np.max(np.abs(a - b)[:20]) > 1e-3
    np.testing.assert_allclose(a[-1], b[-1], rtol=1e-3)


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


PUBLISHED = [
    v
    for e in exercises.chapter("adaptive_methods")
    for v in reference.solution(e.name).styles
    if v.style.startswith("as published for CS231n")
]


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
