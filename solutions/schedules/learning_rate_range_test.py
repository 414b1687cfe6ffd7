"""`learning_rate_range_test`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import math

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def learning_rate_range_test(losses, lrs, beta=0.9, divergence=4.0):
    smooth = [losses[0]]
    for loss in losses[1:]:
        s = beta * smooth[-1] + (1 - beta) * loss
        if not s <= divergence * min(smooth):  # true for NaN as well
            break
        smooth.append(s)
    slopes = np.diff(smooth) / np.diff(np.log(lrs[: len(smooth)]))
    return lrs[np.argmin(slopes)]


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "rate of the lowest loss",
    "Where the loss is lowest it has stopped falling, and is about to rise. Where does it "
    "fall fastest?",
    ("argmin(slopes)", "argmin(smooth)"),
)


solution.change(
    "not smoothed",
    "One lucky minibatch decides your answer. What should happen to the losses first?",
    ("beta * smooth[-1] + (1 - beta) * loss", "loss"),
)


solution.change(
    "slope by the rate, not by its logarithm",
    "Rates of a range test grow by factors, so the first ones lie extremely close to each "
    "other. What does that do to your slopes?",
    ("np.log(lrs[: len(smooth)])", "lrs[: len(smooth)]"),
)


solution.change(
    "difference instead of slope",
    "The rates need not be evenly spaced. By what do you divide the fall of the loss?",
    (" / np.diff(np.log(lrs[: len(smooth)]))", ""),
)


solution.change(
    "goes on after divergence",
    "After an explosion the loss can come down steeply. Should that count?",
    ("s <= divergence * min(smooth)", "np.isfinite(s)"),
)


solution.change(
    "divergence measured from the first loss",
    "The first loss is a bad one anyway. Which of the losses so far must the next one be "
    "compared with?",
    ("min(smooth)", "smooth[0]"),
)


solution.change(
    "NaN does not end the test",
    "Is NaN larger than four times the best loss? Ask Python. And what does argmin make of it?",
    ("not s <=", "s >"),
    ("  # true for NaN as well", ""),
)


solution.change(
    "rate at which the steepest step ends",
    "A slope lies between two rates. Which of the two is asked for?",
    ("np.argmin(slopes)", "np.argmin(slopes) + 1"),
)


solution.change(
    "smoothing starts from zero",
    "Your smoothed curve begins far below the first loss, so it can only rise. What is s[0]?",
    ("[losses[0]]", "[(1 - beta) * losses[0]]"),
)


solution.change(
    "weights of the smoothing exchanged",
    "With beta near 1 the curve should be very smooth: which of the two has the weight beta?",
    ("beta * smooth[-1] + (1 - beta) * loss", "(1 - beta) * smooth[-1] + beta * loss"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("one loop that keeps the best of everything")
def one_loop_that_keeps_the_best_of_everything(losses, lrs, beta=0.9, divergence=4.0):
    s = lowest = losses[0]
    best, rate = math.inf, None
    for i in range(1, len(losses)):
        new = beta * s + (1 - beta) * losses[i]
        if not math.isfinite(new) or new > divergence * lowest:
            break
        slope = (new - s) / math.log(lrs[i] / lrs[i - 1])
        if slope < best:
            best, rate = slope, lrs[i - 1]
        s, lowest = new, min(lowest, new)
    return rate


@solution.style("whole arrays, cut at the first bad entry")
def whole_arrays_cut_at_the_first_bad_entry(losses, lrs, beta=0.9, divergence=4.0):
    s = np.array(losses, dtype=float)
    for i in range(1, len(s)):
        s[i] += beta * (s[i - 1] - s[i])
    lowest = np.minimum.accumulate(s)
    bad = ~np.isfinite(s)
    bad[1:] |= s[1:] > divergence * lowest[:-1]
    stop = np.argmax(bad) if bad.any() else len(s)
    slopes = np.diff(s[:stop]) / np.diff(np.log10(lrs[:stop]))
    return float(lrs[slopes.argmin()])


@solution.style("the lowest loss includes the present one")
def the_lowest_loss_includes_the_present_one(losses, lrs, beta=0.9, divergence=4.0):
    kept, s = [], None
    for loss, lr in zip(losses, lrs, strict=True):
        s = loss if s is None else beta * s + (1 - beta) * loss
        kept.append((np.log(lr), s))
        lowest = min(value for _, value in kept)
        if np.isnan(s) or np.isinf(s) or s > divergence * lowest:
            kept.pop()
            break
    x, y = np.array(kept).T
    return lrs[int(np.argmin((y[1:] - y[:-1]) / (x[1:] - x[:-1])))]


@solution.style("smoothing written as a sum of all past, single precision")
def smoothing_written_as_a_sum_of_all_past(losses, lrs, beta=0.9, divergence=4.0):
    losses = losses.astype(np.float32)
    smooth = []
    for i in range(len(losses)):
        weights = (1 - beta) * beta ** np.arange(i, -1, -1.0)
        weights[0] = beta**i
        smooth.append(np.sum(weights * losses[: i + 1]))
        if not np.isfinite(smooth[-1]) or smooth[-1] > divergence * np.min(smooth):
            smooth.pop()
            break
    steepness = -np.diff(smooth) / np.diff(np.log(lrs))[: len(smooth) - 1]
    return lrs[np.argmax(steepness)]


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Differences do not see what is added to all.",
    (
        "slopes = np.diff(smooth) / np.diff(np.log(lrs[:len(smooth)]))",
        "slopes = np.diff(smooth) / np.diff(np.log(lrs[:len(smooth)]) + 1)",
    ),
)


solution.equivalent(
    "The smallest entry keeps its place when all rise by the same amount.",
    ("return lrs[np.argmin(slopes)]", "return lrs[np.argmin(slopes + 1)]"),
)


solution.equivalent(
    "Logarithms to another base multiply all slopes by the same positive number.",
    (
        "slopes = np.diff(smooth) / np.diff(np.log(lrs[:len(smooth)]))",
        "slopes = np.diff(smooth) / np.diff(np.log2(lrs[:len(smooth)]))",
    ),
    (
        "slopes = np.diff(smooth) / np.diff(np.log(lrs[:len(smooth)]))",
        "slopes = np.diff(smooth) / np.diff(np.log10(lrs[:len(smooth)]))",
    ),
)


solution.equivalent(
    "Distances are a tenth at least: slopes change by a hundred-thousandth, and only the "
    "place of the steepest counts.",
    (
        "slopes = np.diff(smooth) / np.diff(np.log(lrs[:len(smooth)]))",
        "slopes = np.diff(smooth) / (np.diff(np.log(lrs[:len(smooth)])) + 1e-06)",
    ),
)
