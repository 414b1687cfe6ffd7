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
    # without pairs the answer is -grad whatever H is: that alone shows little
    yield Case(("no memory", "one pair"), args(1, 1), "a single pair, one parameter")
    yield Case("one pair", args(3, 1), "a single pair")
    for D, pairs in ((3, 2), (4, 3), (2, 5)):
        yield Case("several pairs", args(D, pairs), f"{pairs} pairs in {D} dimensions")
    # near a minimum steps are small, and a constant beside s.y would outweigh it
    near = {
        name: [1e-5 * v for v in value] if isinstance(value, list) else value
        for name, value in args(3, 2).items()
    }
    yield Case("several pairs", near, "2 short pairs in 3 dimensions")


def search(rng: np.random.Generator) -> Iterator[Case]:
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
        H = scale * _symmetric(rng, rng.uniform(4, 8, size=D))
        b, x = scale * 10.0 ** rng.uniform(0, 3) * rng.normal(size=D), _away(rng, D)
        grad = H @ x + b
        p = -_symmetric(rng, rng.uniform(0.5, 1, size=D)) @ grad
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
    h, m, d = 10.0 ** rng.uniform(-2, 2), rng.normal(size=1), _away(rng, 1)
    f = Function("quadratic", {"H": h * np.eye(1), "b": -h * m})
    return Case("sufficient", {"f": f, "x": m + d, "p": -bend * 2.0**k * d, "grad": h * d}, label)


def _equality(rng: np.random.Generator, k: int) -> Case:
    """A parabola of whole numbers: after k + 1 shrinks the condition is met exactly."""
    d, m = (rng.integers(1, 9, size=1).astype(np.float64) for _ in range(2))
    h = 2.0 ** int(rng.integers(1, 8))
    f = Function("quadratic", {"H": h * np.eye(1), "b": -h * m})
    args = {"f": f, "x": m + d, "p": -(2.0 ** (k + 1)) * d, "grad": h * d, "alpha": 1.0, "c": 0.5}
    return Case("sufficient", args, "equality: exactly on the line after some shrinks")


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
