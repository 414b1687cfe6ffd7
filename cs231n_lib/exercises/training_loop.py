"""Chapter 1: layers, losses and gradient checks, the parts of the training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cs231n_lib.exercises.declare import Case, Group, exercise
from cs231n_lib.exercises.drivers import Call
from cs231n_lib.exercises.layer_drivers import Backward, Forward, Loss
from cs231n_lib.wire import Function

CLEAR = 0.05  # distance that inputs keep from every kink
WIDE = 4.0  # largest difference of two large scores of one example: no underflow


def _away(rng: np.random.Generator, shape: tuple[int, ...], low: float = 0.2) -> np.ndarray:
    """Numbers of both signs with magnitudes from ``low`` to ``low + 1.3``."""
    sign = rng.choice([-1.0, 1.0], size=shape)
    return sign * rng.uniform(low, low + 1.3, size=shape)


def _labels(rng: np.random.Generator, n: int, classes: int) -> np.ndarray:
    """Labels (n,) that take min(n, classes) different values."""
    return (rng.permutation(classes)[np.arange(n) % classes]).astype(np.int64)


def _affine_cases(rng: np.random.Generator) -> Iterator[Case]:
    for group, shape, units in (
        ("matrix", (3, 4), 5),
        ("matrix", (5, 2), 3),
        ("tensor", (4, 3, 2), 5),
        ("tensor", (2, 3, 1, 2), 4),
    ):
        size = int(np.prod(shape[1:]))
        args = {
            "x": rng.normal(size=shape),
            "w": rng.normal(size=(size, units)),
            "b": _away(rng, (units,)),
        }
        yield Case(group, args, f"x of shape {shape}")


@exercise(groups={"matrix": 2, "tensor": 1}, driver=Forward(), cases=_affine_cases)
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


def _affine_backward_cases(rng: np.random.Generator) -> Iterator[Case]:
    for case in _affine_cases(rng):
        n, units = len(case.args["x"]), len(case.args["b"])
        args = {**case.args, "dout": rng.normal(size=(n, units))}
        yield Case(("dx", "dw", "db"), args, case.label)


@exercise(
    groups={name: Group(1, (name,), own=True) for name in ("dx", "dw", "db")},
    driver=Backward("affine_forward", ("dx", "dw", "db")),
    cases=_affine_backward_cases,
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


def _relu_cases(rng: np.random.Generator) -> Iterator[Case]:
    for shape in ((6,), (3, 5), (2, 3, 2, 4)):
        x = _away(rng, shape, CLEAR)
        x.flat[:4] = np.array([-1.0, 1.0, -1.0, 1.0]) * np.abs(x.flat[:4])
        yield Case("values", {"x": x}, f"x of shape {shape}")


@exercise(groups={"values": 1}, driver=Forward(), cases=_relu_cases)
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


def _relu_backward_cases(rng: np.random.Generator) -> Iterator[Case]:
    for case in _relu_cases(rng):
        dout = _away(rng, case.args["x"].shape)
        # both signs of dout meet both signs of x
        dout.flat[:4] = np.array([-1.0, -1.0, 1.0, 1.0]) * np.abs(dout.flat[:4])
        yield Case("gradient", {**case.args, "dout": dout}, case.label)


@exercise(
    groups={"gradient": Group(1, own=True)},
    driver=Backward("relu_forward", ("dx",)),
    cases=_relu_backward_cases,
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


def _single(x: np.ndarray) -> np.ndarray:
    """The nearest numbers that single precision holds: near 1000 its rounding alone is 3e-5."""
    return x.astype(np.float32).astype(np.float64)


def _softmax_cases(rng: np.random.Generator) -> Iterator[Case]:
    for n, classes in ((2, 3), (4, 3), (3, 7)):
        args = {"x": 1.5 * rng.normal(size=(n, classes)), "y": _labels(rng, n, classes)}
        yield Case(("loss", "gradient"), args, f"{n} examples, {classes} classes")
    x = _single(1000.0 + rng.uniform(-WIDE / 2, WIDE / 2, size=(3, 4)))
    yield Case("large scores", {"x": x, "y": _labels(rng, 3, 4)}, "all scores near 1000")
    near = np.array([[900.0], [0.0], [-900.0]])
    x = _single(near + rng.uniform(-WIDE / 2, WIDE / 2, size=(3, 5)))
    yield Case("large scores", {"x": x, "y": _labels(rng, 3, 5)}, "rows near 900, 0 and -900")
    # an exact answer only where the true class leads: log of a probability of zero is no loss
    x, y = rng.normal(size=(3, 4)), _labels(rng, 3, 4)
    x[1] -= 1500.0
    x[1, y[1]] += 3000.0
    yield Case("large scores", {"x": _single(x), "y": y}, "one row from -1500 to 1500")


_LOSS_GROUPS = {"loss": Group(2, ("loss",)), "gradient": Group(2, ("dx",), own=True)}


@exercise(groups={**_LOSS_GROUPS, "large scores": Group(1)}, driver=Loss(), cases=_softmax_cases)
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


def _svm_scores(rng: np.random.Generator, y: np.ndarray, classes: int) -> np.ndarray:
    """Scores with clear margins: first row two active ones, last row one active, one not."""
    n, rows = len(y), np.arange(len(y))
    while True:
        x = 1.5 * rng.normal(size=(n, classes))
        margin = x - x[rows, y][:, None] + 1.0
        margin[rows, y] = np.nan
        active = np.nansum(margin > 0, axis=1)
        inactive = classes - 1 - active
        if (
            np.nanmin(np.abs(margin)) > CLEAR
            and active[0] >= 2
            and active[-1] >= 1
            and inactive[-1] >= 1
        ):
            return x


def _svm_cases(rng: np.random.Generator) -> Iterator[Case]:
    for n, classes in ((2, 3), (4, 3), (3, 6)):
        y = _labels(rng, n, classes)
        args = {"x": _svm_scores(rng, y, classes), "y": y}
        yield Case(("loss", "gradient"), args, f"{n} examples, {classes} classes")


@exercise(groups=_LOSS_GROUPS, driver=Loss(), cases=_svm_cases)
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


def _numerical_cases(rng: np.random.Generator) -> Iterator[Case]:
    def cubic(shape: tuple[int, ...]) -> Function:
        return Function("cubic", {"a": _away(rng, shape), "b": rng.normal(size=shape)})

    def waves(shape: tuple[int, ...]) -> Function:
        return Function("sine_product", {"a": 1.0 + rng.uniform(size=shape)})

    for f, h in ((cubic((3,)), 0.1), (waves((4,)), 0.2), (cubic((5,)), 0.01)):
        size = len(f.params["a"])
        yield Case("step h", {"f": f, "x": _away(rng, (size,)), "h": h}, f"h = {h}")
    yield Case("default h", {"f": waves((3,)), "x": _away(rng, (3,))}, "no h given")
    # a curvature so sharp that the default step itself can be read off the result
    sharp = Function("cubic", {"a": 1e10 * _away(rng, (4,)), "b": _away(rng, (4,))})
    yield Case("default h", {"f": sharp, "x": 1e-5 * _away(rng, (4,))}, "no h given, sharp curve")
    for f, shape in ((waves((2, 3)), (2, 3)), (cubic((3, 1, 2)), (3, 1, 2))):
        yield Case("shapes", {"f": f, "x": _away(rng, shape), "h": 0.05}, f"x of shape {shape}")


@exercise(
    groups={"step h": 2, "default h": 1, "shapes": 1},
    driver=Call(("grad",)),
    cases=_numerical_cases,
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


def _relative_error_cases(rng: np.random.Generator) -> Iterator[Case]:
    for shape in ((5,), (3, 4)):
        x = _away(rng, shape, 0.3) * 10.0 ** rng.uniform(0, 1, size=shape)
        y = x * (1 + 0.01 * _away(rng, shape))
        # the worst entry is small, negative, and has x < y
        worst = tuple(int(rng.integers(0, n)) for n in shape)
        x[worst] = -0.1 * rng.uniform(0.5, 1.0)
        y[worst] = x[worst] * rng.uniform(0.5, 0.8)
        yield Case("sizes", {"x": x, "y": y}, f"arrays of shape {shape}")
    x = np.append(rng.uniform(0.5, 2.0, size=2), 0.0)
    y = np.append(x[:2] * rng.uniform(1.01, 1.2, size=2), 0.0)
    yield Case("near zero", {"x": x, "y": y}, "both zero in one entry")
    x = 1e-9 * _away(rng, (2, 3))
    y = x * rng.uniform(0.5, 0.8, size=(2, 3))
    yield Case("near zero", {"x": x, "y": y}, "all entries below 1e-8")


@exercise(groups={"sizes": 1, "near zero": 1}, driver=Call(("error",)), cases=_relative_error_cases)
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


def _net(
    rng: np.random.Generator, shape: tuple[int, ...], hidden: int, classes: int, y: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Parameters and inputs away from every kink, with units on and off, scores of both signs."""
    size = int(np.prod(shape[1:]))
    while True:
        params = {
            "W1": rng.normal(size=(size, hidden)),
            "b1": _away(rng, (hidden,)),
            "W2": rng.normal(size=(hidden, classes)),
            "b2": _away(rng, (classes,)),
        }
        X = rng.normal(size=shape)
        before = X.reshape(shape[0], -1).dot(params["W1"]) + params["b1"]
        on = before > 0
        scores = np.where(on, before, 0.0).dot(params["W2"]) + params["b2"]
        clear = min(np.abs(before).min(), np.abs(scores).min()) > CLEAR
        mixed = on.any() and not on.all() and scores.min() < 0 < scores.max()
        calm = np.abs(scores).max() < 6.0
        if clear and mixed and calm and _lasting(scores, params["W2"], on, y):
            return params, X


