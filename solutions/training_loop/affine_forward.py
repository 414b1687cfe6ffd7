"""`affine_forward`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution

solution = Solution()


@solution.answer
def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    return out, (x, w, b)


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "bias forgotten", "Feed in x = 0: what should come out, and what does?", (" + b\n", "\n")
)


solution.change(
    "axes flattened in the wrong order",
    "Flatten one example of shape (2, 3) and compare with its own `.ravel()`: row-major "
    "order lets the last axis run fastest.",
    ("reshape(x.shape[0], -1)", 'reshape(x.shape[0], -1, order="F")'),
)


solution.change(
    "examples mixed up when flattening",
    "Change one example of the batch: only one row of out may change. Reshaping to (D, N) "
    "and transposing is not the same as keeping N in front.",
    ("reshape(x.shape[0], -1)", "reshape(-1, x.shape[0]).T"),
)


solution.change(
    "a ReLU inside the affine layer",
    "An affine layer has negative outputs too. Which layer cuts them off?",
    ("return out", "return np.maximum(0, out)"),
)


solution.change(
    "bias subtracted", "Feed in x = 0 and look at the sign of what comes out.", (" + b\n", " - b\n")
)


solution.change(
    "examples not flattened",
    "Right while each example is a row of numbers. What has to happen to an example of shape "
    "(2, 3) before it meets w?",
    ("x.reshape(x.shape[0], -1)", "x"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("einsum, cache a dict")
def affine_dictionary(x, w, b):
    rows = x.reshape(len(x), -1)
    return np.einsum("nd,dm->nm", rows, w) + b[None], {"x": x, "w": w}


@solution.style("three loops, cache a list")
def affine_loops(x, w, b):
    N, M = x.shape[0], w.shape[1]
    out = np.zeros((N, M))
    for n in range(N):
        example = x[n].ravel()
        for m in range(M):
            total = b[m]
            for d in range(len(example)):
                total += example[d] * w[d, m]
            out[n, m] = total
    return out, [x, w, b]


@solution.style("bias as one more row of w")
def affine_bias_trick(x, w, b):
    rows = np.hstack([x.reshape(x.shape[0], -1), np.ones((x.shape[0], 1))])
    weights = np.vstack([w, b])
    return rows.dot(weights), (rows, weights, x.shape)


@solution.style("tensordot without flattening x")
def affine_tensordot(x, w, b):
    # the weights take the shape of the example instead of the other way round
    kernel = w.reshape(*x.shape[1:], -1)
    return np.tensordot(x, kernel, axes=x.ndim - 1) + b, (x, kernel)


@solution.style("cache a closure")
def affine_closure(x, w, b):
    flat = x.reshape(x.shape[0], -1)

    def back(dout):
        return np.inner(dout, w).reshape(x.shape), np.dot(flat.T, dout), np.sum(dout, 0)

    return np.dot(flat, w) + b, back


@solution.style("examples as columns")
def affine_columns(x, w, b):
    columns = x.reshape(x.shape[0], -1).T
    return (w.T @ columns + b[:, np.newaxis]).T, (columns, w.T, x.shape)


@solution.style("single precision throughout")
def affine_single(x, w, b):
    x, w, b = (a.astype(np.float32) for a in (x, w, b))
    return x.reshape(x.shape[0], -1) @ w + b, (x, w)


@solution.style("sum of outer products, in place")
def affine_sum_of_outers(x, w, b):
    rows = x.reshape(x.shape[0], -1)
    out = np.tile(b, (len(rows), 1))
    for d in range(rows.shape[1]):
        out += np.outer(rows[:, d], w[d])
    return out, (rows, w, x.shape)


@solution.style("as popular solutions print it, x reshaped by np.prod")
def as_popular_solutions_print_it(x, w, b):
    num_train = x.shape[0]
    dim = np.prod(x.shape[1:])
    out = np.reshape(x, (num_train, dim)).dot(w) + b
    cache = (x, w, b)
    return out, cache


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "NumPy takes any negative length for the one it has to work out.",
    ("out = x.reshape(x.shape[0], -1) @ w + b", "out = x.reshape(x.shape[0], -2) @ w + b"),
)


solution.equivalent(
    "The cache belongs to its author, and no gradient needs the value of the bias.",
    ("return (out, (x, w, b))", "return (out, (x, w, out))"),
    ("return (out, (x, w, b))", "return (out, (x, w, w))"),
)
