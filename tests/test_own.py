"""One mistake costs once, and a forward pass that is nothing like the right one excuses none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judging import judging, reference
from cs231n_lib import exercises
from cs231n_lib.checking import run_cases
from cs231n_lib.exercise.drivers.layers import numeric_gradient
from cs231n_lib.judging.own import NEAR, Nearness, near
from cs231n_lib.judging.verdict import OWN_VERDICT, Report, judge

ANSWERS = reference.answers()
SEEDS = range(4)
Loss = Callable[[np.ndarray, np.ndarray], float]


def reports(space: dict[str, Any], *names: str, seed: int = 1) -> dict[str, Report]:
    """The verdict on functions of one notebook, as a grading has it."""
    here = {**ANSWERS, **space}
    found = {}
    for name in names:
        exercise = exercises.get(name)
        cases = reference.draw(exercise, seed, judging.ROUNDS)
        companions = {n: here[n] for n in exercise.driver.companions}
        seen = [exercise.observe(here[name], case, companions) for case in cases]
        right = reference.expected(exercise, cases)
        found[name] = judge(exercise, cases, seen, right, lambda: [])
    judging.limit_own_gradients(found)
    return found


def with_gradient(loss: Loss) -> Callable[..., Any]:
    """A loss with its own gradient: as consistent as anything can be."""

    def function(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        args = {"x": x, "y": y}
        return loss(x, y), numeric_gradient(lambda a: loss(a["x"], a["y"]), args, "x")

    return function


def rows(x: np.ndarray) -> np.ndarray:
    return np.arange(len(x))


def margins(x: np.ndarray, y: np.ndarray, least: float = 1.0) -> np.ndarray:
    found = x - x[rows(x), y][:, None] + least
    found[rows(x), y] = 0
    return found


def right(name: str) -> Loss:
    return lambda x, y: float(ANSWERS[name](x, y)[0])


NEARLY: dict[str, Loss] = {
    "softmax_loss: summed": lambda x, y: len(x) * right("softmax_loss")(x, y),
    "softmax_loss: halved": lambda x, y: right("softmax_loss")(x, y) / 2,
    "softmax_loss: mean over all entries": lambda x, y: right("softmax_loss")(x, y) / x.shape[1],
    "softmax_loss: another logarithm": lambda x, y: right("softmax_loss")(x, y) / np.log(2),
    "softmax_loss: a little too warm": lambda x, y: right("softmax_loss")(1.1 * x, y),
    "svm_loss: summed": lambda x, y: len(x) * right("svm_loss")(x, y),
    "svm_loss: halved": lambda x, y: right("svm_loss")(x, y) / 2,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NEARLY)
def test_a_gradient_of_a_loss_that_is_nearly_right_keeps_its_points(name: str, seed: int) -> None:
    exercise = name.partition(":")[0]
    found = reports({exercise: with_gradient(NEARLY[name])}, exercise, seed=seed)[exercise]
    groups = {g.name: g for g in found.groups}
    assert groups["loss"].earned == 0
    assert groups["gradient"].earned == 2 and groups["gradient"].verdict == OWN_VERDICT


def line(x: np.ndarray, y: np.ndarray) -> float:
    return float((x.mean(1) - x[rows(x), y]).mean())


def softplus(x: np.ndarray, y: np.ndarray) -> float:
    each = np.log1p(np.exp(margins(x, y, 0.0)))
    each[rows(x), y] = 0
    return float(each.sum(1).mean())


UNLIKE: dict[str, Loss] = {
    "softmax_loss: a straight line": line,
    "softmax_loss: a straight line at the right height": lambda x, y: (
        np.log(x.shape[1]) + line(x, y)
    ),
    "softmax_loss: minus the true score": lambda x, y: -float(x[rows(x), y].mean()),
    "softmax_loss: the hinge": right("svm_loss"),
    "softmax_loss: the worst margin": lambda x, y: float(margins(x, y, 0).max(1).mean()),
    "softmax_loss: a sigmoid for each class": softplus,
    "softmax_loss: a constant": lambda x, y: 1.0,
    "softmax_loss: upside down": lambda x, y: -right("softmax_loss")(x, y),
    "softmax_loss: squared scores": lambda x, y: float((x**2).sum()) / 2,
    "svm_loss: a straight line": lambda x, y: float(margins(x, y).sum(1).mean()),
    "svm_loss: a straight line without margin": line,
    "svm_loss: softmax": right("softmax_loss"),
    "svm_loss: the worst margin": lambda x, y: float(margins(x, y).max(1).mean()),
    "svm_loss: squared margins": lambda x, y: float(
        (np.maximum(0, margins(x, y)) ** 2).sum(1).mean()
    ),
    "svm_loss: a constant": lambda x, y: 1.0,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", UNLIKE)
def test_a_gradient_of_another_function_keeps_none(name: str, seed: int) -> None:
    exercise = name.partition(":")[0]
    found = reports({exercise: with_gradient(UNLIKE[name])}, exercise, seed=seed)[exercise]
    assert {g.name: g.earned for g in found.groups if g.name != "large scores"} == {
        "loss": 0,
        "gradient": 0,
    }


def leaky(slope: float) -> dict[str, Any]:
    return {
        "relu_forward": lambda x: (np.where(x > 0, x, slope * x), x),
        "relu_backward": lambda dout, cache: dout * np.where(cache > 0, 1.0, slope),
    }


def scaled_affine() -> dict[str, Any]:
    def forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
        return 2 * ANSWERS["affine_forward"](x, w, b)[0], (x, w, b)

    def backward(dout: np.ndarray, cache: Any) -> Any:
        x, w, _ = cache
        flat = x.reshape(len(x), -1)
        return 2 * (dout @ w.T).reshape(x.shape), 2 * flat.T @ dout, 2 * dout.sum(0)

    return {"affine_forward": forward, "affine_backward": backward}


def weighted_affine(product: float, bias: float) -> dict[str, Any]:
    """A forward pass that is wrong by a factor in each of its two terms."""

    def forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> Any:
        return ANSWERS["affine_forward"](x, product * w, bias * b)[0], (x, w, b)

    def backward(dout: np.ndarray, cache: Any) -> Any:
        dx, dw, db = ANSWERS["affine_backward"](dout, cache)
        return product * dx, product * dw, bias * db

    return {"affine_forward": forward, "affine_backward": backward}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("space", "forward", "backward"),
    [
        (weighted_affine(2, 0.5), "affine_forward", "affine_backward"),
        (leaky(0.01), "relu_forward", "relu_backward"),
        (leaky(0.1), "relu_forward", "relu_backward"),
        (scaled_affine(), "affine_forward", "affine_backward"),
    ],
    ids=["terms with factors", "slope 0.01", "slope 0.1", "scaled"],
)
def test_one_mistake_of_a_layer_costs_once(
    space: dict[str, Any], forward: str, backward: str, seed: int
) -> None:
    found = reports(space, forward, backward, seed=seed)
    assert not found[forward].passed and found[backward].passed
    assert {g.verdict for g in found[backward].groups} == {OWN_VERDICT}


def test_a_layer_that_does_nothing_excuses_no_gradient() -> None:
    """The identity for a rectifier: its gradient is right for it, and nothing is learnt."""
    identity = {
        "relu_forward": lambda x: (x, None),
        "relu_backward": lambda dout, cache: dout,
    }
    found = reports(identity, "relu_forward", "relu_backward")
    assert found["relu_forward"].earned == found["relu_backward"].earned == 0


def test_a_forgotten_bias_costs_the_forward_pass_only() -> None:
    space = {"affine_forward": lambda x, w, b: (x.reshape(len(x), -1) @ w, (x, w, b))}
    found = reports(space, "affine_forward", "affine_backward")
    assert not found["affine_forward"].passed and found["affine_backward"].passed


@pytest.mark.parametrize("seed", SEEDS)
def test_a_net_that_sums_its_loss_keeps_its_gradients(seed: int) -> None:
    def summed(params: Any, X: np.ndarray, y: np.ndarray, reg: float = 0.0) -> Any:
        loss, grads = ANSWERS["two_layer_loss"](params, X, y, reg)
        return len(X) * loss, {k: len(X) * g for k, g in grads.items()}

    found = reports({"two_layer_loss": summed}, "two_layer_loss", seed=seed)["two_layer_loss"]
    assert {g.name: g.earned for g in found.groups} == {
        "loss": 0,
        "gradients": 3,
        "regularised": 0,
    }


# --- forgeries: what the box says of the forward pass is invented -------------------


def forged(name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Points of the own groups of a loss whose observation is ``change`` of the right one."""
    exercise = exercises.get(name)
    cases = reference.draw(exercise, 3, judging.ROUNDS)
    answers = reference.expected(exercise, cases)
    seen = [{"outputs": change(a), "problem": None, "notes": []} for a in answers]
    found = {name: judge(exercise, cases, seen, answers, lambda: [])}
    judging.limit_own_gradients(found)
    own = [n for n, g in exercise.groups.items() if g.own]
    return sum(g.earned for g in found[name].groups if g.name in own)


