"""Chapter 5: right solutions in other styles."""

from __future__ import annotations

from collections import deque

import numpy as np

from solutions.declare import Variants

variants = Variants()


# --- newton_step --------------------------------------------------------------------


@variants.of("newton_step", "Moore-Penrose inverse")
def _(x, grad, hess):
    return x - np.linalg.pinv(hess) @ grad


@variants.of("newton_step", "eigenvectors one by one, flat ones skipped")
def _(x, grad, hess):
    values, vectors = np.linalg.eigh(hess)
    new = x.copy()
    for value, v in zip(values, vectors.T, strict=True):
        if abs(value) > 1e-12 * np.abs(values).max():
            new -= (v @ grad) / value * v
    return new


@variants.of("newton_step", "solve, and least squares only when the rank falls short")
def _(x, grad, hess):
    if np.linalg.matrix_rank(hess) == len(x):
        x += np.linalg.solve(hess, -grad)
    else:
        x += np.linalg.pinv(hess, hermitian=True) @ -grad
    return x


@variants.of("newton_step", "singular values in single precision")
def _(x, grad, hess):
    U, sigma, Vt = np.linalg.svd(hess.astype(np.float32))
    kept = sigma > 1e-5 * sigma[0]
    p = Vt[kept].T @ ((U.T[kept] @ grad.astype(np.float32)) / sigma[kept])
    return (x - p).astype(np.float32)


# --- bfgs_inverse_update ------------------------------------------------------------


@variants.of("bfgs_inverse_update", "expanded into two outer products, no matrix product")
def _(H, s, y):
    sy = np.dot(s, y)
    if not sy > 0:
        return H
    Hy = H.dot(y)
    cross = np.outer(Hy, s)
    return H - (cross + cross.T) / sy + (1 + y.dot(Hy) / sy) * np.outer(s, s) / sy


@variants.of("bfgs_inverse_update", "columns and rows, as scipy writes it")
def _(H, s, y):
    if np.vdot(s, y) <= 0:
        return H.copy()
    eye = np.eye(len(H), dtype=int)
    rho = 1.0 / np.dot(y, s)
    A1 = eye - s[:, np.newaxis] * y[np.newaxis, :] * rho
    A2 = eye - y[:, np.newaxis] * s[np.newaxis, :] * rho
    return np.dot(A1, np.dot(H, A2)) + rho * s[:, np.newaxis] * s[np.newaxis, :]


@variants.of("bfgs_inverse_update", "in place, entry by entry")
def _(H, s, y):
    sy = sum(a * b for a, b in zip(s, y, strict=True))
    if sy > 0:
        Hy = H @ y
        scale = (sy + y @ Hy) / sy**2
        for i in range(len(s)):
            for j in range(len(s)):
                H[i, j] += scale * s[i] * s[j] - (Hy[i] * s[j] + s[i] * Hy[j]) / sy
    return H


@variants.of("bfgs_inverse_update", "einsum in single precision")
def _(H, s, y):
    if np.inner(s, y) <= 0:
        return H
    s, y = s / np.linalg.norm(s), y / np.linalg.norm(s)
    H, s, y = (a.astype(np.float32) for a in (H, s, y))
    rho = 1 / np.einsum("i,i", s, y)
    V = np.eye(len(s), dtype=np.float32) - rho * np.einsum("i,j->ij", y, s)
    return np.einsum("ki,kl,lj->ij", V, H, V) + rho * np.einsum("i,j->ij", s, s)


# --- lbfgs_direction ----------------------------------------------------------------


@variants.of("lbfgs_direction", "indices and rho, as the textbook prints it")
def _(grad, s_list, y_list):
    m = len(s_list)
    q, alpha = grad.copy(), np.zeros(m)
    rho = [1.0 / np.dot(y_list[i], s_list[i]) for i in range(m)]
    for i in range(m - 1, -1, -1):
        alpha[i] = rho[i] * np.dot(s_list[i], q)
        q -= alpha[i] * y_list[i]
    gamma = 1.0
    if m > 0:
        gamma = np.dot(s_list[-1], y_list[-1]) / np.dot(y_list[-1], y_list[-1])
    r = gamma * q
    for i in range(m):
        beta = rho[i] * np.dot(y_list[i], r)
        r += s_list[i] * (alpha[i] - beta)
    return -r


