"""Chapter 1: layers, losses and gradient checks, the parts of the training loop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cs231n_lib.exercises import training_loop_cases as cases
from cs231n_lib.exercises.declare import Group, exercise
from cs231n_lib.exercises.drivers import Call
from cs231n_lib.exercises.layer_drivers import Backward, Forward, Loss


@exercise(groups={"matrix": 2, "tensor": 1}, driver=Forward(), cases=cases.affine)
def affine_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray):
    """Forward pass of an affine (fully connected) layer.

    Each example is flattened to one row of D = d_1 * ... * d_k numbers (row-major
    order, NumPy's own); with the rows in a matrix X of shape (N, D):

        out = X w + b

    Parameters:
        x: a batch of N examples, shape (N, d_1, ..., d_k), k of at least 1.
        w: weights, shape (D, M).
        b: biases, shape (M,).

    Returns:
        out: shape (N, M).
        cache: whatever affine_backward needs, for example (x, w, b).

    Source: CS231n, assignment 2, the same function.
    """
    raise NotImplementedError


@exercise(
    groups={name: Group(1, (name,), own=True) for name in ("dx", "dw", "db")},
    driver=Backward("affine_forward", ("dx", "dw", "db"), added="b"),
    cases=cases.affine_backward,
    calls=("affine_forward",),
)
def affine_backward(dout: np.ndarray, cache):
    """Backward pass of an affine layer: from the gradient of its output to three others.

    With L the loss and out = X w + b as in affine_forward:

        dx = dL/dx,   dw = dL/dw,   db = dL/db,   given dout = dL/dout

    Parameters:
        dout: upstream gradient, shape (N, M).
        cache: what your affine_forward returned beside out.

    Returns:
        dx: shape of x, (N, d_1, ..., d_k).
        dw: shape of w, (D, M).
        db: shape of b, (M,).

    Source: CS231n, assignment 2, the same function.
    """
    raise NotImplementedError


@exercise(groups={"values": 1}, driver=Forward(), cases=cases.relu)
def relu_forward(x: np.ndarray):
    """Forward pass of the rectifier, entry by entry.

        out = max(0, x)

    Parameters:
        x: inputs, array of any shape.

    Returns:
        out: same shape as x.
        cache: whatever relu_backward needs, for example x.

    Source: CS231n, assignment 2, the same function; V. Nair and G. Hinton,
    Rectified linear units improve restricted Boltzmann machines, ICML 2010.
    """
    raise NotImplementedError


@exercise(
    groups={"gradient": Group(1, own=True)},
    driver=Backward("relu_forward", ("dx",)),
    cases=cases.relu_backward,
    calls=("relu_forward",),
)
def relu_backward(dout: np.ndarray, cache):
    """Backward pass of the rectifier.

        dx = dL/dx,   given dout = dL/dout and out = max(0, x)

    The slope at exactly 0 is not defined; any choice there is right.

    Parameters:
        dout: upstream gradient, same shape as x.
        cache: what your relu_forward returned beside out.

    Returns:
        dx: same shape as x.

    Source: CS231n, assignment 2, the same function.
    """
    raise NotImplementedError


_LOSS_GROUPS = {"loss": Group(2, ("loss",)), "gradient": Group(2, ("dx",), own=True)}


@exercise(groups={**_LOSS_GROUPS, "large scores": Group(1)}, driver=Loss(), cases=cases.softmax)
def softmax_loss(x: np.ndarray, y: np.ndarray):
    """Softmax (cross-entropy) loss of a batch, with its gradient.

        p_ij = exp(x_ij) / sum_k exp(x_ik)
        loss = -(1/N) sum_i log p_{i, y_i}

    The loss is the mean over the batch, the logarithm is natural. Scores near 1000 or
    -1000 must give the same finite numbers as the same scores shifted to be near 0.

    Parameters:
        x: scores, shape (N, C); x[i, j] is the score of class j for example i.
        y: labels, integers of shape (N,) with 0 <= y[i] < C.

    Returns:
        loss: a number.
        dx: gradient of the loss with respect to x, shape (N, C).

    Source: CS231n, assignment 2, the same function.
    """
    raise NotImplementedError


@exercise(groups=_LOSS_GROUPS, driver=Loss(), cases=cases.svm)
def svm_loss(x: np.ndarray, y: np.ndarray):
    """Multiclass SVM (hinge) loss of a batch with margin 1, with its gradient.

        loss = (1/N) sum_i sum_{j != y_i} max(0, x_ij - x_{i, y_i} + 1)

    The loss is the mean over the batch; the true class has no term of its own. No
    regularisation here.

    Parameters:
        x: scores, shape (N, C); x[i, j] is the score of class j for example i.
        y: labels, integers of shape (N,) with 0 <= y[i] < C.

    Returns:
        loss: a number.
        dx: gradient of the loss with respect to x, shape (N, C); any subgradient
            where a margin is exactly 0.

    Source: CS231n, assignment 2, the same function; J. Weston and C. Watkins,
    Support vector machines for multi-class pattern recognition, ESANN 1999.
    """
    raise NotImplementedError


@exercise(
    groups={"step h": 2, "default h": 1, "shapes": 1},
    driver=Call(("grad",)),
    cases=cases.numerical,
)
def numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5):
    """Gradient of a scalar function by centred differences, one entry at a time.

    With e_i the array that is 1 at entry i and 0 elsewhere:

        grad_i = (f(x + h e_i) - f(x - h e_i)) / (2 h)

    Parameters:
        f: function from an array of x's shape to a number.
        x: the point, a float array of any shape; after the call it must hold what it
            held before.
        h: the step, a positive number.

    Returns:
        grad: same shape as x.

    Source: CS231n notes, "Gradient checks"; CS231n's eval_numerical_gradient.
    """
    raise NotImplementedError


@exercise(groups={"sizes": 1, "near zero": 1}, driver=Call(("error",)), cases=cases.relative_error)
def relative_error(x: np.ndarray, y: np.ndarray):
    """Largest relative difference between the entries of two arrays.

        error = max_i |x_i - y_i| / max(1e-8, |x_i| + |y_i|)

    The floor 1e-8 keeps two zeros from being divided by zero.

    Parameters:
        x, y: arrays of the same shape.

    Returns:
        error: a number from 0 to 1.

    Source: CS231n, the notebooks' rel_error.
    """
    raise NotImplementedError


@exercise(
    groups={
        "loss": Group(3, ("loss",)),
        "gradients": Group(3, ("dW1", "db1", "dW2", "db2"), own=True),
        "regularised": Group(2),
    },
    driver=Loss(wrt="params", gradient="grads"),
    cases=cases.two_layer,
    calls=("affine_forward", "affine_backward", "relu_forward", "relu_backward", "softmax_loss"),
)
def two_layer_loss(params: dict[str, np.ndarray], X: np.ndarray, y: np.ndarray, reg: float = 0.0):
    """Loss and all gradients of a net with one hidden layer.

        scores = affine(relu(affine(X; W1, b1)); W2, b2)
        loss   = softmax_loss(scores, y) + reg/2 * (sum W1^2 + sum W2^2)

    Biases are not regularised. Build it from the functions you have already written.

    Parameters:
        params: dictionary with 'W1' of shape (D, H), 'b1' (H,), 'W2' (H, C), 'b2' (C,).
        X: a batch of N examples, shape (N, d_1, ..., d_k) with d_1 * ... * d_k = D.
        y: labels, integers of shape (N,) with 0 <= y[i] < C.
        reg: strength of the L2 penalty; the factor 1/2 stands in the formula above.

    Returns:
        loss: a number.
        grads: dictionary with the keys of params; grads[k] has the shape of params[k].

    Source: the loss of CS231n's TwoLayerNet, assignment 2, as a function.
    """
    raise NotImplementedError


@exercise(groups={"softmax": 1, "svm": 1}, driver=Call(("value",)), cases=cases.initial)
def initial_loss(num_classes: int, loss: str = "softmax", delta: float = 1.0):
    """The loss to expect before the first step, when all scores are about equal.

    Take every score of every class to be the same number and work the loss out: the
    mean over the batch, without regularisation.

    Parameters:
        num_classes: C, at least 2.
        loss: 'softmax' for the mean cross-entropy (natural logarithm), 'svm' for the
            multiclass hinge loss, summed over the wrong classes.
        delta: margin of the hinge loss; 'softmax' does not use it.

    Returns:
        value: a number.

    Source: CS231n notes, "Before learning: sanity checks tips/tricks".
    """
    raise NotImplementedError
