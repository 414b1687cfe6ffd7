"""Chapter 1: answers, known mistakes and rubric for layers, losses and gradient checks."""

from __future__ import annotations

import numpy as np

from solutions.declare import Book

book = Book()


@book.answer
def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    return out, (x, w, b)


@book.answer
def affine_backward(dout, cache):
    x, w, _ = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


@book.answer
def relu_forward(x):
    return np.maximum(0, x), x


@book.answer
def relu_backward(dout, cache):
    x = cache
    return dout * (x > 0)


@book.answer
def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[np.arange(N), y].mean()
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    return loss, dx / N


@book.answer
def svm_loss(x, y):
    N = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    dx = (margins > 0).astype(float)
    dx[np.arange(N), y] = -dx.sum(axis=1)
    return margins.sum() / N, dx / N


@book.answer
def numerical_gradient(f, x, h=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        above = f(x)
        x[i] = old - h
        below = f(x)
        x[i] = old
        grad[i] = (above - below) / (2 * h)
    return grad


@book.answer
def relative_error(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


@book.answer
def two_layer_loss(params, X, y, reg=0.0):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    before, affine1 = affine_forward(X, W1, b1)
    hidden, relu = relu_forward(before)
    scores, affine2 = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_loss(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, affine2)
    _, dW1, db1 = affine_backward(relu_backward(dhidden, relu), affine1)
    loss += 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))
    return loss, {"W1": dW1 + reg * W1, "b1": db1, "W2": dW2 + reg * W2, "b2": db2}


@book.answer
def initial_loss(num_classes, loss="softmax", delta=1.0):
    if loss == "softmax":
        return np.log(num_classes)
    return (num_classes - 1) * delta


# --- affine_forward -----------------------------------------------------------------


@book.mistake(
    "affine_forward",
    "bias forgotten",
    "Feed in x = 0: what should come out, and what does?",
)
def _(x, w, b):
    return x.reshape(len(x), -1) @ w, (x, w, b)


@book.mistake(
    "affine_forward",
    "axes flattened in the wrong order",
    "Flatten one example of shape (2, 3) and compare with its own `.ravel()`: row-major "
    "order lets the last axis run fastest.",
)
def _(x, w, b):
    return x.reshape(len(x), -1, order="F") @ w + b, (x, w, b)


@book.mistake(
    "affine_forward",
    "examples mixed up when flattening",
    "Change one example of the batch: only one row of out may change. Reshaping to (D, N) "
    "and transposing is not the same as keeping N in front.",
)
def _(x, w, b):
    return x.reshape(-1, len(x)).T @ w + b, (x, w, b)


@book.mistake(
    "affine_forward",
    "a ReLU inside the affine layer",
    "An affine layer has negative outputs too. Which layer cuts them off?",
)
def _(x, w, b):
    return np.maximum(0, x.reshape(len(x), -1) @ w + b), (x, w, b)


@book.mistake(
    "affine_forward",
    "bias subtracted",
    "Feed in x = 0 and look at the sign of what comes out.",
)
def _(x, w, b):
    return x.reshape(len(x), -1) @ w - b, (x, w, b)


@book.mistake(
    "affine_forward",
    "examples not flattened",
    "Right while each example is a row of numbers. What has to happen to an example of shape "
    "(2, 3) before it meets w?",
)
def _(x, w, b):
    return x @ w + b, (x, w, b)


# --- affine_backward ----------------------------------------------------------------


def _affine_gradients(dout, cache):
    """The three right gradients: what every mistake changes one of."""
    x, w, _ = cache
    rows = x.reshape(len(x), -1)
    return (dout @ w.T).reshape(x.shape), rows.T @ dout, dout.sum(axis=0)


@book.mistake(
    "affine_backward",
    "bias gradient not summed over the batch",
    "There is one bias per unit, and every example used it. Compare the shapes of b and db.",
)
def _(dout, cache):
    dx, dw, _ = _affine_gradients(dout, cache)
    return dx, dw, dout