@variants.of("lbfgs_direction", "dense matrix, updated pair by pair")
def _(grad, s_list, y_list):
    eye = np.eye(len(grad))
    H = eye
    if len(s_list):
        H = eye * (s_list[-1] @ y_list[-1]) / (y_list[-1] @ y_list[-1])
    for s, y in zip(s_list, y_list, strict=True):
        V = eye - np.outer(y, s) / (y @ s)
        H = V.T @ H @ V + np.outer(s, s) / (y @ s)
    return -H @ grad


@variants.of("lbfgs_direction", "starts from minus the gradient, as PyTorch does")
def _(grad, s_list, y_list):
    q = np.negative(grad)
    ro = [1.0 / y.dot(s) for s, y in zip(s_list, y_list, strict=True)]
    al = [0.0] * len(s_list)
    for i in range(len(s_list) - 1, -1, -1):
        al[i] = s_list[i].dot(q) * ro[i]
        q = q + y_list[i] * -al[i]
    h_diag = 1 / (ro[-1] * y_list[-1].dot(y_list[-1])) if ro else 1.0
    d = q * h_diag
    for i in range(len(s_list)):
        d = d + s_list[i] * (al[i] - y_list[i].dot(d) * ro[i])
    return d


@variants.of("lbfgs_direction", "recursion that calls itself")
def _(grad, s_list, y_list):
    def apply(q, k, gamma):
        if k == 0:
            return gamma * q
        s, y = s_list[k - 1], y_list[k - 1]
        a = (s @ q) / (y @ s)
        r = apply(q - a * y, k - 1, gamma)
        return r + (a - (y @ r) / (y @ s)) * s

    gamma = 1.0
    for s, y in zip(s_list, y_list, strict=True):
        gamma = (s @ y) / np.sum(y**2)
    return -apply(grad, len(s_list), gamma)


@variants.of("lbfgs_direction", "arrays of pairs in single precision")
def _(grad, s_list, y_list):
    r = grad.astype(np.float32)
    S, Y = np.array(s_list, np.float32), np.array(y_list, np.float32)
    stack = []
    for s, y in zip(S[::-1], Y[::-1], strict=True):
        stack.append((s, y, s @ r / (s @ y)))
        r = r - stack[-1][2] * y
    if stack:
        r *= (S[-1] @ Y[-1]) / np.linalg.norm(Y[-1]) ** 2
    while stack:
        s, y, a = stack.pop()
        r = r + s * (a - y @ r / (s @ y))
    return -r


# --- backtracking_line_search -------------------------------------------------------


@variants.of("backtracking_line_search", "while loop that multiplies the step")
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    fx, m = f(x), c * np.dot(grad, p)
    shrinks = 0
    while not f(x + alpha * p) <= fx + alpha * m:
        if shrinks == max_shrinks:
            return 0.0
        alpha *= shrink
        shrinks += 1
    return alpha


@variants.of("backtracking_line_search", "calls itself with a shorter step")
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    def search(a, left):
        value = f(x + a * p)
        if np.isfinite(value) and value - f(x) <= c * a * np.sum(grad * p):
            return a
        return search(a * shrink, left - 1) if left > 0 else 0

    return search(alpha, max_shrinks)


@variants.of("backtracking_line_search", "all trials at once, the first good one")
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    steps = alpha * np.power(shrink, np.arange(max_shrinks + 1.0))
    values = np.array([f(x + a * p) for a in steps])
    good = np.flatnonzero(values <= f(x) + c * steps * grad.dot(p))
    return steps[good[0]] if good.size else 0.0


