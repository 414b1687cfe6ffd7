"""Right solutions in unusual clothes, as the text of a notebook's cells.

They are answers, so they stand here and not beside the tests that judge them.
"""

from __future__ import annotations

RIGHT: dict[str, tuple[str, tuple[str, ...]]] = {
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
    "relu with its mask in a dictionary": (
        """
def relu_forward(x):
    return np.maximum(x, 0), {"mask": x > 0}
def relu_backward(dout, cache):
    return dout * cache["mask"]
""",
        ("relu_forward", "relu_backward"),
    ),
    "minibatches that shuffle the arrays themselves": (
        """
def minibatches(X, y, batch_size, rng):
    order = np.arange(len(y))
    rng.shuffle(order)
    X[:], y[:] = X[order], y[order]
    n = -(-len(X) // batch_size)
    pieces = [slice(i * batch_size, (i + 1) * batch_size) for i in range(n)]
    return [(X[piece].copy(), list(y[piece])) for piece in pieces]
""",
        ("minibatches",),
    ),
    "minibatches by sorting random keys, in single precision": (
        """
def minibatches(X, y, batch_size, rng):
    order = np.argsort(rng.random(len(X)))
    while len(order):
        rows, order = order[:batch_size], order[batch_size:]
        yield X[rows].astype(np.float32), y[rows].astype(float)
""",
        ("minibatches",),
    ),
    "the noise of a minibatch by the unbiased variance": (
        """
def gradient_noise(per_example_grads, batch_size):
    S2 = np.var(per_example_grads, axis=0, ddof=1).sum()
    return (1 / batch_size - 1 / len(per_example_grads)) * S2
""",
        ("gradient_noise",),
    ),
}


def functions(name: str) -> dict[str, object]:
    """The functions of one of them."""
    import numpy as np

    space: dict[str, object] = {"np": np}
    exec(compile(RIGHT[name][0], "<ipykernel>", "exec"), space)
    return space