@book.mistake(
    "affine_backward",
    "bias gradient averaged over the batch",
    "Repeat one example twice, with the same dout: should db stay or double? Any division "
    "by N belongs to the loss and is already inside dout.",
)
def _(dout, cache):
    dx, dw, _ = _affine_gradients(dout, cache)
    return dx, dw, dout.mean(axis=0)


@book.mistake(
    "affine_backward",
    "bias gradient summed over the units",
    "Your db has one entry per example. How many biases are there?",
)
def _(dout, cache):
    dx, dw, _ = _affine_gradients(dout, cache)
    return dx, dw, dout.sum(axis=1)


@book.mistake(
    "affine_backward",
    "dx not reshaped to the shape of x",
    "The gradient of an array has that array's shape. What shape did x have before you "
    "flattened it?",
)
def _(dout, cache):
    dx, dw, db = _affine_gradients(dout, cache)
    return dx.reshape(len(dx), -1), dw, db


@book.mistake(
    "affine_backward",
    "input not flattened for dw",
    "With examples of several axes, `x.T` turns all axes round. Which matrix did the "
    "forward pass multiply by w?",
)
def _(dout, cache):
    dx, _, db = _affine_gradients(dout, cache)
    return dx, cache[0].T @ dout, db


@book.mistake(
    "affine_backward",
    "dw averaged over the batch",
    "The layer does not know whether the loss is a sum or a mean. Where has a division by "
    "N, if any, been made already?",
)
def _(dout, cache):
    dx, dw, db = _affine_gradients(dout, cache)
    return dx, dw / len(dout), db


@book.mistake(
    "affine_backward",
    "dw transposed",
    "Compare the shapes of w and dw.",
)
def _(dout, cache):
    dx, dw, db = _affine_gradients(dout, cache)
    return dx, dw.T, db


@book.mistake(
    "affine_backward",
    "weights not transposed for dx",
    "Write the shapes of dout and w next to each other: which of their axes has the length M?",
)
def _(dout, cache):
    _, dw, db = _affine_gradients(dout, cache)
    return dout @ cache[1], dw, db


@book.mistake(
    "affine_backward",
    "dx and dw exchanged",
    "In which order does the docstring return the gradients?",
)
def _(dout, cache):
    dx, dw, db = _affine_gradients(dout, cache)
    return dw, dx, db


# --- relu_forward -------------------------------------------------------------------


@book.mistake(
    "relu_forward",
    "absolute value",
    "What should a negative input give?",
)
def _(x):
    return np.abs(x), x


@book.mistake(
    "relu_forward",
    "step function",
    "A positive input should pass unchanged: what does 0.5 become?",
)
def _(x):
    return (x > 0).astype(float), x


@book.mistake(
    "relu_forward",
    "minimum for maximum",
    "Which half of the line passes, and which is cut to zero?",
)
def _(x):
    return np.minimum(0, x), x


@book.mistake(
    "relu_forward",
    "leaky: negative inputs pass a little",
    "A slope of 0.01 on the left is another activation. What should -1 give here?",
)
def _(x):
    return np.where(x > 0, x, 0.01 * x), x


@book.mistake(
    "relu_forward",
    "softplus, the smooth rectifier",
    "Your function has no kink: what does it give for -1?",
)
def _(x):
    return np.log1p(np.exp(x)), x


# --- relu_backward ------------------------------------------------------------------


@book.mistake(
    "relu_backward",
    "gradient 1 everywhere",
    "If the input is negative, the output is 0 and stays 0 when the input moves a little. "
    "What gradient belongs there?",
)
def _(dout, cache):
    return dout.copy()


@book.mistake(
    "relu_backward",
    "multiplied by the output instead of the slope",
    "Double all inputs: the slopes of the rectifier stay what they were. Does your gradient?",
)
def _(dout, cache):
    return dout * np.maximum(0, cache)


