"""`two_layer_loss`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.training_loop.affine_backward import affine_backward
from solutions.training_loop.affine_forward import affine_forward
from solutions.training_loop.relu_backward import relu_backward
from solutions.training_loop.relu_forward import relu_forward
from solutions.training_loop.softmax_loss import softmax_loss

solution = Solution()


@solution.answer
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


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "ReLU forgotten in the backward pass",
    "The gradient of the second layer is right, that of the first is not. What lies between "
    "the two, going back?",
    ("relu_backward(dhidden, relu)", "dhidden"),
)


solution.change(
    "no ReLU at all",
    "Your net is one linear map written as two. What stands between the affine layers?",
    ("hidden, relu = relu_forward(before)", "hidden = before"),
    ("relu_backward(dhidden, relu)", "dhidden"),
)


solution.change(
    "ReLU on the scores as well",
    "Scores may be negative: the loss takes the second affine layer's output as it is.",
    ("softmax_loss(scores, y)", "softmax_loss(np.maximum(0, scores), y)"),
    ("affine_backward(dscores, affine2)", "affine_backward(dscores * (scores > 0), affine2)"),
)


solution.change(
    "summed, not averaged, over the batch",
    "Repeat the whole batch twice: the loss should stay what it is.",
    ("    dhidden, ", "    loss, dscores = loss * len(y), dscores * len(y)\n    dhidden, "),
)


solution.change(
    "bias of the second layer left out",
    "Add 5 to one entry of b2: which class should become more probable?",
    ("W2, b2)", "W2, 0 * b2)"),
    ('"b2": db2', '"b2": 0 * db2'),
)


solution.change(
    "penalty missing from the gradients",
    "Right while reg = 0. Your loss rises with the weights; do your gradients know?",
    (" + reg * W1", ""),
    (" + reg * W2", ""),
)


solution.change(
    "penalty missing from the loss",
    "Right while reg = 0. Your gradients pull at the weights; does your loss say why?",
    ("    loss += 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))\n", ""),
)


solution.change(
    "reg ignored",
    "Right while reg = 0. Call it with reg = 0 and with reg = 10 and compare.",
    ("    loss += 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))\n", ""),
    (" + reg * W1", ""),
    (" + reg * W2", ""),
)


solution.change(
    "penalty without the factor one half",
    "Loss and gradients agree with one another, for another formula: which factor does the "
    "docstring put before reg?",
    ("    loss += ", "    reg = 2 * reg\n    loss += "),
)


solution.change(
    "one half in the loss, a factor of two in the gradient",
    "Differentiate the penalty once more by hand, or check the gradients numerically with reg = 1.",
    ("reg * W1", "2 * reg * W1"),
    ("reg * W2", "2 * reg * W2"),
)


solution.change(
    "no one half in the loss, no factor of two in the gradient",
    "Differentiate your own penalty by hand, or check the gradients numerically with reg = 1.",
    ("0.5 * reg", "reg"),
)


solution.change(
    "biases regularised too",
    "Which parameters does the penalty in the docstring sum over?",
    ("np.sum(W2**2)", "np.sum(W2**2) + np.sum(b1**2) + np.sum(b2**2)"),
    ('"b1": db1', '"b1": db1 + reg * b1'),
    ('"b2": db2', '"b2": db2 + reg * b2'),
)


solution.change(
    "only one of the two weight matrices regularised",
    "Set reg to 1 and change one weight of each layer: the penalty should notice both.",
    (" + np.sum(W2**2)", ""),
    (" + reg * W2", ""),
)


solution.change(
    "penalty divided by the batch size",
    "The data term is a mean over the batch. Does the penalty depend on the batch?",
    ("    loss += ", "    reg = reg / len(y)\n    loss += "),
)


# --- right in other styles -----------------------------------------------------------


def _log_softmax(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@solution.style("all in one function, as CS231n's first two_layer_net")
def all_in_one_function(params, X, y, reg=0.0):
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


@solution.style("one example at a time")
def one_example_at_a_time(params, X, y, reg=0.0):
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


@solution.style("layers as objects, one list walked there and back")
def layers_as_objects(params, X, y, reg=0.0):
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


@solution.style("einsum and the bias trick, a one-hot matrix")
def einsum_and_the_bias_trick(params, X, y, reg=0.0):
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


@solution.style("single precision from the first line")
def single_precision_from_the_first_line(params, X, y, reg=0.0):
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


@solution.style("closures recorded on the way, as an autograd tape")
def closures_recorded_on_the_way(params, X, y, reg=0.0):
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


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "All scores of an example rise by the same amount, which softmax does not see; the "
    "gradient with respect to the scores sums to zero over the classes, so it meets one more "
    "in every weight with nothing.",
    (
        "scores, affine2 = affine_forward(hidden, W2, b2)",
        "scores, affine2 = affine_forward(hidden, W2 + 1, b2)",
    ),
    (
        "scores, affine2 = affine_forward(hidden, W2, b2)",
        "scores, affine2 = affine_forward(hidden, W2, b2 + 1)",
    ),
    ("loss, dscores = softmax_loss(scores, y)", "loss, dscores = softmax_loss(scores + 1, y)"),
)


solution.equivalent(
    "What a ReLU lets through is positive exactly where its input was, and the sign is all "
    "that is asked of the cache.",
    (
        "_, dW1, db1 = affine_backward(relu_backward(dhidden, relu), affine1)",
        "_, dW1, db1 = affine_backward(relu_backward(dhidden, hidden), affine1)",
    ),
)
