"""Layers with a state: several calls in training, then one at test, wherever the state is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cs231n_lib.exercise.drivers import Replayed, Setting, Stateful
from cs231n_lib.exercise.results import Notes, WrongResult, observe
from cs231n_lib.wire import Rng, pack, unpack

DRIVER = Stateful(("total", "calls"), "sum_param")
Layer = Callable[..., Any]


def case() -> dict[str, Any]:
    return {
        "batches": [np.full((2, 3), v) for v in (1.0, 2.0)] + [np.ones((1, 3))],
        "scale": np.array([1.0, 10.0, 100.0]),
        "sum_param": {"weight": 0.5},
    }


def run(layer: Layer, driver: Any = DRIVER, args: dict[str, Any] | None = None) -> dict[str, Any]:
    return driver.run(layer, args or case(), Setting({}, Notes()))


def step(x: np.ndarray, scale: np.ndarray, param: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """What the layer gives, and what its state should hold next."""
    total = param.get("total", np.zeros(3))
    if param["mode"] == "test":
        return x * scale + total, {}
    calls = param.get("calls", 0) + 1
    return x * scale, {"total": total + param["weight"] * x[0], "calls": calls}


def in_place(x, scale, param):
    out, new = step(x, scale, param)
    param.update(new)
    return out, (x, scale)


def in_the_array(x, scale, param):
    """NumPy's own way: the array of the state is changed, the key is not assigned again."""
    out, new = step(x, scale, param)
    if new and "total" in param:
        param["total"] += new.pop("total") - param["total"]
    param.update(new)
    return out, None


def third_result(x, scale, param):
    out, new = step(x, scale, param)
    return out, {"x": x}, {**param, **new}


def for_the_cache(x, scale, param):
    out, new = step(x, scale, param)
    return out, {**param, **new}


def kept_and_in_the_cache(x, scale, param):
    """A cache that holds an old state beside other things is no state."""
    old = dict(param)
    out, new = step(x, scale, param)
    param.update(new)
    return out, {"total": 0.0, "calls": 0, **old, "x": x}


def as_a_list(x, scale, param):
    return list(in_place(x, scale, param))


RIGHT = [in_place, in_the_array, third_result, for_the_cache, kept_and_in_the_cache, as_a_list]


@pytest.mark.parametrize("layer", RIGHT)
def test_a_state_by_hand(layer: Layer) -> None:
    """Half of 1, then half of 2 more: totals 0.5 and 1.5; at test they are added to the scale."""
    found = run(layer)
    assert set(found) == {"out", "out_test", "total", "total_test", "calls", "calls_test"}
    np.testing.assert_array_equal(found["out"][:, 1], [[1, 10, 100], [2, 20, 200]])
    assert found["out"].shape == (2, 2, 3)
    np.testing.assert_array_equal(found["out_test"], [[2.5, 11.5, 101.5]])
    np.testing.assert_array_equal(found["total"], [[0.5] * 3, [1.5] * 3])
    np.testing.assert_array_equal(found["total_test"], [1.5] * 3)
    np.testing.assert_array_equal(found["calls"], [1, 2])
    assert found["calls_test"] == 2


def test_the_case_is_left_alone_and_nothing_is_noted() -> None:
    args, notes = case(), Notes()
    DRIVER.run(in_place, args, Setting({}, notes))
    assert args["sum_param"] == {"weight": 0.5} and notes.texts == []


def test_a_change_of_another_argument_is_noted() -> None:
    def careless(x, scale, param):
        found = in_place(x.copy(), scale, param)
        x -= 1
        return found

    notes = Notes()
    DRIVER.run(careless, case(), Setting({}, notes))
    assert notes.texts == ["it changes its argument `x` in place"]


def test_mistakes_of_a_state_give_other_numbers() -> None:
    right = run(in_place)

    def at_test_too(x, scale, param):
        found = in_place(x, scale, param)
        if param["mode"] == "test":
            param["total"] = param["total"] + 1
        return found

    def never_added(x, scale, param):
        out, new = step(x, scale, {**param, "total": np.zeros(3)})
        param.update(new)
        return out, None

    late = run(at_test_too)
    np.testing.assert_array_equal(late["out_test"], right["out_test"])
    assert not np.array_equal(late["total_test"], right["total_test"])
    other = run(never_added)
    np.testing.assert_array_equal(other["total"][0], right["total"][0])
    assert not np.array_equal(other["total"][1], right["total"][1])


def but(**changes: Any) -> Layer:
    """The right layer, whose state is changed after each call."""

    def layer(x, scale, param):
        found = in_place(x, scale, param)
        for key, value in changes.items():
            param[key] = value(x, param) if callable(value) else value
        return found

    return layer


def lost(x, scale, param):
    return in_place(x, scale, dict(param))


def dropped_later(x, scale, param):
    found = in_place(x, scale, param)
    if param["calls"] == 2:
        del param["total"]
    return found