@book.mistake(
    "relu_backward",
    "mask taken from dout",
    "Give a negative dout to an active unit. Which array decides whether a gradient passes: "
    "the one that came in going forward, or the one that comes back?",
)
def _(dout, cache):
    return dout * (dout > 0)


@book.mistake(
    "relu_backward",
    "upstream gradient forgotten",
    "Your result is the local slope. What does the chain rule still ask for?",
)
def _(dout, cache):
    return (cache > 0).astype(float)


@book.mistake(
    "relu_backward",
    "mask inverted",
    "Where the forward pass let the input through, does your gradient pass too?",
)
def _(dout, cache):
    return dout * (cache < 0)


@book.mistake(
    "relu_backward",
    "derivative of the absolute value",
    "On the negative side the output does not move at all. What slope is that?",
)
def _(dout, cache):
    return dout * np.sign(cache)


# --- softmax_loss -------------------------------------------------------------------


def _softmax(x, axis=1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _one_hot(x, y):
    hot = np.zeros(x.shape)
    hot[np.arange(len(y)), y] = 1
    return hot


def _log_loss(p, y):
    return -np.log(p[np.arange(len(y)), y]).mean()


@book.mistake(
    "softmax_loss",
    "a guard inside the logarithm that changes the loss",
    "What is the loss where the true class has a probability of 1e-12? After the shift there is "
    "a way that never takes the logarithm of a tiny number.",
)
def _(x, y):
    _, dx = softmax_loss(x, y)
    return _log_loss(_softmax(x) + 1e-7, y), dx


@book.mistake(
    "softmax_loss",
    "no max subtraction: overflow",
    "Print np.exp(1000.). Adding one constant to all scores of a row changes no probability, "
    "so you may choose the constant.",
)
def _(x, y):
    e = np.exp(x)
    p = e / e.sum(axis=1, keepdims=True)
    return _log_loss(p, y), (p - _one_hot(x, y)) / len(y)


@book.mistake(
    "softmax_loss",
    "no max subtraction in the log of the sum",
    "Print np.log(np.exp(1000.)), which should be 1000. Adding one constant to all scores "
    "of a row changes no probability, so you may choose the constant.",
)
def _(x, y):
    total = np.exp(x).sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total[:, 0]) - x[np.arange(len(y)), y])
    return loss, (np.exp(x) / total - _one_hot(x, y)) / len(y)


@book.mistake(
    "softmax_loss",
    "global maximum for the row's maximum",
    "Take one row near 900 and one near -900: after your shift, how large is the largest "
    "score of the second row?",
)
def _(x, y):
    e = np.exp(x - x.max())
    p = e / e.sum(axis=1, keepdims=True)
    return _log_loss(p, y), (p - _one_hot(x, y)) / len(y)


@book.mistake(
    "softmax_loss",
    "summed, not averaged, over the batch",
    "Repeat the whole batch twice: the loss should stay what it is.",
)
def _(x, y):
    p = _softmax(x)
    return len(y) * _log_loss(p, y), p - _one_hot(x, y)


@book.mistake(
    "softmax_loss",
    "gradient not divided by N",
    "Your loss is a mean, your gradient belongs to a sum.",
)
def _(x, y):
    p = _softmax(x)
    return _log_loss(p, y), p - _one_hot(x, y)


@book.mistake(
    "softmax_loss",
    "divided by all entries instead of the batch size",
    "There is one loss per example, not one per score. By how many do you divide?",
)
def _(x, y):
    p = _softmax(x)
    return _log_loss(p, y) / x.shape[1], (p - _one_hot(x, y)) / x.size


@book.mistake(
    "softmax_loss",
    "true class missing in the gradient",
    "Add one constant to all scores of a row: the loss stays, so each row of the gradient "
    "must sum to 0. What do your rows sum to?",
)
def _(x, y):
    p = _softmax(x)
    return _log_loss(p, y), p / len(y)


@book.mistake(
    "softmax_loss",
    "sign of the gradient flipped",
    "Raising the score of the true class should lower the loss. Which sign must that entry have?",
)
def _(x, y):
    p = _softmax(x)
    return _log_loss(p, y), (_one_hot(x, y) - p) / len(y)


