"""`affine_backward`: the answer, known mistakes, right solutions in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Solution
from solutions.training_loop.affine_forward import (
    affine_bias_trick,
    affine_closure,
    affine_columns,
    affine_dictionary,
    affine_loops,
    affine_single,
    affine_sum_of_outers,
    affine_tensordot,
)

solution = Solution()


@solution.answer
def affine_backward(dout, cache):
    x, w, _ = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


# --- known mistakes ------------------------------------------------------------------


solution.change(
    "bias gradient not summed over the batch",
    "There is one bias per unit, and every example used it. Compare the shapes of b and db.",
    ("dout.sum(axis=0)", "dout"),
)


solution.change(
    "bias gradient averaged over the batch",
    "Repeat one example twice, with the same dout: should db stay or double? Any division "
    "by N belongs to the loss and is already inside dout.",
    ("dout.sum(axis=0)", "dout.mean(axis=0)"),
)


solution.change(
    "bias gradient summed over the units",
    "Your db has one entry per example. How many biases are there?",
    ("dout.sum(axis=0)", "dout.sum(axis=1)"),
)


solution.change(
    "dx not reshaped to the shape of x",
    "The gradient of an array has that array's shape. What shape did x have before you "
    "flattened it?",
    (").reshape(x.shape)", ")"),
)


solution.change(
    "input not flattened for dw",
    "With examples of several axes, `x.T` turns all axes round. Which matrix did the "
    "forward pass multiply by w?",
    ("x.reshape(x.shape[0], -1)", "x"),
)


solution.change(
    "dw averaged over the batch",
    "The layer does not know whether the loss is a sum or a mean. Where has a division by "
    "N, if any, been made already?",
    (".T @ dout", ".T @ dout / len(dout)"),
)


solution.change(
    "dw transposed",
    "Compare the shapes of w and dw.",
    ("x.reshape(x.shape[0], -1).T @ dout", "dout.T @ x.reshape(x.shape[0], -1)"),
)


solution.change(
    "weights not transposed for dx",
    "Write the shapes of dout and w next to each other: which of their axes has the length M?",
    ("w.T", "w"),
)


solution.change(
    "dx and dw exchanged",
    "In which order does the docstring return the gradients?",
    ("dx, dw", "dw, dx"),
)


# --- right in other styles -----------------------------------------------------------


@solution.style("einsum, cache a dict", affine_forward=affine_dictionary)
def einsum_cache_a_dict(dout, cache):
    x, w = cache["x"], cache["w"]
    rows = x.reshape(len(x), -1)
    dx = np.einsum("nm,dm->nd", dout, w).reshape(x.shape)
    return dx, np.einsum("nd,nm->dm", rows, dout), np.einsum("nm->m", dout)


@solution.style("loops, cache a list", affine_forward=affine_loops)
def loops_cache_a_list(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    flat = x.reshape(N, -1)
    dflat, dw, db = np.zeros(flat.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(N):
        for m in range(w.shape[1]):
            for d in range(w.shape[0]):
                dflat[n, d] += w[d, m] * dout[n, m]
                dw[d, m] += flat[n, d] * dout[n, m]
            db[m] += dout[n, m]
    return dflat.reshape(x.shape), dw, db


@solution.style("outer product per example, in place", affine_forward=affine_loops)
def outer_product_per_example(dout, cache):
    x, w, b = cache
    dx, dw, db = np.empty_like(x), np.zeros_like(w), np.zeros_like(b)
    for example, dexample, upstream in zip(x, dx, dout, strict=True):
        dexample[...] = (w @ upstream).reshape(example.shape)
        dw += np.outer(example, upstream)
        db += upstream
    return dx, dw, db


@solution.style("bias as one more row of w", affine_forward=affine_bias_trick)
def bias_as_one_more_row_of_w(dout, cache):
    rows, weights, shape = cache
    drows, dweights = dout.dot(weights.T), rows.T.dot(dout)
    return drows[:, :-1].reshape(shape), dweights[:-1], dweights[-1]


@solution.style("tensordot, results a list", affine_forward=affine_tensordot)
def tensordot_results_a_list(dout, cache):
    x, kernel = cache
    dx = np.tensordot(dout, kernel, axes=(1, -1))
    dw = np.tensordot(x, dout, axes=(0, 0)).reshape(-1, dout.shape[1])
    return [dx, dw, dout.sum(0)]


@solution.style("cache a closure", affine_forward=affine_closure)
def cache_a_closure(dout, cache):
    return cache(dout)


@solution.style("examples as columns, db by ones", affine_forward=affine_columns)
def examples_as_columns(dout, cache):
    columns, w_t, shape = cache
    dx = (w_t.T @ dout.T).T.reshape(shape)
    dw = (dout.T @ columns.T).T
    db = np.ones(len(dout)) @ dout
    return dx, dw, db


@solution.style("single precision throughout", affine_forward=affine_single)
def single_precision_throughout(dout, cache):
    x, w = cache
    dout = dout.astype(np.float32)
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(axis=0, keepdims=True)[0]


@solution.style("broadcast products summed", affine_forward=affine_sum_of_outers)
def broadcast_products_summed(dout, cache):
    rows, w, shape = cache
    dx = (dout[:, None, :] * w[None]).sum(axis=2)
    dw = (rows[:, :, None] * dout[:, None, :]).sum(axis=0)
    return dx.reshape(shape), dw, np.add.reduce(dout)


@solution.style("the bias's gradient as a row")
def bias_gradient_as_a_row(dout, cache):
    x, w, _ = cache
    dw = x.reshape(x.shape[0], -1).T @ dout
    return (dout @ w.T).reshape(x.shape), dw, dout.sum(0, keepdims=True)


# --- changes that no case can or should tell from the answer -------------------------


solution.equivalent(
    "NumPy takes any negative length for the one it has to work out.",
    ("dw = x.reshape(x.shape[0], -1).T @ dout", "dw = x.reshape(x.shape[0], -2).T @ dout"),
)
