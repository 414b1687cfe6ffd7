"""Chapter 1: the affine layer and the rectifier in other styles."""

from __future__ import annotations

import numpy as np

from solutions.declare import Variants

variants = Variants()

# --- affine: forward passes, each with the cache of its style -------------------------


def _affine_dictionary(x, w, b):
    rows = x.reshape(len(x), -1)
    return np.einsum("nd,dm->nm", rows, w) + b[None], {"x": x, "w": w}


def _affine_loops(x, w, b):
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


def _affine_bias_trick(x, w, b):
    rows = np.hstack([x.reshape(x.shape[0], -1), np.ones((x.shape[0], 1))])
    weights = np.vstack([w, b])
    return rows.dot(weights), (rows, weights, x.shape)


def _affine_tensordot(x, w, b):
    # the weights take the shape of the example instead of the other way round
    kernel = w.reshape(*x.shape[1:], -1)
    return np.tensordot(x, kernel, axes=x.ndim - 1) + b, (x, kernel)


def _affine_closure(x, w, b):
    flat = x.reshape(x.shape[0], -1)

    def back(dout):
        return np.inner(dout, w).reshape(x.shape), np.dot(flat.T, dout), np.sum(dout, 0)

    return np.dot(flat, w) + b, back


def _affine_columns(x, w, b):
    columns = x.reshape(x.shape[0], -1).T
    return (w.T @ columns + b[:, np.newaxis]).T, (columns, w.T, x.shape)


def _affine_single(x, w, b):
    x, w, b = (a.astype(np.float32) for a in (x, w, b))
    return x.reshape(x.shape[0], -1) @ w + b, (x, w)


def _affine_sum_of_outers(x, w, b):
    rows = x.reshape(x.shape[0], -1)
    out = np.tile(b, (len(rows), 1))
    for d in range(rows.shape[1]):
        out += np.outer(rows[:, d], w[d])
    return out, (rows, w, x.shape)


variants.of("affine_forward", "einsum, cache a dict")(_affine_dictionary)
variants.of("affine_forward", "three loops, cache a list")(_affine_loops)
variants.of("affine_forward", "bias as one more row of w")(_affine_bias_trick)
variants.of("affine_forward", "tensordot without flattening x")(_affine_tensordot)
variants.of("affine_forward", "cache a closure")(_affine_closure)
variants.of("affine_forward", "examples as columns")(_affine_columns)
variants.of("affine_forward", "single precision throughout")(_affine_single)
variants.of("affine_forward", "sum of outer products, in place")(_affine_sum_of_outers)


@variants.of("affine_forward", "as popular solutions print it, x reshaped by np.prod")
def _(x, w, b):
    num_train = x.shape[0]
    dim = np.prod(x.shape[1:])
    out = np.reshape(x, (num_train, dim)).dot(w) + b
    cache = (x, w, b)
    return out, cache


# --- affine: backward passes ----------------------------------------------------------


@variants.of("affine_backward", "einsum, cache a dict", affine_forward=_affine_dictionary)
def _(dout, cache):
    x, w = cache["x"], cache["w"]
    rows = x.reshape(len(x), -1)
    dx = np.einsum("nm,dm->nd", dout, w).reshape(x.shape)
    return dx, np.einsum("nd,nm->dm", rows, dout), np.einsum("nm->m", dout)


@variants.of("affine_backward", "loops, cache a list", affine_forward=_affine_loops)
def _(dout, cache):
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


@variants.of("affine_backward", "outer product per example, in place", affine_forward=_affine_loops)
def _(dout, cache):
    x, w, b = cache
    dx, dw, db = np.empty_like(x), np.zeros_like(w), np.zeros_like(b)
    for example, dexample, upstream in zip(x, dx, dout, strict=True):
        dexample[...] = (w @ upstream).reshape(example.shape)
        dw += np.outer(example, upstream)
        db += upstream
    return dx, dw, db


@variants.of("affine_backward", "bias as one more row of w", affine_forward=_affine_bias_trick)
def _(dout, cache):
    rows, weights, shape = cache
    drows, dweights = dout.dot(weights.T), rows.T.dot(dout)
    return drows[:, :-1].reshape(shape), dweights[:-1], dweights[-1]


