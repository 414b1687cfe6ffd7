"""Chapter 1: every answer against an independent oracle and a number worked by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.optimize import approx_fprime
from scipy.special import logsumexp
from torch.nn import functional as F

from cs231n_lib.exercises import chapter
from cs231n_lib.exercises.functions import build
from cs231n_lib.verdict import judge
from solutions.training_loop import (
    affine_backward,
    affine_forward,
    initial_loss,
    numerical_gradient,
    relative_error,
    relu_backward,
    relu_forward,
    softmax_loss,
    svm_loss,
    two_layer_loss,
)

RNG = np.random.default_rng
TIGHT = {"rtol": 1e-12, "atol": 1e-12}
EXERCISES = {exercise.name: exercise for exercise in chapter("training_loop")}


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def earned(name: str, function, **companions) -> dict[str, int]:
    """Points of each group for a student's function; companions are the student's too."""
    exercise = EXERCISES[name]
    answers = {"affine_forward": affine_forward, "relu_forward": relu_forward}
    reference = globals()[name]

    def run(fn, helpers):
        return [exercise.observe(fn, c, helpers) for c in cases]

    cases = list(exercise.cases(RNG(5)))
    expected = [seen["outputs"] for seen in run(reference, answers)]
    report = judge(exercise, cases, run(function, answers | companions), expected, lambda: ())
    return {group.name: group.earned for group in report.groups}


# --- affine -------------------------------------------------------------------------


@pytest.mark.affine_forward
def test_affine_forward_by_hand():
    """Rows (1, 2) and (0, -1); w has columns (1, 3) and (0, 2); b = (10, -1).

    Row 1: 1*1 + 2*3 + 10 = 17 and 1*0 + 2*2 - 1 = 3; row 2: -3 + 10 = 7 and -2 - 1 = -3.
    """
    x, w = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[1.0, 0.0], [3.0, 2.0]])
    out, _ = affine_forward(x, w, np.array([10.0, -1.0]))
    np.testing.assert_array_equal(out, [[17.0, 3.0], [7.0, -3.0]])


@pytest.mark.affine_forward
@pytest.mark.parametrize("shape", [(1, 3), (4, 6), (5, 2, 3), (2, 3, 4, 2)])
def test_affine_forward_against_torch(shape):
    rng = RNG(0)
    size = math.prod(shape[1:])
    x, w, b = rng.normal(size=shape), rng.normal(size=(size, 7)), rng.normal(size=7)
    out, _ = affine_forward(x, w, b)
    want = F.linear(torch.tensor(x).flatten(1), torch.tensor(w).T, torch.tensor(b))
    np.testing.assert_allclose(out, want.numpy(), **TIGHT)


@pytest.mark.affine_forward
def test_unflattened_product_loses_the_tensor_points_only():
    got = earned("affine_forward", lambda x, w, b: (x @ w + b, (x, w, b)))
    assert got == {"matrix": 2, "tensor": 0}


@pytest.mark.affine_backward
def test_affine_backward_by_hand():
    """One unit: out_n = x_n1 w_1 + x_n2 w_2 + b with x = ((1, 2), (3, 5)), dout = (1, -2).

    dw = 1*(1, 2) - 2*(3, 5) = (-5, -8); db = 1 - 2 = -1; dx rows w and -2 w, w = (4, 6).
    """
    x, w = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[4.0], [6.0]])
    _, cache = affine_forward(x, w, np.array([0.5]))
    dx, dw, db = affine_backward(np.array([[1.0], [-2.0]]), cache)
    np.testing.assert_array_equal(dw, [[-5.0], [-8.0]])
    np.testing.assert_array_equal(db, [-1.0])
    np.testing.assert_array_equal(dx, [[4.0, 6.0], [-8.0, -12.0]])


@pytest.mark.affine_backward
@pytest.mark.parametrize("shape", [(1, 3), (4, 6), (5, 2, 3), (2, 3, 4, 2)])
def test_affine_backward_against_autograd(shape):
    rng = RNG(1)
    size = math.prod(shape[1:])
    x, w, b = rng.normal(size=shape), rng.normal(size=(size, 7)), rng.normal(size=7)
    dout = rng.normal(size=(shape[0], 7))
    leaves = [tensor(a) for a in (x, w, b)]
    out = leaves[0].flatten(1) @ leaves[1] + leaves[2]
    want = torch.autograd.grad(out, leaves, torch.tensor(dout))
    got = affine_backward(dout, affine_forward(x, w, b)[1])
    for g, t in zip(got, want, strict=True):
        assert g.shape == tuple(t.shape)
        np.testing.assert_allclose(g, t.numpy(), **TIGHT)


@pytest.mark.affine_backward
def test_affine_backward_right_for_a_wrong_forward_keeps_its_points():
    """A forward that doubles x @ w is wrong; its own gradient must not be punished again."""

    def forward(x, w, b):
        return 2 * (x.reshape(len(x), -1) @ w) + b, (x, w, b)

    def backward(dout, cache):
        dx, dw, db = affine_backward(dout, cache)
        return 2 * dx, 2 * dw, db

    assert earned("affine_forward", forward) == {"matrix": 0, "tensor": 0}
    assert earned("affine_backward", backward, affine_forward=forward) == {
        "dx": 1,
        "dw": 1,
        "db": 1,
    }
    assert earned("affine_backward", backward)["dx"] == 0  # with a right forward it is wrong


# --- ReLU ---------------------------------------------------------------------------


@pytest.mark.relu_forward
def test_relu_forward_by_hand():
    """-2 is cut to 0, 3 and 0.5 pass."""
    out, _ = relu_forward(np.array([[-2.0, 3.0, 0.5]]))
    np.testing.assert_array_equal(out, [[0.0, 3.0, 0.5]])


@pytest.mark.relu_forward
@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4, 5)])
def test_relu_forward_against_torch(shape):
    x = RNG(2).normal(size=shape)
    np.testing.assert_array_equal(relu_forward(x)[0], F.relu(torch.tensor(x)).numpy())


@pytest.mark.relu_backward
def test_relu_backward_by_hand():
    """Inputs (-2, 3, 0.5), upstream (7, -4, 1): the first is blocked, -4 passes as it is."""
    _, cache = relu_forward(np.array([-2.0, 3.0, 0.5]))
    dx = relu_backward(np.array([7.0, -4.0, 1.0]), cache)
    np.testing.assert_array_equal(dx, [0.0, -4.0, 1.0])


@pytest.mark.relu_backward
@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4, 5)])
def test_relu_backward_against_autograd(shape):
    x, dout = RNG(3).normal(size=(2, *shape))
    leaf = tensor(x)
    (want,) = torch.autograd.grad(F.relu(leaf), leaf, torch.tensor(dout))
    np.testing.assert_array_equal(relu_backward(dout, relu_forward(x)[1]), want.numpy())


@pytest.mark.relu_backward
def test_mask_from_the_output_is_as_good_as_from_the_input():
    got = earned(
        "relu_backward",
        lambda dout, cache: np.where(cache > 0, dout, 0.0),
        relu_forward=lambda x: (np.maximum(x, 0),) * 2,
    )
    assert got == {"gradient": 1}


# --- softmax loss -------------------------------------------------------------------


@pytest.mark.softmax_loss
def test_softmax_loss_by_hand():
    """Scores (log 1, log 2, log 5) give probabilities 1/8, 2/8, 5/8; two such examples.

    With labels 1 and 2 the loss is (log 4 + log 8/5) / 2, the gradient half of
    (1/8, 2/8 - 1, 5/8) and of (1/8, 2/8, 5/8 - 1).
    """
    x = np.log([[1.0, 2.0, 5.0], [1.0, 2.0, 5.0]])
    loss, dx = softmax_loss(x, np.array([1, 2]))
    assert loss == pytest.approx((math.log(4) + math.log(1.6)) / 2, rel=1e-14)
    np.testing.assert_allclose(dx, np.array([[1, -6, 5], [1, 2, -3]]) / 16, **TIGHT)


@pytest.mark.softmax_loss
@pytest.mark.parametrize("shift", [0.0, 1e3, -1e3])
def test_softmax_loss_against_torch(shift):
    rng = RNG(4)
    x, y = rng.normal(size=(5, 7)) + shift, rng.integers(0, 7, size=5)
    leaf = tensor(x)
    want = F.cross_entropy(leaf, torch.tensor(y))
    want.backward()
    loss, dx = softmax_loss(x, y)
    # at 1e3 the scores themselves are only given to 1e-13
    assert loss == pytest.approx(want.item(), rel=1e-11)
    np.testing.assert_allclose(dx, leaf.grad.numpy(), rtol=1e-11, atol=1e-14)


@pytest.mark.softmax_loss
def test_softmax_rows_that_lie_far_apart():
    x = RNG(5).normal(size=(4, 3)) + np.array([[900.0], [-900.0], [0.0], [2000.0]])
    y = np.array([0, 2, 1, 1])
    loss, dx = softmax_loss(x, y)
    want = np.mean(logsumexp(x, axis=1) - x[np.arange(4), y])
    assert loss == pytest.approx(want, rel=1e-10)
    assert np.all(np.isfinite(dx))


@pytest.mark.softmax_loss
def test_softmax_gradient_rows_sum_to_zero_and_shifts_change_nothing():
    rng = RNG(6)
    x, y = rng.normal(size=(6, 4)), rng.integers(0, 4, size=6)
    loss, dx = softmax_loss(x, y)
    np.testing.assert_allclose(dx.sum(axis=1), 0, atol=1e-15)
    shifted = softmax_loss(x + rng.normal(size=(6, 1)), y)
    assert shifted[0] == pytest.approx(loss, rel=1e-13)
    np.testing.assert_allclose(shifted[1], dx, **TIGHT)


# --- SVM loss -----------------------------------------------------------------------


@pytest.mark.svm_loss
def test_svm_loss_by_hand():
    """Scores (3.2, 5.1, -1.7) with label 0: hinges 5.1 - 3.2 + 1 = 2.9 and 0.

    Scores (2, 2.5, 1.4) with label 2: hinges 1.6 and 2.1, together 3.7. Mean 3.3.
    Gradients: (-1, 1, 0) / 2 and (1, 1, -2) / 2.
    """
    x = np.array([[3.2, 5.1, -1.7], [2.0, 2.5, 1.4]])
    loss, dx = svm_loss(x, np.array([0, 2]))
    assert loss == pytest.approx(3.3, rel=1e-14)
    np.testing.assert_array_equal(dx, [[-0.5, 0.5, 0.0], [0.5, 0.5, -1.0]])


@pytest.mark.svm_loss
def test_svm_loss_against_torch():
    rng = RNG(7)
    x, y = 2 * rng.normal(size=(8, 5)), rng.integers(0, 5, size=8)
    leaf = tensor(x)
    want = 5 * F.multi_margin_loss(leaf, torch.tensor(y))  # theirs divides by the classes
    want.backward()
    loss, dx = svm_loss(x, y)
    assert loss == pytest.approx(want.item(), rel=1e-13)
    np.testing.assert_allclose(dx, leaf.grad.numpy(), **TIGHT)


@pytest.mark.svm_loss
def test_svm_loss_against_loops():
    rng = RNG(8)
    x, y = rng.normal(size=(4, 6)), rng.integers(0, 6, size=4)
    total = 0.0
    for i, j in itertools.product(range(4), range(6)):
        if j != y[i]:
            total += max(0.0, x[i, j] - x[i, y[i]] + 1.0)
    assert svm_loss(x, y)[0] == pytest.approx(total / 4, rel=1e-13)


@pytest.mark.svm_loss
def test_svm_loss_of_a_clear_winner_is_zero():
    x = np.array([[0.0, 2.0, -1.0]])
    loss, dx = svm_loss(x, np.array([1]))
    assert loss == 0.0
    np.testing.assert_array_equal(dx, np.zeros((1, 3)))


# --- numerical gradient -------------------------------------------------------------


@pytest.mark.numerical_gradient
def test_numerical_gradient_by_hand():
    """f = x1^3 + 2 x2: ((1.1)^3 - (0.9)^3) / 0.2 = (1.331 - 0.729) / 0.2 = 3.01, and 2.

    The truth is 3: the surplus is exactly h^2.
    """
    got = numerical_gradient(lambda x: x[0] ** 3 + 2 * x[1], np.array([1.0, 4.0]), h=0.1)
    np.testing.assert_allclose(got, [3.01, 2.0], rtol=1e-12)


@pytest.mark.numerical_gradient
@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 1, 3)])
def test_numerical_gradient_against_the_closed_form(shape):
    rng = RNG(9)
    a, x = rng.uniform(1, 2, size=shape), rng.normal(size=shape)
    f = build("sine_product", {"a": a})
    before = x.copy()
    got = numerical_gradient(f, x)
    np.testing.assert_allclose(got, a * np.cos(a * x) + 2 * x.sum(), rtol=1e-8, atol=1e-8)
    np.testing.assert_array_equal(x, before)


@pytest.mark.numerical_gradient
def test_numerical_gradient_against_scipy():
    """scipy's forward difference agrees to the order of its own error, h."""
    f = build("sine_product", {"a": np.array([1.0, 1.5, 2.0])})
    x = np.array([0.3, -0.4, 1.0])
    np.testing.assert_allclose(numerical_gradient(f, x), approx_fprime(x, f), atol=1e-6)


