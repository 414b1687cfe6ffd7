"""`optimizer_traits`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def optimizer_traits(first, second):
    first_moments = np.tril(first, -1).any()
    second_moments = second.any()
    leaky = second[-1, 0] < second[-1, -1]
    sums = second.sum(axis=1)
    bias_correction = leaky and np.abs(sums - 1).max() < 1e-6
    return first_moments, second_moments, leaky, bias_correction


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "a sum called leaky",
    "Does AdaGrad's cache ever become smaller?",
    ("second[-1, 0] < second[-1, -1]", "second.any()"),
)


solution.change(
    "the leak of a velocity counted",
    "Momentum forgets too. But which moments does this trait ask about?",
    ("second[-1, 0] < second[-1, -1]", "first[-1, 0] < first[-1, -1]"),
)


solution.change(
    "bias looked for at the last step only",
    "When is a mean that starts from zero too small: early in a run, or late?",
    ("second.sum", "second[-1:].sum"),
)


solution.change(
    "bias looked for at the first step only",
    "Your first step is right. What should the weights of a mean do at the second one?",
    ("second.sum", "second[:1].sum"),
)


solution.change(
    "a plain mean said to be corrected",
    "The mean of everything so far never was too small. Which rules does this trait ask about?",
    ("leaky and ", ""),
)


solution.change(
    "bias looked for in the first moments",
    "Adam corrects both of its means. Which one does this trait ask about?",
    ("second.sum", "first.sum"),
)


solution.change(
    "the newest gradient taken for a memory",
    "Plain gradient descent has a weight in every row. Of which gradient?",
    ("np.tril(first, -1)", "first"),
)


solution.change(
    "RMSProp said to have momentum",
    "Flip the signs of all gradients that RMSProp has seen. What changes in its cache?",
    ("(first, -1)", "(first + second, -1)"),
)


solution.change(
    "a velocity taken for a second moment",
    "Multiply all gradients by 100: how much further does momentum go?",
    ("second.any()", "first_moments or second.any()"),
)


solution.change(
    "steps and gradients exchanged",
    "Which index is the step, and which the gradient? Row 0 of a rule has seen one gradient.",
    ("first_moments = ", "first, second = first.T, second.T\n    first_moments = "),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("loops over steps and gradients")
def loops_over_steps_and_gradients(first, second):
    T = len(first)
    remembers = scaled = 0
    corrected = 1
    for t in range(T):
        total = 0.0
        for k in range(t + 1):
            if k < t and first[t][k] != 0:
                remembers = 1
            if second[t][k] > 0:
                scaled = 1
            total += second[t][k]
        if abs(total - 1) > 1e-6:
            corrected = 0
    leaky = int(second[T - 1][0] < second[T - 1][T - 1])
    return remembers, scaled, leaky, leaky * corrected


@solution.style("what is left without the diagonal, a list of NumPy bools")
def what_is_left_without_the_diagonal(first, second):
    only_now = np.array_equal(first, np.diag(np.diag(first)))
    squares = second.max() > 0
    oldest, newest = second[-1][[0, -1]]
    leaky = np.logical_and(squares, newest - oldest > 1e-12)
    ones = np.allclose(second @ np.ones(len(second)), 1, rtol=1e-6, atol=0)
    return [not only_now, squares, leaky, np.logical_and(leaky, ones)]


@solution.style("ratios of weights in single precision, plain truth values")
def ratios_of_weights_in_single_precision(first, second):
    first, second = first.astype(np.float32), second.astype(np.float32)
    below = first[np.tril_indices(len(first), -1)]
    with np.errstate(invalid="ignore"):
        ratio = second[-1, 0] / second[-1, -1]
    traits = {"first": bool(np.count_nonzero(below)), "second": bool(np.count_nonzero(second))}
    traits["leaky"] = bool(ratio < 1)
    spread = np.ptp(np.append(np.einsum("tk->t", second), 1.0))
    traits["bias"] = traits["leaky"] and bool(spread <= 1e-6)
    return tuple(traits.values())


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Sums are 1 to rounding, or far from it in several steps: where the line between is drawn "
    "makes no difference.",
    (
        "bias_correction = leaky and np.abs(sums - 1).max() < 1e-06",
        "bias_correction = leaky and np.abs(sums - 1).max() <= 1e-06",
    ),
    (
        "bias_correction = leaky and np.abs(sums - 1).max() < 1e-06",
        "bias_correction = leaky and np.abs(sums - 1).mean() < 1e-06",
    ),
    (
        "bias_correction = leaky and np.abs(sums - 1).max() < 1e-06",
        "bias_correction = leaky and np.square(sums - 1).max() < 1e-06",
    ),
    (
        "bias_correction = leaky and np.abs(sums - 1).max() < 1e-06",
        "bias_correction = leaky and np.abs(sums - 1).max() < 9.999999999999999e-06",
    ),
    (
        "bias_correction = leaky and np.abs(sums - 1).max() < 1e-06",
        "bias_correction = leaky and np.abs(sums - 1).max() < 1e-07",
    ),
)


solution.equivalent(
    "A sign makes no difference to a magnitude, nor to whether something is zero.",
    (
        "bias_correction = leaky and np.abs(sums - 1).max() < 1e-06",
        "bias_correction = leaky and np.abs(-(sums - 1)).max() < 1e-06",
    ),
    (
        "bias_correction = leaky and np.abs(sums - 1).max() < 1e-06",
        "bias_correction = leaky and np.abs(1 - sums).max() < 1e-06",
    ),
    ("first_moments = np.tril(first, -1).any()", "first_moments = np.tril(-first, -1).any()"),
)


solution.equivalent(
    "A truth value is rounded to itself.",
    (
        "return (first_moments, second_moments, leaky, bias_correction)",
        "return (np.round(first_moments), second_moments, leaky, bias_correction)",
    ),
    (
        "return (first_moments, second_moments, leaky, bias_correction)",
        "return (first_moments, np.round(second_moments), leaky, bias_correction)",
    ),
    (
        "return (first_moments, second_moments, leaky, bias_correction)",
        "return (first_moments, second_moments, np.round(leaky), bias_correction)",
    ),
    (
        "return (first_moments, second_moments, leaky, bias_correction)",
        "return (first_moments, second_moments, leaky, np.round(bias_correction))",
    ),
)


solution.equivalent(
    "Axis 1 is the last axis of a matrix.",
    ("sums = second.sum(axis=1)", "sums = second.sum(axis=-1)"),
)
