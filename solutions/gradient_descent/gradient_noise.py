"""`gradient_noise`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import itertools

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def gradient_noise(per_example_grads, batch_size):
    N = len(per_example_grads)
    deviations = per_example_grads - per_example_grads.mean(axis=0)
    variance = np.sum(deviations**2) / N
    return variance / batch_size * (N - batch_size) / (N - 1)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "no finite-population correction",
    "A batch that holds all N examples has the full gradient exactly. What is your noise then?",
    (" * (N - batch_size) / (N - 1)", ""),
)


solution.change(
    "sum divided by N - 1",
    "For batches of one example the noise is a plain mean of N squared distances. Is yours?",
    ("2) / N\n", "2) / (N - 1)\n"),
)


solution.change(
    "correction with N instead of N - 1",
    "For batches of one example the correction should be exactly 1. What is yours?",
    ("/ (N - 1)", "/ N"),
)


solution.change(
    "standard deviation for variance",
    "Double all gradients: the expected squared distance should be four times as large.",
    ("return variance", "return np.sqrt(variance"),
    ("(N - 1)", "(N - 1))"),
)


solution.change(
    "mean gradient not subtracted",
    "Give all examples the same gradient: then every batch is exact. What is your noise?",
    (" - per_example_grads.mean(axis=0)", ""),
)


solution.change(
    "averaged over the parameters",
    "A squared distance is a sum over all coordinates. Append a second copy of each "
    "coordinate: the noise should double.",
    ("np.sum(deviations**2)", "np.mean(deviations**2, axis=1).sum()"),
)


solution.change(
    "not divided by the batch size",
    "With very many examples, how should the noise of 10 examples compare with that of one?",
    ("variance / batch_size", "variance"),
)


solution.change(
    "batch size under a root",
    "A distance falls with the root of the batch size. How does its square fall?",
    ("/ batch_size", "/ np.sqrt(batch_size)"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("unbiased variance and a difference of two inverses")
def unbiased_variance_and_two_inverses(per_example_grads, batch_size):
    spread = np.var(per_example_grads, axis=0, ddof=1).sum()
    return (1 / batch_size - 1 / len(per_example_grads)) * spread


@solution.style("loops over examples and parameters")
def loops_over_examples_and_parameters(per_example_grads, batch_size):
    N, D = per_example_grads.shape
    total = 0.0
    for d in range(D):
        mean = sum(per_example_grads[:, d]) / N
        for n in range(N):
            total += (per_example_grads[n, d] - mean) ** 2
    return total * (N - batch_size) / (batch_size * (N - 1) * N)


@solution.style("the mean over all batches there are")
def the_mean_over_all_batches_there_are(per_example_grads, batch_size):
    full = per_example_grads.mean(axis=0)
    distances = []
    for rows in itertools.combinations(range(len(per_example_grads)), batch_size):
        gap = per_example_grads[list(rows)].mean(axis=0) - full
        distances.append(gap @ gap)
    return np.mean(distances)


@solution.style("distances between all pairs of examples, by einsum")
def distances_between_all_pairs_of_examples(per_example_grads, batch_size):
    N = per_example_grads.shape[0]
    gaps = per_example_grads[:, None] - per_example_grads[None, :]
    variance = np.einsum("ijd,ijd->", gaps, gaps) / (2 * N**2)
    return variance * ((N - batch_size) / (N - 1)) / batch_size


@solution.style("mean of the squares less the square of the mean")
def mean_of_squares_less_square_of_mean(per_example_grads, batch_size):
    N, B = len(per_example_grads), batch_size
    squares = np.mean(np.linalg.norm(per_example_grads, axis=1) ** 2)
    square = np.linalg.norm(np.mean(per_example_grads, axis=0)) ** 2
    return float((squares - square) * (N - B) / (N - 1) / B)


@solution.style("trace of the covariance matrix, in single precision")
def trace_of_the_covariance_matrix(per_example_grads, batch_size):
    G = per_example_grads.astype("float32")
    covariance = np.atleast_2d(np.cov(G, rowvar=False, ddof=0, dtype=np.float32))
    correction = (len(G) - batch_size) / (len(G) - 1)
    return np.trace(covariance) * np.float32(correction / batch_size)


@solution.style("covariance of who is in the batch, as a quadratic form")
def covariance_of_who_is_in_the_batch(per_example_grads, batch_size):
    N, B = len(per_example_grads), batch_size
    share = B / N
    both = share * (B - 1) / (N - 1)
    C = np.full((N, N), both - share**2) + np.eye(N) * (share - both)
    return sum(g @ C @ g / B**2 for g in per_example_grads.T)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "Deviations are squared.",
    (
        "deviations = per_example_grads - per_example_grads.mean(axis=0)",
        "deviations = per_example_grads.mean(axis=0) - per_example_grads",
    ),
)