@book.mistake(
    "softmax_loss",
    "softmax over the batch instead of the classes",
    "Which sums of your probabilities are 1: the rows or the columns?",
)
def _(x, y):
    p = _softmax(x, axis=0)
    return _log_loss(p, y), (p - _one_hot(x, y)) / len(y)


@book.mistake(
    "softmax_loss",
    "maximum subtracted in one place only",
    "Shift all scores by 1: the loss should not change. If the logarithm of the sum sees "
    "shifted scores, which scores must the true class's term see?",
)
def _(x, y):
    total = np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1)
    loss = np.mean(np.log(total) - x[np.arange(len(y)), y])
    return loss, (_softmax(x) - _one_hot(x, y)) / len(y)


@book.mistake(
    "softmax_loss",
    "the gradient through every p_j",
    "Only the probability of the true class stands in the loss. Does your chain rule pass "
    "through the logarithms of the other ones as well?",
)
def _(x, y):
    p = _softmax(x)
    return _log_loss(p, y), (x.shape[1] * p - 1) / len(y)


@book.mistake(
    "softmax_loss",
    "sign of the loss flipped",
    "The logarithm of a probability is negative. Can a cross-entropy be?",
)
def _(x, y):
    p = _softmax(x)
    return -_log_loss(p, y), (p - _one_hot(x, y)) / len(y)


@book.mistake(
    "softmax_loss",
    "one number for each row, with an axis too few",
    "Print the shapes of x and of what you take from each row. NumPy lines up last axes first: "
    "which option of `max` and `sum` keeps the axis?",
)
def _(x, y):
    e = np.exp(x - x.max(axis=1))
    p = e / e.sum(axis=1)
    return _log_loss(p, y), (p - _one_hot(x, y)) / len(y)


# --- svm_loss -----------------------------------------------------------------------


def _margins(x, y, delta=1.0):
    """Raw margins and the mask of wrong classes whose margin is positive."""
    raw = x - x[np.arange(len(y)), y][:, None] + delta
    return raw, (raw > 0) & (_one_hot(x, y) == 0)


def _hinge(x, y, raw, active):
    """Loss and gradient for given margins and mask."""
    dx = active.astype(float)
    dx[np.arange(len(y)), y] -= active.sum(axis=1)
    return raw[active].sum() / len(y), dx / len(y)


@book.mistake(
    "svm_loss",
    "margin counted for the true class",
    "Your loss is too large by exactly 1. What is the margin of the true class against itself?",
)
def _(x, y):
    loss, dx = _hinge(x, y, *_margins(x, y))
    return loss + 1.0, dx


@book.mistake(
    "svm_loss",
    "summed, not averaged, over the batch",
    "Repeat the whole batch twice: the loss should stay what it is.",
)
def _(x, y):
    loss, dx = _hinge(x, y, *_margins(x, y))
    return loss * len(y), dx * len(y)


@book.mistake(
    "svm_loss",
    "gradient not divided by N",
    "Your loss is a mean, your gradient belongs to a sum.",
)
def _(x, y):
    loss, dx = _hinge(x, y, *_margins(x, y))
    return loss, dx * len(y)


@book.mistake(
    "svm_loss",
    "gradient ignores which margins are active",
    "Where a hinge is closed the loss does not move when that score does. What is the "
    "gradient of such an entry?",
)
def _(x, y):
    loss, _ = _hinge(x, y, *_margins(x, y))
    return loss, (1.0 - x.shape[1] * _one_hot(x, y)) / len(y)


@book.mistake(
    "svm_loss",
    "sum of the margins where their number belongs",
    "Raise the score of the true class by a little: each open hinge closes by the same "
    "little. Does it matter how far each was open?",
)
def _(x, y):
    raw, active = _margins(x, y)
    loss, dx = _hinge(x, y, raw, active)
    dx[np.arange(len(y)), y] = -(raw * active).sum(axis=1) / len(y)
    return loss, dx