WRONG: dict[str, tuple[Layer, str]] = {
    "lost": (lost, "after call 1 in training `sum_param` has no key 'total': store it there"),
    "deleted": (dropped_later, "after call 2 in training `sum_param` has no key 'total'"),
    "None": (but(total=None), r"`sum_param\['total'\]` is None"),
    "words": (but(total="much"), r"`sum_param\['total'\]` must hold numbers, got str"),
    "a dictionary": (
        but(total={}),
        r"`sum_param\['total'\]` must be an array of numbers, got dict",
    ),
    "another shape": (
        but(total=lambda x, p: np.zeros(p["calls"])),
        r"after call 2 in training `sum_param\['total'\]` has shape \(2,\), after call 1 it",
    ),
    "another shape at test": (
        but(total=lambda x, p: np.zeros((len(x), 3))),
        r"after the call at test `sum_param\['total'\]` has shape \(1, 3\), after call 1",
    ),
    "no cache": (lambda x, s, p: x, "it must return 2 results .out, cache., got one ndarray"),
    "nothing": (lambda x, s, p: None, "it returned None instead of out, cache"),
    "four results": (lambda x, s, p: (x, x, p, p), "it must return 2 results .out, cache., got 4"),
    "no state": (
        lambda x, s, p: (x, None, [1]),
        "the third result must be the dictionary `sum_param`, got list",
    ),
    "no output": (lambda x, s, p: (None, None), "`out` is None"),
    "words for the output": (lambda x, s, p: ("x", None), "`out` must hold numbers, got str"),
    "outputs of several shapes": (
        lambda x, s, p: (np.zeros(in_place(x, s, p) and p["calls"]), None),
        r"after call 2 in training `out` has shape \(2,\), after call 1 it had \(1,\)",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name: str) -> None:
    layer, words = WRONG[name]
    with pytest.raises(WrongResult, match=words):
        run(layer)


def test_the_words_reach_the_student() -> None:
    seen = observe("layer", lambda notes: DRIVER.run(lost, case(), Setting({}, notes)))
    assert seen["problem"]["kind"] == "result"
    assert "store it there, so that the next call finds it" in seen["problem"]["text"]


def dropout(x, dropout_param):
    p, rng = dropout_param["p"], dropout_param["rng"]
    if dropout_param["mode"] == "test":
        return x, {"mode": "test"}
    mask = (rng.random(x.shape) < p) / p
    return x * mask, {"mode": "train", "mask": mask}


def test_a_layer_without_entries_draws_on_from_one_generator() -> None:
    """A cache with a mode of its own is no state: the next call still finds `p`."""
    args = {
        "batches": [np.ones((4, 50))] * 4,
        "dropout_param": {"p": 0.8, "rng": Rng(3)},
    }
    args = unpack(pack(args))
    found = run(dropout, Replayed(Stateful(param="dropout_param")), args)
    assert set(found) == {"out", "out_test", "again"}
    assert found["out"].shape == (3, 4, 50)
    assert len(np.unique(found["out"].reshape(3, -1), axis=0)) == 3
    np.testing.assert_array_equal(found["again"]["out"], found["out"])
    np.testing.assert_array_equal(found["out_test"], np.ones((4, 50)))


def batchnorm(x, gamma, beta, bn_param):
    """Statistics of the batch in training, their running averages at test."""
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    var = bn_param.get("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        mu, v = x.mean(axis=0), x.var(axis=0)
        bn_param["running_mean"] = m * mean + (1 - m) * mu
        bn_param["running_var"] = m * var + (1 - m) * v
        return gamma * (x - mu) / np.sqrt(v + eps) + beta, None
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, None


def test_running_statistics_agree_with_torch() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(4)
    batches = [rng.normal(2.0, 3.0, size=(6, 4)) for _ in range(3)] + [rng.normal(size=(1, 4))]
    gamma, beta = rng.normal(size=(2, 4))
    args = {
        "batches": batches,
        "gamma": gamma,
        "beta": beta,
        "bn_param": {"running_mean": np.zeros(4), "running_var": np.ones(4), "momentum": 0.8},
    }
    found = run(batchnorm, Stateful(("running_mean", "running_var"), "bn_param"), args)
    theirs = torch.nn.BatchNorm1d(4, momentum=0.2).double()
    theirs.weight.data, theirs.bias.data = torch.tensor(gamma), torch.tensor(beta)
    for i, x in enumerate(batches[:-1]):
        out = theirs(torch.tensor(x)).detach().numpy()
        np.testing.assert_allclose(found["out"][i], out, rtol=1e-10)
        np.testing.assert_allclose(found["running_mean"][i], theirs.running_mean, rtol=1e-12)
    theirs.eval()
    # torch averages the unbiased variance, the course the biased one
    theirs.running_var = torch.tensor(found["running_var"][-1])
    out = theirs(torch.tensor(batches[-1])).detach().numpy()
    np.testing.assert_allclose(found["out_test"], out, rtol=1e-10)
    np.testing.assert_array_equal(found["running_mean_test"], found["running_mean"][-1])
