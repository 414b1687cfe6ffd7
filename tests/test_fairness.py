"""Right solutions in unusual clothes keep their points.

Each function here is right though it looks unlike the reference: the judge must not mind.
"""

from __future__ import annotations

import numpy as np
import pytest

from autograder import reference
from cs231n_lib import exercises
from cs231n_lib.checking import run_cases
from cs231n_lib.verdict import Report, judge

SEEDS = range(5)


def verdict(space: dict, name: str, seed: int) -> Report:
    """Judge the function ``name`` of a notebook whose functions are ``space``."""
    exercise = exercises.get(name)
    cases = reference.draw(exercise, seed)
    return judge(
        exercise,
        cases,
        run_cases(exercise, space[name], cases),
        reference.expected(exercise, cases),
        lambda: reference.known(exercise, cases),
    )


def notebook(source: str) -> dict:
    """The namespace after a cell with ``source`` has run in a notebook."""
    space: dict = {"np": np}
    exec(compile(source, "<ipykernel>", "exec"), space)
    return space


RIGHT = {
    "affine with einsum, cache as a dict": (
        """
def affine_forward(x, w, b):
    flat = x.reshape(len(x), -1)
    return np.einsum('nd,dm->nm', flat, w) + b[None], {'x': x, 'w': w}
def affine_backward(dout, cache):
    x, w = cache['x'], cache['w']
    flat = x.reshape(len(x), -1)
    return (np.einsum('nm,dm->nd', dout, w).reshape(x.shape),
            np.einsum('nd,nm->dm', flat, dout), np.einsum('nm->m', dout))
""",
        ("affine_forward", "affine_backward"),
    ),
    "affine with loops": (
        """
def affine_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for n in range(x.shape[0]):
        for m in range(w.shape[1]):
            out[n, m] = sum(a * c for a, c in zip(x[n].ravel(), w[:, m])) + b[m]
    return out, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[1])
    for n in range(x.shape[0]):
        dx[n] = (w @ dout[n]).reshape(x.shape[1:])
        dw += np.outer(x[n].ravel(), dout[n])
        db += dout[n]
    return dx, dw, db
""",
        ("affine_forward", "affine_backward"),
    ),
    "affine in single precision, bias gradient as a row": (
        """
def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).astype(np.float32) @ w.astype(np.float32) + b.astype(np.float32)
    return out, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    return ((dout @ w.T).reshape(x.shape), x.reshape(x.shape[0], -1).T @ dout,
            dout.sum(0, keepdims=True))
""",
        ("affine_forward", "affine_backward"),
    ),
    "relu that works in place": (
        """
def relu_forward(x):
    cache = x.copy()
    x[x < 0] = 0
    return x, cache
def relu_backward(dout, cache):
    dout[cache <= 0] = 0
    return dout
""",
        ("relu_forward", "relu_backward"),
    ),
    "relu with gradient one at zero, mask kept as numbers": (
        """
def relu_forward(x):
    return np.where(x > 0, x, 0), (x >= 0).astype(int)
def relu_backward(dout, cache):
    return (dout * cache,)
""",
        ("relu_forward", "relu_backward"),
    ),
    "losses as CS231n's own notes write them": (
        """
def softmax_loss(x, y):
    shifted_logits = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted_logits), axis=1, keepdims=True)
    log_probs = shifted_logits - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
def svm_loss(x, y):
    N = x.shape[0]
    correct_class_scores = x[np.arange(N), y]
    margins = np.maximum(0, x - correct_class_scores[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    dx /= N
    return loss, dx
""",
        ("softmax_loss", "svm_loss"),
    ),
    "momentum in place, as CS231n's users write it": (
        """
def sgd_momentum(w, dw, config=None):
    if config is None:
        config = {}
    config.setdefault('learning_rate', 1e-2)
    config.setdefault('momentum', 0.9)
    v = config.get('velocity', np.zeros_like(w))
    v *= config['momentum']
    v -= config['learning_rate'] * dw
    w += v
    config['velocity'] = v
    return w, config
""",
        ("sgd_momentum",),
    ),
    "nesterov in the notes' own form, state in a new dict, in single precision": (
        """
def nesterov(w, dw, config=None):
    c = {'learning_rate': 1e-2, 'momentum': 0.9, 'velocity': 0.0, **(config or {})}
    mu, v_prev = c['momentum'], c['velocity']
    v = mu * v_prev - c['learning_rate'] * dw
    step = (-mu * v_prev + (1 + mu) * v).astype('float32')
    return (w + step).astype('float32'), {**c, 'velocity': v, 'extra': 1}
""",
        ("nesterov",),
    ),
    "sgd that subtracts in place and hands back None-free config": (
        """
def sgd(w, dw, config=None):
    if config is None: config = {}
    config.setdefault('learning_rate', 1e-2)
    w -= config['learning_rate'] * dw
    return w, config
""",
        ("sgd",),
    ),
    "minibatches by shuffling an index, as a list": (
        """
def minibatches(X, y, batch_size, rng):
    index = np.arange(len(X))
    rng.shuffle(index)
    return [(X[index[i:i + batch_size]], y[index[i:i + batch_size]])
            for i in range(0, len(X), batch_size)]
""",
        ("minibatches",),
    ),
    "trajectory kept in a list of copies": (
        """
def gradient_descent(grad, x0, lr, steps):
    x, path = x0.copy(), [x0.copy()]
    for _ in range(steps):
        x -= lr * grad(x)
        path.append(x.copy())
    return path
""",
        ("gradient_descent",),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_solution_in_an_unusual_form_gets_full_points(name: str) -> None:
    source, wanted = RIGHT[name]
    space = notebook(source)
    for exercise in wanted:
        for seed in SEEDS:
            report = verdict(space, exercise, seed)
            assert report.passed, f"{exercise}, seed {seed}: {report.groups} {report.problem}"