@book.mistake(
    "svm_loss",
    "true class missing in the gradient",
    "Add one constant to all scores of a row: the loss stays, so each row of the gradient "
    "must sum to 0. What do your rows sum to?",
)
def _(x, y):
    raw, active = _margins(x, y)
    return raw[active].sum() / len(y), active / len(y)


@book.mistake(
    "svm_loss",
    "true class gets -1 however many margins are active",
    "How many of the row's hinges contain the true class's score?",
)
def _(x, y):
    raw, active = _margins(x, y)
    return raw[active].sum() / len(y), (active - _one_hot(x, y)) / len(y)


@book.mistake(
    "svm_loss",
    "negative margins counted",
    "Make one wrong score very low: the loss should stop falling at some point.",
)
def _(x, y):
    raw, _ = _margins(x, y)
    return _hinge(x, y, raw, _one_hot(x, y) == 0)


@book.mistake(
    "svm_loss",
    "margin of 0 instead of 1",
    "With all scores equal, how large is your loss? It should be C - 1.",
)
def _(x, y):
    return _hinge(x, y, *_margins(x, y, delta=0.0))


@book.mistake(
    "svm_loss",
    "scores subtracted the wrong way round",
    "A true class far above the others should cost nothing. Try it.",
)
def _(x, y):
    loss, dx = _hinge(-x, y, *_margins(-x, y))
    return loss, -dx


@book.mistake(
    "svm_loss",
    "only the worst class counts",
    "This is another loss, that of Crammer and Singer. Here every class that comes too near "
    "adds its own term.",
)
def _(x, y):
    raw, active = _margins(x, y)
    worst = raw == np.where(active, raw, 0.0).max(axis=1, keepdims=True)
    return _hinge(x, y, raw, active & worst)


@book.mistake(
    "svm_loss",
    "squared margins",
    "Double the amount by which one margin is violated: how much should its term grow?",
)
def _(x, y):
    raw, active = _margins(x, y)
    slope = 2 * raw * active
    dx = slope - slope.sum(axis=1, keepdims=True) * _one_hot(x, y)
    return np.sum(raw[active] ** 2) / len(y), dx / len(y)


@book.mistake(
    "svm_loss",
    "one score for each row, with an axis too few",
    "Print the shapes of x and of the true classes' scores. NumPy lines up last axes first: how "
    "does a column come out of a row of numbers?",
)
def _(x, y):
    raw = x - x[np.arange(len(y)), y] + 1
    return _hinge(x, y, raw, (raw > 0) & (_one_hot(x, y) == 0))


# --- numerical_gradient -------------------------------------------------------------


