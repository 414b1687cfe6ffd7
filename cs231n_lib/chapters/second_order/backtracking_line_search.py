"""The question `backtracking_line_search` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cs231n_lib.chapters.second_order._cases import away, symmetric
from cs231n_lib.exercise.declare import Case, exercise
from cs231n_lib.exercise.drivers import Call
from cs231n_lib.wire import Function


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """How often a step must be shrunk is drawn, and only f can tell.

    The scales of f, of its slope and of its minimum are drawn over several orders of magnitude
    each, so that nothing can be guessed from x, p and grad.
    """

    def order(*numbers: int) -> list[int]:
        return [int(k) for k in rng.permutation(numbers)]

    def few(low: int = 1, high: int = 5) -> int:
        return int(rng.integers(low, high))

    def args(
        D: int, k: int, share: float, c: float = 1e-4, shrink: float = 0.5, alpha: float = 1.0
    ) -> dict[str, object]:
        """A quadratic whose longest admissible step is alpha * shrink**k / share."""
        scale = 10.0 ** rng.uniform(0, 2)
        H = scale * symmetric(rng, rng.uniform(4, 8, size=D))
        b, x = scale * 10.0 ** rng.uniform(0, 3) * rng.normal(size=D), away(rng, D)
        grad = H @ x + b
        p = -symmetric(rng, rng.uniform(0.5, 1, size=D)) @ grad
        longest = 2 * (1 - c) * -(grad @ p) / (p @ H @ p)
        p *= longest * share / (alpha * shrink**k)
        return {"f": Function("quadratic", {"H": H, "b": b}), "x": x, "p": p, "grad": grad}

    def told(k: int) -> str:
        return f"{k} shrinks needed" if k else "the full step is good enough"

    for k in order(0, few()):
        yield Case("at once", args(2, k, 0.8), told(k))
    for k in order(0, few(3, 6)):
        more = {"alpha": float(rng.uniform(2, 4)), "c": 0.3, "shrink": 0.5}
        yield Case("at once", args(3, k, 0.7, **more) | more, f"another first step: {told(k)}")

    for k in order(3, few(1, 7)):
        yield Case("shrinks", args(4, k, 0.8), told(k))
    for k in order(4, few(1, 7)):
        more = {"alpha": float(rng.uniform(0.5, 0.9)), "c": 0.1, "shrink": 0.8}
        yield Case("shrinks", args(2, k, 0.9, **more) | more, f"shrunk by 0.8: {told(k)}")

    # c decides: between 2 (1 - c) and 2 of the way to the model's minimum f still falls
    for c in (0.4, 0.2):
        more = {"alpha": float(rng.uniform(0.7, 2)), "c": c, "shrink": 0.5}
        label = f"lower, but not by enough (c = {c})"
        yield Case("sufficient", args(3, few(), 0.7, **more) | more, label)
    lines = [
        (2 - 1.5e-4, few(0, 4), "a decrease too small for c = 1e-4"),
        (2 - 2.5e-4, few(0, 4), "just enough"),
    ]
    yield from (_line(rng, *lines[i]) for i in rng.permutation(2))
    yield _equality(rng, few(0, 4))

    for k in order(0, 0, few(), few()):
        D, r = 3, 10.0 ** rng.uniform(0.3, 1.5)
        d = r * rng.uniform(1, 2, size=D)
        m = r * 10.0 ** rng.uniform(0.5, 2) * rng.normal(size=D)
        a = rng.uniform(1, 2, size=D) * 10.0 ** rng.uniform(0.5, 3) / r
        f = Function("log_barrier", {"a": a, "m": m})
        # the first step that stays inside goes three quarters of the way to the wall
        far = {"f": f, "x": m + d, "p": -0.75 * 2.0**k * d, "grad": a - 1 / d}
        label = f"{k} steps leave the domain: f is NaN" if k else "f is finite everywhere"
        yield Case("not a number", far, label)

    uphill = args(3, 0, 0.8)
    flat = [Case("gives up", uphill | {"p": uphill["grad"]}, "uphill: no step is good")]
    flat.append(Case("gives up", args(2, 30, 0.8), "the thirtieth shrink helps"))
    flat.append(Case("gives up", args(2, 31, 0.8), "thirty shrinks are not enough"))
    flat.append(Case("gives up", args(2, few(3, 9), 0.8), "a few shrinks are enough"))
    yield from (flat[i] for i in rng.permutation(len(flat)))
    most = few(2, 6)
    limit = {"alpha": 1.0, "c": 1e-4, "shrink": 0.5, "max_shrinks": most}
    for k in order(most, most + 1, few(1, most)):
        label = f"{most} shrinks are allowed, {k} needed"
        yield Case("gives up", args(4, k, 0.8) | limit, label)


def _line(rng: np.random.Generator, bend: float, k: int, label: str) -> Case:
    """A parabola on which k shrinks lead to a step of ``bend`` of the way to its minimum."""
    h, m, d = 10.0 ** rng.uniform(-2, 2), rng.normal(size=1), away(rng, 1)
    f = Function("quadratic", {"H": h * np.eye(1), "b": -h * m})
    return Case("sufficient", {"f": f, "x": m + d, "p": -bend * 2.0**k * d, "grad": h * d}, label)


def _equality(rng: np.random.Generator, k: int) -> Case:
    """A parabola of whole numbers: after k + 1 shrinks the condition is met exactly."""
    d, m = (rng.integers(1, 9, size=1).astype(np.float64) for _ in range(2))
    h = 2.0 ** int(rng.integers(1, 8))
    f = Function("quadratic", {"H": h * np.eye(1), "b": -h * m})
    args = {"f": f, "x": m + d, "p": -(2.0 ** (k + 1)) * d, "grad": h * d, "alpha": 1.0, "c": 0.5}
    return Case("sufficient", args, "equality: exactly on the line after some shrinks")


@exercise(
    section="How far along the line",
    groups={"at once": 1, "shrinks": 1, "sufficient": 2, "not a number": 1, "gives up": 1},
    driver=Call(("step",)),
    cases=cases,
)
def backtracking_line_search(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    p: np.ndarray,
    grad: np.ndarray,
    alpha: float = 1.0,
    c: float = 1e-4,
    shrink: float = 0.5,
    max_shrinks: int = 30,
):
    """The first step length that lowers f enough, on trying ever shorter ones.

    Tries a = alpha, alpha * shrink, alpha * shrink**2, ... and returns the first with

        f(x + a p) <= f(x) + c a (grad . p)

    which is Armijo's condition. A trial at which f is NaN is not accepted, and the search
    goes on. When the step after max_shrinks shrinks is not accepted either, the
    search gives up and returns 0.0.

    Parameters:
        f: function from a point of shape (D,) to a float.
        x: the point, shape (D,).
        p: the direction, shape (D,); not necessarily of length 1, nor downhill.
        grad: gradient of f at x, shape (D,).
        alpha: the first step length tried.
        c: the share of the predicted decrease that is asked for, between 0 and 1.
        shrink: what a step is multiplied by after a failure, between 0 and 1.
        max_shrinks: the largest number of shrinks, so max_shrinks + 1 trials at most.

    Returns:
        step: the accepted a, or 0.0.

    Source: L. Armijo (1966); J. Nocedal and S. Wright, Numerical Optimization (2006),
    algorithm 3.1.
    """
    raise NotImplementedError
