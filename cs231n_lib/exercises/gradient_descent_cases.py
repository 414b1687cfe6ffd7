"""Cases of chapter 2: bowls and valleys of different sizes, rates on both sides of stability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercises.declare import Case
from cs231n_lib.wire import Function, Rng


def sgd(rng: np.random.Generator) -> Iterator[Case]:
    def gradients(shape: tuple[int, ...], steps: int) -> list[np.ndarray]:
        return [rng.normal(size=shape) for _ in range(steps)]

    args = {"w": rng.normal(size=3), "gradients": gradients((3,), 1), "config": None}
    yield Case("defaults", args, "config is None")
    args = {"w": rng.normal(size=(2, 3)), "gradients": gradients((2, 3), 2), "config": {}}
    yield Case("defaults", args, "config is an empty dictionary")
    for rate in (0.3, 2.5):
        config = {"learning_rate": rate}
        args = {"w": rng.normal(size=(4, 2)), "gradients": gradients((4, 2), 3), "config": config}
        yield Case("steps", args, f"learning rate {rate}")
    args = {"w": rng.normal(size=5), "gradients": gradients((5,), 4), "config": None}
    yield Case("steps", {**args, "rates": [0.5, 0.5, 0.1, 0.4]}, "the rate drops, then rises")


def minibatch(rng: np.random.Generator) -> Iterator[Case]:
    """A few epochs of several sizes, then many of one: the law of the order needs many."""
    everything = ("rows", "labels", "order")
    for N, D, B, epochs, groups, label in (
        (13, 3, 5, 6, everything, "13 rows in batches of 5"),
        (12, 5, 4, 6, everything, "12 rows in batches of 4"),
        (7, 2, 10, 6, ("rows",), "fewer rows than batch_size"),
        (7, 2, 3, 6, ("rows",), "7 rows in batches of 3: the last batch has one"),
        (6, 2, 3, 120, everything, "6 rows in batches of 3, 120 epochs"),
    ):
        X = rng.normal(size=(N, D))
        X[:, 0] = rng.permutation(N)  # no two rows alike
        args = {
            "X": X,
            "y": rng.permutation(100)[:N],
            "batch_size": B,
            "rng": Rng(int(rng.integers(2**31))),
            "epochs": epochs,
        }
        yield Case(groups, args, label)


def _symmetric(rng: np.random.Generator, eigenvalues: Any) -> np.ndarray:
    """A symmetric matrix with these eigenvalues, in random directions."""
    values = np.asarray(eigenvalues, dtype=np.float64)
    Q, _ = np.linalg.qr(rng.normal(size=(len(values), len(values))))
    H = (Q * values) @ Q.T
    return (H + H.T) / 2


def condition(rng: np.random.Generator) -> Iterator[Case]:
    for D in (2, 4):
        yield Case("symmetric", {"H": _symmetric(rng, rng.uniform(0.5, 20, size=D))}, "positive")
    H = _symmetric(rng, [1e-2 * rng.uniform(1, 2), *rng.uniform(200, 900, size=2)])
    yield Case("symmetric", {"H": H}, "ill-conditioned, but not singular")
    H = _symmetric(rng, [-rng.uniform(5, 9), -0.3, rng.uniform(0.5, 1), rng.uniform(2, 4)])
    yield Case("indefinite", {"H": H}, "eigenvalues of both signs")
    H = _symmetric(rng, -rng.uniform(0.2, 6, size=3))
    yield Case("indefinite", {"H": H}, "all eigenvalues negative")
    # a triangle with equal diagonal entries: all eigenvalues equal, singular values far apart
    H = np.triu(rng.uniform(1, 3, size=(3, 3)), 1) + rng.uniform(0.5, 1.5) * np.eye(3)
    yield Case("not symmetric", {"H": H}, "not symmetric: a triangular matrix")
    # as U diag(sigma) V': a random matrix would now and then be too ill-conditioned for
    # whoever takes the roots of the eigenvalues of H'H, which squares the condition number
    U, V = (np.linalg.qr(rng.normal(size=(4, 4)))[0] for _ in range(2))
    H = (U * rng.uniform(0.5, 20, size=4)) @ V.T
    yield Case("not symmetric", {"H": H}, "not symmetric")
    singular: list[tuple[np.ndarray, str]] = []
    for D in (4, 5):
        H = rng.integers(1, 10, size=(D, D)).astype(np.float64)
        H[-1] = H[:-1].sum(axis=0)
        singular.append((H, "singular: the last row is the sum of the others"))
    singular.append((np.zeros((3, 3)), "all zeros"))
    # on both sides of the limit; a diagonal matrix shows its singular values exactly
    D, eps = 3, np.finfo(np.float64).eps
    for low, label in ((0.3, "singular to working precision"), (1.5, "almost singular")):
        scale, times = rng.uniform(20, 30), rng.uniform(low, 2 * low)
        values = np.array([scale, 1.0, times * eps * D * scale])
        singular.append((np.diag(rng.permutation(values)), f"{label}: large, but diagonal"))
    H = _symmetric(rng, [1e-5 * rng.uniform(1, 2), *rng.uniform(1, 2, size=2)])
    singular.append((H, "nearly singular, but far from working precision"))
    yield from shuffled(rng, [Case("singular", {"H": H}, label) for H, label in singular])
    H = 1e-20 * rng.uniform(1, 2, size=(3, 3)) + 4e-20 * np.eye(3)
    yield Case("not symmetric", {"H": H}, "every entry tiny, far from singular")


def stable_rate(rng: np.random.Generator) -> Iterator[Case]:
    values = np.array([rng.uniform(0.2, 1), rng.uniform(4, 9), rng.uniform(1.5, 3)])
    yield Case("diagonal", {"H": np.diag(values)}, "diagonal")
    yield Case("diagonal", {"H": np.array([[rng.uniform(0.2, 5)]])}, "one dimension")
    for D in (2, 3, 5):
        H = _symmetric(rng, rng.uniform(0.3, 8, size=D))
        yield Case("rotated", {"H": H}, f"{D} dimensions, rotated")
    # a constant under the line is felt here, and whoever searches up to 1000 still finds the rate
    flat = 1e-3 * _symmetric(rng, rng.uniform(3, 8, size=3))
    yield Case("rotated", {"H": flat}, "a flat bowl")


def shuffled(rng: np.random.Generator, cases: list[Case]) -> list[Case]:
    """The same cases in an order of their own, so that no place stands for an answer."""
    return [cases[i] for i in rng.permutation(len(cases))]


KINDS = ("minimum", "maximum", "saddle", "degenerate")


def critical(rng: np.random.Generator) -> Iterator[Case]:
    """Every group asks for all four answers, in an order and a number that are drawn."""

    def size(n: int) -> np.ndarray:
        return rng.uniform(0.4, 3, size=n)

    def spectrum(kind: str, D: int, flat: float = 0.0) -> np.ndarray:
        """D eigenvalues of a point of this kind."""
        if kind == "saddle":
            down = int(rng.integers(1, D))
            return np.concatenate([size(D - down), -size(down)])
        if kind == "degenerate":
            return np.append(size(D - 1) * rng.choice([-1.0, 1.0]), flat)
        return size(D) if kind == "minimum" else -size(D)

    def any_kind() -> str:
        return str(rng.choice(KINDS))

    cases = []
    for kind, D in [*((kind, 3) for kind in KINDS), (any_kind(), 2), (any_kind(), 4)]:
        H = np.diag(rng.permutation(spectrum(kind, D)))
        cases.append(Case("diagonal", {"H": H}, f"a diagonal matrix: {kind}"))
    yield from shuffled(rng, cases)

    # zeros of 5e-9: within the default tol, but far from rounding, whose sign is arbitrary
    def flat() -> float:
        return float(5e-9 * rng.choice([-1.0, 1.0]))

    H = np.array([[rng.uniform(0.5, 1.5), 0.0], [0.0, rng.uniform(0.5, 1.5)]])
    H[0, 1] = H[1, 0] = rng.uniform(2, 3)
    cases = [Case("rotated", {"H": H}, "saddle that the diagonal does not show")]
    some = [*((kind, 4) for kind in KINDS), ("maximum", 3), (any_kind(), 3), (any_kind(), 4)]
    for kind, D in some:
        H = _symmetric(rng, spectrum(kind, D, flat()))
        cases.append(Case("rotated", {"H": H}, f"{kind} in {D} dimensions, rotated"))
    yield from shuffled(rng, cases)

    sign = rng.choice([-1.0, 1.0])
    near = [
        ([*size(1), flat(), *-size(1)], "saddle with a flat direction"),
        ([*size(2), 1e-5], "minimum with one nearly flat direction"),
        ([*size(2), 3e-8], "minimum with an eigenvalue of 3e-8"),
        ([*-size(2), -3e-8], "maximum with an eigenvalue of -3e-8"),
        ([*size(2), -5e-9], "degenerate: a valley with an eigenvalue of -5e-9"),
        ([*-size(3), 5e-9], "degenerate: a ridge with an eigenvalue of 5e-9"),
        ([*sign * size(2), sign * 3e-8], "minimum or maximum, nearly flat"),
        ([*size(2), -1e-6 * rng.uniform(1, 2)], "saddle with one gentle way down"),
    ]
    cases = [Case("nearly flat", {"H": _symmetric(rng, v)}, label) for v, label in near]
    cases.append(Case("nearly flat", {"H": np.zeros((2, 2))}, "degenerate: no curvature at all"))
    yield from shuffled(rng, cases)
    # with a determinant beyond tol
    wide = [
        ([*rng.uniform(1.6, 3, size=3), -3e-3], "degenerate: tol is 1e-2, one eigenvalue -3e-3"),
        ([*rng.uniform(1.6, 3, size=2), -3e-2], "saddle: tol is 1e-2, one eigenvalue -3e-2"),
    ]
    yield from shuffled(
        rng,
        [Case("nearly flat", {"H": _symmetric(rng, v), "tol": 1e-2}, label) for v, label in wide],
    )


def descent(rng: np.random.Generator) -> Iterator[Case]:
    def bowl(D: int, c: float = 0.0) -> Function:
        H = _symmetric(rng, rng.uniform(0.5, 3, size=D))
        if c:
            return Function("quartic_gradient", {"H": H, "c": c})
        return Function("quadratic_gradient", {"H": H, "b": rng.uniform(0.5, 2, size=D)})

    for D, lr, steps in ((2, 0.1, 3), (3, 0.4, 6)):
        args = {"grad": bowl(D), "x0": rng.normal(size=D), "lr": lr, "steps": steps}
        yield Case("bowl", args, f"a quadratic in {D} dimensions")
    args = {"grad": bowl(4, 0.5), "x0": rng.uniform(0.3, 1, size=4), "lr": 0.15, "steps": 5}
    yield Case("curved", args, "a loss that is no quadratic")
    args = {"grad": bowl(3), "x0": rng.normal(size=3), "lr": 0.2, "steps": 1}
    yield Case("ends", args, "a single step")
    args = {"grad": bowl(2), "x0": rng.normal(size=2), "lr": 0.2, "steps": 0}
    yield Case("ends", args, "no step: only the start")


def noise(rng: np.random.Generator) -> Iterator[Case]:
    def case(group: str, N: int, D: int, B: int, label: str) -> Case:
        grads = rng.normal(size=(N, D)) * rng.uniform(0.5, 2) + rng.uniform(1, 2, size=D)
        return Case(group, {"per_example_grads": grads, "batch_size": B}, label)

    yield case("one example", 7, 3, 1, "batches of one example")
    yield case("minibatch", 9, 4, 5, "5 of 9 examples")
    yield case("minibatch", 5, 1, 2, "2 of 5 examples, one parameter")
    yield case("minibatch", 16, 6, 3, "3 of 16 examples")
    whole = case("full batch", 6, 2, 6, "all examples in one batch")
    yield from shuffled(rng, [whole, case("full batch", 8, 3, 7, "all examples but one")])
