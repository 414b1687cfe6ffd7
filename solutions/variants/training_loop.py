"""Chapter 1: gradient check, first loss and the whole net in other styles.

The layers and the losses stand in two files of their own; ``variants`` holds them all.
"""

from __future__ import annotations

import numpy as np

from solutions.declare import Variants
from solutions.variants import training_loop_layers as layers
from solutions.variants import training_loop_losses as losses

variants = Variants([*layers.variants.found, *losses.variants.found])

# --- numerical_gradient ---------------------------------------------------------------


@variants.of("numerical_gradient", "np.nditer, as CS231n's eval_numerical_gradient")
def _(f, x, h=1e-5):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        ix = it.multi_index
        oldval = x[ix]
        x[ix] = oldval + h
        fxph = f(x)
        x[ix] = oldval - h
        fxmh = f(x)
        x[ix] = oldval
        grad[ix] = (fxph - fxmh) / (2 * h)
        it.iternext()
    return grad


@variants.of("numerical_gradient", "rows of an identity matrix, x never changed")
def _(f, x, h=1e-5):
    steps = h * np.eye(x.size)
    slopes = [(f(x + e.reshape(x.shape)) - f(x - e.reshape(x.shape))) / (2 * h) for e in steps]
    return np.array(slopes).reshape(x.shape)


@variants.of("numerical_gradient", "a flat view, steps added and taken back")
def _(f, x, h=1e-5):
    work = x.copy()
    flat, slopes = work.ravel(), np.empty(x.size)
    for i in range(flat.size):
        flat[i] += h
        slopes[i] = f(work)
        flat[i] -= 2 * h
        slopes[i] -= f(work)
        flat[i] = x.flat[i]
    slopes /= 2 * h
    return slopes.reshape(x.shape)


@variants.of("numerical_gradient", "two copies per entry, gradient kept in single precision")
def _(f, x, h=1e-5):
    def slope(index):
        ahead, behind = np.array(x), np.array(x)
        ahead[index] += h
        behind[index] -= h
        return (f(ahead) - f(behind)) / h / 2

    found = [slope(index) for index, _ in np.ndenumerate(x)]
    return np.array(found, dtype=np.float32).reshape(x.shape)


@variants.of("numerical_gradient", "mean of a forward and a backward difference, recursive")
def _(f, x, h=1e-5):
    here = f(x)

    def partial(entry):
        if x.ndim == 0 or len(entry) == x.ndim:
            old = x[entry]
            x[entry] = old + h
            forward = (f(x) - here) / h
            x[entry] = old - h
            backward = (here - f(x)) / h
            x[entry] = old
            return (forward + backward) / 2
        return [partial((*entry, i)) for i in range(x.shape[len(entry)])]

    return np.array(partial(()))


# --- relative_error -------------------------------------------------------------------


@variants.of("relative_error", "a loop and Python's own max")
def _(x, y):
    worst = 0.0
    for a, b in zip(x.ravel(), y.ravel(), strict=True):
        worst = max(worst, abs(a - b) / max(1e-8, abs(a) + abs(b)))
    return worst


@variants.of("relative_error", "magnitudes stacked, floor by clip, result an array of no axes")
def _(x, y):
    size = np.sum(np.abs([x, y]), axis=0).clip(1e-8)
    return np.asarray(np.linalg.norm(((x - y) / size).ravel(), ord=np.inf))


@variants.of("relative_error", "in place, sorted, the last entry")
def _(x, y):
    gap = np.subtract(x, y)
    np.absolute(gap, out=gap)
    total = np.hypot(x, 0) + np.hypot(y, 0)
    total[total < 1e-8] = 1e-8
    gap /= total
    return float(np.sort(gap, axis=None)[-1])


@variants.of("relative_error", "single precision, where")
def _(x, y):
    x, y = np.float32(x), np.float32(y)
    total = abs(x) + abs(y)
    return (abs(x - y) / np.where(total > 1e-8, total, np.float32(1e-8))).max()


# --- two_layer_loss -------------------------------------------------------------------