def says(loss: Any, gradients: dict[str, Any]) -> dict[str, Any]:
    """An observation that calls these gradients the right ones of this loss."""
    own = {"out": np.asarray(loss), "numeric": gradients}
    return {"loss": np.asarray(loss), **gradients, "own": own}


@pytest.mark.parametrize("out", [0.0, 1.0, -1.0, 1e300], ids=str)
def test_who_forges_the_output_of_a_layer_gains_nothing(out: float) -> None:
    """The gradients are doubled and called the right ones of an output that is no sum of terms."""

    def change(right: dict[str, Any]) -> dict[str, Any]:
        doubled = {k: 2 * v for k, v in right.items() if k != "own"}
        own = {"out": np.full_like(right["own"]["out"], out), "numeric": doubled}
        return {**doubled, "own": own}

    assert forged("affine_backward", change) == 0


def split(right: dict[str, Any]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    return right["loss"], {k: v for k, v in right.items() if k not in ("loss", "own")}


def noisy(gradients: dict[str, Any], share: float) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    noise = {k: rng.normal(size=g.shape) for k, g in gradients.items()}
    scale = {k: share * np.linalg.norm(g) / np.linalg.norm(noise[k]) for k, g in gradients.items()}
    return {k: g + scale[k] * noise[k] for k, g in gradients.items()}


FORGERIES: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    "no loss, gradient not divided": lambda loss, g: says(0.0, {k: 3 * v for k, v in g.items()}),
    "a loss of one, gradient not divided": lambda loss, g: says(
        1.0, {k: 3 * v for k, v in g.items()}
    ),
    "the right loss and a bit, gradient doubled": lambda loss, g: says(
        1.01 * loss, {k: 2 * v for k, v in g.items()}
    ),
    "a gradient with a sign": lambda loss, g: says(2 * loss, {k: np.sign(v) for k, v in g.items()}),
    "a gradient upside down": lambda loss, g: says(-loss, {k: -v for k, v in g.items()}),
    "a gradient a third wrong": lambda loss, g: says(1.01 * loss, noisy(g, 1 / 3)),
    "a huge scale to hide behind": lambda loss, g: says(
        1e9 * loss, {k: 1e9 * v for k, v in noisy(g, 1 / 3).items()}
    ),
    "numbers beyond all": lambda loss, g: says(1e300 * loss, {k: 1e300 * v for k, v in g.items()}),
    "not a number": lambda loss, g: says(np.nan, {k: 2 * v for k, v in g.items()}),
    "a loss with more sides": lambda loss, g: says([2 * loss], {k: 2 * v for k, v in g.items()}),
}


