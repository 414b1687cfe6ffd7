"""What a Hessian costs: counted where a count is possible, timed where it is not.

All times are processor times of one thread, which other programs on the machine hardly touch.
They are shown on the page and get no verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from math import sqrt

import numpy as np
import torch
from scipy.optimize import approx_fprime
from torch.func import grad, hessian, jvp

from claims.digits import digits
from claims.second_order.net import net_loss, start
from claims.second_order.newton import Loss, spd, tensor

WIDTHS = (4, 8, 16)
SIZES = (512, 1024, 1536)


def some_net(hidden: int, examples: int = 64) -> tuple[Loss, torch.Tensor]:
    """Loss of a 64-hidden-10 net on some digits, and a start; 75 hidden + 10 weights."""
    X, y = (part[:examples] for part in digits(0)["training"])
    return net_loss(X, y, hidden), tensor(start(0, hidden))


def hessian_bytes() -> float:
    """How the bytes of a net's Hessian grow with N: the exponent, from 85 to 1,210 weights."""
    nets = [some_net(hidden) for hidden in (1, *WIDTHS)]
    held = [hessian(f)(w).untyped_storage().nbytes() for f, w in nets]
    return exponent([len(w) for _, w in nets], held)


class Counted:
    """A number that counts the additions, multiplications, divisions and roots done with it."""

    done = 0

    def __init__(self, value: float) -> None:
        self.value = value

    def __add__(self, other: Counted) -> Counted:
        return self._next(self.value + other.value)

    def __sub__(self, other: Counted) -> Counted:
        return self._next(self.value - other.value)

    def __mul__(self, other: Counted) -> Counted:
        return self._next(self.value * other.value)

    def __truediv__(self, other: Counted) -> Counted:
        return self._next(self.value / other.value)

    def root(self) -> Counted:
        """The square root, one operation."""
        return self._next(sqrt(self.value))

    def _next(self, value: float) -> Counted:
        Counted.done += 1
        return Counted(value)


def cholesky_operations(size: int) -> tuple[int, np.ndarray]:
    """Operations of a Cholesky factorisation, counted one by one, and the factor."""
    A = [[Counted(v) for v in row] for row in spd(0, size, 10.0).tolist()]
    Counted.done = 0
    for j in range(size):
        A[j][j] = A[j][j].root()
        for i in range(j + 1, size):
            A[i][j] = A[i][j] / A[j][j]
        for k in range(j + 1, size):
            for i in range(k, size):
                A[i][k] = A[i][k] - A[i][j] * A[k][j]
    return Counted.done, np.tril([[v.value for v in row] for row in A])


def cholesky_growth(size: int = 50) -> dict[str, float]:
    """Operations for twice the unknowns over those for ``size``; and as a share of N^3."""
    small, large = (cholesky_operations(n)[0] for n in (size, 2 * size))
    return {"value": large / small, "over the cube": large / (2 * size) ** 3}


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
def hessian_costs(widths: tuple[int, ...] = WIDTHS) -> dict[str, np.ndarray]:
    """N, bytes of the Hessian, seconds for a gradient, a product Hv, the Hessian (3 repeats)."""
    rows: dict[str, list[object]] = {"N": [], "bytes": [], "gradient": [], "product": [], "all": []}
    for hidden in widths:
        f, w = some_net(hidden)
        v = torch.ones_like(w)
        H = hessian(f)(w)
        rows["N"].append(len(w))
        rows["bytes"].append(H.untyped_storage().nbytes())
        rows["gradient"].append(seconds(lambda f=f, w=w: grad(f)(w), 3))
        rows["product"].append(seconds(lambda f=f, w=w, v=v: jvp(grad(f), (w,), (v,)), 3))
        rows["all"].append(seconds(lambda f=f, w=w: hessian(f)(w), 3))
    return {key: np.array(value) for key, value in rows.items()}


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
    f, w = some_net(8)
    v = tensor(np.random.default_rng(1).normal(size=len(w)))
    exact = jvp(grad(f), (w,), (v,))[1].numpy()

    def along(t: np.ndarray) -> np.ndarray:
        return grad(f)(w + float(t[0]) * v).numpy()

    def error(estimate: np.ndarray) -> float:
        return float(np.linalg.norm(estimate - exact) / np.linalg.norm(exact))

    sides = [[approx_fprime([0.0], along, sign * h)[:, 0] for sign in (1, -1)] for h in steps]
    one = np.array([error(forward) for forward, _ in sides])
    return one, np.array([error((forward + backward) / 2) for forward, backward in sides])