@variants.of("affine_backward", "tensordot, results a list", affine_forward=_affine_tensordot)
def _(dout, cache):
    x, kernel = cache
    dx = np.tensordot(dout, kernel, axes=(1, -1))
    dw = np.tensordot(x, dout, axes=(0, 0)).reshape(-1, dout.shape[1])
    return [dx, dw, dout.sum(0)]


@variants.of("affine_backward", "cache a closure", affine_forward=_affine_closure)
def _(dout, cache):
    return cache(dout)


@variants.of("affine_backward", "examples as columns, db by ones", affine_forward=_affine_columns)
def _(dout, cache):
    columns, w_t, shape = cache
    dx = (w_t.T @ dout.T).T.reshape(shape)
    dw = (dout.T @ columns.T).T
    db = np.ones(len(dout)) @ dout
    return dx, dw, db


@variants.of("affine_backward", "single precision throughout", affine_forward=_affine_single)
def _(dout, cache):
    x, w = cache
    dout = dout.astype(np.float32)
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(axis=0, keepdims=True)[0]


@variants.of("affine_backward", "broadcast products summed", affine_forward=_affine_sum_of_outers)
def _(dout, cache):
    rows, w, shape = cache
    dx = (dout[:, None, :] * w[None]).sum(axis=2)
    dw = (rows[:, :, None] * dout[:, None, :]).sum(axis=0)
    return dx.reshape(shape), dw, np.add.reduce(dout)


# --- rectifier: forward passes --------------------------------------------------------


def _relu_mask(x):
    mask = x > 0
    return x * mask, mask


def _relu_in_place(x):
    cache = x.copy()
    x[x < 0] = 0
    return x, cache


def _relu_half_sum(x):
    return 0.5 * (x + np.abs(x)), np.sign(x)


def _relu_loop(x):
    out, active = np.zeros(x.size), []
    for i, value in enumerate(x.flat):
        if value > 0:
            out[i] = value
            active.append(i)
    return out.reshape(x.shape), active


def _relu_output(x):
    out = np.clip(x, 0, None)
    return out, {"out": out}


def _relu_single(x):
    out = np.maximum(x.astype(np.float32), np.float32(0))
    return out, (out, np.heaviside(x, 0).astype(np.float32))


def _relu_where(x):
    # a slope of 1 at 0 is as good as any other
    return np.where(x >= 0, x, 0.0), np.nonzero(x < 0)


variants.of("relu_forward", "product with the mask, cache the mask")(_relu_mask)
variants.of("relu_forward", "in place, cache a copy")(_relu_in_place)
variants.of("relu_forward", "half of x plus its absolute value")(_relu_half_sum)
variants.of("relu_forward", "one loop over x.flat, cache a list of indices")(_relu_loop)
variants.of("relu_forward", "torch's clamp, cache a dict of the output")(_relu_output)
variants.of("relu_forward", "single precision")(_relu_single)
variants.of("relu_forward", "where, cache the closed indices")(_relu_where)


# --- rectifier: backward passes -------------------------------------------------------


@variants.of("relu_backward", "boolean mask in a tuple of one", relu_forward=_relu_mask)
def _(dout, cache):
    return (np.where(cache, dout, 0.0),)


@variants.of("relu_backward", "dout changed in place", relu_forward=_relu_in_place)
def _(dout, cache):
    dout[cache <= 0] = 0
    return dout


@variants.of("relu_backward", "slope from the sign", relu_forward=_relu_half_sum)
def _(dout, cache):
    return dout * (1 + cache) / 2


@variants.of("relu_backward", "only the listed entries copied", relu_forward=_relu_loop)
def _(dout, cache):
    dx = np.zeros_like(dout)
    for i in cache:
        dx.flat[i] = dout.flat[i]
    return dx


@variants.of("relu_backward", "mask taken from the output", relu_forward=_relu_output)
def _(dout, cache):
    return np.multiply(dout, cache["out"] > 0)


@variants.of("relu_backward", "single precision, Heaviside's step", relu_forward=_relu_single)
def _(dout, cache):
    _, slope = cache
    return dout.astype(np.float32) * slope


@variants.of("relu_backward", "zeros put at the closed indices", relu_forward=_relu_where)
def _(dout, cache):
    dx = dout.copy()
    dx[cache] = 0.0
    return dx
