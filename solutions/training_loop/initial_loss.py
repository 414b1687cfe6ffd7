"""`initial_loss`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def initial_loss(num_classes, loss="softmax", delta=1.0):
    if loss == "softmax":
        return np.log(num_classes)
    return (num_classes - 1) * delta


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "another base of the logarithm",
    "For ten classes the value is about 2.3. Which logarithm did the loss use?",
    ("np.log(", "np.log10("),
)


solution.change(
    "logarithm to base 2",
    "For ten classes the value is about 2.3. Which logarithm did the loss use?",
    ("np.log(", "np.log2("),
)


solution.change(
    "sign of the logarithm",
    "A cross-entropy is never negative.",
    ("np.log(", "-np.log("),
)


solution.change(
    "probability instead of loss",
    "That is the probability of the true class. Put it through the loss.",
    ("np.log(num_classes)", "1 / num_classes"),
)


solution.change(
    "the true class counted in the hinge loss",
    "How many wrong classes are there? The true one has no term.",
    ("(num_classes - 1)", "num_classes"),
)


solution.change(
    "margin ignored",
    "With all scores equal, how large is one hinge? Try a margin of 2.",
    (" * delta", ""),
)


solution.change(
    "hinge loss averaged over the classes",
    "The hinge loss sums over the wrong classes; only the batch is averaged.",
    ("(num_classes - 1) * delta", "delta"),
)


solution.change(
    "softmax whatever the loss",
    "Does your answer change with the argument `loss`?",
    ('if loss == "softmax":\n        return', "return"),
    ("    return (num_classes - 1) * delta\n", ""),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("minus the logarithm of one over C, in branches")
def minus_the_logarithm_of_one_over_c(num_classes, loss="softmax", delta=1.0):
    if loss == "softmax":
        result = -np.log(1.0 / num_classes)
    elif loss == "svm":
        result = delta * num_classes - delta
    else:
        raise ValueError(f"unknown loss: {loss}")
    return result


@solution.style("the loss itself on scores of zero")
def the_loss_itself_on_scores_of_zero(num_classes, loss="softmax", delta=1.0):
    scores, label = np.zeros(num_classes), 0
    if loss == "softmax":
        return np.logaddexp.reduce(scores) - scores[label]
    margins = np.maximum(0, scores - scores[label] + delta)
    margins[label] = 0
    return margins.sum()


@solution.style("a sum over the classes, one at a time")
def a_sum_over_the_classes(num_classes, loss="softmax", delta=1.0):
    p = 1 / num_classes
    terms = {
        "softmax": [-p * np.log(p) for _ in range(num_classes)],
        "svm": [max(0.0, delta) for label in range(num_classes) if label != 0],
    }
    return sum(terms[loss])


@solution.style("a table of functions, single precision")
def a_table_of_functions(num_classes, loss="softmax", delta=1.0):
    return {
        "softmax": lambda: np.log2(np.float32(num_classes)) / np.log2(np.float32(np.e)),
        "svm": lambda: np.float32(delta) * np.float32(num_classes - 1),
    }[loss]()


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Of the two names that are allowed, only 'softmax' comes at or before itself in the alphabet.",
    ("if loss == 'softmax':", "if loss <= 'softmax':"),
)