@pytest.mark.numerical_gradient
def test_numerical_gradient_error_falls_by_four_when_h_is_halved():
    x = np.array([0.7])
    errors = [
        abs(numerical_gradient(lambda t: math.sin(t[0]), x, h)[0] - math.cos(0.7))
        for h in (1e-2, 5e-3)
    ]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=1e-3)


@pytest.mark.numerical_gradient
def test_default_step():
    """x**3 at 0 gives h**2 exactly, so the default can be read off."""
    got = numerical_gradient(lambda t: float(t[0]) ** 3, np.array([0.0]))
    assert got[0] == pytest.approx(1e-10, rel=1e-9)


# --- relative error -----------------------------------------------------------------


@pytest.mark.relative_error
@pytest.mark.parametrize(
    ("x", "y", "want"),
    [
        ([3.0], [2.0], 0.2),  # 1 / 5
        ([100.0, -1.0], [101.0, -3.0], 0.5),  # 1/201 and 2/4
        ([1.0], [-1.0], 1.0),  # opposite signs: always 1
        ([0.0, 1.0], [0.0, 1.0], 0.0),  # 0 / 1e-8
        ([2e-9], [0.0], 0.2),  # 2e-9 / 1e-8, not 1
    ],
)
def test_relative_error_by_hand(x, y, want):
    assert relative_error(np.array(x), np.array(y)) == pytest.approx(want, rel=1e-14, abs=0)


