"""Chapter 2: answers, known mistakes and rubric for plain gradient descent."""

from __future__ import annotations

import numpy as np

from solutions.declare import Book

book = Book()


@book.answer
def sgd(w, dw, config=None):
    config = dict(config or {})
    rate = config.setdefault("learning_rate", 1e-2)
    return w - rate * dw, config


@book.answer
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@book.answer
def condition_number(H):
    sigma = np.linalg.svd(H, compute_uv=False)  # largest first
    if sigma[-1] <= np.finfo(np.float64).eps * len(H) * sigma[0]:
        return np.inf
    return sigma[0] / sigma[-1]


@book.answer
def largest_stable_learning_rate(H):
    return 2 / np.linalg.eigvalsh(H)[-1]


@book.answer
def classify_critical_point(H, tol=1e-8):
    eigenvalues = np.linalg.eigvalsh(H)
    smallest, largest = eigenvalues[0], eigenvalues[-1]
    if smallest < -tol and largest > tol:
        return "saddle"
    if smallest > tol:
        return "minimum"
    if largest < -tol:
        return "maximum"
    return "degenerate"


@book.answer
def gradient_descent(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


@book.answer
def gradient_noise(per_example_grads, batch_size):
    N = len(per_example_grads)
    deviations = per_example_grads - per_example_grads.mean(axis=0)
    variance = np.sum(deviations**2) / N
    return variance / batch_size * (N - batch_size) / (N - 1)


# --- sgd ----------------------------------------------------------------------------


def _rate(config, default=1e-2):
    """Config with the default filled in, and the rate: what every mistake shares."""
    config = {"learning_rate": default} | (config or {})
    return config, config["learning_rate"]


@book.mistake(
    "sgd",
    "ascent for descent",
    "The gradient points up the slope. Which way does your step go?",
)
def _(w, dw, config=None):
    config, rate = _rate(config)
    return w + rate * dw, config


@book.mistake(
    "sgd",
    "gradient not scaled by the rate",
    "Halve the learning rate: your step should be half as long.",
)
def _(w, dw, config=None):
    config, _ = _rate(config)
    return w - dw, config


@book.mistake(
    "sgd",
    "learning rate fixed at 0.01",
    "Try the rates 0.1 and 1: does your answer change? Where does the rate come from?",
)
def _(w, dw, config=None):
    config, _ = _rate(config)
    return w - 1e-2 * dw, config


@book.mistake(
    "sgd",
    "another default rate",
    "Your step is right when the rate is given. Read again what it is when it is not.",
)
def _(w, dw, config=None):
    config, rate = _rate(config, default=1e-3)
    return w - rate * dw, config


@book.mistake(
    "sgd",
    "step of fixed length",
    "Double the gradient: your step should be twice as long. Yours keeps only its direction.",
)
def _(w, dw, config=None):
    config, rate = _rate(config)
    return w - rate * dw / np.linalg.norm(dw), config


@book.mistake(
    "sgd",
    "only the sign of the gradient",
    "Every coordinate of your step has the same length. Should a steep direction not count more?",
)
def _(w, dw, config=None):
    config, rate = _rate(config)
    return w - rate * np.sign(dw), config


@book.mistake(
    "sgd",
    "step returned instead of the new parameters",
    "With a gradient of zero nothing should move: what do you return then?",
)
def _(w, dw, config=None):
    config, rate = _rate(config)
    return -rate * dw, config


# --- minibatches --------------------------------------------------------------------


@book.mistake(
    "minibatches",
    "drops the last batch",
    "Count the rows of one epoch of 13 rows in batches of 5. What if there are fewer rows "
    "than batch_size?",
)
def _(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X) - batch_size + 1, batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@book.mistake(
    "minibatches",
    "samples with replacement",
    "Sort the rows of one epoch: some come twice, others never. An epoch visits each row once.",
)
def _(X, y, batch_size, rng):
    order = rng.integers(len(X), size=len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@book.mistake(
    "minibatches",
    "a fresh sample for every batch",
    "Each of your batches ignores the ones before it. What must a batch know so that no row "
    "comes twice in an epoch, and how long is the last one?",
)
def _(X, y, batch_size, rng):
    for _ in range(0, len(X), batch_size):
        rows = rng.integers(len(X), size=batch_size)
        yield X[rows], y[rows]


@book.mistake(
    "minibatches",
    "labels not shuffled with the inputs",
    "Your labels come in their old order. Take y[i] = i and X[i] = [i] and look at one batch.",
)
def _(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        yield X[order[start : start + batch_size]], y[start : start + batch_size]


@book.mistake(
    "minibatches",
    "inputs and labels shuffled separately",
    "Two shuffles give two orders. Take y[i] = i and X[i] = [i] and look at one batch.",
)
def _(X, y, batch_size, rng):
    order, other = rng.permutation(len(X)), rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        end = start + batch_size
        yield X[order[start:end]], y[other[start:end]]


@book.mistake(
    "minibatches",
    "not shuffled",
    "If X is sorted by class, what does your first batch hold?",
)
def _(X, y, batch_size, rng):
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]


@book.mistake(
    "minibatches",
    "the same order in every epoch",
    "Call it twice with one generator and compare. Who chooses the seed: you, or the caller?",
)
def _(X, y, batch_size, rng):
    order = np.random.default_rng(0).permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@book.mistake(
    "minibatches",
    "random numbers from outside rng",
    "Start two generators from one seed: both epochs should be the same. Which generator do "
    "you draw from?",
)
def _(X, y, batch_size, rng):
    order = np.random.default_rng().permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@book.mistake(
    "minibatches",
    "shuffles the batches, not the rows",
    "Rows that are neighbours in X always share a batch in your epochs. Should they?",
)
def _(X, y, batch_size, rng):
    starts = np.arange(0, len(X), batch_size)
    # the short batch stays last, so that nothing but the order is wrong
    whole = starts[starts + batch_size <= len(X)]
    for start in [*rng.permutation(whole), *starts[len(whole) :]]:
        yield X[start : start + batch_size], y[start : start + batch_size]


@book.mistake(
    "minibatches",
    "shuffles inside each batch only",
    "Which rows can your first batch hold? It should be able to hold any.",
)
def _(X, y, batch_size, rng):
    for start in range(0, len(X), batch_size):
        rows = start + rng.permutation(min(batch_size, len(X) - start))
        yield X[rows], y[rows]


@book.mistake(
    "minibatches",
    "last batch filled up from the start",
    "Your last batch is as long as the others, so some rows come twice. Let it be shorter.",
)
def _(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order.take(np.arange(start, start + batch_size), mode="wrap")
        yield X[rows], y[rows]


@book.mistake(
    "minibatches",
    "an empty batch at the end",
    "Take 12 rows in batches of 4 and print how long every batch is.",
)
def _(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for i in range(len(X) // batch_size + 1):
        rows = order[i * batch_size : (i + 1) * batch_size]
        yield X[rows], y[rows]


@book.mistake(
    "minibatches",
    "batches of nearly equal size",
    "Every batch but the last should have exactly batch_size rows. Print the lengths of yours "
    "for 13 rows in batches of 5.",
)
def _(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    for rows in np.array_split(order, -(-len(X) // batch_size)):
        yield X[rows], y[rows]


# --- condition_number ---------------------------------------------------------------


def _ratio(large, small, size):
    return np.inf if small <= np.finfo(np.float64).eps * size * large else large / small


@book.mistake(
    "condition_number",
    "eigenvalues of a matrix that is not symmetric",
    "Eigenvalues and singular values agree in magnitude only for a symmetric matrix. Compute "
    "both for [[1, 5], [0, 1]].",
)
def _(H):
    values = np.abs(np.linalg.eigvals(H))
    # rounding splits a multiple eigenvalue of zero: the singular case is not the point here
    small = 0.0 if np.linalg.matrix_rank(H) < len(H) else values.min()
    return _ratio(values.max(), small, len(H))


@book.mistake(
    "condition_number",
    "eigenvalues with their signs",
    "A condition number is at least 1. Try a matrix with a negative eigenvalue.",
)
def _(H):
    values = np.linalg.eigvalsh((H + H.T) / 2)
    return values[-1] / values[0]


@book.mistake(
    "condition_number",
    "the square of the condition number",
    "H.T @ H stretches twice. Try the matrix diag(1, 3).",
)
def _(H):
    sigma = np.linalg.svd(H, compute_uv=False)
    return _ratio(sigma[0], sigma[-1], len(H)) ** 2


@book.mistake(
    "condition_number",
    "ratio upside down",
    "A condition number is at least 1, and large when the matrix is hard to invert.",
)
def _(H):
    sigma = np.linalg.svd(H, compute_uv=False)
    return 1 / _ratio(sigma[0], sigma[-1], len(H))


@book.mistake(
    "condition_number",
    "Frobenius norm for the largest singular value",
    "The identity should have condition number 1 in every dimension. What does yours have?",
)
def _(H):
    sigma = np.linalg.svd(H, compute_uv=False)
    if np.isinf(_ratio(sigma[0], sigma[-1], len(H))):
        return np.inf
    return np.linalg.norm(H) * np.linalg.norm(np.linalg.inv(H))


@book.mistake(
    "condition_number",
    "small singular values taken for zero",
    "Your threshold is far above rounding errors: a matrix with condition number 1e4 is still "
    "regular.",
)
def _(H):
    sigma = np.linalg.svd(H, compute_uv=False)
    return np.inf if sigma[-1] <= 5e-2 else sigma[0] / sigma[-1]


# --- largest_stable_learning_rate ---------------------------------------------------


@book.mistake(
    "largest_stable_learning_rate",
    "1 / lambda_max for 2 / lambda_max",
    "At your rate the steep direction is solved in one step. How far beyond can you go before "
    "the error grows?",
)
def _(H):
    return 1 / np.linalg.eigvalsh(H)[-1]


@book.mistake(
    "largest_stable_learning_rate",
    "smallest eigenvalue for the largest",
    "Try diag(1, 100) and your rate: which coordinate explodes?",
)
def _(H):
    return 2 / np.linalg.eigvalsh(H)[0]


@book.mistake(
    "largest_stable_learning_rate",
    "trace for the largest eigenvalue",
    "The trace is the sum of all eigenvalues: safe, but is it the limit? Try the identity.",
)
def _(H):
    return 2 / np.trace(H)


@book.mistake(
    "largest_stable_learning_rate",
    "Frobenius norm for the largest eigenvalue",
    "The Frobenius norm counts every eigenvalue. Try the identity in two dimensions.",
)
def _(H):
    return 2 / np.linalg.norm(H)


@book.mistake(
    "largest_stable_learning_rate",
    "diagonal for the eigenvalues",
    "The diagonal holds the curvature along the axes. Is the steepest direction an axis?",
)
def _(H):
    return 2 / np.diag(H).max()


@book.mistake(
    "largest_stable_learning_rate",
    "the fastest rate, not the largest",
    "This rate makes the slowest direction as fast as it can be. The question is where the "
    "steepest one stops converging.",
)
def _(H):
    values = np.linalg.eigvalsh(H)
    return 2 / (values[0] + values[-1])


@book.mistake(
    "largest_stable_learning_rate",
    "largest row sum for the largest eigenvalue",
    "A row sum bounds the eigenvalues from above, so your rate is safe but not the limit. "
    "Try [[2, 1], [1, 1]].",
)
def _(H):
    return 2 / np.abs(H).sum(axis=1).max()


# --- classify_critical_point --------------------------------------------------------


def _kind(smallest, largest, tol):
    if smallest < -tol and largest > tol:
        return "saddle"
    if smallest > tol:
        return "minimum"
    return "maximum" if largest < -tol else "degenerate"


@book.mistake(
    "classify_critical_point",
    "singular matrix called a minimum",
    "x**2 + y**3 and x**2 + y**4 have the same Hessian at 0. Are both minima there?",
)
def _(H, tol=1e-8):
    values = np.linalg.eigvalsh(H)
    if np.all(values >= -tol):
        return "minimum"
    return "maximum" if np.all(values <= tol) else "saddle"


@book.mistake(
    "classify_critical_point",
    "a zero eigenvalue hides the saddle",
    "One way up and one way down are enough: what can a third, flat direction change?",
)
def _(H, tol=1e-8):
    values = np.linalg.eigvalsh(H)
    if np.any(np.abs(values) <= tol):
        return "degenerate"
    return _kind(values[0], values[-1], tol)


@book.mistake(
    "classify_critical_point",
    "diagonal for the eigenvalues",
    "Along both axes x**2 + y**2 - 4 x y goes up. Where does it go along x = y?",
)
def _(H, tol=1e-8):
    values = np.sort(np.diag(H))
    return _kind(values[0], values[-1], tol)


@book.mistake(
    "classify_critical_point",
    "minimum and maximum exchanged",
    "In a minimum every direction goes up. What sign has the curvature then?",
)
def _(H, tol=1e-8):
    values = np.linalg.eigvalsh(-H)
    return _kind(values[0], values[-1], tol)


@book.mistake(
    "classify_critical_point",
    "determinant instead of eigenvalues",
    "The rule with the determinant is for two dimensions. What is the sign of the determinant "
    "of -I in three and in four dimensions?",
)
def _(H, tol=1e-8):
    det = np.linalg.det(H)
    if abs(det) <= tol:
        return "degenerate"
    if det < 0:
        return "saddle"
    return "minimum" if np.trace(H) > 0 else "maximum"


@book.mistake(
    "classify_critical_point",
    "every point that is no minimum is a saddle",
    "What is the top of a hill in your function?",
)
def _(H, tol=1e-8):
    smallest = np.linalg.eigvalsh(H)[0]
    if smallest > tol:
        return "minimum"
    return "saddle" if smallest < -tol else "degenerate"


@book.mistake(
    "classify_critical_point",
    "no tolerance",
    "An eigenvalue of 1e-9 is a curvature of nothing, and its sign is an accident of rounding.",
)
def _(H, tol=1e-8):
    values = np.linalg.eigvalsh(H)
    return _kind(values[0], values[-1], 0.0)


@book.mistake(
    "classify_critical_point",
    "tolerance fixed at its default",
    "Call it with a large tol: does your answer change?",
)
def _(H, tol=1e-8):
    values = np.linalg.eigvalsh(H)
    return _kind(values[0], values[-1], 1e-8)


# --- gradient_descent ---------------------------------------------------------------


@book.mistake(
    "gradient_descent",
    "trajectory without its start",
    "After no step at all, how many points has the trajectory?",
)
def _(grad, x0, lr, steps):
    path, x = np.empty((steps, len(x0))), x0
    for k in range(steps):
        x = x - lr * grad(x)
        path[k] = x
    return path


@book.mistake(
    "gradient_descent",
    "the last point is missing",
    "Store a point before each step and one after the last: how many are these?",
)
def _(grad, x0, lr, steps):
    path, x = np.empty((steps, len(x0))), x0
    for k in range(steps):
        path[k] = x
        x = x - lr * grad(x)
    return path


@book.mistake(
    "gradient_descent",
    "one array updated in place, stored many times",
    "All rows of your trajectory are equal. What does a list of arrays hold when an entry "
    "changes in place later?",
)
def _(grad, x0, lr, steps):
    x = x0.copy()
    path = [x]
    for _ in range(steps):
        x -= lr * grad(x)
        path.append(x)
    return np.array(path)


@book.mistake(
    "gradient_descent",
    "only the last point",
    "The whole trajectory is asked for, one row for each point.",
)
def _(grad, x0, lr, steps):
    x = x0
    for _ in range(steps):
        x = x - lr * grad(x)
    return x


@book.mistake(
    "gradient_descent",
    "ascent for descent",
    "Does the loss fall along your trajectory?",
)
def _(grad, x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] + lr * grad(path[-1]))
    return np.array(path)


@book.mistake(
    "gradient_descent",
    "gradient taken at the start only",
    "Your trajectory is a straight line with equal steps. Where is the gradient of step k taken?",
)
def _(grad, x0, lr, steps):
    return x0 - lr * np.arange(steps + 1)[:, None] * grad(x0)


@book.mistake(
    "gradient_descent",
    "learning rate that decays",
    "Here the rate is the same at every step. Schedules come in a later chapter.",
)
def _(grad, x0, lr, steps):
    path = [x0]
    for k in range(steps):
        path.append(path[-1] - lr / (k + 1) * grad(path[-1]))
    return np.array(path)


# --- gradient_noise -----------------------------------------------------------------


def _moments(grads):
    N = len(grads)
    return N, np.sum((grads - grads.mean(axis=0)) ** 2) / N


@book.mistake(
    "gradient_noise",
    "no finite-population correction",
    "A batch that holds all N examples has the full gradient exactly. What is your noise then?",
)
def _(per_example_grads, batch_size):
    _, variance = _moments(per_example_grads)
    return variance / batch_size


@book.mistake(
    "gradient_noise",
    "sum divided by N - 1",
    "For batches of one example the noise is a plain mean of N squared distances. Is yours?",
)
def _(per_example_grads, batch_size):
    N, variance = _moments(per_example_grads)
    return variance * N / (N - 1) / batch_size * (N - batch_size) / (N - 1)


@book.mistake(
    "gradient_noise",
    "correction with N instead of N - 1",
    "For batches of one example the correction should be exactly 1. What is yours?",
)
def _(per_example_grads, batch_size):
    N, variance = _moments(per_example_grads)
    return variance / batch_size * (N - batch_size) / N


@book.mistake(
    "gradient_noise",
    "standard deviation for variance",
    "Double all gradients: the expected squared distance should be four times as large.",
)
def _(per_example_grads, batch_size):
    N, variance = _moments(per_example_grads)
    return np.sqrt(variance / batch_size * (N - batch_size) / (N - 1))


@book.mistake(
    "gradient_noise",
    "mean gradient not subtracted",
    "Give all examples the same gradient: then every batch is exact. What is your noise?",
)
def _(per_example_grads, batch_size):
    N = len(per_example_grads)
    return np.sum(per_example_grads**2) / N / batch_size * (N - batch_size) / (N - 1)


@book.mistake(
    "gradient_noise",
    "averaged over the parameters",
    "A squared distance is a sum over all coordinates. Append a second copy of each "
    "coordinate: the noise should double.",
)
def _(per_example_grads, batch_size):
    N, D = per_example_grads.shape
    _, variance = _moments(per_example_grads)
    return variance / D / batch_size * (N - batch_size) / (N - 1)


@book.mistake(
    "gradient_noise",
    "not divided by the batch size",
    "With very many examples, how should the noise of 10 examples compare with that of one?",
)
def _(per_example_grads, batch_size):
    N, variance = _moments(per_example_grads)
    return variance * (N - batch_size) / (N - 1)


@book.mistake(
    "gradient_noise",
    "batch size under a root",
    "A distance falls with the root of the batch size. How does its square fall?",
)
def _(per_example_grads, batch_size):
    N, variance = _moments(per_example_grads)
    return variance / np.sqrt(batch_size) * (N - batch_size) / (N - 1)


book.rubric(
    "sgd_ravine",
    """
    It zigzags: it jumps from one wall of the ravine to the other along the steep (vertical)
    direction while it creeps along the shallow one. Each step multiplies the error along
    eigenvector i of the Hessian by 1 - alpha lambda_i. The steep direction allows no rate above
    2 / lambda_max, and changes sign at every step above 1 / lambda_max; at any such rate the
    shallow error keeps a factor of at least 1 - 2 lambda_min / lambda_max = 1 - 2 / kappa, so
    it takes of the order of kappa steps to shrink. A smaller rate stops the zigzag and slows the
    shallow direction further; a larger one diverges along the steep one. The rate that suits one
    direction is wrong for the other by the factor kappa. Noise of minibatches adds jitter, which
    is not the cause.
    """,
    (1, "describes the path: jumps across the steep direction, slow progress along the shallow"),
    (1, "says that the steep direction limits the rate (about 2 / lambda_max, or: it diverges)"),
    (
        1,
        "says that at such a rate the shallow direction needs of the order of kappa steps, so that "
        "the right rates of both differ by the ratio of curvatures",
    ),
)