def _log_softmax(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@variants.of("two_layer_loss", "all in one function, as CS231n's first two_layer_net")
def _(params, X, y, reg=0.0):
    W1, b1 = params["W1"], params["b1"]
    W2, b2 = params["W2"], params["b2"]
    N = X.shape[0]
    X = X.reshape(N, -1)
    hidden_layer = np.maximum(0, np.dot(X, W1) + b1)
    scores = np.dot(hidden_layer, W2) + b2
    scores -= np.max(scores, axis=1, keepdims=True)
    exp_scores = np.exp(scores)
    probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    corect_logprobs = -np.log(probs[range(N), y])
    data_loss = np.sum(corect_logprobs) / N
    reg_loss = 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)
    dscores = probs
    dscores[range(N), y] -= 1
    dscores /= N
    grads = {}
    grads["W2"] = np.dot(hidden_layer.T, dscores)
    grads["b2"] = np.sum(dscores, axis=0)
    dhidden = np.dot(dscores, W2.T)
    dhidden[hidden_layer <= 0] = 0
    grads["W1"] = np.dot(X.T, dhidden)
    grads["b1"] = np.sum(dhidden, axis=0)
    grads["W2"] += reg * W2
    grads["W1"] += reg * W1
    return data_loss + reg_loss, grads


@variants.of("two_layer_loss", "one example at a time")
def _(params, X, y, reg=0.0):
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    grads = {key: np.zeros(value.shape) for key, value in params.items()}
    total = 0.0
    for example, label in zip(X, y, strict=True):
        x = example.ravel()
        before = W1.T @ x + b1
        h = np.array([max(value, 0.0) for value in before])
        scores = W2.T @ h + b2
        p = np.exp(scores - scores.max())
        p = p / p.sum()
        total -= np.log(p[label])
        p[label] -= 1.0
        grads["W2"] += np.outer(h, p)
        grads["b2"] += p
        back = (W2 @ p) * (before > 0)
        grads["W1"] += np.outer(x, back)
        grads["b1"] += back
    for key in grads:
        grads[key] /= len(X)
    for key in ("W1", "W2"):
        total += len(X) * reg / 2 * np.linalg.norm(params[key]) ** 2
        grads[key] += reg * params[key]
    return total / len(X), grads


class _Linear:
    def __init__(self, params, number):
        self.params, self.keys = params, (f"W{number}", f"b{number}")

    def forward(self, x):
        self.shape, self.rows = x.shape, x.reshape(len(x), -1)
        w, b = (self.params[key] for key in self.keys)
        return self.rows @ w + b

    def backward(self, dout, grads):
        w, b = self.keys
        grads[w], grads[b] = self.rows.T @ dout, dout.sum(axis=0)
        return (dout @ self.params[w].T).reshape(self.shape)


class _ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout, grads):
        return dout * self.mask


@variants.of("two_layer_loss", "layers as objects, one list walked there and back")
def _(params, X, y, reg=0.0):
    net = [_Linear(params, 1), _ReLU(), _Linear(params, 2)]
    out = X
    for layer in net:
        out = layer.forward(out)
    log_p = _log_softmax(out)
    loss = -log_p[np.arange(len(y)), y].mean()
    dout, grads = (np.exp(log_p) - np.eye(out.shape[1])[y]) / len(y), {}
    for layer in reversed(net):
        dout = layer.backward(dout, grads)
    for key, value in params.items():
        if key.startswith("W"):
            loss += reg / 2 * np.vdot(value, value)
            grads[key] = grads[key] + reg * value
    return loss, grads


@variants.of("two_layer_loss", "einsum and the bias trick, a one-hot matrix")
def _(params, X, y, reg=0.0):
    def extended(rows):
        return np.c_[rows, np.ones(len(rows))]

    first, second = (np.vstack([params[f"W{i}"], params[f"b{i}"]]) for i in (1, 2))
    rows = extended(X.reshape(len(X), -1))
    hidden = np.einsum("nd,dh->nh", rows, first).clip(0)
    both = extended(hidden)
    log_p = _log_softmax(np.einsum("nh,hc->nc", both, second))
    hot = np.arange(log_p.shape[1]) == y[:, None]
    delta = (np.exp(log_p) - hot) / len(y)
    slope = np.einsum("nc,hc->nh", delta, second[:-1]) * np.sign(hidden)
    dfirst = np.einsum("nd,nh->dh", rows, slope)
    dsecond = np.einsum("nh,nc->hc", both, delta)
    loss = np.mean(-log_p[hot]) + 0.5 * reg * ((first[:-1] ** 2).sum() + (second[:-1] ** 2).sum())
    return loss, {
        "W1": dfirst[:-1] + reg * first[:-1],
        "b1": dfirst[-1],
        "W2": dsecond[:-1] + reg * second[:-1],
        "b2": dsecond[-1],
    }