@pytest.mark.parametrize("name", ["softmax_loss", "svm_loss", "two_layer_loss"])
@pytest.mark.parametrize("forgery", [f for f in FORGERIES if f != "numbers beyond all"])
def test_who_forges_a_forward_pass_that_is_lost_gains_nothing(name: str, forgery: str) -> None:
    assert forged(name, lambda right: FORGERIES[forgery](*split(right))) == 0


def test_one_case_made_huge_does_not_outweigh_the_others() -> None:
    """Divided by its own factor, every case weighs as much as its right gradient."""
    first = iter([1e9])

    def change(right: dict[str, Any]) -> dict[str, Any]:
        loss, gradients = split(right)
        factor = next(first, None)
        if factor is None:
            return says(1.01 * loss, noisy(gradients, 1 / 3))
        return says(factor * loss, {k: factor * g for k, g in gradients.items()})

    assert forged("softmax_loss", change) == 0


def test_right_cases_do_not_dilute_a_wrong_one() -> None:
    first = iter([True])

    def change(right: dict[str, Any]) -> dict[str, Any]:
        loss, gradients = split(right)
        return says(1.01 * loss, noisy(gradients, 1)) if next(first, False) else right

    assert forged("softmax_loss", change) == 0


def test_whoever_has_both_right_up_to_one_factor_keeps_the_gradient() -> None:
    """The forgery that would succeed is no forgery: loss and gradient are solved."""
    for name in ("softmax_loss", "svm_loss"):
        assert forged(name, lambda r: says(7 * r["loss"], {"dx": 7 * r["dx"]})) == 2