def _differences(f, x, right, left, width):
    """(f(x + right e_i) - f(x + left e_i)) / width for every entry."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = 1.0
        grad[i] = (f(x + right * step) - f(x + left * step)) / width
    return grad


@book.mistake(
    "numerical_gradient",
    "forward difference",
    "Try f(x) = x**2 at x = 0 with h = 0.1: by symmetry the slope must come out as 0.",
)
def _(f, x, h=1e-5):
    return _differences(f, x, h, 0.0, h)


@book.mistake(
    "numerical_gradient",
    "backward difference",
    "Try f(x) = x**2 at x = 0 with h = 0.1: by symmetry the slope must come out as 0.",
)
def _(f, x, h=1e-5):
    return _differences(f, x, 0.0, -h, h)


@book.mistake(
    "numerical_gradient",
    "divided by h instead of the distance between the points",
    "Try f(x) = x: the slope must be 1. How far apart are your two points?",
)
def _(f, x, h=1e-5):
    return _differences(f, x, h, -h, h)


@book.mistake(
    "numerical_gradient",
    "points half a step away",
    "How far from x does the formula evaluate f? It is the whole step on either side.",
)
def _(f, x, h=1e-5):
    return _differences(f, x, h / 2, -h / 2, h)


@book.mistake(
    "numerical_gradient",
    "entries not put back",
    "Print x after the call. When the second entry is moved, where should the first one be?",
)
def _(f, x, h=1e-5):
    x, grad = x.copy(), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        grad[i] = (above - f(x)) / (2 * h)
    return grad


@book.mistake(
    "numerical_gradient",
    "all entries moved at once",
    "All entries of your gradient are equal. Which entry of x should move when entry i of "
    "the gradient is computed?",
)
def _(f, x, h=1e-5):
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


@book.mistake(
    "numerical_gradient",
    "step fixed at 1e-5",
    "Call it with h = 1 on f(x) = x**3 at 0: the quotient is then 1. Where does the step "
    "come from?",
)
def _(f, x, h=1e-5):
    return _differences(f, x, 1e-5, -1e-5, 2e-5)


@book.mistake(
    "numerical_gradient",
    "another default for h",
    "Right whenever h is given. What does the signature in the docstring's line say?",
)
def _(f, x, h=1e-4):
    return _differences(f, x, h, -h, 2 * h)


@book.mistake(
    "numerical_gradient",
    "whole rows moved at once",
    "With x of shape (2, 3), how many numbers does your loop visit? `for i in range(len(x))` "
    "sees the first axis only.",
)
def _(f, x, h=1e-5):
    grad = np.zeros(x.shape)
    for i in range(len(x)):
        step = np.zeros(x.shape)
        step[i] = h
        grad[i] = (f(x + step) - f(x - step)) / (2 * h)
    return grad


@book.mistake(
    "numerical_gradient",
    "gradient flat instead of in the shape of x",
    "The numbers are right. Compare the shapes of x and of your gradient.",
)
def _(f, x, h=1e-5):
    return _differences(f, x, h, -h, 2 * h).ravel()


# --- relative_error -----------------------------------------------------------------


@book.mistake(
    "relative_error",
    "mean instead of maximum",
    "A single wrong entry among thousands must not be averaged away.",
)
def _(x, y):
    return np.mean(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


@book.mistake(
    "relative_error",
    "absolute error",
    "Multiply both arrays by 1000: a relative error stays the same.",
)
def _(x, y):
    return np.max(np.abs(x - y))


@book.mistake(
    "relative_error",
    "maximum taken before dividing",
    "A small entry that is wrong by half hides behind a large one. Which comes first, the "
    "quotient of each entry or the maximum?",
)
def _(x, y):
    return np.max(np.abs(x - y)) / max(1e-8, np.max(np.abs(x) + np.abs(y)))


@book.mistake(
    "relative_error",
    "no floor: zero divided by zero",
    "Compare two arrays that are both 0 in one entry.",
)
def _(x, y):
    return np.max(np.abs(x - y) / (np.abs(x) + np.abs(y)))


@book.mistake(
    "relative_error",
    "floor added instead of taken as a maximum",
    "With |x| + |y| = 1e-8 the denominator is 1e-8, not twice that.",
)
def _(x, y):
    return np.max(np.abs(x - y) / (1e-8 + np.abs(x) + np.abs(y)))


@book.mistake(
    "relative_error",
    "larger magnitude for the sum of both",
    "Compare 3 with 2 by hand. The formula gives 1/5.",
)
def _(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.maximum(np.abs(x), np.abs(y))))


@book.mistake(
    "relative_error",
    "no absolute values in the denominator",
    "Try two negative numbers.",
)
def _(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, x + y))


@book.mistake(
    "relative_error",
    "no absolute value in the numerator",
    "Exchange x and y: the error must stay the same.",
)
def _(x, y):
    return np.max((x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


@book.mistake(
    "relative_error",
    "divided by one of the two only",
    "Exchange x and y: the error must stay the same.",
)
def _(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x)))


# --- two_layer_loss -----------------------------------------------------------------


def _two_layer(params, X, y, reg=0.0, relu=True, mask=True, top=False, mean=True, bias=True):
    """The right computation, with switches that the mistakes turn."""
    rows = X.reshape(len(X), -1)
    before = rows @ params["W1"] + params["b1"]
    hidden = np.maximum(0, before) if relu else before
    scores = hidden @ params["W2"] + bias * params["b2"]
    loss, dscores = softmax_loss(np.maximum(0, scores) if top else scores, y)
    dscores = dscores * (scores > 0) if top else dscores
    if not mean:
        loss, dscores = loss * len(y), dscores * len(y)
    dbefore = dscores @ params["W2"].T * (before > 0 if relu and mask else 1.0)
    grads = {
        "W1": rows.T @ dbefore + reg * params["W1"],
        "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * params["W2"],
        "b2": bias * dscores.sum(axis=0),
    }
    return loss + 0.5 * reg * sum(np.sum(params[k] ** 2) for k in ("W1", "W2")), grads


@book.mistake(
    "two_layer_loss",
    "ReLU forgotten in the backward pass",
    "The gradient of the second layer is right, that of the first is not. What lies between "
    "the two, going back?",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, reg, mask=False)


@book.mistake(
    "two_layer_loss",
    "no ReLU at all",
    "Your net is one linear map written as two. What stands between the affine layers?",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, reg, relu=False)


@book.mistake(
    "two_layer_loss",
    "ReLU on the scores as well",
    "Scores may be negative: the loss takes the second affine layer's output as it is.",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, reg, top=True)


@book.mistake(
    "two_layer_loss",
    "summed, not averaged, over the batch",
    "Repeat the whole batch twice: the loss should stay what it is.",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, reg, mean=False)


@book.mistake(
    "two_layer_loss",
    "bias of the second layer left out",
    "Add 5 to one entry of b2: which class should become more probable?",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, reg, bias=False)


@book.mistake(
    "two_layer_loss",
    "penalty missing from the gradients",
    "Right while reg = 0. Your loss rises with the weights; do your gradients know?",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, reg)[0], _two_layer(params, X, y)[1]


@book.mistake(
    "two_layer_loss",
    "penalty missing from the loss",
    "Right while reg = 0. Your gradients pull at the weights; does your loss say why?",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y)[0], _two_layer(params, X, y, reg)[1]


@book.mistake(
    "two_layer_loss",
    "reg ignored",
    "Right while reg = 0. Call it with reg = 0 and with reg = 10 and compare.",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y)


@book.mistake(
    "two_layer_loss",
    "penalty without the factor one half",
    "Loss and gradients agree with one another, for another formula: which factor does the "
    "docstring put before reg?",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, 2 * reg)


@book.mistake(
    "two_layer_loss",
    "one half in the loss, a factor of two in the gradient",
    "Differentiate the penalty once more by hand, or check the gradients numerically with reg = 1.",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, reg)[0], _two_layer(params, X, y, 2 * reg)[1]


@book.mistake(
    "two_layer_loss",
    "no one half in the loss, no factor of two in the gradient",
    "Differentiate your own penalty by hand, or check the gradients numerically with reg = 1.",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, 2 * reg)[0], _two_layer(params, X, y, reg)[1]


@book.mistake(
    "two_layer_loss",
    "biases regularised too",
    "Which parameters does the penalty in the docstring sum over?",
)
def _(params, X, y, reg=0.0):
    loss, grads = _two_layer(params, X, y, reg)
    biases = ("b1", "b2")
    grads |= {k: grads[k] + reg * params[k] for k in biases}
    return loss + 0.5 * reg * sum(np.sum(params[k] ** 2) for k in biases), grads


@book.mistake(
    "two_layer_loss",
    "only one of the two weight matrices regularised",
    "Set reg to 1 and change one weight of each layer: the penalty should notice both.",
)
def _(params, X, y, reg=0.0):
    loss, grads = _two_layer(params, X, y, reg)
    grads["W2"] = grads["W2"] - reg * params["W2"]
    return loss - 0.5 * reg * np.sum(params["W2"] ** 2), grads


@book.mistake(
    "two_layer_loss",
    "penalty divided by the batch size",
    "The data term is a mean over the batch. Does the penalty depend on the batch?",
)
def _(params, X, y, reg=0.0):
    return _two_layer(params, X, y, reg / len(y))


# --- initial_loss -------------------------------------------------------------------


@book.mistake(
    "initial_loss",
    "another base of the logarithm",
    "For ten classes the value is about 2.3. Which logarithm did the loss use?",
)
def _(num_classes, loss="softmax", delta=1.0):
    return np.log10(num_classes) if loss == "softmax" else (num_classes - 1) * delta


@book.mistake(
    "initial_loss",
    "logarithm to base 2",
    "For ten classes the value is about 2.3. Which logarithm did the loss use?",
)
def _(num_classes, loss="softmax", delta=1.0):
    return np.log2(num_classes) if loss == "softmax" else (num_classes - 1) * delta


@book.mistake(
    "initial_loss",
    "sign of the logarithm",
    "A cross-entropy is never negative.",
)
def _(num_classes, loss="softmax", delta=1.0):
    return -np.log(num_classes) if loss == "softmax" else (num_classes - 1) * delta


@book.mistake(
    "initial_loss",
    "probability instead of loss",
    "That is the probability of the true class. Put it through the loss.",
)
def _(num_classes, loss="softmax", delta=1.0):
    return 1 / num_classes if loss == "softmax" else (num_classes - 1) * delta


@book.mistake(
    "initial_loss",
    "the true class counted in the hinge loss",
    "How many wrong classes are there? The true one has no term.",
)
def _(num_classes, loss="softmax", delta=1.0):
    return np.log(num_classes) if loss == "softmax" else num_classes * delta


@book.mistake(
    "initial_loss",
    "margin ignored",
    "With all scores equal, how large is one hinge? Try a margin of 2.",
)
def _(num_classes, loss="softmax", delta=1.0):
    return np.log(num_classes) if loss == "softmax" else num_classes - 1.0


@book.mistake(
    "initial_loss",
    "hinge loss averaged over the classes",
    "The hinge loss sums over the wrong classes; only the batch is averaged.",
)
def _(num_classes, loss="softmax", delta=1.0):
    return np.log(num_classes) if loss == "softmax" else delta


@book.mistake(
    "initial_loss",
    "softmax whatever the loss",
    "Does your answer change with the argument `loss`?",
)
def _(num_classes, loss="softmax", delta=1.0):
    return np.log(num_classes)


book.rubric(
    "float32_gradient_check",
    """
    A centred difference subtracts two nearly equal values of the loss. Each carries a
    rounding error of about eps |f|, which the division by 2h magnifies to about eps |f| / h,
    while the truncation error falls like h**2 |f'''| / 6. The best h grows like eps**(1/3) and
    leaves an error of about eps**(2/3): some 1e-5 of the loss's size in float32 (eps about
    1e-7, at h near 5e-3) against some 1e-10 in float64 (at h near 1e-5). In float32 with h =
    1e-5 the noise eps / h alone is about 1e-2, so right gradients look wrong, and a threshold
    wide enough for them lets small mistakes through.
    A kink (ReLU at 0, hinge at margin 0) between x - h and x + h makes the quotient a mixture
    of the two slopes, although the analytic gradient is a right one: a false alarm that
    belongs to the check. It goes away, or changes, with smaller h, while a bug stays;
    float64 allows the smaller h. Few examples mean few kinks. One can also skip entries for
    which some unit or hinge switches between the two points.
    """,
    (1, "cancellation: rounding error of about eps |f| / h in the difference of near-equal values"),
    (
        1,
        "consequence: in float32 the noise (1e-2 at h = 1e-5; 1e-5 at best, with a large h) "
        "hides mistakes or accuses right gradients; float64 leaves about 1e-10",
    ),
    (
        1,
        "kinks: points on either side mix two slopes, so a right gradient seems wrong; how to "
        "tell or avoid it (smaller h, few examples, skip entries that switch)",
    ),
)