@pytest.mark.relative_error
def test_relative_error_against_loops_and_its_symmetries():
    rng = RNG(10)
    x = rng.normal(size=(3, 4))
    y = x + 0.1 * rng.normal(size=(3, 4))
    worst = max(
        abs(a - b) / max(1e-8, abs(a) + abs(b)) for a, b in zip(x.ravel(), y.ravel(), strict=True)
    )
    assert relative_error(x, y) == pytest.approx(worst, rel=1e-14)
    assert relative_error(y, x) == relative_error(x, y)
    assert relative_error(-8 * x, -8 * y) == pytest.approx(worst, rel=1e-14)


# --- two layers ---------------------------------------------------------------------


@pytest.mark.two_layer_loss
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


@pytest.mark.two_layer_loss
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


@pytest.mark.two_layer_loss
def test_two_layer_loss_leaves_its_parameters_alone():
    rng = RNG(12)
    shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
    params = {k: rng.normal(size=s) for k, s in shapes.items()}
    copies = {k: v.copy() for k, v in params.items()}
    two_layer_loss(params, rng.normal(size=(5, 3)), rng.integers(0, 2, size=5), reg=1.0)
    for key in params:
        np.testing.assert_array_equal(params[key], copies[key])


# --- initial loss -------------------------------------------------------------------


@pytest.mark.initial_loss
def test_initial_loss_by_hand():
    """Ten classes: log 10 = 2.302585...; nine hinges of 1; nine of 0.5."""
    assert initial_loss(10) == pytest.approx(2.302585092994046, rel=1e-15)
    assert initial_loss(10, "softmax", 3.0) == initial_loss(10)
    assert initial_loss(10, "svm") == 9.0
    assert initial_loss(10, "svm", 0.5) == 4.5


@pytest.mark.initial_loss
@pytest.mark.parametrize("classes", [2, 7, 100])
def test_initial_loss_is_the_loss_of_equal_scores(classes):
    x, y = torch.full((3, classes), 0.3, dtype=torch.float64), torch.tensor([0, 1, 1])
    softmax = F.cross_entropy(x, y).item()
    hinge = classes * F.multi_margin_loss(x, y, margin=2.5).item()
    assert initial_loss(classes, loss="softmax") == pytest.approx(softmax, rel=1e-13)
    assert initial_loss(classes, loss="svm", delta=2.5) == pytest.approx(hinge, rel=1e-13)