@variants.of("backtracking_line_search", "step and slope in single precision")
def _(f, x, p, grad, alpha=1.0, c=1e-4, shrink=0.5, max_shrinks=30):
    a, slope = np.float32(alpha), np.float32(grad @ p)
    for _ in range(max_shrinks + 1):
        if f(x + a * p) - f(x) <= np.float32(c) * a * slope:
            return a
        a = a * np.float32(shrink)
    return np.float32(0)


# --- lbfgs --------------------------------------------------------------------------


def _search(f, x, fx, p, g):
    """Armijo's backtracking with the defaults of the course."""
    a = 1.0
    for _ in range(31):
        if f(x + a * p)[0] <= fx + 1e-4 * a * np.dot(g, p):
            return a
        a /= 2
    return 0.0


@variants.of("lbfgs", "deque of pairs, textbook recursion, everything inside")
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    pairs = deque(maxlen=memory)
    x = x0.copy()
    path = [x.copy()]
    value, g = fun_and_grad(x)
    for _ in range(steps):
        if np.linalg.norm(g, np.inf) <= tol:
            break
        q, stack = g.copy(), []
        for s, y, rho in reversed(pairs):
            a = rho * np.dot(s, q)
            q -= a * y
            stack.append(a)
        if pairs:
            s, y, rho = pairs[-1]
            q /= rho * np.dot(y, y)
        for s, y, rho in pairs:
            q += s * (stack.pop() - rho * np.dot(y, q))
        x_new = x - _search(fun_and_grad, x, value, -q, g) * q
        value, g_new = fun_and_grad(x_new)
        s, y = x_new - x, g_new - g
        if np.dot(s, y) > 0:
            pairs.append((s, y, 1.0 / np.dot(s, y)))
        x, g = x_new, g_new
        path.append(x.copy())
    return x, path


@variants.of("lbfgs", "dense inverse Hessian, rebuilt from the pairs at every step")
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    S, Y, path = [], [], np.array([x0])
    while len(path) <= steps:
        value, g = fun_and_grad(path[-1])
        if not (np.abs(g) > tol).any():
            break
        eye = np.eye(len(x0))
        H = eye * (S[-1] @ Y[-1] / (Y[-1] @ Y[-1])) if S else eye
        for s, y in zip(S, Y, strict=True):
            V = eye - np.outer(y, s) / (y @ s)
            H = V.T @ H @ V + np.outer(s, s) / (y @ s)
        p = -H @ g
        x = path[-1] + _search(fun_and_grad, path[-1], value, p, g) * p
        s, y = x - path[-1], fun_and_grad(x)[1] - g
        if s @ y > 0:
            S.append(s)
            Y.append(y)
        if len(S) > memory:
            del S[0], Y[0]
        path = np.vstack([path, x])
    return path[-1], path


@variants.of("lbfgs", "rows of a preallocated trajectory, arrays of pairs, recursion")
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    def apply(q, S, Y, gamma):
        if len(S) == 0:
            return gamma * q
        a = S[-1] @ q / (Y[-1] @ S[-1])
        r = apply(q - a * Y[-1], S[:-1], Y[:-1], gamma)
        return r + (a - Y[-1] @ r / (Y[-1] @ S[-1])) * S[-1]

    path = np.zeros((steps + 1, len(x0)))
    path[0] = x0
    S, Y = np.empty((0, len(x0))), np.empty((0, len(x0)))
    n = 0
    while n < steps:
        value, g = fun_and_grad(path[n])
        if max(abs(g)) <= tol:
            break
        gamma = S[-1] @ Y[-1] / np.sum(Y[-1] ** 2) if len(S) else 1.0
        p = -apply(g, S, Y, gamma)
        path[n + 1] = path[n] + _search(fun_and_grad, path[n], value, p, g) * p
        s, y = path[n + 1] - path[n], fun_and_grad(path[n + 1])[1] - g
        if s @ y > 0:
            S, Y = np.vstack([S, s])[-memory:], np.vstack([Y, y])[-memory:]
        n += 1
    return path[n], path[: n + 1]


