"""`two_layer_loss`: the answer against an oracle and numbers worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from autograder.judging import reference
from cs231n_lib import exercises
from solutions.training_loop.two_layer_loss import two_layer_loss
from tests.chapters.training_loop.oracles import tensor

RNG = np.random.default_rng


TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def test_two_layer_loss_by_hand():
    """One example x = 1, hidden units with inputs 2 and -3, scores log 3 * (1, 0) after b2.

    W1 = (1, -4), b1 = (1, 1): inputs 2 and -3, so only the first unit is on, with 2.
    W2 = ((log 3)/2, 0; 5, 7), b2 = 0: scores log 3 and 0, probabilities 3/4 and 1/4.
    Label 0: loss -log 3/4, dscores (-1/4, 1/4), dW2 = 2 * that in row 0, and
    dhidden_0 = -1/4 (log 3)/2 = -(log 3)/8 = db1_0 = dW1_0; the second unit gets none.
    With reg = 2 the loss gains 1 + 16 + (log 3)^2/4 + 25 + 49.
    """
    c = math.log(3)
    params = {
        "W1": np.array([[1.0, -4.0]]),
        "b1": np.array([1.0, 1.0]),
        "W2": np.array([[c / 2, 0.0], [5.0, 7.0]]),
        "b2": np.zeros(2),
    }
    X, y = np.array([[1.0]]), np.array([0])
    loss, grads = two_layer_loss(params, X, y)
    assert loss == pytest.approx(-math.log(0.75), rel=1e-13)
    np.testing.assert_allclose(grads["W2"], [[-0.5, 0.5], [0.0, 0.0]], **TIGHT)
    np.testing.assert_allclose(grads["b2"], [-0.25, 0.25], **TIGHT)
    np.testing.assert_allclose(grads["W1"], [[-c / 8, 0.0]], **TIGHT)
    np.testing.assert_allclose(grads["b1"], [-c / 8, 0.0], **TIGHT)
    more, _ = two_layer_loss(params, X, y, reg=2.0)
    assert more - loss == pytest.approx(1 + 16 + c * c / 4 + 25 + 49, rel=1e-13)


@pytest.mark.parametrize("reg", [0.0, 0.7])
@pytest.mark.parametrize("shape", [(4, 6), (3, 2, 3)])
def test_two_layer_loss_against_autograd(shape, reg):
    rng = RNG(11)
    size = math.prod(shape[1:])
    shapes = {"W1": (size, 8), "b1": (8,), "W2": (8, 5), "b2": (5,)}
    params = {k: rng.normal(size=s) for k, s in shapes.items()}
    X, y = rng.normal(size=shape), rng.integers(0, 5, size=shape[0])
    leaves = {k: tensor(v) for k, v in params.items()}
    hidden = F.relu(torch.tensor(X).flatten(1) @ leaves["W1"] + leaves["b1"])
    want = F.cross_entropy(hidden @ leaves["W2"] + leaves["b2"], torch.tensor(y))
    want = want + reg / 2 * (leaves["W1"].pow(2).sum() + leaves["W2"].pow(2).sum())
    want.backward()
    loss, grads = two_layer_loss(params, X, y, reg)
    assert loss == pytest.approx(want.item(), rel=1e-12)
    for key, leaf in leaves.items():
        np.testing.assert_allclose(grads[key], leaf.grad.numpy(), **TIGHT)


def test_two_layer_loss_leaves_its_parameters_alone():
    rng = RNG(12)
    shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
    params = {k: rng.normal(size=s) for k, s in shapes.items()}
    copies = {k: v.copy() for k, v in params.items()}
    two_layer_loss(params, rng.normal(size=(5, 3)), rng.integers(0, 2, size=5), reg=1.0)
    for key in params:
        np.testing.assert_array_equal(params[key], copies[key])


def test_no_gradient_of_a_bias_is_all_cancellation() -> None:
    """Every true class has at most 1 / (1 + exp(-1.5)) = 0.818, so the loss is at least 0.2.

    One unit in five examples: 0.182 * 0.5 / 5 = 0.018, even when one alone switches it on.
    The favourite that is no label, of six classes: 1/6 / 5 = 0.033.
    """
    exercise = exercises.get("two_layer_loss")
    for case in reference.draw(exercise, 0, times=150):
        loss, grads = reference.answers()["two_layer_loss"](*case.args.values())
        assert loss > 0.2
        for key, least in (("b1", 0.018), ("b2", 0.033)):
            assert np.abs(grads[key]).max() > least, f"{case.label}: d{key} = {grads[key]}"