@variants.of("two_layer_loss", "single precision from the first line")
def _(params, X, y, reg=0.0):
    p = {key: value.astype(np.float32) for key, value in params.items()}
    X, reg = X.reshape(len(X), -1).astype(np.float32), np.float32(reg)
    before = X @ p["W1"] + p["b1"]
    hidden = np.maximum(before, 0)
    log_p = _log_softmax(hidden @ p["W2"] + p["b2"])
    dscores = np.exp(log_p)
    dscores[np.arange(len(y)), y] -= 1
    dscores /= len(y)
    dbefore = dscores @ p["W2"].T * (before > 0)
    penalty = reg / 2 * sum((p[key] ** 2).sum() for key in ("W1", "W2"))
    return -log_p[np.arange(len(y)), y].mean() + penalty, {
        "W1": X.T @ dbefore + reg * p["W1"],
        "b1": dbefore.sum(axis=0),
        "W2": hidden.T @ dscores + reg * p["W2"],
        "b2": dscores.sum(axis=0),
    }


@variants.of("two_layer_loss", "closures recorded on the way, as an autograd tape")
def _(params, X, y, reg=0.0):
    grads = {key: reg * params[key] if key[0] == "W" else 0.0 for key in params}
    tape = []

    def affine(x, number):
        w, b = f"W{number}", f"b{number}"

        def back(d):
            grads[w] = grads[w] + np.tensordot(x, d, axes=(0, 0))
            grads[b] = grads[b] + d.sum(axis=0)
            return np.inner(d, params[w])

        tape.append(back)
        return x.dot(params[w]) + params[b]

    def relu(x):
        tape.append(lambda d: np.where(x > 0, d, 0))
        return np.where(x > 0, x, 0)

    scores = affine(relu(affine(X.reshape(X.shape[0], -1), 1)), 2)
    total = np.logaddexp.reduce(scores, axis=1)
    loss = np.mean(total - scores[np.arange(len(y)), y])
    upstream = np.exp(scores - total[:, None]) / len(y)
    upstream[np.arange(len(y)), y] -= 1 / len(y)
    for back in reversed(tape):
        upstream = back(upstream)
    squares = [np.square(value).sum() for key, value in params.items() if value.ndim == 2]
    return loss + 0.5 * reg * np.sum(squares), grads


# --- initial_loss ---------------------------------------------------------------------


@variants.of("initial_loss", "minus the logarithm of one over C, in branches")
def _(num_classes, loss="softmax", delta=1.0):
    if loss == "softmax":
        result = -np.log(1.0 / num_classes)
    elif loss == "svm":
        result = delta * num_classes - delta
    else:
        raise ValueError(f"unknown loss: {loss}")
    return result


@variants.of("initial_loss", "the loss itself on scores of zero")
def _(num_classes, loss="softmax", delta=1.0):
    scores, label = np.zeros(num_classes), 0
    if loss == "softmax":
        return np.logaddexp.reduce(scores) - scores[label]
    margins = np.maximum(0, scores - scores[label] + delta)
    margins[label] = 0
    return margins.sum()


@variants.of("initial_loss", "a sum over the classes, one at a time")
def _(num_classes, loss="softmax", delta=1.0):
    p = 1 / num_classes
    terms = {
        "softmax": [-p * np.log(p) for _ in range(num_classes)],
        "svm": [max(0.0, delta) for label in range(num_classes) if label != 0],
    }
    return sum(terms[loss])


@variants.of("initial_loss", "a table of functions, single precision")
def _(num_classes, loss="softmax", delta=1.0):
    return {
        "softmax": lambda: np.log2(np.float32(num_classes)) / np.log2(np.float32(np.e)),
        "svm": lambda: np.float32(delta) * np.float32(num_classes - 1),
    }[loss]()