@pytest.mark.parametrize(("share", "kept"), [(0.99 * NEAR, True), (1.01 * NEAR, False)])
def test_how_near_is_near(share: float, kept: bool) -> None:
    """An error at a right angle to the gradient, of a share of its length."""
    right, across = np.array([3.0, 4.0]), np.array([-4.0, 3.0])
    one = np.array([2.0])
    off = Nearness([(5 * (right + share * across), right)], 5 * one, [one])
    assert near([off]) is kept
    assert near([Nearness([(5 * right, right)], 5 * (1 + share) * one, [one])]) is kept
    # a sum of two terms, each with a factor, and an error at a right angle to both
    terms = [np.array([3.0, 0.0, 0.0]), np.array([0.0, 4.0, 0.0])]
    out = 2 * terms[0] + terms[1] + share * np.array([0.0, 0.0, np.hypot(6, 4)])
    pairs = [(2 * right, right), (across, across)]
    assert near([Nearness(pairs, out, terms, [0, 1])]) is kept


def test_a_sum_whose_terms_have_factors_of_their_own_is_nearly_right() -> None:
    """Each gradient has the factor of its own term, or it is not the gradient of this sum."""
    right, terms = np.array([3.0, 4.0]), [np.array([3.0, 0.0]), np.array([0.0, 4.0])]
    out = np.array([6.0, 4.0])
    assert near([Nearness([(2 * right, right)], out, terms, [0])])
    assert near([Nearness([(right, right)], out, terms, [1])])
    assert not near([Nearness([(2 * right, right)], out, terms, [1])])
    assert not near([Nearness([(2 * right, right)], out, [sum(terms)])])
    assert not near([Nearness([(-2 * right, right)], -out, terms, [0])])
    assert not near([Nearness([(right, right)], np.array([1e300, 1e300]), terms, [0])])


def test_a_notebook_alone_is_told_the_same() -> None:
    """The check at home has the student's forward pass too."""
    exercise = exercises.get("softmax_loss")
    summed = with_gradient(NEARLY["softmax_loss: summed"])
    cases = reference.draw(exercise, 2)
    report = judge(
        exercise,
        cases,
        run_cases(exercise, summed, cases),
        reference.expected(exercise, cases),
        lambda: reference.known(exercise, cases),
    )
    assert OWN_VERDICT in {g.verdict for g in report.groups}
    assert report.mistake is not None and "summed" in report.mistake.name
