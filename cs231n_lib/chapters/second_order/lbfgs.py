"""The question `lbfgs` and the cases that it is judged on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cs231n_lib.chapters.second_order._cases import away, symmetric
from cs231n_lib.exercise.declare import Case, Group, exercise
from cs231n_lib.exercise.drivers import Call
from cs231n_lib.wire import Function


def cases(rng: np.random.Generator) -> Iterator[Case]:
    def land(
        H: np.ndarray, m: np.ndarray | None = None, b: np.ndarray | None = None, c: float = 0.0
    ) -> Function:
        zero = np.zeros(len(H))
        m, b = zero if m is None else m, zero if b is None else b
        return Function("landscape", {"H": H, "m": m, "b": b, "c": c})

    def bowl(D: int, top: float, c: float = 0.0) -> dict[str, object]:
        m = away(rng, D, 1, 2)
        H = symmetric(rng, np.geomspace(1, top, D) * rng.uniform(0.9, 1.1, size=D))
        return {"fun_and_grad": land(H, m, c=c), "x0": m + away(rng, D)}

    yield Case("path", bowl(3, 6) | {"steps": 4}, "a bowl, four steps")
    yield Case("path", bowl(2, 3, c=0.5) | {"steps": 3}, "no quadratic, three steps")
    # a curvature of 2 (1 - c) is the largest at which the full step will do; c = 1e-4, and at
    # 2 - 1e-4 the step lowers f all the same
    m = away(rng, 2, 1, 2)
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
    plane = {"fun_and_grad": land(np.zeros((2, 2)), b=away(rng, 2)), "x0": away(rng, 2)}
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


@exercise(
    section="Learning the inverse from gradients",
    groups={
        "path": 2,
        "memory": 2,
        "curvature": 2,
        "stops": 1,
        "minimum": Group(1, ("x",)),
    },
    driver=Call(("x", "path")),
    cases=cases,
    calls=("lbfgs_direction", "backtracking_line_search"),
)
def lbfgs(
    fun_and_grad: Callable[[np.ndarray], tuple[float, np.ndarray]],
    x0: np.ndarray,
    steps: int = 100,
    memory: int = 10,
    tol: float = 1e-8,
):
    """Minimise a function by L-BFGS with backtracking, and keep the trajectory.

    At most `steps` times:

        1. stop when max_i |g_i| <= tol, g the gradient at x
        2. p = lbfgs_direction(g, pairs)
        3. a = backtracking_line_search(f, x, p, g), with its defaults: a starts at 1 in
           every step, also in the first
        4. s = a p,  y = (gradient at x + s) - g,  x <- x + s
        5. keep the pair (s, y) if s . y > 0, else drop it; of the kept ones only the
           newest `memory` are remembered

    Parameters:
        fun_and_grad: function from a point (D,) to a pair: the value, a float, and the
            gradient, shape (D,).
        x0: the start, shape (D,).
        steps: largest number of steps, an integer of at least 0.
        memory: largest number of pairs remembered, an integer of at least 1.
        tol: the run stops when no entry of the gradient exceeds this in magnitude.

    Returns:
        x: the last point, shape (D,).
        path: all points, shape (n + 1, D) after n steps; row 0 is x0, the last row is x.

    Source: J. Nocedal and S. Wright, Numerical Optimization (2006), algorithm 7.5, with
    Armijo's condition alone: hence the test in 5.
    """
    raise NotImplementedError
