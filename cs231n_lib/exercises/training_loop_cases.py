"""Cases of chapter 1: inputs that keep clear of every kink, and sizes that all differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercises.declare import Case
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


def affine(rng: np.random.Generator) -> Iterator[Case]:
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


def affine_backward(rng: np.random.Generator) -> Iterator[Case]:
    for case in affine(rng):
        n, units = len(case.args["x"]), len(case.args["b"])
        args = {**case.args, "dout": rng.normal(size=(n, units))}
        yield Case(("dx", "dw", "db"), args, case.label)


def relu(rng: np.random.Generator) -> Iterator[Case]:
    for shape in ((6,), (3, 5), (2, 3, 2, 4)):
        x = _away(rng, shape, CLEAR)
        x.flat[:4] = np.array([-1.0, 1.0, -1.0, 1.0]) * np.abs(x.flat[:4])
        yield Case("values", {"x": x}, f"x of shape {shape}")


def relu_backward(rng: np.random.Generator) -> Iterator[Case]:
    for case in relu(rng):
        dout = _away(rng, case.args["x"].shape)
        # both signs of dout meet both signs of x
        dout.flat[:4] = np.array([-1.0, -1.0, 1.0, 1.0]) * np.abs(dout.flat[:4])
        yield Case("gradient", {**case.args, "dout": dout}, case.label)


def _single(x: np.ndarray) -> np.ndarray:
    """The nearest numbers that single precision holds: near 1000 its rounding alone is 3e-5."""
    return x.astype(np.float32).astype(np.float64)


def softmax(rng: np.random.Generator) -> Iterator[Case]:
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
    # a constant in the logarithm, or probabilities that are cut, against a log of zero: the loss
    # of a confident mistake, which matters most, is then far too small
    x, y = rng.normal(size=(2, 4)), _labels(rng, 2, 4)
    x[np.arange(2), y] -= 40.0
    yield Case("large scores", {"x": _single(x), "y": y}, "the true class 40 behind")


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


def svm(rng: np.random.Generator) -> Iterator[Case]:
    for n, classes in ((2, 3), (4, 3), (3, 6)):
        y = _labels(rng, n, classes)
        args = {"x": _svm_scores(rng, y, classes), "y": y}
        yield Case(("loss", "gradient"), args, f"{n} examples, {classes} classes")


def numerical(rng: np.random.Generator) -> Iterator[Case]:
    def cubic(shape: tuple[int, ...]) -> Function:
        return Function("cubic", {"a": _away(rng, shape), "b": rng.normal(size=shape)})

    def waves(shape: tuple[int, ...]) -> Function:
        return Function("sine_product", {"a": 1.0 + rng.uniform(size=shape)})

    for f, h in ((cubic((3,)), 0.1), (waves((4,)), 0.2), (cubic((5,)), 0.01)):
        size = len(f.params["a"])
        yield Case("step h", {"f": f, "x": _away(rng, (size,)), "h": h}, f"h = {h}")
    yield Case("default h", {"f": cubic((3,)), "x": _away(rng, (3,))}, "no h given")
    # a curvature so sharp that the default step itself can be read off the result
    sharp = Function("cubic", {"a": 1e10 * _away(rng, (4,)), "b": _away(rng, (4,))})
    yield Case("default h", {"f": sharp, "x": 1e-5 * _away(rng, (4,))}, "no h given, sharp curve")
    for f, shape in ((waves((2, 3)), (2, 3)), (cubic((3, 1, 2)), (3, 1, 2))):
        yield Case("shapes", {"f": f, "x": _away(rng, shape), "h": 0.05}, f"x of shape {shape}")


def relative_error(rng: np.random.Generator) -> Iterator[Case]:
    for shape in ((5,), (3, 4)):
        x = _away(rng, shape, 0.3) * 10.0 ** rng.uniform(0, 1, size=shape)
        y = x * (1 + 0.01 * _away(rng, shape))
        # the worst entry is small, negative, and has x < y
        worst = tuple(int(rng.integers(0, n)) for n in shape)
        x[worst] = -0.1 * rng.uniform(0.5, 1.0)
        y[worst] = x[worst] * rng.uniform(0.5, 0.8)
        # so large that no place of the floor is felt: the other group asks for that
        yield Case("sizes", {"x": 10 * x, "y": 10 * y}, f"arrays of shape {shape}")
    # the first entry is the largest, and the worst: only the zeros are tested here
    x = np.array([rng.uniform(1.5, 2.0), rng.uniform(0.5, 0.8), 0.0])
    y = x * [rng.uniform(1.3, 1.4), rng.uniform(1.01, 1.1), 0.0]
    yield Case("near zero", {"x": x, "y": y}, "both zero in one entry")
    x = 1e-9 * _away(rng, (2, 3))
    y = x * rng.uniform(0.5, 0.8, size=(2, 3))
    yield Case("near zero", {"x": x, "y": y}, "all entries below 1e-8")


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


def two_layer(rng: np.random.Generator) -> Iterator[Case]:
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


def initial(rng: np.random.Generator) -> Iterator[Case]:
    few, many = int(rng.integers(3, 10)), int(rng.integers(20, 1000))
    yield Case("softmax", {"num_classes": few}, "defaults")
    args = {"num_classes": many, "loss": "softmax", "delta": 2.5}
    yield Case("softmax", args, "a delta that softmax does not know")
    yield Case("svm", {"num_classes": few + 1, "loss": "svm"}, "margin left out")
    yield Case("svm", {"num_classes": many, "loss": "svm", "delta": 0.5}, "margin 0.5")
    delta = float(rng.uniform(2.0, 5.0))
    yield Case("svm", {"num_classes": many + 1, "loss": "svm", "delta": delta}, "a large margin")
