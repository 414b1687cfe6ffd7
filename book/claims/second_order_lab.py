"""Chapter 5's experiments: Newton's method, and what a Hessian costs.

Derivatives come from autograd.  All times are processor times of one thread, which other
programs on the machine hardly touch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import torch
from scipy.optimize import approx_fprime, minimize
from torch.func import grad, hessian, jvp, vmap

from cs231n_lib.data import load_digits_split

Loss = Callable[[torch.Tensor], torch.Tensor]


def tensor(values: object) -> torch.Tensor:
    """float64, like everything in this chapter."""
    return torch.as_tensor(np.asarray(values, dtype=float))


def spd(seed: int, size: int, condition: float) -> np.ndarray:
    """Symmetric, eigenvalues spaced evenly in their logarithm from 1 to ``condition``."""
    Q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))
    return (Q * np.geomspace(1, condition, size)) @ Q.T


# --- Newton ---------------------------------------------------------------------------


def newton_paths(f: Loss, starts: object, steps: int, floor: float | None = None) -> np.ndarray:
    """Newton's method from every row of ``starts`` at once; shape (steps + 1, B, D).

    With ``floor`` each Hessian is damped: a multiple of the identity raises its smallest
    eigenvalue to ``floor`` where it is smaller.
    """
    x = tensor(starts)
    path = [x]
    slope, curvature = vmap(grad(f)), vmap(hessian(f))
    for _ in range(steps):
        H = curvature(x)
        if floor is not None:
            lowest = torch.linalg.eigvalsh(H)[:, 0]
            H = H + (floor - lowest).clamp(min=0)[:, None, None] * torch.eye(x.shape[1])
        x = x - torch.linalg.solve(H, slope(x))
        path.append(x)
    return torch.stack(path).numpy()


def negative_directions(f: Loss, points: object) -> np.ndarray:
    """Number of negative eigenvalues of the Hessian at each row; -1 where not finite."""
    x = tensor(points)
    fine = torch.isfinite(x).all(dim=1)
    H = vmap(hessian(f))(torch.where(fine[:, None], x, 0.0))
    count = (torch.linalg.eigvalsh(H) < 0).sum(dim=1)
    return torch.where(fine, count, -1).numpy()


def one_step_error(seed: int, size: int = 50, condition: float = 1e4) -> float:
    """Distance to a quadratic's minimum after one Newton step, over that before it."""
    A = tensor(spd(seed, size, condition))
    goal, start = tensor(np.random.default_rng(seed).normal(size=(2, size)))
    path = newton_paths(lambda x: (x - goal) @ A @ (x - goal) / 2, start[None], 1)[:, 0]
    before, after = np.linalg.norm(path - goal.numpy(), axis=1)
    return float(after / before)


def two_valleys(w: torch.Tensor) -> torch.Tensor:
    """x^4/4 - x^2/2 + y^2/2 + 0.3 x^2 y: two minima, and a saddle at the origin."""
    x, y = w[..., 0], w[..., 1]
    return x**4 / 4 - x**2 / 2 + y**2 / 2 + 0.3 * x**2 * y


def wells(w: torch.Tensor) -> torch.Tensor:
    """The sum of x^4/4 - x^2/2: 3^D critical points, of which 2^D are minima."""
    return (w**4 / 4 - w**2 / 2).sum(-1)


def minimum_share(seed: int, size: int, floor: float | None = None, starts: int = 400) -> float:
    """Share of random starts in [-1.5, 1.5]^D from which Newton ends in a minimum."""
    at = np.random.default_rng(seed).uniform(-1.5, 1.5, size=(starts, size))
    ends = newton_paths(wells, at, 40, floor)[-1]
    return float(np.mean(negative_directions(wells, ends) == 0))


