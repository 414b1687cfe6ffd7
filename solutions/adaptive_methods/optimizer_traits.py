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


def _but(first, second, **said):
    """The right traits, except for those that are said otherwise."""
    names = ("first_moments", "second_moments", "leaky", "bias_correction")
    found = dict(zip(names, optimizer_traits(first, second), strict=True))
    return tuple((found | said).values())


def _summing(sums):
    return np.abs(sums - 1).max() < 1e-6


@solution.mistake("a sum called leaky", "Does AdaGrad's cache ever become smaller?")
def a_sum_called_leaky(first, second):
    leaky = second.any()
    return _but(first, second, leaky=leaky, bias_correction=leaky and _summing(second.sum(1)))


@solution.mistake(
    "the leak of a velocity counted",
    "Momentum forgets too. But which moments does this trait ask about?",
)
def the_leak_of_a_velocity_counted(first, second):
    leaky = first[-1, 0] < first[-1, -1]
    return _but(first, second, leaky=leaky, bias_correction=leaky and _summing(second.sum(1)))


@solution.mistake(
    "bias looked for at the last step only",
    "When is a mean that starts from zero too small: early in a run, or late?",
)
def bias_looked_for_at_the_last_step_only(first, second):
    _, _, leaky, _ = optimizer_traits(first, second)
    return _but(first, second, bias_correction=leaky and _summing(second[-1:].sum(1)))


@solution.mistake(
    "bias looked for at the first step only",
    "Your first step is right. What should the weights of a mean do at the second one?",
)
def bias_looked_for_at_the_first_step_only(first, second):
    _, _, leaky, _ = optimizer_traits(first, second)
    return _but(first, second, bias_correction=leaky and _summing(second[:1].sum(1)))


@solution.mistake(
    "a plain mean said to be corrected",
    "The mean of everything so far never was too small. Which rules does this trait ask about?",
)
def a_plain_mean_said_to_be_corrected(first, second):
    return _but(first, second, bias_correction=_summing(second.sum(1)))


@solution.mistake(
    "bias looked for in the first moments",
    "Adam corrects both of its means. Which one does this trait ask about?",
)
def bias_looked_for_in_the_first_moments(first, second):
    _, _, leaky, _ = optimizer_traits(first, second)
    return _but(first, second, bias_correction=leaky and _summing(first.sum(1)))


@solution.mistake(
    "the newest gradient taken for a memory",
    "Plain gradient descent has a weight in every row. Of which gradient?",
)
def the_newest_gradient_taken_for_a_memory(first, second):
    return _but(first, second, first_moments=first.any())


@solution.mistake(
    "RMSProp said to have momentum",
    "Flip the signs of all gradients that RMSProp has seen. What changes in its cache?",
)
def rmsprop_said_to_have_momentum(first, second):
    return _but(first, second, first_moments=np.tril(first + second, -1).any())


@solution.mistake(
    "a velocity taken for a second moment",
    "Multiply all gradients by 100: how much further does momentum go?",
)
def a_velocity_taken_for_a_second_moment(first, second):
    return _but(first, second, second_moments=np.tril(first, -1).any() or second.any())


@solution.mistake(
    "steps and gradients exchanged",
    "Which index is the step, and which the gradient? Row 0 of a rule has seen one gradient.",
)
def steps_and_gradients_exchanged(first, second):
    return optimizer_traits(first.T, second.T)


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