def _lasting(scores: np.ndarray, W2: np.ndarray, on: np.ndarray, y: np.ndarray) -> bool:
    """Whether something is left of the gradient of every parameter.

    Its terms may cancel until rounding is all there is, and no order of operations is
    right any more.  Terms of one sign cannot: those of a class that no label takes, and
    those of a unit whose weight to the label is the least, or the largest, of its weights
    in every example that switches it on.
    """
    true = y[:, None] == np.arange(scores.shape[1])
    favourite = scores.argmax(axis=1)
    unsure = np.where(true, -np.inf, scores).max(axis=1) > scores[true] - 1.5
    weights, label = W2[None], W2[:, y].T
    least = np.where(true[:, None], np.inf, weights).min(axis=2) > label + 0.5
    largest = np.where(true[:, None], -np.inf, weights).max(axis=2) < label - 0.5
    one_sign = (least | ~on).all(axis=0) | (largest | ~on).all(axis=0)
    return bool(
        unsure.all() and not np.isin(favourite, y).all() and (one_sign & on.any(axis=0)).any()
    )


def _two_layer_cases(rng: np.random.Generator) -> Iterator[Case]:
    # more classes than examples: one of them is no label
    for shape, hidden, classes, group in (
        ((2, 3), 4, 5, ("loss", "gradients")),
        ((4, 2, 3), 7, 5, ("loss", "gradients")),
        ((3, 4), 2, 5, "regularised"),
        ((5, 3), 4, 6, "regularised"),
    ):
        y = _labels(rng, shape[0], classes)
        params, X = _net(rng, shape, hidden, classes, y)
        args = {"params": params, "X": X, "y": y}
        label = f"X of shape {shape}, {hidden} hidden units, {classes} classes"
        if group == "regularised":
            args["reg"] = float(rng.uniform(0.3, 1.5))
            label += ", reg above 0"
        yield Case(group, args, label)


@exercise(
    groups={
        "loss": Group(3, ("loss",)),
        "gradients": Group(3, ("dW1", "db1", "dW2", "db2"), own=True),
        "regularised": Group(2),
    },
    driver=Loss(wrt="params", gradient="grads"),
    cases=_two_layer_cases,
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


def _initial_cases(rng: np.random.Generator) -> Iterator[Case]:
    few, many = int(rng.integers(3, 10)), int(rng.integers(20, 1000))
    yield Case("softmax", {"num_classes": few}, "defaults")
    args = {"num_classes": many, "loss": "softmax", "delta": 2.5}
    yield Case("softmax", args, "a delta that softmax does not know")
    yield Case("svm", {"num_classes": few + 1, "loss": "svm"}, "margin left out")
    yield Case("svm", {"num_classes": many, "loss": "svm", "delta": 0.5}, "margin 0.5")
    delta = float(rng.uniform(2.0, 5.0))
    yield Case("svm", {"num_classes": many + 1, "loss": "svm", "delta": delta}, "a large margin")


@exercise(groups={"softmax": 1, "svm": 1}, driver=Call(("value",)), cases=_initial_cases)
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