@cache
def parity(examples: int = 1348) -> Loss:
    """Logistic regression, odd or even digit: 65 weights, with an L2 penalty of 0.001."""
    X, y = (part[:examples] for part in load_digits_split(0)[:2])
    Z = tensor(np.hstack([X, np.ones((len(X), 1))]) * np.where(y % 2, 1.0, -1.0)[:, None])

    def loss(w: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(-Z @ w).mean() + 5e-4 * w @ w

    return loss


def stretched(f: Loss, scale: object) -> Loss:
    """The same function in other coordinates: z stands for x = scale * z."""
    factors = tensor(scale)
    return lambda z: f(factors * z)


def stretch(seed: int, size: int = 65) -> np.ndarray:
    """A factor for each coordinate, from 1/10 to 10."""
    return 10.0 ** np.random.default_rng(seed).uniform(-1, 1, size)


def invariance_gap(seed: int) -> float:
    """Newton in stretched coordinates, brought back: largest distance / longest vector."""
    f, scale = parity(), stretch(seed)
    plain = newton_paths(f, np.zeros((1, 65)), 6)
    back = newton_paths(stretched(f, scale), np.zeros((1, 65)), 6) * scale
    return float(np.abs(back - plain).max() / np.linalg.norm(plain[-1, 0]))


def far_share(seed: int, size: float, starts: int = 10) -> float:
    """Share of starts with entries of this deviation from which Newton's steps converge."""
    f = parity(100)
    at = size * np.random.default_rng(seed).normal(size=(starts, 65))
    ends = tensor(newton_paths(f, at, 20)[-1])
    slopes = vmap(grad(f))(ends).abs().amax(dim=1)
    return float((slopes < 1e-8).double().mean())


def numpy_pair(f: Loss) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Value and gradient for SciPy."""

    def pair(x: np.ndarray) -> tuple[float, np.ndarray]:
        w = tensor(x).clone().requires_grad_()
        value = f(w)
        (slope,) = torch.autograd.grad(value, w)
        return value.item(), slope.numpy()

    return pair


def descent_values(f: Loss, start: np.ndarray, steps: int) -> np.ndarray:
    """Loss along gradient descent at the rate 1 / (largest curvature at the start)."""
    pair, x, values = numpy_pair(f), np.array(start), []
    lr = 1 / float(torch.linalg.eigvalsh(hessian(f)(tensor(start)))[-1])
    for _ in range(steps + 1):
        value, slope = pair(x)
        values.append(value)
        x = x - lr * slope
    return np.array(values)


def lbfgs_values(f: Loss, start: np.ndarray, evaluations: int, memory: int = 10) -> np.ndarray:
    """Best loss so far after each evaluation by SciPy's L-BFGS-B."""
    pair, seen = numpy_pair(f), []

    def recorded(x: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = pair(x)
        seen.append(value)
        return value, slope

    options = {"maxfun": evaluations, "maxiter": 10**6, "maxcor": memory, "ftol": 0, "gtol": 1e-12}
    minimize(recorded, start, jac=True, method="L-BFGS-B", options=options)
    return np.minimum.accumulate(seen)


# --- what it costs --------------------------------------------------------------------


def net_loss(hidden: int, examples: int = 64) -> tuple[Loss, torch.Tensor]:
    """Loss of a 64-hidden-10 tanh net on some digits, and a start; 75 hidden + 10 weights."""
    X, y = (torch.from_numpy(part[:examples]) for part in load_digits_split(0)[:2])
    sizes = [64 * hidden, hidden, 10 * hidden, 10]

    def loss(w: torch.Tensor) -> torch.Tensor:
        W1, b1, W2, b2 = torch.split(w, sizes)
        out = torch.tanh(X @ W1.view(64, hidden) + b1) @ W2.view(hidden, 10) + b2
        return torch.nn.functional.cross_entropy(out, y)

    return loss, tensor(0.3 * np.random.default_rng(0).normal(size=sum(sizes)))


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    """Processor time of each repeat, after one call that does not count."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        work()
        spent = []
        for _ in range(repeats):
            began = time.process_time()
            work()
            spent.append(time.process_time() - began)
    finally:
        torch.set_num_threads(threads)
    return spent


@cache
def hessian_costs(widths: tuple[int, ...] = (4, 8, 16, 24)) -> dict[str, np.ndarray]:
    """N, bytes of the Hessian, seconds for a gradient, a product Hv, the Hessian (3 repeats)."""
    rows: dict[str, list[object]] = {"N": [], "bytes": [], "gradient": [], "product": [], "all": []}
    for hidden in widths:
        f, w = net_loss(hidden)
        v = torch.ones_like(w)
        H = hessian(f)(w)
        rows["N"].append(len(w))
        rows["bytes"].append(H.untyped_storage().nbytes())
        rows["gradient"].append(seconds(lambda f=f, w=w: grad(f)(w), 3))
        rows["product"].append(seconds(lambda f=f, w=w, v=v: jvp(grad(f), (w,), (v,)), 3))
        rows["all"].append(seconds(lambda f=f, w=w: hessian(f)(w), 3))
    return {key: np.array(value) for key, value in rows.items()}


SIZES = (768, 1024, 1536, 2048)


@cache
def solve_costs(sizes: tuple[int, ...] = SIZES, repeats: int = 3) -> np.ndarray:
    """Seconds to factorise an N by N matrix by Cholesky and solve with it; (sizes, repeats)."""

    def work(A: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.cholesky_solve(b, torch.linalg.cholesky(A))

    rows = []
    for size in sizes:
        A = torch.randn(size, size, generator=torch.Generator().manual_seed(size)).double()
        A = A + A.T + 4 * size**0.5 * torch.eye(size)  # its noise has eigenvalues below 3 root N
        rows.append(seconds(lambda A=A: work(A, A[:, :1]), repeats))
    return np.array(rows)


def exponent(sizes: Sequence[float], amounts: Sequence[float]) -> float:
    """Slope of log amount over log size, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(amounts), 1)[0])


def product_errors(steps: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Relative error of Hv by a one-sided and by a centred difference of gradients, per h."""
    f, w = net_loss(8)
    v = tensor(np.random.default_rng(1).normal(size=len(w)))
    exact = jvp(grad(f), (w,), (v,))[1].numpy()

    def along(t: np.ndarray) -> np.ndarray:
        return grad(f)(w + float(t[0]) * v).numpy()

    def error(estimate: np.ndarray) -> float:
        return float(np.linalg.norm(estimate - exact) / np.linalg.norm(exact))

    sides = [[approx_fprime([0.0], along, sign * h)[:, 0] for sign in (1, -1)] for h in steps]
    one = np.array([error(forward) for forward, _ in sides])
    return one, np.array([error((forward + backward) / 2) for forward, backward in sides])
