"""Cases of chapter 5: quadratics, saddles, pairs that break the curvature condition, damping."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cs231n_lib.exercises.declare import Case
from cs231n_lib.wire import Function


def _symmetric(rng: np.random.Generator, eigenvalues: object) -> np.ndarray:
    """A symmetric matrix with these eigenvalues, in random directions."""
    values = np.asarray(eigenvalues, dtype=np.float64)
    Q, _ = np.linalg.qr(rng.normal(size=(len(values), len(values))))
    H = (Q * values) @ Q.T
    return (H + H.T) / 2


def _away(rng: np.random.Generator, size: int, low: float = 0.4, high: float = 1.5) -> np.ndarray:
    """Entries of random sign with magnitudes from ``low`` to ``high``: none near zero."""
    return rng.uniform(low, high, size=size) * rng.choice([-1.0, 1.0], size=size)


def newton(rng: np.random.Generator) -> Iterator[Case]:
    def args(H: np.ndarray, grad: np.ndarray | None = None) -> dict[str, np.ndarray]:
        x = _away(rng, len(H), 1, 3)
        return {"x": x, "grad": _away(rng, len(H)) if grad is None else grad, "hess": H}

    for D in (2, 4):
        H = _symmetric(rng, rng.uniform(2, 9, size=D))
        yield Case("bowl", args(H), f"a bowl in {D} dimensions")
    yield Case("bowl", args(np.array([[rng.uniform(0.1, 0.4)]])), "a shallow parabola")
    H = _symmetric(rng, [*rng.uniform(1, 4, size=2), -rng.uniform(1, 4)])
    yield Case("saddle", args(H), "curved both ways: the step leads to the saddle")
    yield Case("saddle", args(_symmetric(rng, -rng.uniform(1, 4, size=2))), "near a maximum")
    yield Case("saddle", args(_symmetric(rng, rng.uniform(2, 5, size=3))), "near a minimum")
    a, b = rng.uniform(0.5, 2, size=2)
    H = np.array([[a, a, 0.0], [a, a, 0.0], [0.0, 0.0, b]])
    slope = _away(rng, 2)
    yield Case("singular", args(H, slope[[0, 0, 1]]), "a flat valley floor, no slope along it")
    grad = np.array([1.0, 0.2, 0.5]) * rng.uniform(0.5, 1.5, size=3)
    yield Case("singular", args(H, grad), "a flat direction with a slope along it")
    v = _away(rng, 4, 0.5, 1)
    yield Case("singular", args(np.outer(v, v)), "curved in one direction of four")


def bfgs(rng: np.random.Generator) -> Iterator[Case]:
    def args(D: int, size: float = 1.0) -> dict[str, np.ndarray]:
        H = _symmetric(rng, rng.uniform(0.5, 4, size=D))
        s = size * _away(rng, D)
        y = _symmetric(rng, rng.uniform(0.3, 3, size=D)) @ s
        return {"H": H, "s": s, "y": y}

    for D in (1, 2, 3, 5):
        yield Case("update", args(D), f"{D} parameters" if D > 1 else "one parameter")
    yield Case("update", args(4) | {"H": np.eye(4)}, "the first update, from the identity")
    yield Case("curvature", args(3, 1e-7), "a tiny step: s.y is tiny, yet positive")
    bent = args(3)
    yield Case("curvature", bent | {"y": -bent["y"]}, "the slope became steeper: s.y < 0")
    flat = args(2)
    s = rng.integers(1, 9, size=2).astype(np.float64)
    yield Case("curvature", flat | {"s": s, "y": np.array([-s[1], s[0]])}, "s.y is exactly zero")


def direction(rng: np.random.Generator) -> Iterator[Case]:
    def args(D: int, pairs: int) -> dict[str, object]:
        s_list = [_away(rng, D) for _ in range(pairs)]
        # curvature grows from pair to pair, so that it matters which one sets the scale
        y_list = [
            _symmetric(rng, rng.uniform(2, 5, size=D) * 1.5**k) @ s for k, s in enumerate(s_list)
        ]
        return {"grad": _away(rng, D), "s_list": s_list, "y_list": y_list}

    for D in (2, 5):
        yield Case("no memory", args(D, 0), "no pairs yet")
    for D in (1, 3):
        yield Case("one pair", args(D, 1), "a single pair")
    for D, pairs in ((3, 2), (4, 3), (2, 5)):
        yield Case("several pairs", args(D, pairs), f"{pairs} pairs in {D} dimensions")


def search(rng: np.random.Generator) -> Iterator[Case]:
    def args(
        D: int, k: int, share: float, c: float = 1e-4, shrink: float = 0.5, alpha: float = 1.0
    ) -> dict[str, object]:
        """A quadratic whose longest admissible step is alpha * shrink**k / share."""
        H = _symmetric(rng, rng.uniform(4, 8, size=D))
        b, x = rng.normal(size=D), _away(rng, D)
        grad = H @ x + b
        p = -_symmetric(rng, rng.uniform(0.5, 1, size=D)) @ grad
        longest = 2 * (1 - c) * -(grad @ p) / (p @ H @ p)
        p *= longest * share / (alpha * shrink**k)
        return {"f": Function("quadratic", {"H": H, "b": b}), "x": x, "p": p, "grad": grad}

    yield Case("at once", args(2, 0, 0.8), "the full step is good enough")
    more = {"alpha": 3.0, "c": 0.3, "shrink": 0.5}
    yield Case("at once", args(3, 0, 0.7, **more) | more, "a first step of 3")
    yield Case("at once", args(3, 2, 0.7), "two shrinks needed")
    yield Case("shrinks", args(4, 3, 0.8), "three shrinks needed")
    more = {"alpha": 0.7, "c": 0.1, "shrink": 0.8}
    yield Case("shrinks", args(2, 4, 0.9, **more) | more, "first step 0.7, four shrinks by 0.8")
    # c decides: between 2 (1 - c) and 2 of the way to the model's minimum f still falls
    more = {"alpha": 1.0, "c": 0.4, "shrink": 0.5}
    yield Case("sufficient", args(3, 3, 0.7, **more) | more, "lower, but not by enough (c = 0.4)")
    more = {"alpha": 2.0, "c": 0.2, "shrink": 0.5}
    yield Case("sufficient", args(2, 1, 0.7, **more) | more, "lower, but not by enough (c = 0.2)")
    for bend, label in (
        (2 - 1.5e-4, "a decrease too small for c = 1e-4"),
        (2 - 2.5e-4, "just enough"),
    ):
        x = _away(rng, 1)
        H, b = np.array([[1.0]]), np.zeros(1)
        line = {"f": Function("quadratic", {"H": H, "b": b}), "x": x, "p": -bend * x, "grad": x}
        yield Case("sufficient", line, label)
    x = rng.integers(1, 9, size=1).astype(np.float64)
    exact = {
        "f": Function("quadratic", {"H": np.array([[2.0]]), "b": np.zeros(1)}),
        **{"x": x, "p": -2 * x, "grad": 2 * x, "alpha": 1.0, "c": 0.5},
    }
    yield Case("sufficient", exact, "equality: exactly on the line at the second trial")
    x, a = rng.uniform(1, 2, size=3), rng.uniform(2, 3, size=3)
    grad = a - 1 / x
    out = {"f": Function("log_barrier", {"a": a}), "x": x, "p": -3 * x, "grad": grad}
    yield Case("not a number", out, "the first step leaves the domain: f is NaN")
    yield Case(
        "not a number", out | {"p": -0.8 * grad / np.max(grad / x)}, "f is finite everywhere"
    )
    uphill = args(3, 0, 0.8)
    yield Case("gives up", uphill | {"p": uphill["grad"]}, "uphill: no step is good")
    yield Case("gives up", args(2, 30, 0.8), "the thirtieth shrink helps")
    yield Case("gives up", args(2, 31, 0.8), "thirty shrinks are not enough")
    limit = {"alpha": 1.0, "c": 1e-4, "shrink": 0.5, "max_shrinks": 3}
    yield Case("gives up", args(4, 3, 0.8) | limit, "the last of 3 shrinks helps")
    yield Case("gives up", args(4, 4, 0.8) | limit, "3 shrinks are not enough")


def lbfgs(rng: np.random.Generator) -> Iterator[Case]:
    def land(
        H: np.ndarray, m: np.ndarray | None = None, b: np.ndarray | None = None, c: float = 0.0
    ) -> Function:
        zero = np.zeros(len(H))
        m, b = zero if m is None else m, zero if b is None else b
        return Function("landscape", {"H": H, "m": m, "b": b, "c": c})

    def bowl(D: int, top: float, c: float = 0.0) -> dict[str, object]:
        m = _away(rng, D, 1, 2)
        H = _symmetric(rng, np.geomspace(1, top, D) * rng.uniform(0.9, 1.1, size=D))
        return {"fun_and_grad": land(H, m, c=c), "x0": m + _away(rng, D)}

    yield Case("path", bowl(3, 6) | {"steps": 4}, "a bowl, four steps")
    yield Case("path", bowl(2, 3, c=0.5) | {"steps": 3}, "no quadratic, three steps")
    # a curvature of 2 (1 - c) is the largest at which the full step will do; c = 1e-4, and at
    # 2 - 1e-4 the step lowers f all the same
    m = _away(rng, 2, 1, 2)
    steep = {"fun_and_grad": land((2 - 1e-4) * np.eye(2), m), "x0": m - rng.uniform(0.3, 0.6, 2)}
    yield Case("path", steep | {"steps": 1}, "a full step that lowers f by too little")
    yield Case("memory", bowl(5, 9) | {"steps": 6, "memory": 2}, "a memory of two pairs")
    yield Case("memory", bowl(4, 9) | {"steps": 5, "memory": 1}, "a memory of one pair")
    yield Case("memory", bowl(16, 40) | {"steps": 13}, "more steps than the default memory")

    # it curves down along one axis only, and gently: every step has its full length
    values = np.array([-rng.uniform(1, 1.5), rng.uniform(0.3, 0.5), rng.uniform(0.6, 0.9)])
    x0, order = np.array([0.2, 0.01, 0.01]) * rng.choice([-1.0, 1.0], size=3), rng.permutation(3)
    valley = {"fun_and_grad": land(np.diag(values[order]), c=3.0), "x0": x0[order], "steps": 5}
    yield Case("curvature", valley, "it starts near a saddle")
    plane = {"fun_and_grad": land(np.zeros((2, 2)), b=_away(rng, 2)), "x0": _away(rng, 2)}
    yield Case(("curvature", "stops"), plane, "a plane: it falls for ever")

    # g at the start and after each step are known exactly on a round bowl
    def round_bowl(first: float, spread: np.ndarray, h: float = 0.5) -> dict[str, object]:
        x0 = first / h * spread
        return {"fun_and_grad": land(h * np.eye(len(x0))), "x0": x0}

    spread = np.array([1.0, -0.9, 0.8, 0.95]) * rng.choice([-1.0, 1.0], size=4)
    yield Case("stops", round_bowl(0.8e-8, spread), "a start below the default tol")
    yield Case("stops", round_bowl(1.2e-8, spread), "a start above the default tol")
    args = round_bowl(1.0, spread) | {"steps": 9, "memory": 5, "tol": 0.6}
    yield Case("stops", args, "below tol after one step")
    args = round_bowl(1.0, spread[:1] * [1.0, 0.2, -0.1]) | {"steps": 9, "memory": 5, "tol": 0.6}
    yield Case("stops", args, "all but one entry below tol at the start")
    first = float(rng.integers(1, 9))
    args = round_bowl(first, spread) | {"steps": 9, "memory": 5, "tol": first}
    yield Case("stops", args, "tol is met exactly at the start")
    yield Case("stops", bowl(2, 3) | {"steps": 0}, "no step at all")
    yield Case("minimum", bowl(4, 9, c=0.2), "run to the end")
    yield Case("minimum", bowl(5, 10), "run to the end, five dimensions")


def hvp(rng: np.random.Generator) -> Iterator[Case]:
    def quartic(D: int, c: float) -> Function:
        H = _symmetric(rng, rng.uniform(-2, 3, size=D))
        return Function("quartic_gradient", {"H": H, "c": c})

    for D in (2, 4):
        args = {"grad": quartic(D, 0.0), "x": _away(rng, D), "v": _away(rng, D), "h": 0.25}
        yield Case("quadratic", args, "a quadratic: exact for any h")
    args = {"grad": quartic(3, 1.0), "x": _away(rng, 3), "v": _away(rng, 3), "h": 0.5}
    yield Case("curved", args, "a large h shows which points are asked")
    args = {"grad": quartic(3, 2.0), "x": _away(rng, 6).reshape(3, 2), "h": 0.2}
    args = {**args, "v": _away(rng, 6).reshape(3, 2)}
    order = ("grad", "x", "v", "h")
    yield Case("curved", {k: args[k] for k in order}, "parameters in a matrix")
    args = {"grad": quartic(4, 1.0), "x": _away(rng, 4), "v": 3e4 * _away(rng, 4)}
    yield Case("curved", args, "the default h, and a long v")


def kfac(rng: np.random.Generator) -> Iterator[Case]:
    def args(D: int, M: int, damping: float) -> dict[str, object]:
        return {
            "grad_W": rng.normal(size=(D, M)),
            "A": _symmetric(rng, rng.uniform(0.5, 2, size=D)),
            "S": _symmetric(rng, rng.uniform(2, 6, size=M)),
            "damping": damping,
        }

    yield Case("undamped", args(3, 3, 0.0), "a square layer")
    yield Case("undamped", args(2, 4, 0.0), "two inputs, four outputs")
    yield Case("damped", args(3, 3, 0.25), "a square layer, damping 0.25")
    yield Case("damped", args(5, 2, 1.7), "five inputs, two outputs, damping 1.7")
    a, g = _away(rng, 3), _away(rng, 4)
    one = args(3, 4, 0.64)
    one |= {"A": np.outer(a, a) + 0.02 * np.eye(3), "S": np.outer(g, g) + 0.01 * np.eye(4)}
    yield Case("damped", one, "nearly one example: both factors nearly singular")
