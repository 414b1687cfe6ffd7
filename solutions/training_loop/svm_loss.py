"""`svm_loss`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.training_loop._shared import hot_rows

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


solution.change(
    "margin counted for the true class",
    "Your loss is too large by exactly 1. What is the margin of the true class against itself?",
    ("margins.sum() / N", "margins.sum() / N + 1.0"),
)


solution.change(
    "summed, not averaged, over the batch",
    "Repeat the whole batch twice: the loss should stay what it is.",
    ("margins.sum() / N", "margins.sum()"),
    ("dx / N", "dx"),
)


solution.change(
    "gradient not divided by N",
    "Your loss is a mean, your gradient belongs to a sum.",
    ("dx / N", "dx"),
)


solution.change(
    "gradient ignores which margins are active",
    "Where a hinge is closed the loss does not move when that score does. What is the "
    "gradient of such an entry?",
    ("(margins > 0).astype(float)", "1.0 - np.eye(x.shape[1])[y]"),
)


solution.change(
    "sum of the margins where their number belongs",
    "Raise the score of the true class by a little: each open hinge closes by the same "
    "little. Does it matter how far each was open?",
    ("dx.sum(", "margins.sum("),
)


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


solution.change(
    "negative margins counted",
    "Make one wrong score very low: the loss should stop falling at some point.",
    ("np.maximum(0, ", "("),
    ("margins > 0", "margins != 0"),
)


solution.change(
    "margin of 0 instead of 1",
    "With all scores equal, how large is your loss? It should be C - 1.",
    ("[:, None] + 1)", "[:, None])"),
)


solution.change(
    "scores subtracted the wrong way round",
    "A true class far above the others should cost nothing. Try it.",
    ("x - x[np.arange(N), y][:, None]", "x[np.arange(N), y][:, None] - x"),
    ("dx / N", "-dx / N"),
)


solution.change(
    "only the worst class counts",
    "This is another loss, that of Crammer and Singer. Here every class that comes too near "
    "adds its own term.",
    ("    dx = ", "    margins[margins < margins.max(axis=1, keepdims=True)] = 0\n    dx = "),
)


solution.change(
    "squared margins",
    "Double the amount by which one margin is violated: how much should its term grow?",
    ("(margins > 0).astype(float)", "2 * margins"),
    ("margins.sum()", "(margins**2).sum()"),
)


solution.change(
    "one score for each row, with an axis too few",
    "Print the shapes of x and of the true classes' scores. NumPy lines up last axes first: how "
    "does a column come out of a row of numbers?",
    ("[:, None]", ""),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("naive loops, as in CS231n's first assignment")
def naive_loops(x, y):
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
def as_cs231n_layers_py_gave_it(x, y):
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
