"""Chapter 2: right solutions in other styles."""

from __future__ import annotations

import itertools

import numpy as np

from solutions.declare import Variants

variants = Variants()


# --- sgd ----------------------------------------------------------------------------


@variants.of("sgd", "works in place, on the parameters and on the config that came")
def _(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    w -= config["learning_rate"] * dw
    return w, config


@variants.of("sgd", "one entry at a time, with an index over all axes")
def _(w, dw, config=None):
    rate = (config or {}).get("learning_rate", 1e-2)
    next_w = np.empty_like(w)
    for index in np.ndindex(*w.shape):
        next_w[index] = w[index] - rate * dw[index]
    return next_w, {"learning_rate": rate}


@variants.of("sgd", "PyTorch's addcmul: flat views, the factor negated, the sum written out")
def _(w, dw, config=None):
    state = {"learning_rate": 1e-2, **(config or {})}
    flat = np.array(w).reshape(-1)
    np.add(flat, np.multiply(dw.reshape(-1), -state["learning_rate"]), out=flat)
    return flat.reshape(w.shape), state


@variants.of("sgd", "single precision throughout, with a counter of steps in the config")
def _(w, dw, config=None):
    config = dict(config) if config else {"learning_rate": 0.01}
    config["t"] = config.get("t", 0) + 1
    step = np.float32(config["learning_rate"]) * dw.astype(np.float32)
    return w.astype(np.float32) - step, config


# --- minibatches --------------------------------------------------------------------


@variants.of("minibatches", "shuffles an index in place and returns a list of pairs")
def _(X, y, batch_size, rng):
    index = np.arange(X.shape[0])
    rng.shuffle(index)
    return [
        (X[index[i : i + batch_size]], y[index[i : i + batch_size]])
        for i in range(0, X.shape[0], batch_size)
    ]


@variants.of("minibatches", "PyTorch's DataLoader: a sampler, batches of indices, a collation")
def _(X, y, batch_size, rng):
    def collate(samples):
        rows, labels = zip(*samples, strict=True)
        return np.stack(rows), np.array(labels)

    batch = []
    for i in rng.permutation(len(y)).tolist():
        batch.append((X[i], y[i]))
        if len(batch) == batch_size:
            yield collate(batch)
            batch = []
    if batch:
        yield collate(batch)


@variants.of("minibatches", "sorts random keys, and cuts with np.split into a zip")
def _(X, y, batch_size, rng):
    order = np.argsort(rng.random(len(X)))
    cuts = range(batch_size, len(X), batch_size)
    return zip(np.split(X[order], cuts), np.split(y[order], cuts), strict=True)


@variants.of("minibatches", "shuffles X and y themselves, in place, and yields slices of them")
def _(X, y, batch_size, rng):
    order = rng.choice(len(X), size=len(X), replace=False)
    X[:], y[:] = X[order], y[order]
    start = 0
    while start < len(X):
        yield X[start : start + batch_size].copy(), y[start : start + batch_size].copy()
        start += batch_size


@variants.of("minibatches", "inputs and labels glued into one table, shuffled by rows")
def _(X, y, batch_size, rng):
    table = rng.permutation(np.column_stack([X, y]), axis=0)
    for start in range(0, len(table), batch_size):
        part = table[start : start + batch_size]
        yield part[:, :-1], part[:, -1].astype(int)


@variants.of("minibatches", "Fisher and Yates by hand, rows in single precision")
def _(X, y, batch_size, rng):
    order = list(range(len(X)))
    for last in range(len(order) - 1, 0, -1):
        other = rng.integers(last + 1)
        order[last], order[other] = order[other], order[last]
    rest = iter(order)
    while rows := list(itertools.islice(rest, batch_size)):
        yield X[rows].astype("float32"), y[rows]


@variants.of("minibatches", "draws each batch from the rows that are left over")
def _(X, y, batch_size, rng):
    left = np.arange(len(X))
    while len(left):
        rows = rng.choice(left, size=min(batch_size, len(left)), replace=False)
        left = np.setdiff1d(left, rows)
        yield X[rows], y[rows]


# --- condition_number ---------------------------------------------------------------


@variants.of("condition_number", "np.linalg.cond, after a look at the rank")
def _(H):
    if np.linalg.matrix_rank(H) < H.shape[0]:
        return np.inf
    return np.linalg.cond(H)


@variants.of("condition_number", "spectral norms of the matrix and of its inverse")
def _(H):
    try:
        kappa = np.linalg.norm(H, 2) * np.linalg.norm(np.linalg.inv(H), 2)
    except np.linalg.LinAlgError:
        return float("inf")
    return float("inf") if kappa * np.finfo(float).eps * len(H) >= 1 else kappa


@variants.of("condition_number", "eigenvalues of the symmetric matrix made of H and its transpose")
def _(H):
    D = len(H)
    block = np.zeros((2 * D, 2 * D))
    block[:D, D:], block[D:, :D] = H, H.T
    sigma = np.sort(np.linalg.eigvalsh(block))[D:]  # the other half are their negatives
    singular = sigma[0] <= np.finfo(np.float64).eps * D * sigma[-1]
    return np.inf if singular else sigma[-1] / sigma[0]


@variants.of("condition_number", "roots of the eigenvalues of the product with the transpose")
def _(H):
    smallest, *_, largest = np.sqrt(np.abs(np.linalg.eigvalsh(H.T @ H)))
    full = np.linalg.matrix_rank(H) == len(H)
    return largest / smallest if full else np.inf


@variants.of("condition_number", "rotates columns until they are orthogonal, then compares lengths")
def _(H):
    U = np.array(H, dtype=float).T  # one-sided Jacobi, on rows
    for _ in range(30):
        for p, q in itertools.combinations(range(len(U)), 2):
            a, b, c = U[p] @ U[p], U[q] @ U[q], U[p] @ U[q]
            angle = np.arctan2(2 * c, a - b) / 2
            cos, sin = np.cos(angle), np.sin(angle)
            U[p], U[q] = cos * U[p] + sin * U[q], cos * U[q] - sin * U[p]
    sigma = np.linalg.norm(U, axis=1)
    if sigma.min() <= np.finfo(np.float64).eps * len(H) * sigma.max():
        return np.inf
    return sigma.max() / sigma.min()


# --- largest_stable_learning_rate ---------------------------------------------------


@variants.of("largest_stable_learning_rate", "eigenvalues as of any matrix, the real parts taken")
def _(H):
    return 2.0 / max(np.linalg.eig(H)[0].real)


@variants.of("largest_stable_learning_rate", "the spectral norm, from singular values")
def _(H):
    return np.array([2.0]) / np.linalg.svd(H)[1].max()


@variants.of("largest_stable_learning_rate", "power iteration by squaring, then a quotient")
def _(H):
    power = H / np.trace(H)
    for _ in range(60):
        power = power @ power
        power = power / np.trace(power)
    v = power @ np.linspace(1.0, 2.0, len(H))
    return 2 * (v @ v) / (v @ (H @ v))


@variants.of("largest_stable_learning_rate", "bisection on whether every factor stays below one")
def _(H):
    eigenvalues = np.linalg.eigvalsh(H)
    low, high = 0.0, 1e3
    while high - low > 1e-13 * high:
        middle = (low + high) / 2
        stable = all(abs(1 - middle * value) <= 1 for value in eigenvalues)
        low, high = (middle, high) if stable else (low, middle)
    return low


@variants.of("largest_stable_learning_rate", "in single precision")
def _(H):
    return 2 / np.linalg.eigvalsh(H.astype(np.float32)).max()


# --- classify_critical_point --------------------------------------------------------


@variants.of("classify_critical_point", "counts the signs")
def _(H, tol=1e-8):
    values = np.linalg.eigvalsh(H)
    up, down = np.sum(values > tol), np.sum(values < -tol)
    if up and down:
        return "saddle"
    return {up: "minimum", down: "maximum"}.get(len(H), "degenerate")


@variants.of("classify_critical_point", "a loop over the eigenvalues as of any matrix")
def _(H, tol=1e-8):
    rising = falling = flat = False
    for value in np.linalg.eigvals(H).real:
        if abs(value) <= tol:
            flat = True
        elif value > 0:
            rising = True
        else:
            falling = True
    if rising and falling:
        return "saddle"
    if flat:
        return "degenerate"
    return "minimum" if rising else "maximum"


@variants.of("classify_critical_point", "a set of signs, looked up in a table of strings of NumPy")
def _(H, tol=1e-8):
    values, _ = np.linalg.eigh(H)
    signs = set(np.where(np.abs(values) > tol, np.sign(values), 0).astype(int).tolist())
    kinds = np.array(["minimum", "maximum", "saddle", "degenerate"])
    conditions = [signs == {1}, signs == {-1}, {1, -1} <= signs]
    return kinds[np.argmax([*conditions, True])]


@variants.of("classify_critical_point", "Sylvester's law: signs of the pivots of shifted matrices")
def _(H, tol=1e-8):
    def pivots(A):
        A, found = A.copy(), []
        while len(A):
            k = np.argmax(np.abs(np.diag(A)))
            A[[0, k]] = A[[k, 0]]
            A[:, [0, k]] = A[:, [k, 0]]
            found.append(A[0, 0])
            A = A[1:, 1:] - np.outer(A[1:, 0], A[0, 1:]) / A[0, 0]
        return np.array(found)

    shift = tol * np.eye(len(H))
    up, down = np.sum(pivots(H - shift) > 0), np.sum(pivots(H + shift) < 0)
    if up > 0 and down > 0:
        return "saddle"
    return "minimum" if up == len(H) else "maximum" if down == len(H) else "degenerate"


# --- gradient_descent ---------------------------------------------------------------


@variants.of("gradient_descent", "a table filled row by row")
def _(grad, x0, lr, steps):
    path = np.zeros((steps + 1, x0.size))
    path[0] = x0
    for k in range(steps):
        path[k + 1] = path[k] - lr * grad(path[k])
    return path


@variants.of("gradient_descent", "moves one point in place and keeps copies, as a list")
def _(grad, x0, lr, steps):
    path = [x0.copy()]
    while len(path) <= steps:
        x0 -= lr * grad(x0)
        path.append(x0.copy())
    return path


@variants.of("gradient_descent", "recursion from the end")
def _(grad, x0, lr, steps):
    def upto(k):
        if k == 0:
            return x0[np.newaxis]
        before = upto(k - 1)
        return np.concatenate([before, before[-1:] - lr * grad(before[-1])[None]])

    return upto(steps)


@variants.of("gradient_descent", "itertools.accumulate")
def _(grad, x0, lr, steps):
    points = itertools.accumulate(range(steps), lambda x, _: x - lr * grad(x), initial=x0)
    return np.vstack(list(points))


@variants.of("gradient_descent", "the optimizer's interface, and points in single precision")
def _(grad, x0, lr, steps):
    def sgd(w, dw, config):
        return w - config["learning_rate"] * dw, config

    x, config = x0.astype(np.float32), {"learning_rate": lr}
    path = [x]
    for _ in range(steps):
        x, config = sgd(x, grad(x).astype(np.float32), config)
        path.append(x.astype(np.float32))
    return np.stack(path)


# --- gradient_noise -----------------------------------------------------------------


@variants.of("gradient_noise", "unbiased variance and a difference of two inverses")
def _(per_example_grads, batch_size):
    spread = np.var(per_example_grads, axis=0, ddof=1).sum()
    return (1 / batch_size - 1 / len(per_example_grads)) * spread


@variants.of("gradient_noise", "loops over examples and parameters")
def _(per_example_grads, batch_size):
    N, D = per_example_grads.shape
    total = 0.0
    for d in range(D):
        mean = sum(per_example_grads[:, d]) / N
        for n in range(N):
            total += (per_example_grads[n, d] - mean) ** 2
    return total * (N - batch_size) / (batch_size * (N - 1) * N)


@variants.of("gradient_noise", "the mean over all batches there are")
def _(per_example_grads, batch_size):
    full = per_example_grads.mean(axis=0)
    distances = []
    for rows in itertools.combinations(range(len(per_example_grads)), batch_size):
        gap = per_example_grads[list(rows)].mean(axis=0) - full
        distances.append(gap @ gap)
    return np.mean(distances)


@variants.of("gradient_noise", "distances between all pairs of examples, by einsum")
def _(per_example_grads, batch_size):
    N = per_example_grads.shape[0]
    gaps = per_example_grads[:, None] - per_example_grads[None, :]
    variance = np.einsum("ijd,ijd->", gaps, gaps) / (2 * N**2)
    return variance * ((N - batch_size) / (N - 1)) / batch_size


@variants.of("gradient_noise", "mean of the squares less the square of the mean")
def _(per_example_grads, batch_size):
    N, B = len(per_example_grads), batch_size
    squares = np.mean(np.linalg.norm(per_example_grads, axis=1) ** 2)
    square = np.linalg.norm(np.mean(per_example_grads, axis=0)) ** 2
    return float((squares - square) * (N - B) / (N - 1) / B)


@variants.of("gradient_noise", "trace of the covariance matrix, in single precision")
def _(per_example_grads, batch_size):
    G = per_example_grads.astype("float32")
    covariance = np.atleast_2d(np.cov(G, rowvar=False, ddof=0, dtype=np.float32))
    correction = (len(G) - batch_size) / (len(G) - 1)
    return np.trace(covariance) * np.float32(correction / batch_size)


@variants.of("gradient_noise", "covariance of who is in the batch, as a quadratic form")
def _(per_example_grads, batch_size):
    N, B = len(per_example_grads), batch_size
    share = B / N
    both = share * (B - 1) / (N - 1)
    C = np.full((N, N), both - share**2) + np.eye(N) * (share - both)
    return sum(g @ C @ g / B**2 for g in per_example_grads.T)
