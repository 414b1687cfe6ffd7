"""Chapter 1: the softmax and the SVM loss in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Variants

variants = Variants()


def _one_hot(y, classes):
    return np.eye(classes)[y]


# --- softmax loss ---------------------------------------------------------------------


@variants.of("softmax_loss", "probabilities first, then their logarithm, as CS231n gave it in 2016")
def _(x, y):
    probs = np.exp(x - np.max(x, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    N = x.shape[0]
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


@variants.of("softmax_loss", "naive loops, as in CS231n's first assignment")
def _(x, y):
    loss = 0.0
    dx = np.zeros_like(x)
    num_train, num_classes = x.shape
    for i in range(num_train):
        scores = x[i] - np.max(x[i])
        sum_exp = 0.0
        for j in range(num_classes):
            sum_exp += np.exp(scores[j])
        loss += -scores[y[i]] + np.log(sum_exp)
        for j in range(num_classes):
            dx[i, j] += np.exp(scores[j]) / sum_exp
            if j == y[i]:
                dx[i, j] -= 1
    return loss / num_train, dx / num_train


def _logsumexp(x):
    top = x.max(axis=1)
    return top + np.log(np.exp(x - top[:, None]).sum(axis=1))


@variants.of("softmax_loss", "scipy's logsumexp and softmax, a one-hot matrix")
def _(x, y):
    N, C = x.shape
    hot = _one_hot(y, C)
    total = _logsumexp(x)
    loss = np.mean(total - np.sum(hot * x, axis=1))
    return loss, (np.exp(x - total[:, None]) - hot) / N


@variants.of("softmax_loss", "torch's log_softmax and nll_loss: gather, scatter_add")
def _(x, y):
    index = y[:, np.newaxis]
    log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
    loss = -np.take_along_axis(log_p, index, axis=1).mean()
    grad = np.exp(log_p)
    np.put_along_axis(grad, index, np.take_along_axis(grad, index, axis=1) - 1.0, axis=1)
    return loss, grad / len(x)


@variants.of("softmax_loss", "pairwise differences, no maximum at all")
def _(x, y):
    # 1 / p_ij = sum_k exp(x_ik - x_ij): a shift of the row never enters
    inverse = np.exp(x[:, None, :] - x[:, :, None]).sum(axis=2)
    loss = np.log([row[label] for row, label in zip(inverse, y, strict=True)]).mean()
    return loss, (1 / inverse - _one_hot(y, x.shape[1])) / len(y)


@variants.of("softmax_loss", "chain rule through each row's Jacobian")
def _(x, y):
    N = len(y)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    dp = np.zeros_like(p)
    dp[range(N), y] = -1 / (N * p[range(N), y])
    jacobian = np.einsum("ij,jk->ijk", p, np.eye(p.shape[1])) - np.einsum("ij,ik->ijk", p, p)
    return np.average(-np.log(p[range(N), y])), np.einsum("ij,ijk->ik", dp, jacobian)


@variants.of("softmax_loss", "single precision from the first line")
def _(x, y):
    x = x.astype(np.float32)
    rows = np.arange(len(y))
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_probs)
    dx[rows, y] -= 1
    return -log_probs[rows, y].mean(), dx / np.float32(len(y))


@variants.of("softmax_loss", "single precision after the shift, classes on the first axis")
def _(x, y):
    scores = x.T
    scores = (scores - scores.max(axis=0)).astype(np.float32)
    e = np.exp(scores)
    p = e / e.sum(axis=0)
    hot = np.zeros_like(p)
    hot[y, np.arange(p.shape[1])] = 1
    loss = np.log(e.sum(axis=0)).mean() - (hot * scores).sum() / len(y)
    return loss, ((p - hot) / len(y)).T


# --- SVM loss -------------------------------------------------------------------------


@variants.of("svm_loss", "naive loops, as in CS231n's first assignment")
def _(x, y):
    loss = 0.0
    dx = np.zeros(x.shape)
    num_train, num_classes = x.shape
    for i in range(num_train):
        correct_class_score = x[i, y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            margin = x[i, j] - correct_class_score + 1
            if margin > 0:
                loss += margin
                dx[i, j] += 1
                dx[i, y[i]] -= 1
    return loss / num_train, dx / num_train


@variants.of("svm_loss", "as CS231n's layers.py gave it")
def _(x, y):
    N = x.shape[0]
    correct_class_scores = x[np.arange(N), y]
    margins = np.maximum(0, x - correct_class_scores[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    dx /= N
    return loss, dx


@variants.of("svm_loss", "true class counted as well, its 1 taken off at the end")
def _(x, y):
    N, C = x.shape
    hinge = (x - np.take_along_axis(x, y[:, None], 1) + 1).clip(min=0)
    loss = hinge.sum(axis=1).mean() - 1
    open_hinges = (hinge > 0).astype(float)
    return loss, (open_hinges - open_hinges.sum(1, keepdims=True) * _one_hot(y, C)) / N


@variants.of("svm_loss", "torch: gather, masked_fill, clamp, mean")
def _(x, y):
    index = y.reshape(-1, 1)
    margin = 1 - np.take_along_axis(x, index, axis=1) + x
    np.put_along_axis(margin, index, -np.inf, axis=1)
    loss = np.clip(margin, 0, np.inf).sum(axis=1).mean()
    grad = np.heaviside(margin, 0.5)
    np.put_along_axis(grad, index, -grad.sum(axis=1, keepdims=True), axis=1)
    return loss, grad / len(x)


@variants.of("svm_loss", "only the wrong classes, cut out row by row")
def _(x, y):
    losses, rows = [], []
    for scores, label in zip(x, y, strict=True):
        hinge = np.delete(scores, label) - scores[label] + 1
        active = (hinge > 0) * 1.0
        losses.append(hinge @ active)
        rows.append(np.insert(active, label, -active.sum()))
    return np.mean(losses), np.array(rows) / len(x)


@variants.of("svm_loss", "index lists of the open hinges, np.add.at")
def _(x, y):
    n, wrong = np.nonzero(x + 1 > x[range(len(y)), y][:, None])
    keep = wrong != y[n]
    n, wrong = n[keep], wrong[keep]
    dx = np.zeros_like(x)
    np.add.at(dx, (n, wrong), 1 / len(y))
    np.add.at(dx, (n, y[n]), -1 / len(y))
    # the loss is linear between its kinks: scores times slopes, and 1 per open hinge
    return np.sum(dx * x) + len(n) / len(y), dx


@variants.of("svm_loss", "single precision from the first line")
def _(x, y):
    x = x.astype("float32")
    N = np.float32(len(y))
    wrong = np.ones(x.shape, dtype=bool)
    wrong[np.arange(len(y)), y] = False
    margins = np.maximum(x - x[~wrong][:, None] + np.float32(1), 0) * wrong
    active = (margins > 0).astype("float32")
    active[~wrong] = -active.sum(axis=1)
    return margins.sum() / N, active / N
