"""`svm_loss`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.training_loop._shared import hot_rows, one_hot

solution = Solution()


@solution.answer
def svm_loss(x, y):
    N = x.shape[0]
    margins = np.maximum(0, x - x[np.arange(N), y][:, None] + 1)
    margins[np.arange(N), y] = 0
    dx = (margins > 0).astype(float)
    dx[np.arange(N), y] = -dx.sum(axis=1)
    return margins.sum() / N, dx / N


# --- known mistakes ------------------------------------------------------------------


def _margins(x, y, delta=1.0):
    """Raw margins and the mask of wrong classes whose margin is positive."""
    raw = x - x[np.arange(len(y)), y][:, None] + delta
    return raw, (raw > 0) & (one_hot(x, y) == 0)


def _hinge(x, y, raw, active):
    """Loss and gradient for given margins and mask."""
    dx = active.astype(float)
    dx[np.arange(len(y)), y] -= active.sum(axis=1)
    return raw[active].sum() / len(y), dx / len(y)


solution.change(
    "margin counted for the true class",
    "Your loss is too large by exactly 1. What is the margin of the true class against itself?",
    ("margins.sum() / N", "margins.sum() / N + 1.0"),
)


@solution.mistake(
    "summed, not averaged, over the batch",
    "Repeat the whole batch twice: the loss should stay what it is.",
)
def summed_not_averaged_over_the_batch(x, y):
    loss, dx = _hinge(x, y, *_margins(x, y))
    return loss * len(y), dx * len(y)


solution.change(
    "gradient not divided by N",
    "Your loss is a mean, your gradient belongs to a sum.",
    ("dx / N", "dx"),
)


@solution.mistake(
    "gradient ignores which margins are active",
    "Where a hinge is closed the loss does not move when that score does. What is the "
    "gradient of such an entry?",
)
def gradient_ignores_which_margins_are_active(x, y):
    loss, _ = _hinge(x, y, *_margins(x, y))
    return loss, (1.0 - x.shape[1] * one_hot(x, y)) / len(y)


@solution.mistake(
    "sum of the margins where their number belongs",
    "Raise the score of the true class by a little: each open hinge closes by the same "
    "little. Does it matter how far each was open?",
)
def sum_of_the_margins_where_their_number(x, y):
    raw, active = _margins(x, y)
    loss, dx = _hinge(x, y, raw, active)
    dx[np.arange(len(y)), y] = -(raw * active).sum(axis=1) / len(y)
    return loss, dx


solution.change(
    "true class missing in the gradient",
    "Add one constant to all scores of a row: the loss stays, so each row of the gradient "
    "must sum to 0. What do your rows sum to?",
    ("dx[np.arange(N), y] = -dx.sum(axis=1)", "pass"),
)


solution.change(
    "true class gets -1 however many margins are active",
    "How many of the row's hinges contain the true class's score?",
    ("= -dx.sum(axis=1)", "= -1"),
)


@solution.mistake(
    "negative margins counted",
    "Make one wrong score very low: the loss should stop falling at some point.",
)
def negative_margins_counted(x, y):
    raw, _ = _margins(x, y)
    return _hinge(x, y, raw, one_hot(x, y) == 0)


solution.change(
    "margin of 0 instead of 1",
    "With all scores equal, how large is your loss? It should be C - 1.",
    ("[:, None] + 1)", "[:, None])"),
)


@solution.mistake(
    "scores subtracted the wrong way round",
    "A true class far above the others should cost nothing. Try it.",
)
def scores_subtracted_the_wrong_way_round(x, y):
    loss, dx = _hinge(-x, y, *_margins(-x, y))
    return loss, -dx


@solution.mistake(
    "only the worst class counts",
    "This is another loss, that of Crammer and Singer. Here every class that comes too near "
    "adds its own term.",
)
def only_the_worst_class_counts(x, y):
    raw, active = _margins(x, y)
    worst = raw == np.where(active, raw, 0.0).max(axis=1, keepdims=True)
    return _hinge(x, y, raw, active & worst)


@solution.mistake(
    "squared margins",
    "Double the amount by which one margin is violated: how much should its term grow?",
)
def squared_margins(x, y):
    raw, active = _margins(x, y)
    slope = 2 * raw * active
    dx = slope - slope.sum(axis=1, keepdims=True) * one_hot(x, y)
    return np.sum(raw[active] ** 2) / len(y), dx / len(y)


@solution.mistake(
    "one score for each row, with an axis too few",
    "Print the shapes of x and of the true classes' scores. NumPy lines up last axes first: how "
    "does a column come out of a row of numbers?",
)
def one_score_for_each_row(x, y):
    raw = x - x[np.arange(len(y)), y] + 1
    return _hinge(x, y, raw, (raw > 0) & (one_hot(x, y) == 0))


# --- right in other styles -----------------------------------------------------------


@solution.style("naive loops, as in CS231n's first assignment")
def naive_loops_as_in_cs231ns_first_assignment(x, y):
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


@solution.style("as CS231n's layers.py gave it")
def as_cs231ns_layers_py_gave_it(x, y):
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


@solution.style("true class counted as well, its 1 taken off at the end")
def true_class_counted_as_well(x, y):
    N, C = x.shape
    hinge = (x - np.take_along_axis(x, y[:, None], 1) + 1).clip(min=0)
    loss = hinge.sum(axis=1).mean() - 1
    open_hinges = (hinge > 0).astype(float)
    return loss, (open_hinges - open_hinges.sum(1, keepdims=True) * hot_rows(y, C)) / N


@solution.style("torch: gather, masked_fill, clamp, mean")
def torch_gather_masked_fill_clamp_mean(x, y):
    index = y.reshape(-1, 1)
    margin = 1 - np.take_along_axis(x, index, axis=1) + x
    np.put_along_axis(margin, index, -np.inf, axis=1)
    loss = np.clip(margin, 0, np.inf).sum(axis=1).mean()
    grad = np.heaviside(margin, 0.5)
    np.put_along_axis(grad, index, -grad.sum(axis=1, keepdims=True), axis=1)
    return loss, grad / len(x)


@solution.style("only the wrong classes, cut out row by row")
def only_the_wrong_classes(x, y):
    losses, rows = [], []
    for scores, label in zip(x, y, strict=True):
        hinge = np.delete(scores, label) - scores[label] + 1
        active = (hinge > 0) * 1.0
        losses.append(hinge @ active)
        rows.append(np.insert(active, label, -active.sum()))
    return np.mean(losses), np.array(rows) / len(x)


@solution.style("index lists of the open hinges, np.add.at")
def index_lists_of_the_open_hinges(x, y):
    n, wrong = np.nonzero(x + 1 > x[range(len(y)), y][:, None])
    keep = wrong != y[n]
    n, wrong = n[keep], wrong[keep]
    dx = np.zeros_like(x)
    np.add.at(dx, (n, wrong), 1 / len(y))
    np.add.at(dx, (n, y[n]), -1 / len(y))
    # the loss is linear between its kinks: scores times slopes, and 1 per open hinge
    return np.sum(dx * x) + len(n) / len(y), dx


@solution.style("single precision from the first line")
def single_precision_from_the_first_line(x, y):
    x = x.astype("float32")
    N = np.float32(len(y))
    wrong = np.ones(x.shape, dtype=bool)
    wrong[np.arange(len(y)), y] = False
    margins = np.maximum(x - x[~wrong][:, None] + np.float32(1), 0) * wrong
    active = (margins > 0).astype("float32")
    active[~wrong] = -active.sum(axis=1)
    return margins.sum() / N, active / N


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Margins are never negative once they are clipped at zero.",
    ("dx = (margins > 0).astype(float)", "dx = (margins != 0).astype(float)"),
)


solution.equivalent(
    "The larger of two numbers is the same in either order.",
    (
        "margins = np.maximum(0, x - x[np.arange(N), y][:, None] + 1)",
        "margins = np.maximum(x - x[np.arange(N), y][:, None] + 1, 0)",
    ),
)


solution.equivalent("There are as many labels as rows.", ("N = x.shape[0]", "N = y.shape[0]"))


solution.equivalent(
    "Axis 1 is the last one of a matrix.",
    ("dx[np.arange(N), y] = -dx.sum(axis=1)", "dx[np.arange(N), y] = -dx.sum(axis=-1)"),
)
