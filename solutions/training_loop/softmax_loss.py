"""`softmax_loss`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.training_loop._shared import hot_rows

solution = Solution()


@solution.answer
def softmax_loss(x, y):
    N = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[np.arange(N), y].mean()
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    return loss, dx / N


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "a guard inside the logarithm that changes the loss",
    "What is the loss where the true class has a probability of 1e-12? After the shift there is "
    "a way that never takes the logarithm of a tiny number.",
    ("log_probs[np.arange(N), y]", "np.log(np.exp(log_probs[np.arange(N), y]) + 1e-7)"),
)


solution.change(
    "no max subtraction: overflow",
    "Print np.exp(1000.). Adding one constant to all scores of a row changes no probability, "
    "so you may choose the constant.",
    (" - x.max(axis=1, keepdims=True)", ""),
    ("shifted - np.log(", "np.log(np.exp(shifted) / "),
)


solution.change(
    "no max subtraction in the log of the sum",
    "Print np.log(np.exp(1000.)), which should be 1000. Adding one constant to all scores "
    "of a row changes no probability, so you may choose the constant.",
    (" - x.max(axis=1, keepdims=True)", ""),
    ("np.exp(log_probs)", "np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)"),
)


solution.change(
    "global maximum for the row's maximum",
    "Take one row near 900 and one near -900: after your shift, how large is the largest "
    "score of the second row?",
    ("x.max(axis=1, keepdims=True)", "x.max()"),
    ("shifted - np.log(", "np.log(np.exp(shifted) / "),
)


solution.change(
    "summed, not averaged, over the batch",
    "Repeat the whole batch twice: the loss should stay what it is.",
    (".mean()", ".sum()"),
    ("dx / N", "dx"),
)


solution.change(
    "gradient not divided by N",
    "Your loss is a mean, your gradient belongs to a sum.",
    ("dx / N", "dx"),
)


solution.change(
    "divided by all entries instead of the batch size",
    "There is one loss per example, not one per score. By how many do you divide?",
    (".mean()", ".mean() / x.shape[1]"),
    ("dx / N", "dx / x.size"),
)


solution.change(
    "true class missing in the gradient",
    "Add one constant to all scores of a row: the loss stays, so each row of the gradient "
    "must sum to 0. What do your rows sum to?",
    ("dx[np.arange(N), y] -= 1", "pass"),
)


solution.change(
    "sign of the gradient flipped",
    "Raising the score of the true class should lower the loss. Which sign must that entry have?",
    ("return loss, dx", "return loss, -dx"),
)


solution.change(
    "softmax over the batch instead of the classes",
    "Which sums of your probabilities are 1: the rows or the columns?",
    ("x.max(axis=1", "x.max(axis=0"),
    (".sum(axis=1", ".sum(axis=0"),
    ("shifted - np.log(", "np.log(np.exp(shifted) / "),
)


solution.change(
    "maximum subtracted in one place only",
    "Shift all scores by 1: the loss should not change. If the logarithm of the sum sees "
    "shifted scores, which scores must the true class's term see?",
    ("log_probs[", "(x - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))["),
)


solution.change(
    "the gradient through every p_j",
    "Only the probability of the true class stands in the loss. Does your chain rule pass "
    "through the logarithms of the other ones as well?",
    ("dx = np.exp(log_probs)", "dx = np.exp(log_probs) * x.shape[1]"),
    ("dx[np.arange(N), y] -= 1", "dx -= 1"),
)


solution.change(
    "sign of the loss flipped",
    "The logarithm of a probability is negative. Can a cross-entropy be?",
    ("-log_probs", "log_probs"),
)


solution.change(
    "one number for each row, with an axis too few",
    "Print the shapes of x and of what you take from each row. NumPy lines up last axes first: "
    "which option of `max` and `sum` keeps the axis?",
    ("x.max(axis=1, keepdims=True)", "x.max(axis=1)"),
    (".sum(axis=1, keepdims=True)", ".sum(axis=1)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("probabilities first, then their logarithm, as CS231n gave it in 2016")
def probabilities_first_then_their_logarithm(x, y):
    probs = np.exp(x - np.max(x, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    N = x.shape[0]
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


@solution.style("naive loops, as in CS231n's first assignment")
def naive_loops(x, y):
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


@solution.style("scipy's logsumexp and softmax, a one-hot matrix")
def scipy_logsumexp_and_softmax(x, y):
    N, C = x.shape
    hot = hot_rows(y, C)
    total = _logsumexp(x)
    loss = np.mean(total - np.sum(hot * x, axis=1))
    return loss, (np.exp(x - total[:, None]) - hot) / N


@solution.style("torch's log_softmax and nll_loss: gather, scatter_add")
def torch_log_softmax_and_nll_loss(x, y):
    index = y[:, np.newaxis]
    log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
    loss = -np.take_along_axis(log_p, index, axis=1).mean()
    grad = np.exp(log_p)
    np.put_along_axis(grad, index, np.take_along_axis(grad, index, axis=1) - 1.0, axis=1)
    return loss, grad / len(x)


@solution.style("pairwise differences, no maximum at all")
def pairwise_differences_no_maximum_at_all(x, y):
    # 1 / p_ij = sum_k exp(x_ik - x_ij): a shift of the row never enters
    inverse = np.exp(x[:, None, :] - x[:, :, None]).sum(axis=2)
    loss = np.log([row[label] for row, label in zip(inverse, y, strict=True)]).mean()
    return loss, (1 / inverse - hot_rows(y, x.shape[1])) / len(y)


@solution.style("chain rule through each row's Jacobian")
def chain_rule_through_each_rows_jacobian(x, y):
    N = len(y)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    dp = np.zeros_like(p)
    dp[range(N), y] = -1 / (N * p[range(N), y])
    jacobian = np.einsum("ij,jk->ijk", p, np.eye(p.shape[1])) - np.einsum("ij,ik->ijk", p, p)
    return np.average(-np.log(p[range(N), y])), np.einsum("ij,ijk->ik", dp, jacobian)


@solution.style("single precision from the first line")
def single_precision_from_the_first_line(x, y):
    x = x.astype(np.float32)
    rows = np.arange(len(y))
    shifted = x - x.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(log_probs)
    dx[rows, y] -= 1
    return -log_probs[rows, y].mean(), dx / np.float32(len(y))


@solution.style("single precision after the shift, classes on the first axis")
def single_precision_after_the_shift(x, y):
    scores = x.T
    scores = (scores - scores.max(axis=0)).astype(np.float32)
    e = np.exp(scores)
    p = e / e.sum(axis=0)
    hot = np.zeros_like(p)
    hot[y, np.arange(p.shape[1])] = 1
    loss = np.log(e.sum(axis=0)).mean() - (hot * scores).sum() / len(y)
    return loss, ((p - hot) / len(y)).T


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent("There are as many labels as rows.", ("N = x.shape[0]", "N = y.shape[0]"))


solution.equivalent(
    "Axis 1 is the last one of a matrix.",
    ("shifted = x - x.max(axis=1, keepdims=True)", "shifted = x - x.max(axis=-1, keepdims=True)"),
    (
        "log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
        "log_probs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))",
    ),
)