@variants.of("lbfgs", "pairs that are skipped below 1e-10 times |y| squared, as torch and scipy do")
def _(fun_and_grad, x0, steps=100, memory=10, tol=1e-8):
    x, path, S, Y = x0, [x0], [], []
    value, g = fun_and_grad(x)
    while len(path) - 1 < steps and np.abs(g).max() > tol:
        q, al = -g, []
        for s, y in zip(S[::-1], Y[::-1], strict=True):
            al.insert(0, s.dot(q) / y.dot(s))
            q = q - al[0] * y
        d = q * (S[-1].dot(Y[-1]) / Y[-1].dot(Y[-1])) if S else q
        for s, y, a in zip(S, Y, al, strict=True):
            d = d + s * (a - y.dot(d) / y.dot(s))
        t = _search(fun_and_grad, x, value, d, g)
        x = x + t * d
        value, new = fun_and_grad(x)
        y, s, g = new - g, t * d, new
        if y.dot(s) > 1e-10 * y.dot(y):
            if len(S) == memory:
                S.pop(0)
                Y.pop(0)
            S.append(s)
            Y.append(y)
        path.append(x)
    return path[-1], np.stack(path)


# --- hessian_vector_product ---------------------------------------------------------


@variants.of("hessian_vector_product", "two steps to either side, then one division")
def _(grad, x, v, h=1e-5):
    up, down = x.copy(), x.copy()
    up += h * v
    down -= h * v
    return np.subtract(grad(up), grad(down)) / h / 2


@variants.of("hessian_vector_product", "mean of the forward and the backward difference")
def _(grad, x, v, h=1e-5):
    here = grad(x)
    return 0.5 * ((grad(x + h * v) - here) / h + (here - grad(x - h * v)) / h)


@variants.of("hessian_vector_product", "unit direction, scaled back")
def _(grad, x, v, h=1e-5):
    length = np.sqrt(np.sum(v**2))
    unit, eps = v / length, h * length
    return length * (grad(x + eps * unit) - grad(x - eps * unit)) / (2 * eps)


@variants.of("hessian_vector_product", "points in single precision")
def _(grad, x, v, h=1e-5):
    x, v = x.astype(np.float32), v.astype(np.float32)
    step = np.float32(h) * v
    return ((grad(x + step) - grad(x - step)) / (2 * h)).astype(np.float32)


# --- kfac_precondition --------------------------------------------------------------


@variants.of("kfac_precondition", "two linear systems, no inverse")
def _(grad_W, A, S, damping):
    root = damping**0.5
    left = np.linalg.solve(A + root * np.identity(A.shape[0]), grad_W)
    return np.linalg.solve(S.T + root * np.identity(S.shape[0]), left.T).T


@variants.of("kfac_precondition", "eigenvectors of both factors")
def _(grad_W, A, S, damping):
    a, U = np.linalg.eigh(A)
    b, V = np.linalg.eigh(S)
    root = np.sqrt(damping)
    return U @ (U.T @ grad_W @ V / np.outer(a + root, b + root)) @ V.T


@variants.of("kfac_precondition", "the whole Kronecker product, solved at once")
def _(grad_W, A, S, damping):
    A[np.diag_indices_from(A)] += np.sqrt(damping)
    S[np.diag_indices_from(S)] += np.sqrt(damping)
    return np.linalg.solve(np.kron(A, S), grad_W.ravel()).reshape(grad_W.shape)


@variants.of("kfac_precondition", "einsum in single precision")
def _(grad_W, A, S, damping):
    lam = np.float32(np.sqrt(damping))
    left = np.linalg.inv(A.astype(np.float32) + lam * np.eye(len(A), dtype=np.float32))
    right = np.linalg.inv(S.astype(np.float32) + lam * np.eye(len(S), dtype=np.float32))
    return np.einsum("ij,jk,kl->il", left, grad_W.astype(np.float32), right)
